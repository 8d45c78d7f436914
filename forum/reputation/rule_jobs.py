"""Work for later: looking at what rules would do, and putting them into force."""

import time
from collections.abc import Callable

from sqlalchemy import delete

from forum.core.bulk import insert_rows
from forum.core.clock import now
from forum.core.database import Base
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.queue import enqueue
from forum.reputation import publishing, shadow
from forum.reputation.rule_tables import RulesetEffect, RulesetSimulation
from forum.reputation.rules import read
from forum.reputation.simulation import Effect, simulate

AT_A_TIME = 5.0  # seconds that a publication takes before other jobs have their turn
GIVEN_UP_AFTER = 60.0  # seconds: what was asked for earlier and goes on is helped along
TOLD_EVERY = 0.5  # seconds between two notes of how far a simulation is


def publish_rules(publication_id: int) -> None:
    """Take a publication further; a job of its own goes on with the rest."""
    if not publishing.advance(unit_of_work, db.engine, publication_id, go_on=_for(AT_A_TIME)):
        with unit_of_work() as session:
            enqueue(session, "publish_rules", {"publication_id": publication_id})


def go_on_publishing() -> None:
    """Take a publication up again whose worker was killed. Two workers take its steps in turns."""
    with shadow.reading(db.engine) as reader:
        work = publishing.under_way(reader)
        waits = work is not None and (now() - work.asked_at).total_seconds() > GIVEN_UP_AFTER
        publication_id = work.id if work is not None else 0
    if waits:
        publishing.advance(unit_of_work, db.engine, publication_id, go_on=_for(AT_A_TIME))


def simulate_rules(simulation_id: int) -> None:
    """Work out what rules would do, and keep it for the page. One that was asked for anew meanwhile keeps nothing."""
    with shadow.reading(db.engine) as reader:
        asked = reader.get(RulesetSimulation, simulation_id)
        ruleset = read(asked.data) if asked is not None and asked.finished_at is None else None
    if ruleset is None:
        return
    with unit_of_work() as session:  # what a killed run left
        session.execute(delete(RulesetEffect).where(RulesetEffect.simulation_id == simulation_id))
    told = _Told(simulation_id)
    found = simulate(db.engine, ruleset, told.keep, told.progress)
    with unit_of_work() as session:
        asked = session.get(RulesetSimulation, simulation_id)
        if asked is not None:
            asked.found, asked.finished_at, asked.done = found.as_data(), now(), asked.total


class _Told:
    """Keeps what a simulation tells as it goes."""

    def __init__(self, simulation_id: int) -> None:
        self.id = simulation_id
        self.next = time.monotonic() + TOLD_EVERY

    def keep(self, effects: list[Effect]) -> None:
        """Keep who is concerned."""
        with unit_of_work() as session:
            if session.get(RulesetSimulation, self.id) is not None:
                table = Base.metadata.tables[RulesetEffect.__tablename__]
                insert_rows(session, table, ("topic", "member_id", "way"), effects, {"simulation_id": self.id})

    def progress(self, done: int, total: int) -> None:
        """Note how far it is, now and then."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + TOLD_EVERY
        with unit_of_work() as session:
            asked = session.get(RulesetSimulation, self.id)
            if asked is not None:
                asked.done, asked.total = done, total


def _for(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end
