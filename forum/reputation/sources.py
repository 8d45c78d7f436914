"""What each source yields now, before caps: votes, acceptances, awards, orders."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from forum.core.clock import beginning
from forum.core.database import UtcDateTime
from forum.members.models import Member
from forum.purchases.models import ShopOrder, ShopOrderLine
from forum.reputation.caps import Cast, first_of_each_giver, within_total
from forum.reputation.models import Award
from forum.reputation.rules import Caps, Points, Ruleset, Voters
from forum.threads.models import Acceptance, Endorsement, Post, Thread, Vote

T = TypeVar("T")

REPUTATION = "reputation"
PURCHASES = "purchases"


class Slot(NamedTuple):
    """Lines of one source that differ in nothing but points: they are summed to see what the source holds."""

    member_id: int
    axis: str
    kind: str
    caused_by_id: int | None
    post_id: int | None
    day: dt.date


Yield = dict[Slot, int]


class VoteFact(NamedTuple):
    """A vote with what decides about its worth. `share`: how many percent of its points, by who gave it."""

    id: int
    voter_id: int | None
    value: int
    voided: bool
    at: dt.datetime
    post_id: int
    post_kind: str
    author_id: int
    thread_kind: str
    asker_id: int
    gone: bool
    worked: bool = False  # its giver owns the product and says that the answer worked
    share: int = 100

    @property
    def on_opening(self) -> bool:
        """Whether it is a vote on what opens a thread: those have a cap of their own."""
        return self.post_kind == "opening"

    @property
    def kind(self) -> str | None:
        """The event that it is now; None when it is none (taken back, voided, for oneself, on what is gone)."""
        if self.value == 0 or self.voided or self.gone or self.voter_id == self.author_id:
            return None
        if self.post_kind == "answer" and self.value > 0:
            return "worked_for_me" if self.worked else "answer_up"
        if self.post_kind == "answer":
            return "answer_down"
        if self.on_opening and self.thread_kind == "question":
            return "question_up" if self.value > 0 else "question_down"
        return "discussion_up" if self.on_opening and self.value > 0 else None

    def worth(self, points: Points) -> int:
        """Its points for the author of the post, before caps."""
        kind = self.kind
        if kind is None:
            return 0
        whole = int(getattr(points, kind))
        if kind == "worked_for_me":  # in the place of the up vote, never beside it
            whole = max(whole, points.answer_up)
        return Voters.part(whole, self.share)

    def opening_cap(self, caps: Caps) -> int | None:
        """What all votes on this opening may bring together; None where there is no such cap."""
        return caps.question if self.thread_kind == "question" else caps.discussion

    def yields(self, points: Points, counted: int) -> Yield:
        """Its lines when `counted` of its points count."""
        kind = self.kind
        if kind is None or counted == 0:
            return {}
        day = self.at.date()
        lines = {Slot(self.author_id, REPUTATION, kind, self.voter_id, self.post_id, day): counted}
        if kind == "answer_down" and self.voter_id is not None and points.down_given:
            lines[Slot(self.voter_id, REPUTATION, "down_given", None, self.post_id, day)] = points.down_given
        return lines


def vote_facts(voters: Voters) -> Select[*tuple[Any, ...]]:
    """The statement that `read_votes` reads; add conditions on Vote, Post and Thread."""
    return _vote_facts(alike=voters.all_alike)


@lru_cache
def _vote_facts(*, alike: bool) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            Vote.id, Vote.voter_id, Vote.value, _flag(Vote.voided_at), Vote.created_at, Vote.post_id, Post.kind,
            Post.author_id, Thread.kind, Thread.author_id,
            _flag(Post.deleted_at, Post.hidden_at, Thread.deleted_at, Thread.hidden_at), Post.common_since,
            Vote.by_owner,
        )
        .join(Post, Post.id == Vote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
    )
    if alike:
        return statement
    return statement.add_columns(_GIVER.joined_at).outerjoin(_GIVER, _GIVER.id == Vote.voter_id)


_GIVER = aliased(Member)


def read_votes(session: Session, voters: Voters, *conditions: ColumnElement[bool]) -> list[VoteFact]:
    """The votes that meet the conditions, with what decides about their worth, as the database says now."""
    return as_facts(voters, session.execute(vote_facts(voters).where(*conditions)))


def as_facts(voters: Voters, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[VoteFact]:
    """Rows of `vote_facts` as values."""
    if voters.all_alike:
        return [_fact(*row) for row in rows]
    return [_fact(*row[:-1])._replace(share=voters.share(row[-1], row[4])) for row in rows]


def _flag(*moments: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """1 if any of these moments is there, else 0: a number is read faster than four moments."""
    return case((or_(*(moment.is_not(None) for moment in moments)), 1), else_=0)


def _fact(
    id: int, voter_id: int | None, value: int, voided: int, at: dt.datetime, post_id: int, post_kind: str,
    author_id: int, thread_kind: str, asker_id: int, gone: int, common_since: dt.datetime | None,
    by_owner: bool | None,
) -> VoteFact:
    # From the UTC day on which a post became everybody's its votes are nobody's: imports know votes by the day.
    common = common_since is not None and at.date() >= common_since.date()
    return VoteFact(
        id, voter_id, value, bool(voided), at, post_id, post_kind, author_id, thread_kind, asker_id,
        bool(gone) or common, by_owner is True,
    )


def read_pairs(
    session: Session, voters: Voters, givers: Iterable[int], receiver: int, first: dt.date, last: dt.date
) -> list[VoteFact]:
    """The votes of some members on posts of one other, first cast from one UTC day to another."""
    start, end = (beginning(day) for day in (first, last + dt.timedelta(days=1)))
    values = {"givers": list(givers), "receiver": receiver, "start": start, "end": end}
    return as_facts(voters, session.execute(_pairs(alike=voters.all_alike), values))


@lru_cache
def _pairs(*, alike: bool) -> Select[*tuple[Any, ...]]:
    start = bindparam("start", type_=UtcDateTime)
    # Nothing changes before it was first cast, so the index of a member's votes by their last change serves.
    return _vote_facts(alike=alike).where(
        Vote.voter_id.in_(bindparam("givers", type_=Integer, expanding=True)), Vote.changed_at >= start,
        Vote.created_at >= start, Vote.created_at < bindparam("end", type_=UtcDateTime),
        Post.author_id == bindparam("receiver", type_=Integer),
    )


def counted(facts: Iterable[VoteFact], ruleset: Ruleset) -> set[int]:
    """The ids of the votes among these that are worth something and are among the first of their pair and day."""
    receivers: defaultdict[int, list[Cast]] = defaultdict(list)
    for fact in facts:
        worth = fact.worth(ruleset.points)
        if worth:
            receivers[fact.author_id].append(Cast(fact.id, fact.at, fact.voter_id, worth))
    most = ruleset.caps.votes_of_giver_a_day
    return {id for casts in receivers.values() for id in first_of_each_giver(casts, most)}


class AcceptanceFact(NamedTuple):
    """An acceptance with what decides about its worth."""

    id: int
    post_id: int
    by_id: int | None
    at: dt.datetime
    author_id: int
    asker_id: int
    stands: bool
    voided: bool

    @property
    def in_force(self) -> bool:
        """Whether it stands and is not voided."""
        return self.stands and not self.voided

    def yields(self, points: Points) -> Yield:
        """Its lines: for the answer's author, and for the asker who accepted another's answer."""
        if not self.in_force or self.author_id in (self.asker_id, self.by_id):
            return {}
        day = self.at.date()
        lines = {
            Slot(self.author_id, REPUTATION, "answer_accepted", self.by_id, self.post_id, day): points.answer_accepted
        }
        if self.by_id == self.asker_id and points.accepting:
            lines[Slot(self.asker_id, REPUTATION, "accepting", self.author_id, self.post_id, day)] = points.accepting
        return lines


def read_acceptances(session: Session, *conditions: ColumnElement[bool]) -> list[AcceptanceFact]:
    """The acceptances that meet the conditions (on Acceptance, Post, Thread), as the database says now.

    One stands while it is not undone, its answer is the accepted one of the question that it is in, and both can
    be seen.
    """
    rows = session.execute(
        select(
            Acceptance.id, Acceptance.post_id, Acceptance.by_id, Acceptance.created_at, Post.author_id,
            Thread.author_id, Acceptance.undone_at, Thread.accepted_post_id, Post.kind, Thread.kind,
            Post.deleted_at, Post.hidden_at, Thread.deleted_at, Thread.hidden_at, Acceptance.voided_at,
        )
        .join(Post, Post.id == Acceptance.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(*conditions)
    )
    return [
        AcceptanceFact(
            id=row[0], post_id=row[1], by_id=row[2], at=row[3], author_id=row[4], asker_id=row[5],
            stands=row[6] is None and row[7] == row[1] and (row[8], row[9]) == ("answer", "question")
            and not any(row[10:14]), voided=row[14] is not None,
        )
        for row in rows
    ]


class EndorsementFact(NamedTuple):
    """The shop's word for an answer. It counts in the month like an award: the shop is not a giver among members."""

    id: int
    post_id: int
    at: dt.datetime
    author_id: int
    in_force: bool

    def yields(self, points: Points) -> Yield:
        """Its line for the answer's author."""
        if not self.in_force or not points.endorsed:
            return {}
        return {Slot(self.author_id, REPUTATION, "endorsed", None, self.post_id, self.at.date()): points.endorsed}


