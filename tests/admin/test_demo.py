"""The end of the demo: all of it goes, nothing of anybody else's, and the ledger stays right."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.admin import actions
from forum.admin.models import SiteSetting
from forum.boards import actions as boards
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.core.clock import now
from forum.core.database import Base
from forum.core.errors import Conflict, Forbidden
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.queue import enqueue
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.moderation.record import record
from forum.notifications.asking import first_answer_key
from forum.reputation.maintenance import verify
from forum.reputation.models import MemberStanding
from forum.threads import actions as threads
from forum.threads.models import Post, Tag, Thread
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


class Stage:
    """A demo with its people, and real members who looked around in it and began on their own."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app, self.make = app, make
        self.admin = make.member("chief", role="admin")
        self.real = make.member("real")
        self.asker = make.member("asker")
        self.demo = [make.member(f"demo{n}", is_demo=True, rank="twig") for n in range(4)]
        self.only_demo, self.shared, self.own = make.board("only-demo"), make.board("shared"), make.board("own")
        self.demo_thread = make.thread(self.only_demo, self.demo[0], title="All made up", tags=("made-up", "both"))
        self.demo_answer = make.answer(self.demo_thread, self.demo[1])
        self.real_answer = make.answer(self.demo_thread, self.real)
        self.thread = make.thread(self.shared, self.asker, title="Real question", tags=("both",))
        self.answer = make.answer(self.thread, self.real)
        self.demo_in_real = make.answer(self.thread, self.demo[2])
        self.reply_to_demo = make.reply(self.demo_in_real, self.asker)
        self._points()
        self._chat_and_settings()

    def _points(self) -> None:
        """The real member gets points from the demo (to go) and from the asker (to stay)."""
        for who, post in (
            (self.demo[0], self.answer), (self.demo[1], self.answer), (self.asker, self.answer),
            (self.demo[2], self.real_answer), (self.asker, self.real_answer), (self.real, self.demo_answer),
            (self.demo[3], self.thread.opening_id),
        ):
            self.act(who, lambda s, actor, post=post: threads.vote(
                s, actor, s.get_one(Post, post if isinstance(post, int) else post.id), 1
            ))
        self.act(self.asker, lambda s, actor: threads.accept_answer(s, actor, s.get_one(Post, self.answer.id)))
        self.act(self.demo[0], lambda s, actor: threads.accept_answer(s, actor, s.get_one(Post, self.real_answer.id)))

    def _chat_and_settings(self) -> None:
        def fill(session: Session, _actor: object) -> None:
            lobby = Room(slug="lobby", title="Lobby", created_at=now(), last_n=2)
            room = Room(slug="only-demo", title="Demo", board_id=self.only_demo.id, created_at=now(), last_n=1)
            session.add_all([lobby, room])
            session.flush()
            for place, n, author in ((lobby, 1, self.demo[0]), (lobby, 2, self.real), (room, 1, self.real)):
                session.add(ChatMessage(
                    room_id=place.id, n=n, seq=n, author_id=author.id, client_id=f"{place.id}-{n}", body_source="x",
                    body_html="<p>x</p>", created_at=now(),
                ))
            session.add(SiteSetting(key="has_demo", value={"value": True}))
            session.add(SiteSetting(key="demo_boards", value={"value": [self.only_demo.id, self.shared.id]}))

        self.act(self.admin, fill)
        for member in (self.demo[0], self.real):
            self.act(member, lambda s, actor: boards.join_board(s, actor, s.get_one(Board, self.shared.id)))

    def act(self, who: Member, work: Callable[[Session, Any], object]) -> None:
        """Do something as a member."""
        with self.app.app_context():
            try:
                with unit_of_work() as session:
                    work(session, load_actor(session, who.id))
            finally:
                db.session.remove()


@pytest.fixture
def stage(app: Flask, make: Factory) -> Stage:
    """The demo, played."""
    return Stage(app, make)


def test_all_of_the_demo_goes_and_nothing_else(stage: Stage, browse: Browse, drain: Callable[[], None]) -> None:
    """Through the page, with one button; what is pending for the demo disturbs nobody."""
    admin = browse(stage.admin)
    assert browse(stage.demo[3]).post("/invitations", {"email": "friend@example.org"}).status_code == 303
    plan = admin.get("/manage/demo").get_data(as_text=True)
    assert "4 made-up members" in plan and "1 thread," in plan and "2 chat messages" in plan and "1 board<" in plan
    answer = admin.post("/manage/demo/undo")
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    drain()
    with stage.app.app_context():
        session = db.session()
        names = set(session.scalars(select(Member.name)))
        assert names == {"chief", "real", "asker"}
        assert session.scalars(select(Thread.title)).all() == ["Real question"]
        assert set(session.scalars(select(Post.id))) == {stage.thread.opening_id, stage.answer.id}
        assert set(session.scalars(select(Board.slug))) == {"shared", "own"}
        assert session.scalars(select(Room.slug)).all() == ["lobby"]
        assert session.scalar(select(func.count()).select_from(ChatMessage)) == 1
        assert session.scalars(select(Tag.slug)).all() == ["both"]
        assert session.scalars(select(SiteSetting.key)).all() == []
    assert browse().get("/b/only-demo").status_code == 404
    page = browse().get(f"/t/{stage.thread.id}/{stage.thread.slug}")
    assert page.status_code == 200
    assert admin.post("/manage/demo/undo").status_code == 409
    assert "The demo is gone" in admin.get("/manage/demo").get_data(as_text=True)


