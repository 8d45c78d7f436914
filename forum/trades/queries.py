"""Reads of trade feedback. What somebody says of another is read through `is_shown` alone, but for their own words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from forum.access import guardian, visible
from forum.access.actors import Actor, initials
from forum.access.guardian import Verdict
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.core.pagination import cursor, moment_and_number
from forum.members.models import Member
from forum.threads.models import Post, Thread
from forum.trades.models import TradeAgreement, TradeRating
from forum.trades.state import SHARE_FROM, YEAR, is_shown

PAGE = 20
MOST_PEOPLE = 50  # of a thread to choose from: those who wrote last
MOST_OPEN = 20
_Proposer, _Partner = aliased(Member), aliased(Member)


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two, as far as others see them. An erased member has no name."""

    name: str
    label: str
    initials: str
    hue: int


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement of the viewer's with somebody. `mine`: the viewer proposed it; `rated`: the viewer has rated."""

    id: int
    kind: str
    state: str
    mine: bool
    other: Person
    title: str
    thread_id: int
    at: dt.datetime
    rated: bool


@dataclass(frozen=True, slots=True)
class RatingRow:
    """What somebody said of somebody. `by` is None for whoever left."""

    id: int
    agreement_id: int
    kind: str
    value: int
    words: str
    at: dt.datetime
    by: Person | None
    thread_id: int
    title: str
    reply: str | None
    withdrawn: str | None  # the reason, for those who may know
    may_withdraw: bool
    may_reply: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """An agreement with what the viewer said, and what the other did where it shows; `until`: when the first shows."""

    row: AgreementRow
    own: RatingRow | None
    theirs: RatingRow | None
    may_answer: Verdict
    may_take_back: Verdict
    may_rate: Verdict
    until: dt.datetime | None
    other_has_rated: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Ratings of the last twelve months. `percent` of positive ones among them from three on, else None."""

    count: int
    percent: int | None


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """What was said of a member, the latest first; `before` is where the next page goes on."""

    rows: Sequence[RatingRow]
    before: str | None


def people_of(session: Session, viewer: Actor, thread: Thread) -> list[Person]:
    """Who else wrote in the thread and can be asked: nobody with whom the viewer has something there already.

    The latest first.
    """
    wrote = (
        select(Post.author_id, func.max(Post.id).label("last"))
        .where(Post.thread_id == thread.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        .group_by(Post.author_id).subquery()
    )
    asked = select(TradeAgreement.id).where(
        TradeAgreement.thread_id == thread.id,
        or_(
            and_(TradeAgreement.low_id == viewer.id, TradeAgreement.high_id == Member.id),
            and_(TradeAgreement.high_id == viewer.id, TradeAgreement.low_id == Member.id),
        ),
    )
    rows = session.scalars(
        select(Member).join(wrote, wrote.c.author_id == Member.id)
        .where(
            Member.id != viewer.id, ~asked.exists(), Member.confirmed_at.is_not(None), Member.erased_at.is_(None),
            Member.merged_into_id.is_(None),
            or_(Member.suspended_until.is_(None), Member.suspended_until <= now()),
        )
        .order_by(wrote.c.last.desc()).limit(MOST_PEOPLE)
    )
    return [_person(one) for one in rows]


def in_thread(session: Session, viewer: Actor, thread: Thread) -> list[AgreementRow]:
    """The viewer's agreements in a thread."""
    rows = session.execute(
        _agreements(viewer).where(TradeAgreement.thread_id == thread.id).order_by(TradeAgreement.id).limit(MOST_PEOPLE)
    )
    return [_row(viewer, *row) for row in rows]


def waiting(session: Session, viewer: Actor) -> list[AgreementRow]:
    """The viewer's agreements that wait for their answer or their rating, the latest first."""
    rating, theirs = aliased(TradeRating), aliased(TradeRating)
    mine = select(rating.id).where(rating.agreement_id == TradeAgreement.id, rating.rater_id == viewer.id)
    over = select(theirs.id).where(
        theirs.agreement_id == TradeAgreement.id, theirs.rated_id == viewer.id, theirs.shown_from <= now()
    )
    to_rate = and_(TradeAgreement.state == "agreed", ~mine.exists(), ~over.exists())
    to_answer = and_(TradeAgreement.state == "proposed", TradeAgreement.partner_id == viewer.id)
    rows = session.execute(
        _agreements(viewer).where(or_(to_rate, to_answer)).order_by(TradeAgreement.id.desc()).limit(MOST_OPEN)
    )
    return [_row(viewer, *row) for row in rows]


