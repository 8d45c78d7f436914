"""The end of the demo: all of it goes, nothing of anybody else's, and the ledger stays right."""

from collections.abc import Callable
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
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.moderation.record import record
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
