"""Reads of the search: what answers a query and the viewer may see, in order, with marked excerpts.

The index gives ids, newest first, a few hundred at a time; here they are joined with the rows, where what the
viewer may not see falls out, and ranked. Every search looks at a bounded number of posts, whatever there is, and
costs the same number of queries, whatever it finds; only one whose filters discard nearly everything looks further.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.access.actors import Actor, initials
from forum.access.visible import post_is_visible, thread_is_visible
from forum.boards.models import Board
from forum.content.marked import Piece, marked, marked_excerpt
from forum.content.words import forms
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.members.names import name_key
from forum.reputation import rulesets
from forum.reputation.models import MemberStanding
from forum.search.filters import Scope, scope_of
from forum.search.index import MEMBERS, POSTS, TITLES, Index, Question, among
from forum.search.language import Query
from forum.search.ranking import Candidate, points
from forum.threads.listing import TAGS, parted
from forum.threads.models import Post, Thread

SIZE = 20
MOST_PAGES = 10  # who has not found it on ten pages says more in the query
ENOUGH = MOST_PAGES * SIZE
# So many ids are asked of the index, then so many more, while less than ENOUGH of them may be seen and pass the
# filters. The newest 6,300 holders of a word are looked at, at most.
CHUNKS = (300, 1_200, 4_800)
MOST_PEOPLE = 20
PEOPLE_BESIDE = 3
SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that answers the query. `title` and `excerpt` are pieces of plain text, some marked."""

    href: str
    kind: str
    question: bool
    title: list[Piece]
    excerpt: list[Piece]
    tags: list[list[Piece]]
    board_name: str
    board_slug: str
    board_hue: int
    author_name: str
    author_leaves: int | None
    author_rank: str | None
    created_at: dt.datetime
    solved: bool
    accepted: bool
    answers: int
    votes: int


@dataclass(frozen=True, slots=True)
class Person:
    """A member whose name answers the query."""

    name: str
    label: str
    initials: str
    hue: int
    leaves: int | None
    rank_label: str | None


