"""Accounts: T11, T13, T14 and T15 of docs/security.md."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum import doors
from forum.boards.models import BoardMembership
from forum.core.clock import now
from forum.core.tokens import new_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.models import Job
from forum.members.models import Member, MemberSession, MemberToken
from tests.factory import Factory
from tests.mails import plain
from tests.members.reading import link_in, stored
from tests.security.conftest import GOOD, OTHER
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]
CSRF = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')


def same(text: str) -> str:
    """A page without what differs at every request."""
    return CSRF.sub("", text)


# T11 ------------------------------------------------------------------------------------------

ELSEWHERE = [
    "//e.example", "/\\e.example", "https:e.example", "https://e.example", "%2f%2fe.example", "/\t/e.example",
    "//a@e.example", "javascript:alert(1)", "/\r\nLocation: https://e.example", "\\\\e.example", "///e.example",
    " //e.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_t11_nothing_leads_elsewhere(browse: Browse, mia: Member, target: str) -> None:
    """Signing in and joining go on to paths of this site only."""
    for path, form in (
        ("/sign-in", {"login": "mia", "password": GOOD}),
        ("/join", {"name": f"n{abs(hash(target))}"[:20], "email": "n@example.org", "password": GOOD}),
    ):
        answer = browse().post(path, {**form, "next": target})
        assert answer.status_code == 303, answer.text
        assert answer.location in ("/", "/welcome")
    assert browse(mia).get("/sign-in", query_string={"next": target}).location == "/"
    assert browse(mia).get("/welcome", query_string={"next": target}).location == "/"


# T13 ------------------------------------------------------------------------------------------


def test_t13_signing_in_tells_nobody_who_has_an_account(browse: Browse, mia: Member, hashes: list[str]) -> None:
    """Unknown name, unknown address, wrong password: one status, one body, one hash."""
    answers = []
    surfer = browse()
    for login in ("mia", "mio", "mia@example.org", "mio@example.org"):
        hashes.clear()
        answer = surfer.post("/sign-in", {"login": login, "password": OTHER})
        answers.append((answer.status_code, same(answer.text).replace(login, "LOGIN")))
        assert hashes == ["verify"]
    assert len(set(answers)) == 1
    assert answers[0][0] == 422


def test_t13_asking_for_a_new_password_tells_nobody(
    browse: Browse, mia: Member, hashes: list[str], mails: Mails, app: Flask
) -> None:
    """Known or not: one status, one body, one hash, one job; only the job knows."""
    answers = []
    surfer = browse()
    for email in ("mia@example.org", "mio@example.org"):
        hashes.clear()
        answer = surfer.post("/reset", {"email": email})
        answers.append((answer.status_code, same(answer.text)))
        assert hashes == ["verify"]
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    assert stored(app, select(Job.name)) == ["mail_reset", "mail_reset"]
    assert [mail["To"] for mail in mails()] == ["mia@example.org"]


def test_t13_joining_tells_nobody_whose_address_is_taken(
    browse: Browse, mia: Member, hashes: list[str], mails: Mails, app: Flask
) -> None:
    """A new member in each case, signed in; the holder is told by mail, and the new one never gets the address."""
    answers = []
    for name, email in (("quince", "mia@example.org"), ("walnut", "free@example.org")):
        surfer = browse()
        hashes.clear()
        answer = surfer.post("/join", {"name": name, "email": email, "password": OTHER})
        settings = surfer.get("/settings/email")
        answers.append(
            (answer.status_code, answer.location, same(settings.text).replace(name, "NAME").replace(email, "EMAIL"))
        )
        assert hashes == ["hash"]
    faces = [re.sub(r'hue-\d+|>[A-Z]{1,2}<|data-here="\d+"', "", answer[2]) for answer in answers]
    assert answers[0][:2] == answers[1][:2]
    assert faces[0] == faces[1]
    told = {mail["To"]: mail for mail in mails()}
    assert "/confirm/" not in plain(told["mia@example.org"])
    assert "/sign-in" in plain(told["mia@example.org"])
    link_in(told["free@example.org"])
    of_first = select(MemberToken.id).join(Member, Member.id == MemberToken.member_id).where(Member.name == "quince")
    assert stored(app, of_first) == []


def test_t13_an_address_confirmed_in_between_is_not_confirmed_again(
    browse: Browse, mails: Mails, app: Flask
) -> None:
    """Two join with one address; the second link comes too late."""
    surfers = []
    for name in ("first", "other"):
        surfers.append(browse())
        surfers[-1].post("/join", {"name": name, "email": "one@example.org", "password": GOOD})
    first, second = (link_in(mail) for mail in mails())
    assert surfers[1].post(second).status_code == 303
    assert surfers[0].post(first).status_code == 409
    assert stored(app, select(Member.name).where(Member.confirmed_at.is_not(None))) == ["other"]


# T14, T15 -------------------------------------------------------------------------------------


def test_t14_links_do_nothing_by_themselves(browse: Browse, mia: Member, mails: Mails, app: Flask) -> None:
    """Opened by a mail program, neither kind changes anything; each then still works."""
    browse().post("/reset", {"email": "mia@example.org"})
    (mail,) = mails()
    link = link_in(mail)
    for _time in range(3):
        assert browse().get(link).status_code == 200
        assert browse().get(link, method="HEAD").status_code == 200
    assert stored(app, select(Member.password_hash)) == [mia.password_hash]
    assert browse().post(link, {"password": OTHER}).status_code == 303


def test_t15_signing_out_ends_the_session_on_the_server(browse: Browse, mia: Member) -> None:
    """The cookie as it was before is worth nothing."""
    surfer, thief = browse(), browse()
    surfer.post("/sign-in", {"login": "mia", "password": GOOD})
    stolen = surfer.cookie_header().partition("=")[2]
    thief.client.set_cookie("session", stolen)
    assert thief.get("/settings").status_code == 200
    refused = surfer.get("/sign-out")
    assert refused.status_code == 405 and "POST" in refused.headers["Allow"] and "GET" not in refused.headers["Allow"]
    surfer.post("/sign-out")
    assert thief.get("/settings").status_code == 303


def test_t15_a_new_password_ends_every_session(browse: Browse, mia: Member, mails: Mails, app: Flask) -> None:
    """By the settings (this browser goes on with a new session) and by a mailed link."""
    here, there = browse(), browse()
    for surfer in (here, there):
        surfer.post("/sign-in", {"login": "mia", "password": GOOD})
    with here.client.session_transaction() as cookie:
        before = cookie["_user_id"]
    answer = here.post("/settings/password", {"current_password": GOOD, "password": OTHER})
    assert answer.status_code == 303, answer.text
    with here.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 303

    browse().post("/reset", {"email": "mia@example.org"})
    link = next(link_in(mail) for mail in mails() if "/reset/" in plain(mail))
    assert browse().post(link, {"password": "third-stone-7-leaf"}).status_code == 303
    assert here.get("/settings").status_code == 303
    assert browse().post(link, {"password": "third-stone-8-leaf"}).status_code == 404, "a link works once"
    assert browse().post("/sign-in", {"login": "mia", "password": OTHER}).status_code == 422
    assert browse().post("/sign-in", {"login": "mia", "password": "third-stone-7-leaf"}).status_code == 303


def test_t15_sessions_are_listed_and_ended_one_by_one(browse: Browse, make: Factory, mia: Member, app: Flask) -> None:
    """One's own only."""
    here, there, stranger = browse(mia), browse(mia), browse(make.member("bo"))
    ids = stored(app, select(MemberSession.id).order_by(MemberSession.id))
    assert stranger.post(f"/settings/sessions/{ids[0]}/end").status_code == 404
    assert here.post(f"/settings/sessions/{ids[1]}/end").status_code == 303
    assert there.get("/settings").status_code == 303
    another = browse(mia)
    here.post("/settings/sessions/end")
    assert another.get("/settings").status_code == 303
    assert here.get("/settings").status_code == 200
    assert stranger.get("/settings").status_code == 200


