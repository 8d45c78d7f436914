"""An asker is asked once whether it is solved; and hears when the accepted answer goes."""

from collections.abc import Callable
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select, update

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.models import Job
from forum.members.models import Member
from forum.notifications.asking import ask_asker
from forum.threads.models import Post, Thread
from tests.conftest import days_ago
from tests.factory import Factory
from tests.mails import plain
from tests.notifications.test_notices import bell
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Mails = Callable[[], list[EmailMessage]]


def _days_pass(app: Flask, days: float) -> None:
    """All answers are so much older, and what was to be done by now is due."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Post).where(Post.kind == "answer").values(created_at=days_ago(days)))
            session.execute(update(Job).where(Job.done_at.is_(None)).values(run_at=days_ago(0)))
        db.session.remove()


def _subjects(mails: Mails) -> list[str]:
    return [str(mail["Subject"]) for mail in mails()]


def test_after_three_days_once_ever_by_bell_and_mail(
    app: Flask, make: Factory, browse: Browse, drain: Drain, mails: Mails
) -> None:
    asker = make.member("ann")
    thread = make.thread(make.board(), asker, title="How do I open it?")
    answer = make.answer(thread, make.member("ben"))
    drain()
    assert bell(app, asker) == ["answer"]
    _days_pass(app, 3.1)
    drain()
    assert bell(app, asker) == ["answer", "solved_yet"]
    assert [subject for subject in _subjects(mails) if "Is it solved" in subject] == ["Is it solved: How do I open it?"]
    text = plain(mails()[-1])
    assert "?say=worked" in text and "?say=open" in text and f"/p/{answer.id}" in text
    page = browse(asker).get("/notifications").get_data(as_text=True)
    assert "Is your question solved?" in page
    make.answer(thread, make.member("cleo"))
    drain()
    _days_pass(app, 9)
    drain()
    with app.app_context():
        ask_asker(thread.id)
        db.session.remove()
    assert bell(app, asker).count("solved_yet") == 1
    assert sum("Is it solved" in subject for subject in _subjects(mails)) == 1
    browse(asker).post(f"/p/{answer.id}/acceptance")
    drain()
    assert "solved_yet" not in bell(app, asker), "who said so is not asked any more"


def test_nobody_is_asked_who_accepted_or_whose_answers_are_too_young(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    board = make.board()
    accepting, waiting, alone, robbed = (make.member(name) for name in ("acc", "wait", "alone", "rob"))
    solved = make.thread(board, accepting)
    browse(accepting).post(f"/p/{make.answer(solved, make.member()).id}/acceptance")
    young = make.thread(board, waiting)
    make.answer(young, make.member())
    own = make.thread(board, alone)
    make.answer(own, alone)
    emptied = make.thread(board, robbed)
    author = make.member()
    gone = make.answer(emptied, author)
    browse(author).post(f"/p/{gone.id}/deletion")
    drain()
    _days_pass(app, 2.9)
    drain()
    for member in (accepting, waiting, alone, robbed):
        assert "solved_yet" not in bell(app, member)
    with app.app_context():
        asked = db.session.scalars(select(Thread.id).where(Thread.asker_asked_at.is_not(None))).all()
        db.session.remove()
    assert asked == []


def test_the_asker_hears_when_the_accepted_answer_goes_and_comes_back(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """Deleted: open again, told. Brought back: accepted as before, and the notice is gone."""
    asker, author, staff = make.member("ann"), make.member("ben"), make.member("mod", role="moderator")
    thread = make.thread(make.board(), asker)
    answer, other = make.answer(thread, author), make.answer(thread, make.member())
    browse(asker).post(f"/p/{answer.id}/acceptance")

    def solved() -> bool:
        with app.app_context():
            found = db.session.get_one(Thread, thread.id).solved
            db.session.remove()
        return found

    for hand, path, undo in (
        (browse(author), f"/p/{answer.id}/deletion", f"/p/{answer.id}/deletion/undo"),
        (browse(staff), f"/p/{answer.id}/hiding", f"/p/{answer.id}/hiding/undo"),
    ):
        hand.post(path, {"reason": "Wrong."})
        drain()
        assert not solved() and bell(app, asker).count("accepted_gone") == 1
        assert "is not there any more" in browse(asker).get("/notifications").get_data(as_text=True)
        hand.post(undo)
        drain()
        assert solved() and bell(app, asker).count("accepted_gone") == 0
    browse(author).post(f"/p/{answer.id}/deletion")
    drain()
    assert bell(app, asker).count("accepted_gone") == 1
    browse(asker).post(f"/p/{other.id}/acceptance")
    drain()
    assert solved() and bell(app, asker).count("accepted_gone") == 0, "another answer is the accepted one"
    browse(author).post(f"/p/{answer.id}/deletion/undo")
    browse(author).post(f"/p/{answer.id}/deletion")
    drain()
    assert bell(app, asker).count("accepted_gone") == 0


def test_after_21_days_without_the_asker_a_high_rank_accepts(
    app: Flask, make: Factory, browse: Browse
) -> None:
    asker, high = make.member("ann"), make.member("hana", rank="branch", points=600)
    answer = make.answer(make.thread(make.board(), asker), make.member())
    for days, status in ((20.9, 403), (21.1, 303)):
        with app.app_context():
            with unit_of_work() as session:
                session.get_one(Member, asker.id).last_seen_at = days_ago(days)
            db.session.remove()
        assert browse(high).post(f"/p/{answer.id}/acceptance").status_code == status
