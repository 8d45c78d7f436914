"""A thousand random acts by many at once: nothing is lost, and every standing agrees with its ledger."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now, today
from forum.core.errors import DomainError
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.actions import sanctions as moderation
from forum.moderation.models import Sanction
from forum.purchases.models import ShopConnection, ShopOrder
from forum.reputation import ledger, maintenance, regeneration, rulesets, visits
from forum.reputation.models import Award, LedgerLine, RulesetVersion
from forum.reputation.rules import read
from forum.threads import actions, ballots, state
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.reputation.world import tight_rules
from tests.sampling import few_or_many

WORKERS = 8
PEOPLE = 8


class Crowd:
    """Members, questions with answers, orders; and one random act after the other."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app = app
        self.people = [make.member() for _number in range(PEOPLE)]
        self.moderator = make.member("moderator", role="moderator")
        board = make.board()
        self.threads = [make.thread(board, self.people[number], title=f"How is it, {number}?") for number in range(4)]
        self.answers = [
            make.answer(thread, person) for thread in self.threads for person in self.people
            if person.id != thread.author_id
        ]
        self.posts = [answer.id for answer in self.answers] + [thread.opening_id for thread in self.threads]
        with app.app_context(), unit_of_work() as session:
            connection = ShopConnection(name="shop", provider="generic", created_at=now())
            session.add(connection)
            session.flush()
            orders = [
                ShopOrder(connection_id=connection.id, order_hash=f"h{number}", created_at=now(), changed_at=now())
                for number in range(6)
            ]
            session.add_all(orders)
            session.flush()
            self.orders = [order.id for order in orders]

    def act(self, chance: random.Random) -> None:
        """One random act, in a unit of work of its own. A refusal is an act too."""
        deeds = [self.vote] * 8 + [self.accept] * 2 + [
            self.delete, self.restore, self.hide, self.order, self.visit, self.award, self.ban, self.pardon,
        ]
        deed: Callable[[Session, random.Random], None] = chance.choice(deeds)
        try:
            with unit_of_work() as session:
                deed(session, chance)
        except DomainError:
            pass
        finally:
            db.session.remove()

    def vote(self, session: Session, chance: random.Random) -> None:
        """Up, down or back."""
        value = chance.choice([1, 1, 1, 0, -1])
        actor = load_actor(session, chance.choice(self.people).id)
        post = session.get_one(Post, chance.choice(self.posts))
        actions.vote(session, actor, post, value, "wrong" if value < 0 else None)

    def accept(self, session: Session, chance: random.Random) -> None:
        """The asker accepts an answer, or takes that back."""
        answer = session.get_one(Post, chance.choice(self.answers).id)
        asker = load_actor(session, session.get_one(Thread, answer.thread_id).author_id)
        chance.choice([actions.accept_answer, actions.accept_answer, actions.unaccept])(session, asker, answer)

    def delete(self, session: Session, chance: random.Random) -> None:
        """An author deletes an answer."""
        answer = session.get_one(Post, chance.choice(self.answers).id)
        actions.delete_post(session, load_actor(session, answer.author_id), answer)

    def restore(self, session: Session, chance: random.Random) -> None:
        """An author brings an answer back."""
        answer = session.get_one(Post, chance.choice(self.answers).id)
        actions.undelete_post(session, load_actor(session, answer.author_id), answer)

    def hide(self, session: Session, chance: random.Random) -> None:
        """Moderation hides any post, whole threads too, or shows it again."""
        post = session.get_one(Post, chance.choice(self.posts))
        state.set_hidden(session, post, self.moderator.id, chance.choice(["off topic", None, None]))

    def order(self, session: Session, chance: random.Random) -> None:
        """An order is paid, refunded, or finds its member."""
        order = session.scalars(
            select(ShopOrder).where(ShopOrder.id == chance.choice(self.orders)).with_for_update()
        ).one()
        order.member_id = chance.choice([None, *(person.id for person in self.people)])
        order.paid_at = now()
        order.refunded_whole_at = chance.choice([None, None, now()])
        ledger.settle_purchase(session, order)

    def visit(self, session: Session, chance: random.Random) -> None:
        """Somebody is here."""
        visits.record_visit(session, chance.choice(self.people).id, today().replace(day=chance.randint(1, 28)))

    def award(self, session: Session, chance: random.Random) -> None:
        """Points by hand."""
        award = Award(
            member_id=chance.choice(self.people).id, kind="staff_grant", points=chance.randint(-30, 30),
            created_at=now(),
        )
        session.add(award)
        ledger.settle_award(session, award)

    def ban(self, session: Session, chance: random.Random) -> None:
        """A suspension that voids votes."""
        name = chance.choice(self.people).name
        moderation.sanction(
            session, load_actor(session, self.moderator.id), name, kind="suspension", reason="Votes for pay.", days=3,
            voids_votes=True,
        )

    def pardon(self, session: Session, chance: random.Random) -> None:
        """The last suspension of somebody is lifted."""
        given = session.scalars(
            select(Sanction.id).where(Sanction.lifted_at.is_(None), Sanction.kind == "suspension").limit(1)
        ).first()
        if given is not None:
            moderation.lift(session, load_actor(session, self.moderator.id), given)


