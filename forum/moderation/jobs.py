"""Deferred and timed work of the moderation room: finishing redactions, the daily report of suspicious patterns."""

import datetime as dt

from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.core.wiping import wipe
from forum.extensions import db
from forum.moderation import finishing
from forum.moderation.actions import fairness as cases
from forum.moderation.purge import TABLES
from forum.reputation import fairness, fairness_reads
from forum.reputation.fairness import Finding, Tally
from forum.reputation.fairness_reads import ACCEPTANCES, VOTES
from forum.search.forgetting import forget_removed

MOST_CASES = 50  # a run; the most surprising first, and nobody decides more in a day


def finish_redaction(entry: int) -> None:
    """Have the database's files forget what a redaction took out: the search's index first, then the files themselves.

    All redactions that wait are finished with it. It costs the same for one word as for a thousand.

    Args:
        entry: the line of the log that tells of the redaction.
    """
    with unit_of_work() as session:
        waiting = finishing.unfinished(session, entry)
    if not waiting:
        return  # another's turn took this one along
    forget_removed()
    wipe(TABLES)
    with unit_of_work() as session:
        finishing.tell(session, waiting)


def find_patterns() -> None:
    """Look for patterns in the votes and acceptances of the last WINDOW_DAYS days, and keep them as cases.

    It reads without holding anybody up, and writes in a short transaction of its own.
    """
    since = now() - dt.timedelta(days=fairness.WINDOW_DAYS)
    session = db.session()
    session.rollback()
    noticed = _noticed(session, since)
    session.rollback()
    with unit_of_work() as writing:
        cases.note(writing, SYSTEM, noticed, since)


def _noticed(session: Session, since: dt.datetime) -> list[cases.Noticed]:
    votes = fairness_reads.tally(session, VOTES, since)
    acceptances = fairness_reads.tally(session, ACCEPTANCES, since)
    people = {member for pair in votes.pairs for member in pair}
    shared = fairness_reads.networks(session, people)
    days = fairness_reads.busy_days(session, votes.pairs, since)
    found = fairness.find(votes, acceptances, shared, days)[:MOST_CASES]
    return [
        _evidence(session, one, acceptances if one.pattern == "acceptances" else votes, shared, since) for one in found
    ]


def _evidence(
    session: Session, finding: Finding, tally: Tally, shared: dict[str, set[int]], since: dt.datetime
) -> cases.Noticed:
    """What a case shows beside the numbers of its finding; networks as the members who share one, never the hash."""
    kind = ACCEPTANCES if finding.pattern == "acceptances" else VOTES
    givers, receivers = sorted(finding.givers), sorted(finding.receivers)
    together = sorted({
        tuple(sorted(members & finding.members)) for members in shared.values() if len(members & finding.members) > 1
    })
    return cases.Noticed(
        finding, fairness_reads.by_day(session, kind, givers, receivers, since),
        {
            "received": {str(member): tally.into.get(member, 0) for member in receivers},
            "given": {str(member): tally.out.get(member, 0) for member in givers},
            "together": [list(members) for members in together],
        },
    )
