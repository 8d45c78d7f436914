"""The index follows what people do: at once where it must, within a delivery where it may."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.admin.actions import remove_demo
from forum.boards.models import Board
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.models import Job
from forum.members.models import Member
from forum.search import indexing, jobs
from forum.search.indexing import Place
from forum.search.tables import NAMES
from forum.threads import state
from forum.threads.models import Post, Thread
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.search.finding import hits, people, shown
from tests.surfing import Surfer

Drain = Callable[[], None]


def do(app: Flask, act: Callable[[Session], Any]) -> Any:
    """Act in a unit of work of its own."""
    with app.app_context():
        with unit_of_work() as session:
            result = act(session)
        db.session.remove()
    return result


def raw(app: Flask) -> str:
    """All that the index holds, as text."""
    with app.app_context():
        rows = [row for name in NAMES for row in db.session.execute(text(f"SELECT * FROM {name}"))]
        db.session.remove()
    return "\n".join(map(str, rows))


def test_edits_titles_and_tags(app: Flask, make: Factory, drain: Drain) -> None:
    """The old words find nothing any more, the new ones do; answers are read under the new title."""
    ana = make.member("ana", rank="sprout")
    thread = make.thread(make.board(), ana, title="My copper kettle", body="It leaks.", tags=("spout",))
    answer = make.answer(thread, ana, "Solder it.")
    drain()
    hand = Surfer(app, ana)
    assert hits(hand, "copper solder") == [answer.id]
    form = {"title": "My enamel kettle", "body": "It drips.", "tags": "handle"}
    assert hand.post(f"/p/{thread.opening_id}/revision", form).status_code == 303
    assert hand.post(f"/p/{answer.id}/revision", {"body": "Glue it."}).status_code == 303
    drain()
    for gone in ("copper", "leaks", "spout", "solder", "copper glue", "tag:spout"):
        assert hits(hand, gone) == [], gone
    for there in ("enamel", "drips", "handle", "tag:handle"):
        assert hits(hand, there) == [thread.opening_id], there
    assert hits(hand, "glue") == hits(hand, "enamel glue") == hits(hand, "handle glue") == [answer.id]


def test_every_new_title_reaches_the_answers(app: Flask, make: Factory, drain: Drain) -> None:
    """The third as the first: what was done for an earlier title does not pass for done for a later one."""
    ana = make.member("ana", rank="sprout")
    thread = make.thread(make.board(), ana, title="My copper kettle")
    answer = make.answer(thread, ana, "Solder it.")
    drain()
    for title in ("enamel", "iron", "copper", "brass"):
        form = {"title": f"My {title} kettle", "body": "It leaks."}
        assert Surfer(app, ana).post(f"/p/{thread.opening_id}/revision", form).status_code == 303
        drain()
        assert hits(Surfer(app, ana), f"{title} solder") == [answer.id]


@pytest.mark.parametrize("way", ["deleted", "hidden"])
def test_deleting_and_hiding_at_once(app: Flask, make: Factory, drain: Drain, way: str) -> None:
    """Before anything is delivered; and back again as it was. An opening takes its thread along."""
    ana, mo = make.member("ana", rank="sprout"), make.member("mo", role="moderator")
    thread = make.thread(make.board(), ana, title="My copper kettle")
    answer = make.answer(thread, ana, "Solder the copper.")
    drain()

    def gone(post_id: int, yes: bool) -> None:
        def act(session: Session) -> None:
            post = session.get_one(Post, post_id)
            if way == "deleted":
                state.set_deleted(session, post, mo.id, deleted=yes)
            else:
                state.set_hidden(session, post, mo.id, "spam" if yes else None)

        do(app, act)

    for who in (Surfer(app), Surfer(app, ana), Surfer(app, mo)):
        assert hits(who, "solder") == [answer.id]
    gone(answer.id, True)
    for who in (Surfer(app), Surfer(app, ana), Surfer(app, mo)):
        assert hits(who, "solder") == [] and hits(who, "copper") == [thread.opening_id]
    gone(answer.id, False)
    gone(thread.opening_id or 0, True)
    assert hits(Surfer(app, mo), "solder") == hits(Surfer(app, mo), "copper") == hits(Surfer(app, mo), "by:ana") == []
    gone(thread.opening_id or 0, False)
    assert hits(Surfer(app), "solder") == [answer.id]


def test_moves_and_access(app: Flask, make: Factory, drain: Drain) -> None:
    """Who may see it is known at once; the filter by board follows with the delivery, for all posts."""
    ana = make.member("ana", rank="sprout")
    home, away = make.board("home"), make.board("away")
    thread = make.thread(home, ana, title="My copper kettle")
    answer = make.answer(thread, ana, "Solder the copper.")
    drain()
    do(app, lambda s: state.move_thread(s, s.get_one(Thread, thread.id), s.get_one(Board, away.id)))
    guest = Surfer(app)
    assert hits(guest, "solder") == [answer.id] and hits(guest, "solder board:home") == []
    drain()
    assert hits(guest, "solder board:away") == [answer.id]
    assert hits(guest, "board:away") == [thread.opening_id] and hits(guest, "board:home") == []
    do(app, lambda s: s.execute(update(Board).where(Board.id == away.id).values(see_rank="staff")))
    assert hits(guest, "solder") == hits(guest, "copper") == []
    assert hits(Surfer(app, make.member("mo", role="moderator")), "solder") == [answer.id]


def test_redaction_purges_in_the_same_transaction(app: Flask, make: Factory, drain: Drain) -> None:
    """Nothing is delivered, and the leaked words are in no table of the index, under no post of the thread."""
    ana, ada = make.member("ana", rank="sprout"), make.member("ada", role="admin")
    thread = make.thread(make.board(), ana, title="Order 77812345 is late", body="Mail jane.quill@example.net.")
    answer = make.answer(thread, ana, "Ask for 99887766 then.")
    drain()
    assert "jane" in raw(app) and "77812345" in raw(app) and "99887766" in raw(app)
    hand = Surfer(app, ada)
    form = {"title": "My order is late", "body": "Mail somebody."}
    assert hand.post(f"/p/{thread.opening_id}/redaction", form).status_code == 303
    assert hand.post(f"/p/{answer.id}/redaction", {"body": "Ask for it then."}).status_code == 303
    for leaked in ("jane", "quill", "77812345", "99887766"):
        assert leaked not in raw(app)
        assert hits(hand, leaked) == []
    assert hits(hand, "order") == [thread.opening_id]


def test_joining_and_another_name(app: Flask, make: Factory, drain: Drain) -> None:
    """A member is found by the names they bear now."""
    guest = Surfer(app)
    form = {"name": "wanda", "email": "wanda@example.org", "password": "a long pass phrase"}
    assert guest.post("/join", form).status_code == 303
    drain()
    member_id = do(app, lambda s: s.scalar(select(Member.id).where(Member.name == "wanda")))
    do(app, lambda s: s.execute(update(Member).where(Member.id == member_id).values(confirmed_at=Member.joined_at)))
    assert people(Surfer(app), "wanda") == ["wanda"]
    hand = Surfer(app, member_id)
    hand.post("/settings", {"shown_name": "Wanda Wisp", "hue": "1", "theme": "", "about": "Xylophone", "interests": ""})
    drain()
    assert people(Surfer(app), "wisp") == ["wanda"]
    hand.post("/settings", {"shown_name": "Wanda Reed", "hue": "1", "theme": "", "about": "Xylophone", "interests": ""})
    drain()
    assert people(Surfer(app), "wisp") == people(Surfer(app), "xylophone") == []
    assert people(Surfer(app), "reed") == ["wanda"]
    do(app, lambda s: s.execute(update(Member).where(Member.id == member_id).values(erased_at=Member.joined_at)))
    assert people(Surfer(app), "reed") == []


def test_reindexing_makes_the_same_index_from_nothing_and_from_anything(
    app: Flask, make: Factory, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches, with what is left over from rows that are no more; gone posts stay findable once they are back."""
    monkeypatch.setattr(indexing, "BATCH", 2)
    ana, board = make.member("ana", rank="sprout"), make.board()
    threads = [make.thread(board, ana, title=f"Kettle number {n}", tags=(f"tag{n}",)) for n in range(3)]
    make.reply(make.answer(threads[0], ana), ana)
    drain()
    with app.app_context():
        indexing.reindex()
        whole = sorted(raw(app).splitlines())
        with unit_of_work() as session:
            for name in NAMES:
                session.execute(text(f"DELETE FROM {name}"))
        assert raw(app) == ""
        reached: list[Place] = []
        indexing.reindex(reached.append)
        assert sorted(raw(app).splitlines()) == whole and len(reached) >= 4
        with unit_of_work() as session:  # rows without posts: in between, and after the last
            extra = "rowid, words, context, facets" if DATABASE == "sqlite" else "id, words"
            ghost = "'ghost', '', ''" if DATABASE == "sqlite" else "'ghost'"
            for key in (900, 901, 902):
                session.execute(text(f"INSERT INTO search_post ({extra}) VALUES ({key}, {ghost})"))
        indexing.reindex()
        assert sorted(raw(app).splitlines()) == whole
        db.session.remove()


