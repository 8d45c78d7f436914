"""Putting rules into force, step by step, each step a transaction of its own, so that reading and voting go on.

Where it stands is a row: killed at any point, it goes on from there, and no step done twice has an effect twice.

When points can change, a generation of the ledger is written beside the one in force (`regeneration`) and takes over
with the rules at once. When they cannot, the rules come into force first, and the ranks of all members follow in
steps; no line is written.
"""

from collections.abc import Callable

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.errors import Conflict, DomainError
from forum.core.i18n import gettext as _
from forum.core.unit_of_work import after_commit
from forum.events.catalogue import AccessChanged, StandingsChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation import boards, editing, regeneration, rulesets, shadow, standings, versions
from forum.reputation.comparing import differences, moves_points
from forum.reputation.models import RulesetVersion
from forum.reputation.reckoning import Reckoned, reckon
from forum.reputation.regeneration import Progress, Transaction, all_members, some_members
from forum.reputation.rule_tables import THE_DRAFT, RulesetDraft, RulesetPublication
from forum.reputation.rules import Ruleset, read
from forum.reputation.rulesets import InForce, in_force

AT_ONCE = 500  # members whose ranks are worked out in one transaction


def begin(session: Session, ruleset: Ruleset, *, note: str, by_id: int | None) -> RulesetPublication:
    """Note that these rules are to come into force; `advance` brings them there.

    Raises:
        Conflict: other rules are on their way, or these are in force already.
        Invalid: boards are open from a rank on that these rules do not have.
    """
    if under_way(session) is not None:
        raise Conflict(_("Other rules are on their way into force. Wait until they are."))
    if not differences(in_force(session).ruleset, ruleset):
        raise Conflict(_("These rules are in force already."))
    boards.keep_their_ranks(session, ruleset)
    total = session.scalar(select(func.count()).select_from(Member)) or 0
    publication = RulesetPublication(
        data=editing.plain(ruleset), note=note, by_id=by_id, asked_at=now(), active=True, total=total,
    )
    session.add(publication)
    session.flush()
    return publication


def under_way(session: Session) -> RulesetPublication | None:
    """The publication that goes on, if there is one."""
    return session.scalars(select(RulesetPublication).where(RulesetPublication.active.is_(True))).one_or_none()


def latest(session: Session) -> RulesetPublication | None:
    """The publication that was asked for last."""
    return session.scalars(select(RulesetPublication).order_by(RulesetPublication.id.desc()).limit(1)).one_or_none()


def result(session: Session, publication_id: int) -> tuple[int | None, str]:
    """The number of the version that a publication led to, or why it did not."""
    session.rollback()
    work = session.get_one(RulesetPublication, publication_id, populate_existing=True)
    number = session.scalar(select(RulesetVersion.number).where(RulesetVersion.id == work.version_id))
    return number, work.failure or ""


def advance(
    transaction: Transaction, engine: Engine, publication_id: int, *, go_on: Callable[[], bool],
    progress: Progress | None = None,
) -> bool:
    """Take the next steps of a publication while `go_on()`, at least one; returns whether it is over.

    Args:
        transaction: opens a unit of work; each step takes one.
        progress: is told how many members, in all passes together, of how many are done.
    """
    with shadow.reading(engine) as reader:
        phase = reader.get_one(RulesetPublication, publication_id).phase
    while True:
        reckoned = _reckoned(engine, publication_id) if phase == "switch" else None
        try:
            with transaction() as session:
                work = _locked(session, publication_id)
                if work.phase == phase and work.active:  # else somebody else took the steps between
                    _STEPS[phase](session, work, reckoned)
                phase, over, done, total = work.phase, not work.active, work.done, passes(work) * work.total
        except DomainError as refusal:
            phase, over, done, total = *_refused(transaction, publication_id, refusal), 0, 1
        if progress is not None:
            progress(min(done, total), total)
        if over or not go_on():
            return over


def passes(work: RulesetPublication) -> int:
    """How often a publication goes over all members."""
    return 1 if work.generation is None else 2


def _locked(session: Session, publication_id: int) -> RulesetPublication:
    return session.get_one(RulesetPublication, publication_id, with_for_update=True, populate_existing=True)


def _reckoned(engine: Engine, publication_id: int) -> Reckoned:
    """What everybody has under the generation that is to take over: read before the switch, which others wait for."""
    with shadow.reading(engine) as reader:
        found = Reckoned(_rules(reader.get_one(RulesetPublication, publication_id)))
        for ids in all_members(reader):
            found.add(reader, ids)
    return found