def agreement_of(session: Session, rating_id: int) -> int:
    """The agreement that a rating is about.

    Raises:
        NotFound: there is no such rating.
    """
    found = session.scalar(select(TradeRating.agreement_id).where(TradeRating.id == rating_id))
    if found is None:
        raise NotFound
    return found


def agreement_page(session: Session, viewer: Actor, agreement_id: int) -> AgreementPage:
    """One agreement, for the two alone. Two queries.

    Raises:
        NotFound: it is not the viewer's, or its thread is not open to them.
    """
    found = session.execute(_agreements(viewer).where(TradeAgreement.id == agreement_id)).one_or_none()
    if found is None:
        raise NotFound
    agreement, thread, proposer, partner, rated = found
    moment = now()
    # Of the other's rating only that it is there, until it shows.
    there = select(TradeRating.rater_id, TradeRating.shown_from).where(TradeRating.agreement_id == agreement.id)
    shows = {row.rater_id: row.shown_from for row in session.execute(there)}
    rows = {
        one.rater_id: one for one in session.scalars(
            select(TradeRating).where(
                TradeRating.agreement_id == agreement.id,
                or_(TradeRating.rater_id == viewer.id, and_(is_shown(moment), TradeRating.rated_id == viewer.id)),
            )
        )
    }
    people = {proposer.id: proposer, partner.id: partner}
    other = agreement.other(viewer.id)
    own, theirs = rows.get(viewer.id or 0), rows.get(other)
    over = theirs is not None and own is None
    return AgreementPage(
        _row(viewer, agreement, thread, proposer, partner, rated),
        _rating(viewer, own, agreement, thread, people[own.rater_id]) if own is not None else None,
        _rating(viewer, theirs, agreement, thread, people[other]) if theirs is not None else None,
        may_answer=guardian.may_answer(viewer, agreement), may_take_back=guardian.may_take_back(viewer, agreement),
        may_rate=Verdict("") if own is not None or over else guardian.may_rate(viewer, agreement),
        until=min(shows.values()) if shows and min(shows.values()) > moment else None,
        other_has_rated=other in shows,
    )


