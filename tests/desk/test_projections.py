"""What the desk keeps of threads and posts is what a recount finds, whatever happened in whichever order."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.errors import DomainError
from forum.desk import projections
from forum.desk.models import DeskQuestion, HelperAnswer, HelperTopic
from forum.moderation.actions import sanctions
from forum.moderation.models import Sanction
from forum.threads import actions, state
from forum.threads.models import Post, Thread
from tests.desk.acting import write
from tests.factory import Factory
from tests.sampling import always

Drain = Callable[[], None]
STEPS = 36


def kept(session: Session) -> list[list[tuple[object, ...]]]:
    """Everything that the desk keeps, in an order that does not depend on when it was written."""
    return [
        sorted((tuple(row) for row in session.execute(select(*table.__table__.c))), key=repr)
        for table in (DeskQuestion, HelperAnswer, HelperTopic)
    ]


class Town:
    """Three boards, five people, six questions; each step does something to one of them."""

    def __init__(self, app: Flask, make: Factory, seed: int) -> None:
        self.app, self.chance = app, random.Random(seed)
        self.boards = [make.board() for _ in range(3)]
        self.people = [make.member(rank="bough") for _ in range(5)]
        self.staff = make.member(role="admin")
        self.threads = [
            make.thread(self.chance.choice(self.boards), self.chance.choice(self.people), title=f"Question number {n}?",
                        tags=tuple(self.chance.sample(["a", "b", "c"], self.chance.randint(0, 2))))
            for n in range(6)
        ]  # fmt: skip
        self.answers = [
            make.answer(self.chance.choice(self.threads), self.chance.choice(self.people)) for _ in range(12)
        ]

    def step(self, session: Session) -> None:
        """One random act; what is refused changes nothing."""
        staff = load_actor(session, self.staff.id)
        thread = session.get_one(Thread, self.chance.choice(self.threads).id)
        post = session.get_one(Post, self.chance.choice(self.answers).id)
        opening = session.get_one(Post, thread.opening_id)
        someone = self.chance.choice(self.people)
        either = self.chance.random() < 0.5
        match self.chance.randrange(11):
            case 0 | 1:
                actions.vote(session, load_actor(session, someone.id), post, self.chance.choice([1, 1, 0]))
            case 2:
                actions.accept_answer(session, staff, post)
            case 3:
                actions.unaccept(session, staff, post)
            case 4:
                state.set_deleted(session, self.chance.choice([post, opening]), staff.id, deleted=either)
            case 5:
                state.set_hidden(session, self.chance.choice([post, opening]), staff.id, "no" if either else None)
            case 6:
                state.set_locked(session, thread, None, locked=either)
            case 7:
                tags = self.chance.sample(["a", "b", "c", "d"], 2)
                actions.edit_post(session, staff, opening, body=None, title=None, tags=tags)
            case 8:
                board = session.get_one(Board, self.chance.choice(self.boards).id)
                state.move_thread(session, thread, board)
            case 9:
                state.change_kind(session, thread, self.chance.choice(["question", "discussion"]))
            case 10 if post.kind == "answer":
                state.turn_into_reply(session, post)
            case _:
                state.turn_into_answer(session, post)


@pytest.mark.parametrize("seed", always(range(12), 0))
def test_settled_is_recounted(app: Flask, make: Factory, drain: Drain, seed: int) -> None:
    """Votes, acceptances, deletions, hiding, tags, moves, kinds, answers into replies: after each few the same."""
    town = Town(app, make, seed)
    drain()
    done = 0
    for number in range(STEPS):
        try:
            write(app, town.step)
            done += 1
        except DomainError:
            continue
        if number % 6 == 5 or number == STEPS - 1:
            drain()
            found = write(app, kept)
            write(app, projections.recount)
            assert found == write(app, kept), (seed, number)
    assert done > STEPS / 2


def test_votes_of_who_is_suspended_count_no_more(app: Flask, make: Factory, drain: Drain) -> None:
    """And again when it is lifted."""
    board, asker, helper, voter = make.board(), make.member(), make.member(), make.member()
    admin = make.member(role="admin")
    answer = make.answer(make.thread(board, asker), helper)
    write(app, lambda s: actions.vote(s, load_actor(s, voter.id), s.get_one(Post, answer.id), 1))
    drain()
    assert write(app, kept)[2]

    def suspend(session: Session) -> int:
        actor = load_actor(session, admin.id)
        sanctions.sanction(
            session, actor, voter.name, kind="suspension", reason="A ring.", days=30, voids_votes=True
        )
        return session.scalars(select(Sanction.id)).one()

    sanction_id = write(app, suspend)
    drain()
    assert write(app, kept)[2] == []
    write(app, lambda s: sanctions.lift(s, load_actor(s, admin.id), sanction_id))
    drain()
    assert write(app, kept)[2]


def test_the_command(app: Flask, make: Factory, drain: Drain) -> None:
    """`flask desk recount` makes it all anew."""
    make.thread(make.board(), make.member(), tags=("lime",))
    drain()
    before = write(app, kept)
    write(app, lambda s: s.query(DeskQuestion).delete())
    made = app.test_cli_runner().invoke(args=["desk", "recount"])
    assert made.exit_code == 0 and "knows again" in made.output
    assert write(app, kept) == before and len(before[0]) == 2
