"""Joining, confirming, signing in and out, as people do it: over HTTP."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from forum.boards.models import BoardMembership
from forum.members.models import Member, MemberEmail, MemberSession, MemberVisit
from forum.reputation.models import MemberStanding
from tests.factory import Factory
from tests.members.reading import link_in, stored
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]
GOOD = "tree-lamp-9-river"


def join(
    surfer: Surfer, name: str = "mia", email: str = "mia@example.org", password: str = GOOD, **more: str
) -> TestResponse:
    """Send the form of /join."""
    return surfer.post("/join", {"name": name, "email": email, "password": password, **more})


def test_a_stranger_joins_confirms_leaves_and_comes_back(browse: Browse, mails: Mails, app: Flask) -> None:
    """The whole way in."""
    surfer = browse()
    answer = join(surfer)
    assert answer.status_code == 303
    assert answer.location == "/welcome"
    assert "Mia" in surfer.get("/settings").text or "mia" in surfer.get("/settings").text
    (mail,) = mails()
    assert mail["To"] == "mia@example.org"
    link = link_in(mail)

    page = surfer.get(link)
    assert page.status_code == 200
    assert stored(app, select(Member.confirmed_at)) == [None], "a link by itself does nothing"
    assert surfer.post(link).status_code == 303
    assert stored(app, select(Member.confirmed_at)) != [None]
    assert stored(app, select(MemberEmail.confirmed_at)) != [None]

    surfer.post("/sign-out")
    assert surfer.get("/settings").status_code == 303
    answer = surfer.post("/sign-in", {"login": "MIA", "password": GOOD, "next": "/ranks"})
    assert (answer.status_code, answer.location) == (303, "/ranks")
    assert surfer.get("/settings").status_code == 200
    surfer.post("/sign-out")
    answer = surfer.post("/sign-in", {"login": "Mia@Example.org ", "password": GOOD})
    assert (answer.status_code, answer.location) == (303, "/")


def test_joining_opens_a_standing_a_session_and_counts_the_visit(browse: Browse, app: Flask) -> None:
    """Everything that a member has from the first moment."""
    join(browse())
    assert stored(app, select(func.count()).select_from(MemberStanding)) == [1]
    assert stored(app, select(func.count()).select_from(MemberVisit)) == [1]
    assert stored(app, select(MemberSession.ended_at)) == [None]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "a", "2 to 30"), ("name", "a b", "letters and digits"), ("name", "admin", "kept for the community"),
        ("name", "аnna", "one script"), ("email", "mia", "whole address"), ("email", "a..b@c.org", "whole address"),
        ("password", "short", "at least 10"), ("password", "password1234", "most common"),
        ("password", "1234567890", "pattern"), ("password", "mia-is-here", None), ("password", "x" * 1025, "1,024"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(
    browse: Browse, app: Flask, field: str, value: str, says: str | None
) -> None:
    """422, the words typed are kept (but the password), nobody is made."""
    form = {"name": "mia", "email": "mia@example.org", "password": GOOD} | {field: value}
    answer = browse().post("/join", form)
    if says is None:
        assert answer.status_code == 303, "a name of three letters may well be part of a good password"
        return
    assert answer.status_code == 422
    assert says in answer.text
    assert GOOD not in answer.text
    if field != "email":
        assert 'value="mia@example.org"' in answer.text
    assert stored(app, select(func.count()).select_from(Member)) == [0]


def test_a_name_is_unique_for_the_eye(browse: Browse, make: Factory) -> None:
    """Neither the same name nor one that looks like it."""
    make.member("Bill")
    for number, name in enumerate(("bill", "BILL", "bi11", "BiIl")):
        answer = join(browse(), name, f"a{number}@example.org")
        assert answer.status_code == 422, name
        assert "looks too much like" in answer.text


def test_the_trap_catches_programs(browse: Browse, app: Flask) -> None:
    """A field that people never see."""
    assert join(browse(), nickname="x").status_code == 422
    assert stored(app, select(func.count()).select_from(Member)) == [0]


def test_boards_are_chosen_by_interest(browse: Browse, make: Factory, app: Flask) -> None:
    """Ticked boards are joined; those one may not see are not offered and cannot be joined."""
    kettles, staff = make.board("kettles"), make.board("backroom", see_rank="staff")
    surfer = browse()
    join(surfer)
    page = surfer.get("/welcome?next=/ranks").text
    assert "Kettles" in page
    assert "Backroom" not in page
    answer = surfer.post("/welcome", {"board": [str(kettles.id), str(staff.id), "x", "9" * 30], "next": "/ranks"})
    assert answer.location == "/ranks"
    assert stored(app, select(BoardMembership.board_id)) == [kettles.id]


def test_a_first_question_is_published_by_the_link(
    browse: Browse, make: Factory, mails: Mails, app: Flask
) -> None:
    """Written before, visible after."""
    make.board("kettles")
    surfer, guest = browse(), browse()
    join(surfer)
    answer = surfer.post(
        "/b/kettles/new", {"kind": "question", "title": "Does it boil?", "body": "I wonder.", "tags": ""}
    )
    assert answer.status_code == 303, answer.text
    assert guest.get(answer.location).status_code == 404
    answer = surfer.post(link_in(mails()[0]))
    assert answer.location.startswith("/t/")
    assert guest.get(answer.location).status_code == 200


def test_signed_in_people_are_not_asked_again(browse: Browse, make: Factory) -> None:
    """They go on to where they wanted."""
    surfer = browse(make.member("mia"))
    assert surfer.get("/sign-in?next=/ranks").location == "/ranks"
    assert surfer.get("/join").location == "/"


def test_what_was_typed_waits_behind_signing_in(browse: Browse, make: Factory, app: Flask) -> None:
    """A form sent without a session sends to sign in with a way back to it."""
    make.board("kettles")
    surfer = browse()
    answer = surfer.post("/b/kettles/new", {"kind": "question", "title": "Does it boil?", "body": "x"})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    assert "is kept" in surfer.get(answer.location).text


def test_an_account_is_made_by_command(app: Flask, browse: Browse) -> None:
    """Its address counts as confirmed; errors are one sentence."""
    runner = app.test_cli_runner()
    command = ["member", "create", "admin", "admin@example.org", "--role", "admin", "--password-stdin"]
    made = runner.invoke(args=command, input=f"{GOOD}\n")
    assert made.exit_code == 0, made.output
    assert stored(app, select(Member.role)) == ["admin"]
    assert browse().post("/sign-in", {"login": "admin@example.org", "password": GOOD}).status_code == 303
    again = runner.invoke(args=command, input=f"{GOOD}\n")
    assert again.exit_code != 0
    assert again.output.startswith("Error: ")
    assert "Traceback" not in again.output
    assert runner.invoke(args=[*command[:2], "bo", *command[3:]], input="short\n").exit_code != 0
