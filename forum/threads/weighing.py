"""What the voters of answers weigh, and which marks that something worked count. See docs/helpful-answers.md."""

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from forum.purchases.queries import owns
from forum.reputation.helpfulness import ENOUGH_ACCEPTED, WHOLE, weight_of
from forum.threads.models import Post, Thread

_accepted = (
    select(Post.id).join(Thread, Thread.id == Post.thread_id)
    .where(
        Post.author_id == bindparam("who", type_=Integer), Post.accepted,
        Thread.board_id == bindparam("board", type_=Integer),
    )
    .limit(ENOUGH_ACCEPTED).subquery()
)
_ACCEPTED_HERE = select(func.count()).select_from(_accepted)


def weight_of_voter(session: Session, member_id: int, post: Post, thread: Thread) -> int:
    """The weight, in hundredths, of a vote that is cast now: by what the voter owns, and their accepted answers here.

    It is kept with the vote and never changes, so no later purchase can be seen in the order of answers.
    """
    if post.kind != "answer":
        return WHOLE
    count = session.scalar(_ACCEPTED_HERE, {"who": member_id, "board": thread.board_id}) or 0
    return weight_of(owner=owns(session, member_id, thread) is True, accepted=count)