def test_points_and_counters_are_right_afterwards(stage: Stage) -> None:
    """Those from the demo are taken back, those from members stay; standings agree with the ledger."""
    stage.act(stage.admin, actions.remove_demo)
    with stage.app.app_context():
        session = db.session()
        assert verify(session) == []
        rows = session.execute(
            select(Member.name, MemberStanding.reputation).join(Member, Member.id == MemberStanding.member_id)
        )
        points = {row.name: row.reputation for row in rows}
        assert points == {"real": 10 + 15, "asker": 5, "chief": 0}
        thread = session.get_one(Thread, stage.thread.id)
        assert (thread.answer_count, thread.reply_count, thread.score, thread.solved) == (1, 1, 0, True)
        assert session.get_one(Post, stage.answer.id).score == 1
        shared = session.get_one(Board, stage.shared.id)
        assert (shared.thread_count, shared.member_count) == (1, 1)
        tag = session.scalars(select(Tag)).one()
        assert tag.thread_count == 1


def test_what_was_done_for_the_demo_does_not_pass_for_done(
    stage: Stage, make: Factory, drain: Callable[[], None], mails: Callable[[], list[EmailMessage]]
) -> None:
    """Ids may be given again: the first answer to a first question of their own is mailed like any other."""
    drain()
    stage.act(stage.admin, lambda session, _actor: [
        enqueue(session, "forget_done", {}, unique_key=first_answer_key(number)) for number in range(1, 60)
    ])
    drain()
    stage.act(stage.admin, actions.remove_demo)
    drain()
    asker = make.member("newcomer")
    make.answer(make.thread(make.board(), asker), make.member(), "Rinse it twice.")
    drain()
    assert "newcomer@example.org" in [mail["To"] for mail in mails()]


def test_no_row_points_to_nowhere(stage: Stage) -> None:
    """Every foreign key still leads to a row, and no id of the demo's people is left anywhere."""
    gone = {member.id for member in stage.demo}
    stage.act(stage.admin, actions.remove_demo)
    with stage.app.app_context():
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column.table.name == "member":
                    left = set(db.session.scalars(select(key.parent).where(key.parent.in_(gone))))
                    assert left == set(), (table.name, key.parent.name)
        assert inspect(db.engine).has_table("member")


def test_what_the_log_names_stays_without_a_name(stage: Stage, browse: Browse) -> None:
    """The log cannot be edited: its people become nameless rows, its boards are put away."""

    def note(session: Session, _actor: object) -> None:
        who = load_actor(session, stage.demo[0].id)
        record(session, who, "lock", "thread", stage.demo_thread.id, board_id=stage.only_demo.id)

    stage.act(stage.admin, note)
    stage.act(stage.admin, actions.remove_demo)
    with stage.app.app_context():
        left = db.session.get_one(Member, stage.demo[0].id)
        assert left.erased_at is not None and "demo" not in left.name and not left.is_demo
        verbs = db.session.scalars(select(LogEntry.verb)).all()
        assert verbs == ["lock", "remove_demo"]
    assert browse(stage.real).get("/b/only-demo").status_code == 404
    assert browse(stage.admin).get("/b/only-demo").status_code == 200


def test_only_the_manager_removes_it_and_only_once(stage: Stage) -> None:
    """Asked inside the action too."""
    with pytest.raises(Forbidden):
        stage.act(stage.real, actions.remove_demo)
    stage.act(stage.admin, actions.remove_demo)
    with pytest.raises(Conflict):
        stage.act(stage.admin, actions.remove_demo)


@pytest.mark.parametrize(("said", "left"), [("Fern & Kettle", None), ("Tea for All", "Tea for All")])
def test_the_made_up_name_goes_too(stage: Stage, browse: Browse, said: str, left: str | None) -> None:
    """What the demo called the place goes with it; what the manager called it since stays."""
    words = {"name": "Fern & Kettle", "tagline": "Made up."}

    def fill(session: Session, _actor: object) -> None:
        for key, value in {**words, "demo_words": words, "name": said}.items():
            session.add(SiteSetting(key=key, value={"value": value}))

    stage.act(stage.admin, fill)
    browse(stage.admin).post("/manage/demo/undo")
    with stage.app.app_context():
        kept = {row.key: row.value["value"] for row in db.session().scalars(select(SiteSetting))}
    assert kept == ({} if left is None else {"name": left})