def _open_rules(session: Session) -> None:
    """Tight caps, but nobody is refused a vote for the rank or the day."""
    data = tight_rules().model_dump(mode="json", exclude_none=True)
    for rank in data["ranks"]:
        rank["limits"]["votes_a_day"] = 100_000
    data["privileges"]["vote_down"]["rank"] = "seed"
    session.add(RulesetVersion(name="open", data=data, published_at=now(), generation=1))


@pytest.mark.parametrize("acts_each", few_or_many(25, 125))
def test_a_thousand_acts_at_once(app: Flask, make: Factory, monkeypatch: Any, acts_each: int) -> None:
    """Eight at a time; in the end `reputation verify` finds nothing, and a rebuild changes nobody."""
    for limit in ("UP_PER_PAIR", "DOWN_PER_PAIR", "DOWN_A_DAY"):
        monkeypatch.setattr(ballots, limit, 100_000)
    with app.app_context(), unit_of_work() as session:
        _open_rules(session)
    rulesets.forget()
    _act(Crowd(app, make), WORKERS, acts_each, lambda: None)
    _agree(app, WORKERS * acts_each)


@pytest.mark.parametrize("acts_each", few_or_many(25, 60))
def test_rules_change_while_members_act(app: Flask, make: Factory, monkeypatch: Any, acts_each: int) -> None:
    """The ledger is rebuilt under one ruleset and another, two members a step, while four others act."""
    for limit in ("UP_PER_PAIR", "DOWN_PER_PAIR", "DOWN_A_DAY"):
        monkeypatch.setattr(ballots, limit, 100_000)
    monkeypatch.setattr(regeneration, "STEP", 2)
    with app.app_context(), unit_of_work() as session:
        _open_rules(session)
    rulesets.forget()
    with app.app_context():
        theirs = rulesets.preset("stackexchange").model_dump(mode="json")
        ours = rulesets.in_force(db.session()).ruleset
        db.session.remove()
    theirs |= {"ranks": ours.model_dump(mode="json")["ranks"], "privileges": ours.model_dump(mode="json")["privileges"]}
    rebuilt = []

    def rebuild() -> None:
        with app.app_context():
            for rules in (read(theirs), ours, read(theirs)):
                rebuilt.append(regeneration.regenerate(unit_of_work, rules))

    _act(Crowd(app, make), 4, acts_each, rebuild)
    assert [rules.generation for rules in rebuilt] == [2, 3, 4]
    _agree(app, 4 * acts_each)


def _act(crowd: Crowd, workers: int, acts: int, meanwhile: Callable[[], None]) -> None:
    """Let so many act at once, so many times each, and do something else meanwhile."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        try:
            with crowd.app.app_context():
                for _act in range(acts):
                    crowd.act(chance)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join()
    assert failures == []


def _agree(app: Flask, acts: int) -> None:
    verified = app.test_cli_runner().invoke(args=["reputation", "verify"])
    assert verified.exit_code == 0, verified.output
    with app.app_context():
        before = "".join(maintenance.export(db.session()))
        lines = len(db.session().scalars(select(LedgerLine.id)).all())
        assert lines > min(acts / 4, 100)
        with unit_of_work() as session:
            for member in session.scalars(select(Member)):
                ledger.settle_member(session, member)
        assert len(db.session().scalars(select(LedgerLine.id)).all()) == lines
        with unit_of_work() as session:
            maintenance.rebuild(session)
        assert "".join(maintenance.export(db.session())) == before
        assert maintenance.verify(db.session()) == []
        db.session.remove()
