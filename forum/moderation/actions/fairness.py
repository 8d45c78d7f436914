"""The fairness report: noting what was found as cases, dismissing them, voiding what they are about, and back."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.bulk import chunks
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import VotesVoided
from forum.events.publish import publish
from forum.moderation.models import VOID_REASONS, FairnessCase, FairnessMember, LogEntry
from forum.moderation.record import REASON_LENGTH, record
from forum.reputation import ledger
from forum.reputation.fairness import Finding
from forum.reputation.fairness_reads import ACCEPTANCES, VOTES, between
from forum.threads import voiding
from forum.threads.models import Acceptance, Post, Vote

SAME = 0.5  # of all members of both: then what was found is the case that is there, grown or shrunk
NEW_EVIDENCE = 0.5  # of what was weighed, so much more since, and a dismissed case is worth a second look
LEAST_NEW = 10
MOST_PAIRS = 400  # that a case keeps: a table of twenty by twenty


@dataclass(frozen=True, slots=True)
class Noticed:
    """A finding with its evidence: `days` as (giver, receiver, UTC day, how many), `extra` what else a case keeps."""

    finding: Finding
    days: list[tuple[int, int, str, int]]
    extra: Mapping[str, Any]


def note(session: Session, actor: Actor, noticed: Iterable[Noticed], since: dt.datetime) -> None:
    """Keep what a run of the report has found. The same pattern is one case, however often it is found.

    A voided case is left alone: what is found although it is voided came after, and is a case of its own. A dismissed
    one is opened again once NEW_EVIDENCE has come since.

    Args:
        since: where the window of the run begins.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    moment = now()
    for one in noticed:
        case = _known(session, one.finding)
        if case is None:
            case = FairnessCase(pattern=one.finding.pattern, first_seen_at=moment, last_seen_at=moment, score=0,
                                evidence={"since": since.isoformat()})
            session.add(case)
        elif case.state == "dismissed":
            if not _is_news(case, one):
                continue
            case.state, case.decided_at, case.decided_by_id, case.note = "open", None, None, ""
        case.pattern, case.score, case.last_seen_at = one.finding.pattern, one.finding.score, moment
        case.evidence = {
            **one.finding.as_data(), **one.extra, "pairs": _pairs(one.days), "days": _days(one.days),
            "since": case.evidence["since"],  # what voiding reaches back to stays where it was first seen
        }
        session.flush()
        session.execute(delete(FairnessMember).where(FairnessMember.case_id == case.id))
        session.add_all(FairnessMember(case_id=case.id, member_id=id) for id in sorted(one.finding.members))
        session.flush()


def dismiss(session: Session, actor: Actor, case_id: int, note: str) -> LogEntry:
    """Find the pattern in order, with a note for the team.

    Raises:
        NotFound: there is no such case.
        Forbidden: not staff, or the actor is one of its members.
        Conflict: it is decided already.
        Invalid: the note is empty or too long.
    """
    case = _open_case(session, actor, case_id)
    _decide(case, actor, "dismissed", _checked(note))
    return record(
        session, actor, "dismiss_pattern", "member", lead(case), reason=case.note, details={"fairness_id": case.id}
    )


def void(session: Session, actor: Actor, case_id: int, why: str, note: str) -> LogEntry:
    """Have what the case is about count no more; those concerned read `why`, the team also the note.

    Raises:
        NotFound, Forbidden, Conflict: as `dismiss`.
        Invalid: no such reason; the note is empty or too long.
    """
    case = _open_case(session, actor, case_id)
    if why not in VOID_REASONS:
        raise Invalid({"why": _l("Choose what the members read.")})
    _decide(case, actor, "voided", _checked(note))
    case.why, moment = why, now()
    kind = ACCEPTANCES if case.pattern == "acceptances" else VOTES
    said = case.evidence
    concerned = between(kind, said["givers"], said["receivers"], dt.datetime.fromisoformat(said["since"]))
    if kind is VOTES:
        votes = select(Vote.id).join(Post, Post.id == Vote.post_id).where(*concerned, Vote.value >= 0)
        voiding.void_votes(session, votes, "fairness", case.id, moment, why)
    else:
        given = select(Acceptance.id).join(Post, Post.id == Acceptance.post_id).where(*concerned)
        voiding.void_acceptances(session, given, "fairness", case.id, moment, why)
    entry = record(
        session, actor, "void_votes", "member", lead(case), reason=case.note, details={"fairness_id": case.id}
    )
    publish(session, VotesVoided(case.id, entry.id, restored=False))
    _settle(session, case)
    return entry