OWN = {"name": "ada", "email": "ada@example.org", "password": "green leaves of spring"}


@pytest.fixture
def nele(stage: Stage, make: Factory) -> Member:
    """The demo's manager, and no other."""

    def demote(session: Session, _actor: object) -> None:
        session.get_one(Member, stage.admin.id).role = "member"

    stage.act(stage.admin, demote)
    return make.member("nele", role="admin", is_demo=True, password_hash="x")


@pytest.mark.parametrize("on_record", [False, True])
def test_its_manager_makes_their_own_account_in_the_same_step(
    stage: Stage, nele: Member, browse: Browse, on_record: bool, drain: Callable[[], None]
) -> None:
    """Also once the log names the one of the demo: who pressed the button is the manager, signed in, and says so."""
    browser = browse(nele)
    if on_record:
        assert browser.post(f"/t/{stage.thread.id}/closure").status_code == 303
    assert 'name="password"' in browser.get("/manage/demo").text
    assert browser.post("/manage/demo/undo", OWN).status_code == 303
    drain()
    assert "The demo is gone. The house is yours." in browser.get("/").text
    assert browser.get("/manage").status_code == 200
    fresh = browse()
    assert fresh.post("/sign-in", {"login": OWN["email"], "password": OWN["password"]}).status_code == 303
    assert fresh.get("/manage").status_code == 200
    with stage.app.app_context():
        session = db.session()
        ada = session.scalars(select(Member).where(Member.name == "ada")).one()
        assert ada.role == "admin" and ada.confirmed_at is not None
        assert session.scalars(select(Member.name).where(Member.role == "admin")).all() == ["ada"]
        people = set(session.scalars(select(Member.name).where(Member.erased_at.is_(None))))
        assert people == {"ada", "chief", "real", "asker"}
        said = session.execute(select(LogEntry.verb, LogEntry.actor_id).order_by(LogEntry.id)).all()
        assert said[-1] == ("remove_demo", ada.id) and [row.verb for row in said] == ["lock"] * on_record + [
            "remove_demo"
        ]
        assert verify(session) == []
        db.session.remove()
    assert stage.app.test_cli_runner().invoke(args=["reputation", "verify"]).exit_code == 0


@pytest.mark.parametrize("wrong", [
    {"name": ""}, {"name": "real"}, {"email": "nobody"}, {"email": "real@example.org"}, {"password": "short"},
    {"password": "I am ada@example.org"}, {"name": "", "email": "", "password": ""},
])
def test_a_wrong_account_removes_nothing(
    stage: Stage, nele: Member, browse: Browse, wrong: dict[str, str]
) -> None:
    """422, said at the field; what was typed is still there, the password excepted, and so is the demo."""
    browser, sent = browse(nele), OWN | wrong
    answer = browser.post("/manage/demo/undo", sent)
    assert answer.status_code == 422 and "field-error" in answer.text
    assert all(f'value="{sent[name]}"' in answer.text for name in ("name", "email"))
    assert not sent["password"] or f'value="{sent["password"]}"' not in answer.text
    assert browser.get("/manage").status_code == 200
    with stage.app.app_context():
        session = db.session()
        assert session.scalar(select(func.count()).where(Member.is_demo)) == 5
        assert session.scalar(select(func.count()).select_from(Thread)) == 2
        assert session.scalars(select(Member.name).where(Member.role == "admin")).all() == ["nele"]


def test_a_name_of_the_demo_is_free_for_its_successor(stage: Stage, nele: Member, browse: Browse) -> None:
    """Who bears the name of somebody made up need not choose another."""
    assert browse(nele).post("/manage/demo/undo", OWN | {"name": "demo1"}).status_code == 303
    with stage.app.app_context():
        assert db.session().scalars(select(Member.name).where(Member.role == "admin")).all() == ["demo1"]


def test_with_a_manager_of_their_own_one_of_the_demo_is_signed_out(
    stage: Stage, make: Factory, browse: Browse
) -> None:
    """They are asked for nothing, the log keeps them without a name, and they sign in as themselves."""
    browser = browse(make.member("nele", role="admin", is_demo=True, password_hash="x"))
    assert 'name="password"' not in browser.get("/manage/demo").text
    answer = browser.post("/manage/demo/undo", OWN)
    assert answer.status_code == 303 and answer.headers["Location"] == "/sign-in"
    assert "Please sign in as yourself" in browser.get("/sign-in").text
    assert browser.get("/manage").status_code == 303
    with stage.app.app_context():
        session = db.session()
        assert session.scalars(select(Member.name).where(Member.role == "admin")).all() == ["chief"]
        actor = session.scalars(select(LogEntry.actor_id)).one()
        assert session.get_one(Member, actor).erased_at is not None
        assert verify(session) == []
