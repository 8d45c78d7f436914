"""Reads of the desk: what waits for this helper and why, who is on what.

The desk is made in a fixed number of queries: the helper's topics; of each topic the first of its line, joined; the
threads of what is shown, their tags and marks; claims. No table is read further than a page of it for each topic.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, Select, and_, bindparam, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.boards.models import Board, BoardMembership
from forum.core.clock import now
from forum.core.database import UtcDateTime
from forum.core.errors import NotFound
from forum.core.filters import RELATIVE_FOR
from forum.desk.models import DeskAsk, DeskPreference, DeskQuestion, HelperTopic, ThreadClaim
from forum.desk.projections import HORIZON, is_open
from forum.members.models import Member
from forum.purchases.models import Product, ShopOrder, ShopOrderLine
from forum.purchases.queries import is_owned
from forum.threads import streams
from forum.threads.listing import ThreadRow
from forum.threads.models import Post, Tag, Thread

SHOWN = 20
# Of each topic a few more than are shown are looked at, for those that turn out not to be open to the helper.
LOOKED_AT = 40
MOST_BOARDS, MOST_TAGS, MOST_OWNED = 20, 10, 10
MOST_ASKED_LATELY = 10
MOST_REASONS = 8  # a thread has one board, five tags, one product, and one may have been asked
COUNTED = 20  # the home page says "20" for any more
LEAST_ON_BOARD = 3  # good answers from which on a board counts that one has not joined
SHOWS = ("", "unanswered", "unsolved", "newcomers")
WHYS = ("", "asked", "owned", "known", "joined")

Line = Select[str, int, int]  # kind and id of a topic, id of a thread
TopicRows = Select[str, int, str, str, int]  # the fields of a Topic


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that this helper has to do with: `why` is owned, known or joined."""

    kind: str
    topic_id: int
    why: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody is on a question."""

    thread_id: int
    member_id: int
    name: str
    until: dt.datetime

    @property
    def minutes(self) -> int:
        """How long it still lasts, at least one minute."""
        return max(1, math.ceil((self.until - now()).total_seconds() / 60))


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A question on the desk, why it is there, and who is on it."""

    thread: ThreadRow
    reasons: tuple[Topic, ...]
    asked: bool
    claim: Claim | None

    @property
    def waits(self) -> bool:
        """Whether how long it waits is said as a time rather than as a date."""
        return now() - self.thread.created_at <= RELATIVE_FOR


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a helper. `has_topics`: there is something by which questions could be found for them."""

    rows: list[DeskRow]
    has_topics: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a helper, counted up to 20: questions without an answer, and those of newcomers among them."""

    questions: int
    newcomers: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What a question's page shows: who is on it, and how many the asker's question was handed to."""

    claim: Claim | None
    helpers_asked: int
    staff_asked: int


# What waits -----------------------------------------------------------------------------------


def desk(session: Session, viewer: Actor, *, show: str = "", why: str = "") -> Desk:
    """The questions that wait for this helper: unanswered ones first, newcomers' before others', the oldest first.

    Args:
        show: a word of SHOWS: all, without an answer, answered but not solved, newcomers'.
        why: a word of WHYS: for which reason.

    Raises:
        NotFound: one of the words is none of these.
    """
    if show not in SHOWS or why not in WHYS:
        raise NotFound
    topics = topics_of(session, viewer)
    chosen = [topic for topic in topics if why in ("", topic.why)]
    parts = _lines(viewer, chosen, show, asked=why in ("", "asked"))
    found: dict[int, list[Any]] = {}
    for row in session.execute(_in_line(viewer, parts)) if parts else ():
        if row.thread_id in found or len(found) < SHOWN:
            found.setdefault(row.thread_id, []).append(row)
    claims = claims_on(session, found)
    rows = [
        DeskRow(
            thread, _reasons(chosen, found[thread.id]),
            asked=any(row.kind == "asked" for row in found[thread.id]), claim=claims.get(thread.id),
        )
        for thread in streams.chosen(session, viewer, list(found))
    ]
    return Desk(rows, bool(topics))


def topics_of(session: Session, viewer: Actor) -> list[Topic]:
    """The boards that the viewer joined or answers well on, the tags they answered well, what they own; in one query.

    What one owns is for one's own eyes: nobody else's desk is ever read.
    """
    parts = (
        _owned(viewer, "product", Product.id), _owned(viewer, "board", Product.board_id), _known_tags(viewer),
        _known_boards(viewer), _joined(viewer),
    )
    rows = session.execute(union_all(*(select(*part.subquery().c) for part in parts)))
    return [Topic(*row) for row in rows]


def waiting_for(session: Session, viewer: Actor) -> Waiting:
    """How many questions without an answer fit the viewer, for the home page; in one light query."""
    newcomers, others = session.execute(_counts(like(viewer)), open_values(viewer)).one()
    return Waiting(min(newcomers + others, COUNTED), newcomers)


@lru_cache(256)
def _counts(viewer: Actor) -> Select[int, int]:
    boards = select(BoardMembership.board_id).where(BoardMembership.member_id == viewer.id)
    known = select(HelperTopic.topic_id).where(HelperTopic.member_id == viewer.id, HelperTopic.kind == "tag")
    fits = or_(
        and_(DeskQuestion.kind == "board", DeskQuestion.topic_id.in_(boards)),
        and_(DeskQuestion.kind == "tag", DeskQuestion.topic_id.in_(known)),
    )

    # Asked of each question that waits: joined, a database may go through all threads to find those that do.
    is_open = (
        select(Thread.id).join(Board, Board.id == Thread.board_id)
        .where(Thread.id == DeskQuestion.thread_id, *_open_to(viewer)).exists()
    )

    def counted(settled: bool) -> ColumnElement[int]:
        ids = (
            select(DeskQuestion.thread_id).distinct()
            .where(fits, DeskQuestion.answered.is_(False), DeskQuestion.settled.is_(settled), is_open)
            .limit(COUNTED)
        )
        return select(func.count()).select_from(ids.subquery()).scalar_subquery()

    return select(counted(False), counted(True))


def _lines(viewer: Actor, topics: Sequence[Topic], show: str, *, asked: bool) -> list[Line]:
    """Of each topic the first of its line, and what the viewer was asked about."""
    answered = _answered_by(viewer)
    keys = dict.fromkeys((topic.kind, topic.topic_id) for topic in topics)
    parts = [_line(viewer, kind, topic_id, show, answered) for kind, topic_id in keys]
    return [*parts, _asked(viewer, show, answered)] if asked else parts


def _in_line(viewer: Actor, parts: Sequence[Line]) -> Line:
    """Topic and thread of what waits, in the desk's order; a thread's rows stand together."""
    line = union_all(*(select(*part.subquery().c) for part in parts)).subquery("line")
    return (
        select(line.c.kind, line.c.topic_id, line.c.thread_id)
        .join(Thread, Thread.id == line.c.thread_id).join(Board, Board.id == Thread.board_id)
        .where(*_open_to(viewer))
        .order_by(Thread.answer_count > 0, Thread.asked_as_newcomer.desc(), Thread.created_at, Thread.id)
        .limit((SHOWN + 1) * MOST_REASONS)
    )


def _line(viewer: Actor, kind: str, topic_id: int, show: str, answered: CTE) -> Line:
    """The first questions of one topic: a stretch of the index ix_desk_question_line."""
    question = DeskQuestion
    conditions: list[ColumnElement[bool]] = [question.kind == kind, question.topic_id == topic_id]
    if show in ("unanswered", "unsolved"):
        conditions.append(question.answered.is_(show == "unsolved"))
    if show == "newcomers":
        conditions.append(question.settled.is_(False))
    return (
        select(literal(kind).label("kind"), question.topic_id, question.thread_id)
        .where(*conditions, question.author_id != viewer.id, question.thread_id.not_in(select(answered.c.thread_id)))
        .order_by(question.answered, question.settled, question.asked_at, question.thread_id)
        .limit(LOOKED_AT)
    )


def _asked(viewer: Actor, show: str, answered: CTE) -> Line:
    """The questions that the viewer was asked about lately, unless they have answered."""
    conditions: list[ColumnElement[bool]] = [DeskAsk.member_id == viewer.id]
    if show in ("unanswered", "unsolved"):
        conditions.append((Thread.answer_count > 0).is_(show == "unsolved"))
    if show == "newcomers":
        conditions.append(Thread.asked_as_newcomer.is_(True))
    return (
        select(literal("asked").label("kind"), literal(0).label("topic_id"), DeskAsk.thread_id)
        .join(Thread, Thread.id == DeskAsk.thread_id)
        .where(*conditions, DeskAsk.thread_id.not_in(select(answered.c.thread_id)))
        .order_by(DeskAsk.asked_at.desc()).limit(MOST_ASKED_LATELY)
    )


def _answered_by(viewer: Actor) -> CTE:
    """The threads that the viewer answered within the horizon; no question on the desk is older."""
    return (
        select(Post.thread_id)
        .where(Post.author_id == viewer.id, Post.kind == "answer", Post.created_at > now() - HORIZON,
               Post.deleted_at.is_(None))
        .cte("answered")
    )


def _open_to(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    """Questions that are open as they stand now, which the viewer may see and answer; not their own."""
    return (
        is_open(), visible.board_takes_replies(viewer), visible.thread_is_visible(viewer),
        Thread.author_id != viewer.id,
    )


def _reasons(topics: Sequence[Topic], rows: Iterable[Any]) -> tuple[Topic, ...]:
    """Why a question is shown: what one owns first, then what one knows, then where one is; a board once."""
    hit = {(row.kind, row.topic_id) for row in rows}
    found: dict[tuple[str, str], Topic] = {}
    for topic in topics:
        if (topic.kind, topic.topic_id) in hit:
            found.setdefault((topic.why, topic.name), topic)
    return tuple(found.values())


# The helper's topics --------------------------------------------------------------------------


def _owned(viewer: Actor, kind: str, topic: Any) -> TopicRows:
    return (
        select(literal(kind).label("kind"), topic.label("topic_id"), literal("owned").label("why"),
               Product.name.label("name"), literal(0).label("number"))
        .select_from(ShopOrder).join(ShopOrderLine, ShopOrderLine.order_id == ShopOrder.id)
        .join(Product, Product.id == ShopOrderLine.product_id)
        .where(ShopOrder.member_id == viewer.id, *is_owned(), topic.is_not(None))
        .group_by(Product.id, topic, Product.name)
        .order_by(func.max(ShopOrder.paid_at).desc(), Product.id).limit(MOST_OWNED)
    )


def _known_tags(viewer: Actor) -> TopicRows:
    return (
        select(HelperTopic.kind, HelperTopic.topic_id, literal("known").label("why"), Tag.slug.label("name"),
               HelperTopic.good.label("number"))
        .join(Tag, Tag.id == HelperTopic.topic_id)
        .where(HelperTopic.member_id == viewer.id, HelperTopic.kind == "tag")
        .order_by(HelperTopic.good.desc(), HelperTopic.topic_id).limit(MOST_TAGS)
    )


def _known_boards(viewer: Actor) -> TopicRows:
    return (
        select(HelperTopic.kind, HelperTopic.topic_id, literal("known").label("why"), Board.title.label("name"),
               HelperTopic.good.label("number"))
        .join(Board, Board.id == HelperTopic.topic_id)
        .where(HelperTopic.member_id == viewer.id, HelperTopic.kind == "board", HelperTopic.good >= LEAST_ON_BOARD,
               visible.board_is_visible(viewer))
        .order_by(HelperTopic.good.desc(), HelperTopic.topic_id).limit(MOST_BOARDS)
    )


def _joined(viewer: Actor) -> TopicRows:
    return (
        select(literal("board").label("kind"), Board.id.label("topic_id"), literal("joined").label("why"),
               Board.title.label("name"), literal(0).label("number"))
        .join(BoardMembership, BoardMembership.board_id == Board.id)
        .where(BoardMembership.member_id == viewer.id, visible.board_is_visible(viewer), Board.archived_at.is_(None))
        .order_by(Board.last_activity_at.desc(), Board.id).limit(MOST_BOARDS)
    )


# Claims ---------------------------------------------------------------------------------------


def claims_on(session: Session, thread_ids: Iterable[int]) -> dict[int, Claim]:
    """Who is on which of these threads; whether the viewer may see those is for the caller to have asked."""
    ids = list(thread_ids)
    if not ids:
        return {}
    rows = session.execute(_claims(ThreadClaim.thread_id.in_(ids)))
    return {row.thread_id: _claim(row) for row in rows}


def visible_among(session: Session, viewer: Actor, thread_ids: Sequence[int]) -> set[int]:
    """Which of these threads the viewer may see."""
    found = visible.threads(viewer).with_only_columns(Thread.id).where(Thread.id.in_(thread_ids))
    return set(session.scalars(found))


def beside(session: Session, viewer: Actor, thread: Thread) -> Beside:
    """What a question's page shows members of the desk, in one query; the numbers are for the asker alone."""
    values = {"of_thread_id": thread.id, "moment": now()}
    row = session.execute(_beside(viewer.id == thread.author_id), values).one()
    return Beside(_claim(row) if row.thread_id is not None else None, row.helpers, row.staff)


