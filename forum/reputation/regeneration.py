"""Writing the ledger anew beside the one in force, step by step, and switching over at the end.

The steps are transactions of their own, so that members go on voting meanwhile. Whoever is settled while a
generation is being written is noted as stale, and the last step writes their lines once more before it switches.
A run that was killed leaves lines that nobody reads; the next one takes them away.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.core.bulk import CHUNK
from forum.core.clock import now
from forum.core.errors import Conflict
from forum.core.i18n import gettext as _
from forum.members.models import Member
from forum.reputation import boards, leaderboard, rebuilding, rulesets, standings, versions
from forum.reputation.models import LedgerLine, LedgerRebuild, LedgerStale
from forum.reputation.reckoning import Reckoned
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import InForce, in_force

CACHE_KIB = 65_536  # for the connection that rebuilds; it goes with the command
STEP = 200  # members whose votes are in memory at once

Progress = Callable[[int, int], None]  # told how many members of how many are done
Transaction = Callable[[], AbstractContextManager[Session]]


def note_stale(session: Session, member_ids: Iterable[int]) -> None:
    """While a generation is being written: these members' lines there are to be written once more.

    Called with their standings locked, so that the last step of a rebuild, which locks all, sees it.
    """
    ids = sorted(member_ids)
    if not ids or session.scalar(select(LedgerRebuild.generation).limit(1)) is None:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(LedgerStale).on_conflict_do_nothing(), [{"member_id": id} for id in ids])


def regenerate(transaction: Transaction, ruleset: Ruleset | None = None, progress: Progress | None = None) -> InForce:
    """Write a generation under `ruleset` (the one in force, if not given) and switch to it; returns what is in force.

    Args:
        transaction: opens a unit of work; each step takes one.

    Raises:
        Conflict: another rebuild began meanwhile, or the rules changed.
        Invalid: boards are open from a rank on that these rules do not have.
    """
    with transaction() as session:
        before = in_force(session)
        boards.keep_their_ranks(session, ruleset or before.ruleset)
        rules = begin(session, ruleset or before.ruleset)
    reckoned = Reckoned(rules)
    with transaction() as session:
        wait(session)

    def caps_and_numbers(session: Session, ids: list[int]) -> None:
        write_caps(session, rules, ids)
        reckoned.add(session, ids)

    _each(transaction, lambda session, ids: write_sources(session, rules, ids), progress)
    _each(transaction, caps_and_numbers, None)
    with transaction() as session:
        version = switch(session, reckoned, before=before.version_id, note=versions.REBUILD)
    rulesets.forget()
    return version


def begin(session: Session, ruleset: Ruleset) -> InForce:
    """Mark that a generation is being written; returns the rules with its number."""
    session.execute(delete(LedgerStale))
    session.execute(delete(LedgerRebuild))
    newest = session.scalar(select(func.max(LedgerLine.generation))) or 0
    rules = InForce(ruleset, max(newest, in_force(session).generation) + 1)
    session.add(LedgerRebuild(generation=rules.generation, started_at=now()))
    session.flush()
    return rules


def wait(session: Session) -> None:
    """Whoever was settling before the mark could not know of it: wait until they are done."""
    standings.lock(session, session.scalars(select(Member.id)))


def is_under_way(session: Session, generation: int) -> bool:
    """Whether this generation is the one that is being written."""
    return list(session.scalars(select(LedgerRebuild.generation))) == [generation]


def some_members(session: Session, after: int, size: int | None = None) -> list[int]:
    """The ids of the next members after one, in their order: `size` of them, or as many as a step takes."""
    following = select(Member.id).where(Member.id > after).order_by(Member.id)
    return list(session.scalars(following.limit(size or STEP)))


def _each(
    transaction: Transaction, step: Callable[[Session, list[int]], None], progress: Progress | None
) -> None:
    """Take a step for all members, some at a time in the order of their ids."""
    done, last, total = 0, 0, 0
    while True:
        with transaction() as session:
            total = total or session.scalar(select(func.count()).select_from(Member)) or 0
            ids = some_members(session, last)
            if not ids:
                return
            step(session, ids)
        done, last = done + len(ids), ids[-1]
        if progress is not None:
            progress(done, max(done, total))


def write_sources(session: Session, rules: InForce, ids: list[int]) -> None:
    """The first pass for these members: the lines of what they received."""
    _keep_indexes_at_hand(session)
    current = in_force(session).generation
    line = LedgerLine
    # What a killed run left: newer than what is in force, and not ours.
    session.execute(
        delete(line).where(
            line.member_id.in_(ids), line.generation > current, line.generation < rules.generation
        )
    )
    rebuilding.write_sources(session, rules, ids)


def _keep_indexes_at_hand(session: Session) -> None:
    """Lines go into five indexes at once. SQLite keeps 2 MB of them unless told otherwise, and reads the rest anew."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")


def write_caps(session: Session, rules: InForce, ids: list[int]) -> None:
    """The second pass for these members, when the first is over for all: their caps."""
    rebuilding.write_caps(session, rules, ids)


def switch(
    session: Session, reckoned: Reckoned, *, before: int | None, note: str, by_id: int | None = None,
    by_rules: bool = False,
) -> InForce:
    """Lock everybody, write once more what changed meanwhile, and let the new generation take over.

    Args:
        reckoned: what follows from the new generation; whoever is missing or stale is reckoned here.
        before: the version in force when the generation was begun.
        by_rules: members are told of it as of new rules.

    Raises:
        Conflict: another rebuild began meanwhile, or other rules came into force.
        Invalid: boards are open from a rank on that these rules do not have.
    """
    rules = reckoned.rules
    held = standings.lock(session, session.scalars(select(Member.id)))
    if not is_under_way(session, rules.generation) or in_force(session).version_id != before:
        raise Conflict(_("Another rebuild began meanwhile. This one changed nothing."))
    boards.keep_their_ranks(session, rules.ruleset)
    stale = set(session.scalars(select(LedgerStale.member_id))) | (held.keys() - reckoned.numbers.keys())
    reckoned.add(session, rebuilding.write_anew(session, rules, stale))
    version = versions.add(session, rules.ruleset, note=note, by_id=by_id, generation=rules.generation)
    end(session)
    standings.write(
        session, rules.ruleset, held, reckoned.numbers, reckoned.leaving, by_rules=version.number if by_rules else None
    )
    leaderboard.rebuild(session, rules.generation, all_members(session, size=STEP))
    return InForce(rules.ruleset, rules.generation, version.id)


def end(session: Session) -> None:
    """No generation is being written any more."""
    session.execute(delete(LedgerStale))
    session.execute(delete(LedgerRebuild))
    session.flush()


def all_members(session: Session, progress: Progress | None = None, size: int = CHUNK) -> Iterator[list[int]]:
    """The ids of all members, in steps."""
    total = session.scalar(select(func.count()).select_from(Member)) or 0
    done, last = 0, 0
    while ids := some_members(session, last, size):
        yield ids
        done, last = done + len(ids), ids[-1]
        if progress is not None:
            progress(done, total)