def take_back(session: Session, actor: Actor, case_id: int, entry: LogEntry) -> None:
    """Open a decided case again; what it voided counts again, unless something else stands against it.

    Args:
        entry: the line of the log that is taken back.

    Raises:
        NotFound, Forbidden: as `dismiss`.
        Conflict: the case has changed since.
    """
    case = _case_to_decide(session, actor, case_id)
    if case.state != ("voided" if entry.verb == "void_votes" else "dismissed"):
        raise Conflict(_l("Something has changed since. Look at it as it is now."))
    voided = case.state == "voided"
    case.state, case.why, case.note, case.decided_at, case.decided_by_id = "open", None, "", None, None
    session.flush()
    if voided:
        voiding.let_count(session, "fairness", case.id)
        publish(session, VotesVoided(case.id, entry.id, restored=True))
        _settle(session, case)
        voiding.forget(session, "fairness", case.id)


def lead(case: FairnessCase) -> int:
    """The member of a case who received the most: the log names the case by them."""
    sums: Counter[int] = Counter({int(member): 0 for member in case.evidence["receivers"]})
    for _giver, receiver, number in case.evidence["pairs"]:
        sums[receiver] += number
    return max(sorted(sums), key=lambda member: sums[member])


def _pairs(days: Iterable[tuple[int, int, str, int]]) -> list[list[int]]:
    """[giver, receiver, how many], the most first; at most MOST_PAIRS."""
    sums: Counter[tuple[int, int]] = Counter()
    for giver, receiver, _day, number in days:
        sums[giver, receiver] += number
    most = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_PAIRS]
    return [[giver, receiver, number] for (giver, receiver), number in most]


def _days(days: Iterable[tuple[int, int, str, int]]) -> list[list[Any]]:
    """[UTC day, how many], the first day first."""
    sums: Counter[str] = Counter()
    for _giver, _receiver, day, number in days:
        sums[day] += number
    return [[day, number] for day, number in sorted(sums.items())]


def _settle(session: Session, case: FairnessCase) -> None:
    ledger.settle_voided(
        session, voiding.votes_of("fairness", case.id), voiding.acceptances_of("fairness", case.id)
    )


def _case_to_decide(session: Session, actor: Actor, case_id: int) -> FairnessCase:
    guardian.require(guardian.may_see_fairness(actor), actor)
    statement = select(FairnessCase).where(FairnessCase.id == case_id).with_for_update()
    case = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if case is None:
        raise NotFound
    members = session.scalars(select(FairnessMember.member_id).where(FairnessMember.case_id == case.id)).all()
    guardian.require(guardian.may_decide_fairness(actor, members), actor)
    return case


def _open_case(session: Session, actor: Actor, case_id: int) -> FairnessCase:
    case = _case_to_decide(session, actor, case_id)
    if case.state != "open":
        raise Conflict(_l("Somebody has decided this already."))
    return case


def _checked(note: str) -> str:
    text = " ".join(note.split())
    if not text or len(text) > REASON_LENGTH:
        raise Invalid({"note": _l("Say why, in at most 500 characters.")})
    return text


def _decide(case: FairnessCase, actor: Actor, state: str, note: str) -> None:
    case.state, case.note, case.decided_at, case.decided_by_id = state, note, now(), actor.id


def _known(session: Session, finding: Finding) -> FairnessCase | None:
    """The case, open or dismissed, about so much the same members."""
    among: dict[int, set[int]] = {}
    for ids in chunks(sorted(finding.members)):
        sharing = select(FairnessMember.case_id).where(FairnessMember.member_id.in_(ids))
        rows = session.execute(select(FairnessMember).where(FairnessMember.case_id.in_(sharing))).scalars()
        for row in rows:
            among.setdefault(row.case_id, set()).add(row.member_id)
    best, found = SAME, None
    for case in session.scalars(
        select(FairnessCase).where(FairnessCase.id.in_(among), FairnessCase.state != "voided").order_by(FairnessCase.id)
    ):
        if (case.pattern == "acceptances") != (finding.pattern == "acceptances"):
            continue
        members = among[case.id]
        likeness = len(members & finding.members) / len(members | finding.members)
        if likeness >= best:
            best, found = likeness, case
    return found


def _is_news(case: FairnessCase, one: Noticed) -> bool:
    """Whether enough has come since the case was dismissed."""
    weighed = sum(int(number) for _day, number in case.evidence["days"])
    decided = case.decided_at.date().isoformat() if case.decided_at is not None else ""
    since = sum(number for _giver, _receiver, day, number in one.days if day > decided)
    return since >= max(LEAST_NEW, NEW_EVIDENCE * weighed)