@lru_cache(2)
def _beside(is_asker: bool) -> Select[*tuple[Any, ...]]:
    of_thread = bindparam("of_thread_id", type_=Integer)

    def asked(stage: str) -> ColumnElement[int]:
        if not is_asker:
            return literal(0)
        here = (DeskAsk.thread_id == of_thread, DeskAsk.stage == stage)
        return select(func.count()).select_from(DeskAsk).where(*here).scalar_subquery()

    claim = _claims(ThreadClaim.thread_id == of_thread, bindparam("moment", type_=UtcDateTime)).subquery()
    counts = select(asked("helpers").label("helpers"), asked("staff").label("staff")).subquery()
    return select(counts, claim).outerjoin_from(counts, claim, true())


def _claims(condition: ColumnElement[bool], moment: Any = None) -> Select[*tuple[Any, ...]]:
    """Claims that hold at a moment, now unless said."""
    return (
        select(ThreadClaim.thread_id, ThreadClaim.member_id, ThreadClaim.until, Member.name, Member.shown_name)
        .join(Member, Member.id == ThreadClaim.member_id)
        .where(condition, ThreadClaim.until > (now() if moment is None else moment))
    )


def _claim(row: Any) -> Claim:
    return Claim(row.thread_id, row.member_id, row.shown_name or row.name, row.until)


def preference(session: Session, viewer: Actor) -> bool | None:
    """Whether the viewer wants to be asked; None while they have not said."""
    kept = session.get(DeskPreference, viewer.id)
    return kept.asks if kept is not None else None