def _rules(work: RulesetPublication) -> InForce:
    return InForce(read(work.data), work.generation or 0)


# The steps ------------------------------------------------------------------------------------


def _begin(session: Session, work: RulesetPublication, _reckoned: Reckoned | None) -> None:
    ruleset, now_in_force = read(work.data), in_force(session)
    boards.keep_their_ranks(session, ruleset)
    work.last_id = work.done = 0
    work.base_id = now_in_force.version_id
    if moves_points(now_in_force.ruleset, ruleset):
        work.generation = regeneration.begin(session, ruleset).generation
        work.phase = "wait"
        return
    work.generation = None
    version = versions.add(
        session, ruleset, note=work.note, by_id=work.by_id, generation=now_in_force.generation
    )
    _in_force_now(session, work, version.id)
    work.phase = "ranks"


def _wait(session: Session, work: RulesetPublication, _reckoned: Reckoned | None) -> None:
    regeneration.wait(session)
    work.phase = "sources"


def _sources(session: Session, work: RulesetPublication, _reckoned: Reckoned | None) -> None:
    _still_ours(session, work)
    ids = some_members(session, work.last_id)
    if ids:
        regeneration.write_sources(session, _rules(work), ids)
        _further(work, ids)
    else:
        work.phase, work.last_id = "caps", 0


def _caps(session: Session, work: RulesetPublication, _reckoned: Reckoned | None) -> None:
    _still_ours(session, work)
    ids = some_members(session, work.last_id)
    if ids:
        regeneration.write_caps(session, _rules(work), ids)
        _further(work, ids)
    else:
        work.phase = "switch"


def _switch(session: Session, work: RulesetPublication, reckoned: Reckoned | None) -> None:
    rules = regeneration.switch(
        session, reckoned or Reckoned(_rules(work)), before=work.base_id, note=work.note, by_id=work.by_id,
        by_rules=True,
    )
    if rules.version_id is not None:
        _in_force_now(session, work, rules.version_id)
    _over(work)


def _ranks(session: Session, work: RulesetPublication, _reckoned: Reckoned | None) -> None:
    """Some members' ranks. Whatever is in force by now decides, so that a later version is not undone."""
    rules = in_force(session)
    ids = some_members(session, work.last_id, AT_ONCE)
    if ids:
        held = standings.lock(session, ids)
        found = reckon(session, rules, ids)
        standings.write(
            session, rules.ruleset, held, found.numbers, found.leaving, by_rules=_number(session, rules)
        )
        _further(work, ids)
    else:
        _over(work)


def _number(session: Session, rules: InForce) -> int | None:
    return session.scalar(select(RulesetVersion.number).where(RulesetVersion.id == rules.version_id))


_STEPS: dict[str, Callable[[Session, RulesetPublication, Reckoned | None], None]] = {
    "begin": _begin, "wait": _wait, "sources": _sources, "caps": _caps, "switch": _switch, "ranks": _ranks,
}


def _further(work: RulesetPublication, ids: list[int]) -> None:
    work.last_id, work.done = ids[-1], work.done + len(ids)


def _still_ours(session: Session, work: RulesetPublication) -> None:
    if work.generation is None or not regeneration.is_under_way(session, work.generation):
        raise Conflict(_("Another rebuild began meanwhile."))


def _in_force_now(session: Session, work: RulesetPublication, version_id: int) -> None:
    """The rules are in force: pages say so, and a draft that said the same has served."""
    work.version_id = version_id
    draft = session.get(RulesetDraft, THE_DRAFT)
    if draft is not None:
        ruleset, _faults = editing.check(draft.data)
        if ruleset is not None and editing.plain(ruleset) == work.data:
            session.delete(draft)
    publish(session, AccessChanged())
    publish(session, StandingsChanged())
    after_commit(session, rulesets.forget)


def _over(work: RulesetPublication) -> None:
    work.phase, work.active, work.finished_at = "done", None, now()


def _refused(transaction: Transaction, publication_id: int, refusal: DomainError) -> tuple[str, bool]:
    """A step could not be taken. After another rebuild it begins anew; else it ends with the reason.

    Returns the phase, and whether it ended.
    """
    with transaction() as session:
        work = _locked(session, publication_id)
        if isinstance(refusal, Conflict):
            work.phase, work.last_id, work.done = "begin", 0, 0
        else:
            if work.generation is not None and regeneration.is_under_way(session, work.generation):
                regeneration.end(session)
            work.failure, work.active, work.finished_at = str(refusal.message), None, now()
        return work.phase, not work.active