def test_t15_the_cookie_changes_when_signing_in(browse: Browse, mia: Member) -> None:
    """Nothing that a guest's cookie held (a session put there by somebody else) is taken along."""
    surfer = browse()
    surfer.get("/sign-in")
    with surfer.client.session_transaction() as cookie:
        cookie["_user_id"] = planted = new_token()
        cookie["planted"] = "yes"
        csrf = cookie["csrf_token"]
    surfer.post("/sign-in", {"login": "mia", "password": GOOD})
    with surfer.client.session_transaction() as cookie:
        assert cookie["_user_id"] != planted
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != csrf


def test_t15_a_suspended_member_is_out_and_stays_out(
    app: Flask, browse: Browse, mia: Member
) -> None:
    """Open sessions read as a guest; signing in says until when, only to who knows the password."""
    surfer = browse(mia)
    with app.app_context():
        with unit_of_work() as writing:
            writing.execute(update(Member).values(suspended_until=now() + dt.timedelta(days=9)))
        db.session.remove()
    assert surfer.get("/settings").status_code == 303
    guest = browse()
    assert "suspended" not in guest.post("/sign-in", {"login": "mia", "password": OTHER}).text
    answer = guest.post("/sign-in", {"login": "mia", "password": GOOD})
    assert answer.status_code == 403
    assert "suspended until" in answer.text


def test_t15_a_session_that_ends_while_a_form_is_under_way(
    app: Flask, browse: Browse, mia: Member, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the request and the write the session ends: the form changes nothing and asks to sign in."""
    make.board("kettles")
    surfer = browse(mia)
    whole = doors.unit_of_work

    @contextmanager
    def after_the_session_ended() -> Iterator[Session]:
        with whole() as session:
            session.execute(update(MemberSession).values(ended_at=now()))
            yield session

    form = {"csrf_token": surfer.csrf_token()}
    monkeypatch.setattr(doors, "unit_of_work", after_the_session_ended)
    answer = surfer.client.post("/b/kettles/membership", data=form)
    monkeypatch.undo()
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    assert stored(app, select(BoardMembership.board_id)) == []
