"""Socket events of the desk: open pages hear when somebody takes a question up or lets go of it.

From the server: `desk:claim` `{thread}`. It names the thread and nothing else; the page asks for what it shows.
"""

from forum.core.errors import NotFound
from forum.desk import queries
from forum.desk.forms import Watch
from forum.realtime import connections
from forum.realtime.events import Ack, Asker, socket_event


@socket_event("desk:watch", Watch, need="member")
def watch(asking: Asker, sent: Watch) -> Ack:
    """Hear of claims on these threads (and no longer of others), and how they stand: who is on which, by thread.

    The socket listens first and reads then, so that nothing falls in between.
    """
    session, actor = asking.fresh()
    seen = queries.visible_among(session, actor, sent.threads)
    if not seen:
        raise NotFound
    connections.watch(asking.sid, seen)
    session, _actor = asking.fresh()
    claims = queries.claims_on(session, seen)
    return {"claims": {str(thread_id): claims[thread_id].member_id if thread_id in claims else 0 for thread_id in seen}}
