"""The whole ledger of some members at once, from its sources: what a rebuild writes.

The same yields and caps as in settling, but read and written in bulk. A test holds that both come out equal.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks, read_rows, uncollected
from forum.purchases.models import ShopOrder
from forum.reputation import cap_sources
from forum.reputation.caps import Cast, first_of_each_giver, within_total
from forum.reputation.lines import Source, append
from forum.reputation.models import Award, LedgerLine
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import InForce
from forum.reputation.sources import (
    REPUTATION,
    VoteFact,
    Yield,
    as_facts,
    award_yields,
    read_acceptances,
    read_endorsements,
    read_orders,
    vote_facts,
)
from forum.threads.models import Post, Vote


def write_sources(session: Session, rules: InForce, member_ids: list[int]) -> int:
    """Write the lines of all sources whose first receiver is one of these members; returns how many.

    For votes and acceptances that is the author of the post; what they bring to others (the giver of
    a down vote, the asker) is written with them.
    """
    return _insert(session, rules.generation, _yields(session, rules, member_ids))


def write_caps(session: Session, rules: InForce, member_ids: list[int]) -> int:
    """Write the caps over days and months of these members; all their other lines must be there. Returns how many."""
    return _insert(session, rules.generation, _caps(session, rules, member_ids))


def write_anew(session: Session, rules: InForce, member_ids: set[int]) -> set[int]:
    """Write the lines of these members' sources, and the caps that follow, in place of those that are there.

    Returns all members whose lines changed: they too to whom the sources brought something.
    """
    concerned = set(member_ids)
    for ids in chunks(sorted(member_ids)):
        concerned |= _drop_sources(session, rules.generation, ids)
        write_sources(session, rules, ids)
        concerned |= _others(session, rules.generation, ids)
    line = LedgerLine
    for ids in chunks(sorted(concerned)):
        caps = line.source_kind.in_((cap_sources.DAY, cap_sources.MONTH))
        session.execute(delete(line).where(line.member_id.in_(ids), line.generation == rules.generation, caps))
        write_caps(session, rules, ids)
    return concerned


def _drop_sources(session: Session, generation: int, ids: list[int]) -> set[int]:
    """Delete the lines of sources whose first receiver is among `ids`. Returns the others who had lines of these."""
    others = _others(session, generation, ids)
    line = LedgerLine
    posts = select(Post.id).where(Post.author_id.in_(ids))
    of_posts = line.post_id.in_(posts)
    own = (line.member_id.in_(ids)) & (line.post_id.is_(None))
    session.execute(delete(line).where(line.generation == generation, or_(of_posts, own)))
    return others


def _others(session: Session, generation: int, ids: list[int]) -> set[int]:
    line = LedgerLine
    posts = select(Post.id).where(Post.author_id.in_(ids))
    found = session.scalars(
        select(line.member_id).where(line.generation == generation, line.post_id.in_(posts)).distinct()
    )
    return set(found)


def vote_yields(ruleset: Ruleset, facts: Iterable[VoteFact]) -> Iterator[tuple[int, Yield]]:
    """What the votes on all posts of one receiver yield, by vote id."""
    points, caps = ruleset.points, ruleset.caps
    worthy: dict[int, VoteFact] = {}
    casts: list[Cast] = []
    for fact in facts:
        if worth := fact.worth(points):
            worthy[fact.id] = fact
            casts.append(Cast(fact.id, fact.at, fact.voter_id, worth))
    counted = first_of_each_giver(casts, caps.votes_of_giver_a_day)
    openings: defaultdict[int, list[Cast]] = defaultdict(list)
    for cast in casts:
        if cast.id in counted:
            fact = worthy[cast.id]
            if fact.post_kind == "opening" and fact.opening_cap(caps) is not None:
                openings[fact.post_id].append(cast)
            else:
                yield cast.id, fact.yields(points, cast.points)
    for votes in openings.values():
        for cast in within_total(votes, worthy[votes[0].id].opening_cap(ruleset.caps)):
            yield cast.id, worthy[cast.id].yields(points, cast.points)


def _yields(session: Session, rules: InForce, member_ids: list[int]) -> Iterator[tuple[Source, Yield]]:
    receivers: defaultdict[int, list[VoteFact]] = defaultdict(list)
    voters = rules.ruleset.voters
    votes = vote_facts(voters).where(Post.author_id.in_(member_ids), Vote.value != 0)
    for fact in as_facts(voters, read_rows(session, votes)):
        receivers[fact.author_id].append(fact)
    for facts in receivers.values():
        for id, lines in vote_yields(rules.ruleset, facts):
            yield ("vote", str(id)), lines
    for acceptance in read_acceptances(session, Post.author_id.in_(member_ids)):
        yield ("acceptance", str(acceptance.id)), acceptance.yields(rules.ruleset.points)
    for endorsement in read_endorsements(session, Post.author_id.in_(member_ids)):
        yield ("endorsement", str(endorsement.id)), endorsement.yields(rules.ruleset.points)
    awards = session.scalars(select(Award).where(Award.member_id.in_(member_ids)))
    for id, lines in award_yields(rules.ruleset, awards).items():
        yield ("award", str(id)), lines
    for id, lines in read_orders(session, ShopOrder.member_id.in_(member_ids)).items():
        yield ("order", str(id)), lines


def _caps(session: Session, rules: InForce, member_ids: list[int]) -> Iterator[tuple[Source, Yield]]:
    for (member_id, first), month in _months(session, rules, member_ids).items():
        over = {day for day, net in month.votes_of_day.items() if net > rules.ruleset.caps.day_net}
        casts = cap_sources.read_days(session, rules, member_id, over)
        for source, wanted, _held in cap_sources.month_yields(rules.ruleset.caps, member_id, first, month, casts, over):
            yield source, wanted


def _months(
    session: Session, rules: InForce, member_ids: list[int]
) -> dict[tuple[int, dt.date], cap_sources.Month]:
    line = LedgerLine
    # Not summed by the database: few lines of a new generation are alike.
    lines = (
        select(line.member_id, line.event_day, line.source_kind, line.kind, line.caused_by_id, line.points)
        .where(line.generation == rules.generation, line.member_id.in_(member_ids), line.axis == REPUTATION)
    )
    in_day = rules.ruleset.awards_in_day
    months: dict[tuple[int, dt.date], cap_sources.Month] = {}
    for member_id, day, source_kind, kind, giver_id, points in read_rows(session, lines):
        key = member_id, day.replace(day=1)
        month = months.get(key)
        if month is None:
            month = months[key] = cap_sources.Month(in_day)
        month.add(day, source_kind, kind, giver_id, points)
    return months


def _insert(session: Session, generation: int, yields: Iterable[tuple[Source, Yield]]) -> int:
    with uncollected():
        return append(
            session, generation,
            ((source, slot, points) for source, lines in yields for slot, points in lines.items()),
        )