@dataclass(frozen=True, slots=True)
class Results:
    """One page. `total` counts what can be paged through; `capped` says that there is more than that."""

    hits: list[Hit]
    total: int
    capped: bool
    pages: int
    people: list[Person]
    problems: tuple[str, ...]
    looked: bool  # False where nothing that was typed can be looked for


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thread whose title answers what was typed so far."""

    href: str
    title: list[Piece]
    board_name: str
    board_hue: int
    solved: bool


# Threads and posts ----------------------------------------------------------------------------


def search(session: Session, viewer: Actor, query: Query, *, page: int = 1, newest: bool = False) -> Results:
    """What answers the query: a post of each thread that does, or all posts `by:` somebody.

    Args:
        page: from 1 to MOST_PAGES.
        newest: in the order of time, not of fitness.

    Raises:
        NotFound: there is no such page.
    """
    if not 1 <= page <= MOST_PAGES:
        raise NotFound
    scope = scope_of(session, viewer, query)
    found, more = _candidates(session, viewer, query, scope)
    if newest or not query.clauses:
        found.sort(key=lambda one: (one.created_at, one.post_id), reverse=True)
    else:
        found = _best(query, found)
    each = found if scope.by_member else _first_of_each(found)
    kept = each[:ENOUGH]
    people = _people(session, query, PEOPLE_BESIDE) if page == 1 and query.clauses and not query.filters else []
    return Results(
        hits=_hits(session, viewer, query, [one.post_id for one in kept[(page - 1) * SIZE : page * SIZE]]),
        total=len(kept), capped=more or len(each) > ENOUGH, pages=max(1, -(-len(kept) // SIZE)), people=people,
        problems=(*query.problems, *scope.problems), looked=bool(query.clauses or scope.conditions),
    )


def _best(query: Query, found: Sequence[Candidate]) -> list[Candidate]:
    """By points; of the same points the newer one first."""
    moment = now()
    return sorted(found, key=lambda one: (points(query, one, moment), one.post_id), reverse=True)


def _first_of_each(found: Sequence[Candidate]) -> list[Candidate]:
    """The first post of each thread, in order."""
    first: dict[int, Candidate] = {}
    for one in found:
        first.setdefault(one.thread_id, one)
    return list(first.values())


def _candidates(session: Session, viewer: Actor, query: Query, scope: Scope) -> tuple[list[Candidate], bool]:
    """The posts to be ranked, and whether there are more than were looked at."""
    question = Question(query.clauses, query.excluded, scope.facets)
    titles = replace(question, facets=scope.thread_facets)
    if not query.clauses and not scope.conditions:
        return [], False  # no word was typed, and no filter that means something
    if not query.clauses:  # filters alone: the posts of a member, else threads
        index, key = (POSTS, Post.id) if scope.by_member else (TITLES, Thread.id)
        rows, more = _join(session, viewer, index, key, question if scope.by_member else titles, scope.conditions)
        return [_candidate(row) for row in rows], more
    if query.excluded:  # a title does not tell what its opening says
        rows, more = _join(session, viewer, POSTS, Post.id, question, scope.conditions)
        return [_candidate(row) for row in rows], more
    by_title, more_titles = _join(session, viewer, TITLES, Thread.id, titles, scope.conditions)
    by_words, more_posts = _join(session, viewer, POSTS, Post.id, question, scope.conditions)
    found = {row.id: _candidate(row, in_title=False) for row in by_words}
    found |= {row.id: _candidate(row, in_title=True) for row in by_title}
    return list(found.values()), more_titles or more_posts


def _join(
    session: Session, viewer: Actor, index: Index, key: InstrumentedAttribute[int], question: Question,
    conditions: Sequence[ColumnElement[bool]],
) -> tuple[list[Any], bool]:
    """The rows of what the index finds, as far as the viewer may see them and the conditions hold."""
    found: list[Any] = []
    below: int | None = None
    for size in CHUNKS:
        ids = index.newest(session, question, below=below, limit=size)
        if ids:
            found += session.execute(
                select(
                    Post.id, Post.thread_id, Post.kind, Post.accepted, Post.score, Post.created_at, Thread.title,
                    Thread.solved,
                )
                .join(Thread, Thread.id == Post.thread_id)
                .join(Board, Board.id == Thread.board_id)
                .where(among(session, key, ids), _there(viewer), *conditions)
                .where(Post.id == Thread.opening_id if key is Thread.id else key.is_not(None))
            ).all()
        if len(ids) < size:
            return found, False
        if len(found) >= ENOUGH:
            return found, True
        below = ids[-1]
    return found, True


def _there(viewer: Actor) -> ColumnElement[bool]:
    """What is there for all, of what the viewer may see: gone and waiting things are in no list, even for staff."""
    return and_(
        Post.deleted_at.is_(None), Post.hidden_at.is_(None), Thread.deleted_at.is_(None),
        Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False), post_is_visible(viewer),
    )


def _candidate(row: Any, in_title: bool | None = None) -> Candidate:
    return Candidate(
        post_id=row.id, thread_id=row.thread_id, kind=row.kind, accepted=row.accepted, score=row.score,
        created_at=row.created_at, title=row.title, solved=row.solved, in_title=in_title,
    )


def _hits(session: Session, viewer: Actor, query: Query, ids: Sequence[int]) -> list[Hit]:
    """The rows of a page, in the order of `ids`."""
    if not ids:
        return []
    rows = session.execute(
        select(
            Post.id, Post.kind, Post.body_text, Post.created_at, Post.accepted, Post.score,
            Thread.kind.label("thread_kind"), Thread.title, Thread.solved, Thread.answer_count, Thread.reply_count,
            Board.title.label("board_name"), Board.slug.label("board_slug"), Board.hue.label("board_hue"),
            Member.name, Member.shown_name, Member.role, Member.erased_at, MemberStanding.rank_key, TAGS.label("tags"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
        .where(Post.id.in_(ids), _there(viewer))
    )
    by_id = {row.id: row for row in rows}
    return [_hit(session, query, by_id[one]) for one in ids if one in by_id]


def _hit(session: Session, query: Query, row: Any) -> Hit:
    rank = _rank(session, row)
    wanted_tags = (*query.wanted, *(tuple(forms(tag)) for tag in query.tags))
    return Hit(
        href=f"/p/{row.id}", kind=row.kind, question=row.thread_kind == "question",
        title=marked(row.title, query.wanted), excerpt=marked_excerpt(row.body_text, query.wanted),
        tags=[marked(tag, wanted_tags) for tag in parted(row.tags)],
        board_name=row.board_name, board_slug=row.board_slug, board_hue=row.board_hue,
        author_name=_("someone who left") if row.erased_at else row.shown_name or row.name,
        author_leaves=rank.leaves if rank else None, author_rank=rank.name if rank else None,
        created_at=row.created_at, solved=row.solved, accepted=row.accepted and row.kind == "answer",
        answers=row.answer_count if row.thread_kind == "question" else row.reply_count, votes=row.score,
    )


def _rank(session: Session, row: Any) -> Any:
    ranked = row.role == "member" and row.rank_key is not None and row.erased_at is None
    return rulesets.current(session).rank(row.rank_key) if ranked else None


# People ---------------------------------------------------------------------------------------


def people(session: Session, query: Query) -> list[Person]:
    """The members whose names hold the words: those called so first, then who helped most. Names are public."""
    return _people(session, query, MOST_PEOPLE) if query.clauses else []


def _people(session: Session, query: Query, most: int) -> list[Person]:
    begun = tuple(tuple(replace(phrase, beginning=True) for phrase in clause) for clause in query.clauses)
    ids = MEMBERS.newest(session, Question(begun, query.excluded), below=None, limit=CHUNKS[0])
    if not ids:
        return []
    called = Member.name_key == name_key(query.text.lstrip("@"))
    rows = session.execute(
        select(
            Member.name, Member.shown_name, Member.hue, Member.role, Member.erased_at, MemberStanding.rank_key,
        )
        .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
        .where(among(session, Member.id, ids), Member.erased_at.is_(None), Member.merged_into_id.is_(None))
        .where(or_(Member.confirmed_at.is_not(None), Member.post_count > 0))
        .order_by(called.desc(), func.coalesce(MemberStanding.reputation, 0).desc(), Member.id)
        .limit(most)
    )
    return [_person(session, row) for row in rows]


def _person(session: Session, row: Any) -> Person:
    rank, label = _rank(session, row), row.shown_name or row.name
    return Person(
        name=row.name, label=label, initials=initials(label), hue=row.hue, leaves=rank.leaves if rank else None,
        rank_label=rank.name if rank else None,
    )


# As one types ---------------------------------------------------------------------------------


def suggestions(session: Session, viewer: Actor, query: Query) -> tuple[list[Suggestion], list[Person]]:
    """Threads by their titles, and people; `query` was read with `typing`."""
    if not query.clauses or query.filters:
        return [], []
    rows, _more = _join(session, viewer, TITLES, Thread.id, Question(query.clauses, query.excluded), ())
    threads = [one.thread_id for one in _best(query, [_candidate(row, in_title=True) for row in rows])[:SUGGESTED]]
    return _suggested(session, viewer, query, threads), _people(session, query, PEOPLE_BESIDE)


def _suggested(session: Session, viewer: Actor, query: Query, ids: Sequence[int]) -> list[Suggestion]:
    if not ids:
        return []
    rows = session.execute(
        select(Thread.id, Thread.slug, Thread.title, Thread.solved, Board.title.label("board_name"), Board.hue)
        .join(Board, Board.id == Thread.board_id)
        .where(Thread.id.in_(ids), thread_is_visible(viewer))
    )
    by_id = {row.id: row for row in rows}
    return [
        Suggestion(
            href=f"/t/{row.id}/{row.slug}", title=marked(row.title, query.wanted, query.begun),
            board_name=row.board_name, board_hue=row.hue, solved=row.solved,
        )
        for row in (by_id[one] for one in ids if one in by_id)
    ]