def read_endorsements(session: Session, *conditions: ColumnElement[bool]) -> list[EndorsementFact]:
    """The endorsements that meet the conditions (on Endorsement, Post, Thread), as the database says now.

    One is in force while it is not undone, its post is an answer in a question, and both can be seen.
    """
    gone = _flag(Endorsement.undone_at, Post.deleted_at, Post.hidden_at, Thread.deleted_at, Thread.hidden_at)
    rows = session.execute(
        select(
            Endorsement.id, Endorsement.post_id, Endorsement.created_at, Post.author_id, gone, Post.kind, Thread.kind
        )
        .join(Post, Post.id == Endorsement.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(*conditions)
    )
    return [
        EndorsementFact(id, post_id, at, author_id, not gone and (post_kind, thread_kind) == ("answer", "question"))
        for id, post_id, at, author_id, gone, post_kind, thread_kind in rows
    ]


def award_yields(ruleset: Ruleset, awards: Iterable[Award]) -> dict[int, Yield]:
    """What awards yield, by id: none once undone; of a kind with a limit the first ones, until it is reached.

    Where a kind has a limit, all awards of this kind that a member has must be among them.
    """
    found: dict[int, Yield] = {}
    kinds: defaultdict[tuple[int, str], list[Cast]] = defaultdict(list)
    for award in awards:
        found[award.id] = {}
        if award.undone_at is None:
            kinds[award.member_id, award.kind].append(Cast(award.id, award.created_at, None, award.points))
    for (member_id, kind), casts in kinds.items():
        rule = ruleset.awards.get(kind)
        for cast in within_total(casts, rule.most if rule else None):
            found[cast.id] = {Slot(member_id, REPUTATION, kind, None, None, cast.at.date()): cast.points}
    return found


def read_orders(session: Session, *conditions: ColumnElement[bool]) -> dict[int, Yield]:
    """What each order (by id) yields: one purchase for its member while it is paid and not all of it came back."""
    line = aliased(ShopOrderLine)
    kept = select(line.id).where(line.order_id == ShopOrder.id, line.paid > line.refunded).exists()
    any_line = select(line.id).where(line.order_id == ShopOrder.id).exists()
    rows = session.execute(
        select(
            ShopOrder.id, ShopOrder.member_id, ShopOrder.paid_at, ShopOrder.cancelled_at,
            ShopOrder.refunded_whole_at, kept, any_line,
        ).where(*conditions)
    )
    return {
        id: {Slot(member_id, PURCHASES, "purchase", None, None, paid_at.date()): 1}
        if member_id is not None and paid_at is not None and not cancelled and not refunded and (has_kept or not lines)
        else {}
        for id, member_id, paid_at, cancelled, refunded, has_kept, lines in rows
    }
