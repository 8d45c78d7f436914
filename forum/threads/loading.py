"""Rows of posts from the database: the columns of a post with its author, and what they become."""

from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from forum.access import visible
from forum.access.actors import Actor
from forum.access.privileges import Privilege
from forum.boards.models import Board
from forum.desk.models import HelperTopic
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.models import MemberStanding
from forum.reputation.rules import Ruleset
from forum.threads.models import Post, Thread
from forum.threads.rows import Author, PostRow

Parent = aliased(Post)
ParentAuthor = aliased(Member)


def name_of(member: type[Member]) -> ColumnElement[str]:
    """The name people see, as `Member.label`."""
    return func.coalesce(member.shown_name, member.name)


def there() -> ColumnElement[bool]:
    """Posts that are neither deleted nor hidden."""
    return and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))


def own_or_there(viewer: Actor, board: Board) -> ColumnElement[bool]:
    """Posts of a thread seen already whose words the viewer may read: `visible.post_is_visible` without its joins."""
    return own_or_all(viewer, viewer.moderates(board.id))


def own_or_all(viewer: Actor, moderates: bool) -> ColumnElement[bool]:
    """`own_or_there` for a viewer of whom it is known whether they keep order on the board."""
    if moderates:
        return literal(True)
    if viewer.id is None:
        return there()
    return (there()) | (Post.author_id == viewer.id)


def columns(words: ColumnElement[bool]) -> tuple[ColumnElement[Any] | Any, ...]:
    """What a post's row is made of. Words, and the reason for hiding, are only loaded where `words` holds."""
    return (
        Post.id, Post.thread_id, Post.kind, Post.parent_id, Post.root_id, Post.position, Post.reply_index, Post.depth,
        case((words, Post.body_html), else_="").label("html"), case((words, Post.body_text), else_="").label("text"),
        Post.created_at, Post.edited_at, Post.redacted_at, Post.revision_count, Post.reply_count, Post.score,
        Post.up_count, Post.down_count, Post.worked_count, Post.endorsed, Post.also_helped, Post.helpfulness,
        Post.accepted, Post.deleted_at, Post.deleted_by_id,
        Post.hidden_at, case((words, Post.hidden_reason), else_=None).label("hidden_reason"),
        case((words, 1), else_=0).label("readable"), Post.author_id, Member.name.label("handle"),
        name_of(Member).label("name"), Member.hue, Member.role, MemberStanding.rank_key,
        and_(Member.external_source.is_not(None), Member.confirmed_at.is_(None)).label("elsewhere"),
        case((Post.kind == "answer", _good_here()), else_=None).label("good_here"),
    )


def _good_here() -> ScalarSelect[int]:
    """How many good answers the post's author gave on its board, as the desk keeps count: one row of a primary key."""
    board = select(Thread.board_id).where(Thread.id == Post.thread_id).correlate(Post).scalar_subquery()
    return (
        select(HelperTopic.good)
        .where(HelperTopic.member_id == Post.author_id, HelperTopic.kind == "board", HelperTopic.topic_id == board)
        .correlate(Post).scalar_subquery()
    )


def posts(words: ColumnElement[bool], *more: Any) -> Select[Any]:
    """Posts with their authors; `more` are further columns."""
    return (
        select(*columns(words), *more)
        .select_from(Post)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(MemberStanding, MemberStanding.member_id == Post.author_id)
    )


def openings(viewer: Actor, *more: Any) -> Select[Any]:
    """Threads that the viewer may see, with board, opening and its author."""
    return (
        posts(visible.post_is_visible(viewer), Thread, Board, Member.last_seen_at, *more)
        .join(Thread, Thread.opening_id == Post.id)
        .join(Board, Board.id == Thread.board_id)
        .where(visible.thread_is_visible(viewer))
    )


class Reader:
    """Makes rows, with the ranks of the rules in force."""

    def __init__(self, session: Session, accepted_id: int | None = None) -> None:
        self._rules = rulesets.current(session)
        self._settled = settled_place(self._rules)
        self._accepted_id = accepted_id
        self._authors: dict[int, Author] = {}

    def post(self, row: Row[Any]) -> PostRow:
        """The post of a row of `posts`."""
        return PostRow(
            id=row.id, thread_id=row.thread_id, kind=row.kind, parent_id=row.parent_id, root_id=row.root_id,
            position=row.position, reply_index=row.reply_index, depth=row.depth, html=row.html, text=row.text,
            created_at=row.created_at, edited_at=row.edited_at, redacted=row.redacted_at is not None,
            revisions=row.revision_count, below=row.reply_count, score=row.score, up=row.up_count, down=row.down_count,
            worked=row.worked_count, endorsed=row.endorsed, also_helped=row.also_helped,
            helpfulness=row.helpfulness, leads=bool(row.accepted), deleted=row.deleted_at is not None,
            deleted_by_id=row.deleted_by_id, hidden=row.hidden_at is not None, hidden_reason=row.hidden_reason,
            readable=bool(row.readable), author=self._author(row), accepted=row.id == self._accepted_id,
            parent_author=getattr(row, "parent_author", None), good_here=row.good_here or 0,
        )

    def _author(self, row: Row[Any]) -> Author:
        if row.author_id not in self._authors:
            rank = self._rules.rank(row.rank_key or "")
            staff = row.role != "member"
            self._authors[row.author_id] = Author(
                id=row.author_id, handle=row.handle, name=row.name, hue=row.hue, leaves=None if staff else rank.leaves,
                rank_label=None if staff else rank.name, staff=staff,
                # an imported profile that nobody claimed has the lowest rank, and yet was here before everybody
                newcomer=not (staff or row.elsewhere) and self._rules.place(rank.key) < self._settled,
            )
        return self._authors[row.author_id]


def settled_place(rules: Ruleset) -> int:
    """The place of the rank from which on nobody is a newcomer."""
    settled = rules.privileges.get(Privilege.NO_NEWCOMER_LIMITS)
    return rules.place(settled.rank) if settled is not None else 0