def feedback(session: Session, viewer: Actor, member_id: int, before: str = "") -> FeedbackPage:
    """What was said of a member in threads that the viewer may read, the latest first.

    Withdrawn ratings are for their author and for those who keep order there.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    older = tuple_(TradeRating.shown_from, TradeRating.id) < moment_and_number(before) if before else true()
    rows = session.execute(said_of(viewer, member_id).where(older).limit(PAGE + 1)).all()
    shown = [_rating(viewer, rating, agreement, thread, by) for rating, agreement, thread, by in rows[:PAGE]]
    last = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return FeedbackPage(shown, cursor(last.shown_from, last.id) if last is not None else None)


def said_of(viewer: Actor, member_id: int) -> Select[*tuple[Any, ...]]:
    """The statement of `feedback`: ratings with agreement, thread and author."""
    return _readable(viewer).where(TradeRating.rated_id == member_id).order_by(
        TradeRating.shown_from.desc(), TradeRating.id.desc()
    )


def share(session: Session, viewer: Actor, member_id: int) -> Share:
    """How many ratings a member got in twelve months, as the viewer may see them, and the share of positive ones."""
    return share_of(*session.execute(select(*counted(viewer, member_id))).one())


def share_of(count: int, positive: int) -> Share:
    """The share from what `counted` counts. 100 % is said only where all are positive, 0 % where none is."""
    if count < SHARE_FROM:
        return Share(count, None)
    nearest = round(100 * positive / count)
    return Share(count, nearest if positive in (0, count) else min(99, max(1, nearest)))


def counted(viewer: Actor, member_id: int | InstrumentedAttribute[int]) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """How many ratings of twelve months, and how many positive ones: two columns, also beside a row of a member."""
    moment = now()
    ratings = (
        select(func.count())
        .select_from(TradeRating)
        .join(TradeAgreement, TradeAgreement.id == TradeRating.agreement_id)
        .join(Thread, Thread.id == TradeAgreement.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(
            TradeRating.rated_id == member_id, is_shown(moment), TradeRating.shown_from > moment - YEAR,
            TradeRating.withdrawn_at.is_(None), visible.thread_is_visible(viewer),
        )
    )
    return ratings.scalar_subquery(), ratings.where(TradeRating.value > 0).scalar_subquery()


def rating_to_withdraw(session: Session, viewer: Actor, rating_id: int) -> RatingRow:
    """A rating that the viewer may withdraw.

    Raises:
        NotFound: it is not there for them, or does not show yet.
        Forbidden: they do not keep order there, or are one of the two.
    """
    found = session.execute(_readable(viewer).where(TradeRating.id == rating_id)).one_or_none()
    if found is None:
        raise NotFound
    rating, agreement, thread, by = found
    guardian.require(guardian.may_withdraw_rating(viewer, rating, thread.board_id), viewer)
    return _rating(viewer, rating, agreement, thread, by)


def _readable(viewer: Actor) -> Select[*tuple[Any, ...]]:
    """Ratings that the viewer may read, with agreement, thread and author."""
    own = TradeRating.rater_id == viewer.id if viewer.id is not None else false()
    return (
        select(TradeRating, TradeAgreement, Thread, Member)
        .join(TradeAgreement, TradeAgreement.id == TradeRating.agreement_id)
        .join(Thread, Thread.id == TradeAgreement.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .join(Member, Member.id == TradeRating.rater_id)
        .where(
            is_shown(now()), visible.thread_is_visible(viewer),
            or_(TradeRating.withdrawn_at.is_(None), own, _keeps_order(viewer)),
        )
    )


def _keeps_order(viewer: Actor) -> ColumnElement[bool]:
    if viewer.is_staff:
        return true()
    return Board.id.in_(viewer.moderated) if viewer.moderated else false()


def _agreements(viewer: Actor) -> Select[*tuple[Any, ...]]:
    """The viewer's agreements in threads that they may read: with the thread, the two, and whether the viewer rated."""
    rated = select(TradeRating.id).where(
        TradeRating.agreement_id == TradeAgreement.id, TradeRating.rater_id == viewer.id
    ).exists()
    return (
        select(TradeAgreement, Thread, _Proposer, _Partner, rated)
        .join(Thread, Thread.id == TradeAgreement.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .join(_Proposer, _Proposer.id == TradeAgreement.proposer_id)
        .join(_Partner, _Partner.id == TradeAgreement.partner_id)
        .where(
            or_(TradeAgreement.proposer_id == viewer.id, TradeAgreement.partner_id == viewer.id),
            visible.thread_is_visible(viewer),
        )
    )


def _row(
    viewer: Actor, agreement: TradeAgreement, thread: Thread, proposer: Member, partner: Member, rated: bool
) -> AgreementRow:
    mine = agreement.proposer_id == viewer.id
    return AgreementRow(
        agreement.id, agreement.kind, agreement.state, mine, _person(partner if mine else proposer), thread.title,
        thread.id, agreement.answered_at or agreement.proposed_at, bool(rated),
    )


def _rating(viewer: Actor, rating: TradeRating, agreement: TradeAgreement, thread: Thread, by: Member) -> RatingRow:
    return RatingRow(
        rating.id, agreement.id, agreement.kind, rating.value, rating.words, rating.created_at,
        _person(by) if by.erased_at is None else None, thread.id, thread.title, rating.reply,
        (rating.withdrawn_reason or "") if rating.withdrawn_at is not None else None,
        may_withdraw=rating.withdrawn_at is None and rating.shown_from <= now()
        and bool(guardian.may_withdraw_rating(viewer, rating, thread.board_id)),
        may_reply=bool(guardian.may_reply_to_rating(viewer, rating)),
    )


def _person(member: Member) -> Person:
    return Person(member.name, member.label, initials(member.label), member.hue)
