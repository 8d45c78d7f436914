"""Telling those whom a post is about: who is answered in it, and who is named."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.access.guardian import may_see_board
from forum.boards.models import Board
from forum.content.mentions import find_mentions
from forum.members.models import Member
from forum.notifications.telling import tell
from forum.threads.models import Post, Thread

MOST = 10  # told per text; more would be a way to shout


def tell_about_post(
    session: Session, member_id: int, kind: str, post: Post, told: set[int], by_id: int | None = None
) -> None:
    """Tell of a post once; `by_id`: who brought it about, its author unless another is named."""
    if member_id in told:
        return
    told.add(member_id)
    tell(
        session, member_id, kind, f"post:{post.id}", by_id=by_id or post.author_id, thread_id=post.thread_id,
        post_id=post.id,
    )


def tell_mentioned(session: Session, post: Post, thread: Thread, told: set[int]) -> None:
    """Tell those whom a post names and who were not told of it yet."""
    tell_members(session, mentioned(session, post.body_source), post, thread, told)


def tell_members(
    session: Session, named: Sequence[int], post: Post, thread: Thread, told: set[int], by_id: int | None = None
) -> None:
    """Tell these that a post names them, as far as they may see it."""
    board = session.get_one(Board, thread.board_id) if named else None
    for member_id in named:
        if board is not None and may_see_board(load_actor(session, member_id), board):
            tell_about_post(session, member_id, "mention", post, told, by_id)


def mentioned(session: Session, source: str) -> list[int]:
    """The ids of the members whom a text in Markdown names."""
    return bearing(session, sorted(find_mentions(source))[:MOST])


def bearing(session: Session, names: Sequence[str]) -> list[int]:
    """The ids of the members who bear these names, in lower case."""
    if not names:
        return []
    return list(session.scalars(select(Member.id).where(func.lower(Member.name).in_(names)).order_by(Member.id)))
