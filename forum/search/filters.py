"""What the filters of a query mean, for the index and for the rows it is joined with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.visible import board_is_visible, thread_is_visible
from forum.boards.models import Board
from forum.content.slugs import slugify
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.members.names import name_key
from forum.search.language import Query
from forum.search.times import facets_between
from forum.threads.models import Post, Tag, Thread, ThreadTag

MOST_NAMESAKES = 20  # shown names need not be unique where a community moved in


@dataclass(frozen=True, slots=True)
class Scope:
    """What the filters say: to the index, and to the rows. `problems` name those that mean nothing here."""

    facets: tuple[tuple[str, ...], ...] = ()
    thread_facets: tuple[tuple[str, ...], ...] = ()  # for the index of titles, which knows tags too
    conditions: tuple[ColumnElement[bool], ...] = ()
    problems: tuple[str, ...] = ()
    by_member: bool = False


def scope_of(session: Session, viewer: Actor, query: Query) -> Scope:
    """What the filters mean. One that names nothing the viewer can see is left out and said."""
    facets: list[tuple[str, ...]] = []
    tags: list[tuple[str, ...]] = []
    conditions: list[ColumnElement[bool]] = []
    problems: list[str] = []
    if query.board is not None:
        boards = _boards(session, viewer, query.board)
        if not boards:
            problems.append(_("There is no board “%(name)s”. /boards lists them.", name=query.board))
        else:
            facets.append(tuple(f"b{board_id}" for board_id in boards))
            conditions.append(Thread.board_id.in_(boards))
    members = _members(session, query.by) if query.by is not None else ()
    if query.by is not None and not members:
        problems.append(_("Nobody is called “%(name)s” here. Write the name as in @name.", name=query.by))
    if members:
        facets.append(tuple(f"m{member_id}" for member_id in members))
        conditions.append(Post.author_id.in_(members))
    for name in query.tags:
        tag = tag_called(session, viewer, name)
        if tag is None:
            problems.append(_("There is no tag “%(name)s”.", name=name))
        else:
            tags.append((f"t{tag.id}",))
            conditions.append(exists().where(ThreadTag.thread_id == Thread.id, ThreadTag.tag_id == tag.id))
    if query.before is not None or query.after is not None:
        facets.append(facets_between(query.after, query.before))
    return Scope(
        facets=tuple(facets), thread_facets=(*facets, *tags), conditions=(*conditions, *_states_and_times(query)),
        problems=tuple(problems), by_member=bool(members),
    )


def _states_and_times(query: Query) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if "solved" in query.states:
        conditions.append(Thread.solved.is_(True))
    if "unanswered" in query.states:
        conditions += [Thread.kind == "question", Thread.answer_count == 0]
    if query.before is not None:
        conditions.append(Post.created_at < query.before)
    if query.after is not None:
        conditions.append(Post.created_at >= query.after)
    return conditions


def _boards(session: Session, viewer: Actor, name: str) -> Sequence[int]:
    """The board of this slug, or else of this title, with its sub-boards, as its page shows it."""
    called = or_(Board.slug == name.lower(), func.lower(Board.title) == name.lower())
    rows = select(Board.id).where(called, board_is_visible(viewer)).order_by(Board.slug != name.lower(), Board.id)
    this = rows.limit(1).correlate(None).scalar_subquery()
    with_those_below = select(Board.id).where(or_(Board.id == this, Board.parent_id == this), board_is_visible(viewer))
    return session.scalars(with_those_below.order_by(Board.id)).all()


def _members(session: Session, name: str) -> Sequence[int]:
    """The member of this handle, or else those who are shown under this name; in place of who was merged, into whom."""
    who = select(func.coalesce(Member.merged_into_id, Member.id)).where(Member.erased_at.is_(None))
    key = name_key(name)
    handle = session.scalar(who.where(Member.name_key == key))
    if handle is not None:
        return (handle,)
    return session.scalars(who.where(Member.shown_key == key).order_by(Member.id).limit(MOST_NAMESAKES)).unique().all()


def tag_called(session: Session, viewer: Actor, name: str) -> Tag | None:
    """The tag called so (or what it is a synonym of) if a thread that the viewer may see bears it."""
    tag = session.scalar(select(Tag).where(Tag.slug == slugify(name)))
    if tag is not None and tag.synonym_of_id is not None:
        tag = session.get_one(Tag, tag.synonym_of_id)
    if tag is None:
        return None
    borne = (
        select(Thread.id)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .join(Board, Board.id == Thread.board_id)
        .where(ThreadTag.tag_id == tag.id, thread_is_visible(viewer), Thread.deleted_at.is_(None))
        .where(Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    )
    return tag if session.scalar(borne.limit(1)) is not None else None
