"""What a thread's page shows of the helpers' desk: who is on the question, what the asker may expect, saved replies."""

from typing import Any

from forum.access import guardian
from forum.boards.home import median_wait
from forum.desk import queries as desk
from forum.desk import saved
from forum.doors import viewer
from forum.extensions import db
from forum.threads.rows import Head


def desk_of(head: Head) -> dict[str, Any]:
    """For the page's template; nothing of it for guests.

    One query for members on an open question, one for who may write there, one more for an asker without an answer.
    """
    session, asking, thread = db.session(), viewer(), head.thread
    if asking.is_guest:
        return {}
    found: dict[str, Any] = {}
    if thread.kind == "question" and not thread.solved:
        found["beside"] = desk.beside(session, asking, thread)
        found["may_claim"] = guardian.may_claim(asking, thread, head.board)
        if not thread.answer_count and asking.id == thread.author_id:
            found["median"] = median_wait(session, asking)
    if head.opening.may is not None and head.opening.may.reply:
        found["saved"] = saved.replies(session, asking)
    return found
