"""What the fairness report reads: votes and acceptances of a window, added up by the database.

Bounded on any community: pairs come in portions of givers and at most MOST_PAIRS of them, the strongest first; totals
are read for those alone. Nothing here reads a post's words.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, cast, func, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.members.models import MemberNetwork
from forum.reputation.fairness import (
    DAY_AT_ONCE,
    LEAST_ACCEPTED,
    LEAST_TIE,
    MOST_ON_NETWORK,
    Tally,
    Tie,
)
from forum.threads.models import Acceptance, Post, Thread, Vote

GIVERS_AT_ONCE = 10_000  # ids of members a statement looks at
MOST_PAIRS = 20_000  # so many ties are weighed in a run


class Kind(NamedTuple):
    """Votes up, or acceptances: where they are, who gives them, and how few between two are not looked at."""

    table: type[Vote] | type[Acceptance]
    giver: Any  # the column
    least: int
    counts: tuple[ColumnElement[bool], ...]


VOTES = Kind(Vote, Vote.voter_id, LEAST_TIE, (Vote.value == 1, Vote.voided_at.is_(None)))
ACCEPTANCES = Kind(
    Acceptance, Acceptance.by_id, LEAST_ACCEPTED, (Acceptance.undone_at.is_(None), Acceptance.voided_at.is_(None))
)


def tally(session: Session, kind: Kind, since: dt.datetime) -> Tally:
    """Pairs with ties since a moment, and the totals of their members and boards. Voided ones are not among them."""
    pairs = _pairs(session, kind, since)
    givers, receivers = sorted({pair[0] for pair in pairs}), sorted({pair[1] for pair in pairs})
    given: defaultdict[tuple[int, int], int] = defaultdict(int)
    received: dict[tuple[int, int], int] = {}
    ties = []
    for ids in chunks(givers):
        statement = _counted(kind, since, kind.giver, Post.author_id, Thread.board_id).where(kind.giver.in_(ids))
        for giver, receiver, board, number in session.execute(statement):
            given[giver, board] += number
            if (giver, receiver) in pairs:
                ties.append(Tie(giver, receiver, board, number))
    for ids in chunks(receivers):
        rows = session.execute(_counted(kind, since, Post.author_id, Thread.board_id).where(Post.author_id.in_(ids)))
        received.update({(receiver, board): number for receiver, board, number in rows})
    totals = _counted(kind, since, Thread.board_id).add_columns(func.count(Post.author_id.distinct()))
    boards = {board: (number, members) for board, number, members in session.execute(totals)} if pairs else {}
    return Tally(ties, dict(given), received, boards)


def busy_days(session: Session, pairs: Iterable[tuple[int, int]], since: dt.datetime) -> Iterator[Any]:
    """(giver, receiver, UTC day, votes) of these pairs, where a day had DAY_AT_ONCE votes or more."""
    wanted = set(pairs)
    statement = _counted(VOTES, since, Vote.voter_id, Post.author_id, _day(session, Vote.created_at))
    for ids in chunks(sorted({giver for giver, _receiver in wanted})):
        rows = session.execute(statement.where(Vote.voter_id.in_(ids)).having(func.count() >= DAY_AT_ONCE))
        yield from ((giver, receiver, str(day), number) for giver, receiver, day, number in rows
                    if (giver, receiver) in wanted)


def networks(session: Session, members: Iterable[int]) -> dict[str, set[int]]:
    """By network, those of these members who were seen on it; of networks with 2 to MOST_ON_NETWORK members in all."""
    among = set(members)
    few = (
        select(MemberNetwork.network_hash).group_by(MemberNetwork.network_hash)
        .having(func.count().between(2, MOST_ON_NETWORK))
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    for ids in chunks(sorted(among)):
        rows = session.execute(
            select(MemberNetwork.network_hash, MemberNetwork.member_id)
            .where(MemberNetwork.member_id.in_(ids), MemberNetwork.network_hash.in_(few))
        )
        for network, member in rows:
            found[network].add(member)
    return {network: there for network, there in found.items() if len(there) > 1}


def by_day(
    session: Session, kind: Kind, givers: Sequence[int], receivers: Sequence[int], since: dt.datetime
) -> list[tuple[int, int, str, int]]:
    """(giver, receiver, UTC day, how many) between the members of a case, in this order."""
    rows = session.execute(
        _counted(kind, since, kind.giver, Post.author_id, _day(session, kind.table.created_at))
        .where(*between(kind, givers, receivers, since))
    )
    return sorted((giver, receiver, str(day), number) for giver, receiver, day, number in rows)


def between(
    kind: Kind, givers: Sequence[int], receivers: Sequence[int], since: dt.datetime
) -> tuple[ColumnElement[bool], ...]:
    """The condition for what some members gave some others since a moment; nobody's for themselves."""
    return (
        kind.giver.in_(givers), Post.author_id.in_(receivers), Post.author_id != kind.giver,
        kind.table.created_at >= since,
    )


def _pairs(session: Session, kind: Kind, since: dt.datetime) -> set[tuple[int, int]]:
    """The pairs with the most between them, found portion by portion of the givers."""
    last = session.scalar(select(func.max(kind.giver))) or 0
    found: list[tuple[int, int, int]] = []
    for start in range(0, last + 1, GIVERS_AT_ONCE):
        statement = pairs_statement(kind, since, start)
        found += [(number, giver, receiver) for giver, receiver, number in session.execute(statement)]
        found = sorted(found, reverse=True)[:MOST_PAIRS]
    return {(giver, receiver) for _number, giver, receiver in found}


def pairs_statement(kind: Kind, since: dt.datetime, start: int) -> Select[*tuple[Any, ...]]:
    """Giver, receiver and how many, of GIVERS_AT_ONCE givers from the id `start` on."""
    number = func.count()
    return (
        select(kind.giver, Post.author_id, number)
        .join(Post, Post.id == kind.table.post_id)
        .where(
            kind.giver >= start, kind.giver < start + GIVERS_AT_ONCE, kind.table.created_at >= since,
            kind.giver != Post.author_id, *kind.counts,
        )
        .group_by(kind.giver, Post.author_id).having(number >= kind.least)
        .order_by(number.desc()).limit(MOST_PAIRS)
    )


def _counted(kind: Kind, since: dt.datetime, *columns: Any) -> Select[*tuple[Any, ...]]:
    """How many there are, by these columns; nobody's for themselves."""
    return (
        select(*columns, func.count())
        .select_from(kind.table)
        .join(Post, Post.id == kind.table.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(kind.table.created_at >= since, kind.giver != Post.author_id, *kind.counts)
        .group_by(*columns)
    )


def _day(session: Session, moment: Any) -> ColumnElement[Any]:
    """The UTC day of a moment."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("UTC", moment), Date)
    return func.date(moment)