def test_reindexing_goes_on_where_it_was_stopped(app: Flask, make: Factory, drain: Drain) -> None:
    """`--after` leaves what is before alone; the command says where it is, and bad numbers are refused."""
    ana, board = make.member("ana", rank="sprout"), make.board()
    first, second = (make.thread(board, ana, title=f"Kettle number {n}") for n in range(2))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["search", "reindex", "--after", str(first.opening_id)]).exit_code == 0
    assert hits(Surfer(app), "kettle") == [second.opening_id]
    done = runner.invoke(args=["search", "reindex"])
    assert done.exit_code == 0 and "The index is new." in done.output and "threads" not in done.stdout
    assert set(hits(Surfer(app), "kettle")) == {first.opening_id, second.opening_id}
    assert runner.invoke(args=["search", "reindex", "--after", "x"]).exit_code != 0
    too_large = runner.invoke(args=["search", "reindex", "--after", "9" * 30])
    assert too_large.exit_code == 2 and "not in the range" in too_large.output


def test_the_job_that_an_upgrade_asks_for_goes_on_by_itself(
    app: Flask, make: Factory, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part at a time, so that other jobs have their turn; in the end everything is found."""
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(jobs, "STEPS", 2)
    ana, board = make.member("ana", rank="sprout"), make.board()
    wanted = {make.thread(board, ana, title=f"Kettle number {n}").opening_id for n in range(3)}
    with app.app_context():
        jobs.index_all()
        waiting = db.session.scalars(select(Job.payload).where(Job.name == "index_all")).all()
        assert len(waiting) == 1 and set(waiting[0]) == {"what", "after"}
        db.session.remove()
    drain()
    assert set(hits(Surfer(app), "kettle")) == wanted


def test_many_posts_of_one_thread_are_indexed_anew_in_batches(
    app: Flask, make: Factory, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 2)
    ana = make.member("ana", rank="sprout")
    thread = make.thread(make.board(), ana, title="My copper kettle")
    answers = [make.answer(thread, ana, f"Solder, {n} times.") for n in range(5)]
    drain()
    do(app, lambda s: s.execute(update(Thread).where(Thread.id == thread.id).values(title="My enamel kettle")))
    with app.app_context():
        indexing.reindex_thread(thread.id)
        db.session.remove()
    assert set(hits(Surfer(app), "enamel solder by:ana")) == {answer.id for answer in answers}


def test_rows_that_are_deleted_for_good_leave_the_index(app: Flask, make: Factory, drain: Drain) -> None:
    """Taking the demo away takes its words away; ids that are given anew find nothing of the old."""
    ada = make.member("ada", role="admin")
    demo = make.member("demo-ana", is_demo=True)
    make.thread(make.board(), demo, title="My copper kettle")
    with app.app_context():
        indexing.reindex()
        db.session.remove()
    assert "copper" in raw(app) and "demo" in raw(app)
    do(app, lambda s: remove_demo(s, SYSTEM))
    assert "copper" not in raw(app) and "demo" not in raw(app) and "ada" in raw(app)
    assert ada.id


def test_an_event_about_what_is_gone_by_now_does_no_harm(app: Flask, make: Factory) -> None:
    """Delivered late, or again: the index says what the rows say now."""
    do(app, lambda s: (indexing.add_posts(s, [77]), indexing.add_threads(s, [77]), indexing.add_members(s, [77])))
    assert raw(app) == ""
    ana = make.member("ana")
    thread = make.thread(make.board(), ana, title="My copper kettle")
    for _time in range(2):
        do(app, lambda s: indexing.add_posts(s, [thread.opening_id]))
    assert raw(app).count("copper") == 1
    assert "My copper" not in shown(Surfer(app), "zinc")
