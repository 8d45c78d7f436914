"""SECURITY "Limits": what a member, or a guest's network, may do so many times a day, with the limits on."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.core.clock import now
from forum.extensions import db
from forum.moderation.models import Flag
from forum.threads.models import Post, PostRevision
from tests.factory import Factory
from tests.surfing import Surfer


def count(app: Flask, column: object) -> int:
    """How many rows there are."""
    with app.app_context():
        number = db.session.scalar(select(func.count()).select_from(column))  # type: ignore[arg-type]
        db.session.remove()
    return number or 0


@pytest.fixture
def posts(make: Factory) -> list[Post]:
    """Twenty-two answers to report."""
    author = make.member("ben")
    thread = make.thread(make.board(), author)
    return [make.answer(thread, author, f"Answer {number}.") for number in range(22)]


@pytest.mark.parametrize("who", ["member", "guest"])
def test_twenty_flags_a_day(
    app: Flask, make: Factory, posts: list[Post], request: pytest.FixtureRequest, who: str
) -> None:
    """The next one is told when to come back, and leaves nothing; others, and tomorrow, are not held up."""
    request.getfixturevalue("limits")  # once the posts are there
    hand = Surfer(app, make.member("ana") if who == "member" else None)
    start = now()  # after the cookie was signed: one from the future is none

    def flag(which: Post, by: Surfer = hand, network: str = "192.0.2.7") -> int:
        with by.client.session_transaction() as cookie:
            cookie["report_shown_at"] = 0
        sent = by.post(f"/p/{which.id}/flags", {"reason": "spam"}, environ_overrides={"REMOTE_ADDR": network})
        assert sent.status_code != 429 or int(sent.headers["Retry-After"]) > 0
        assert "/sign-in" not in sent.headers.get("Location", "")
        return sent.status_code

    with time_machine.travel(start, tick=False):
        assert [flag(post) for post in posts[:20]] == [303] * 20
        assert flag(posts[20]) == 429
        assert count(app, Flag) == 20
        assert flag(posts[20], Surfer(app, make.member("cleo"))) == 303
        if who == "guest":
            assert flag(posts[20], Surfer(app, None)) == 429  # another browser, the same network
            assert flag(posts[20], Surfer(app, None), "198.51.100.9") == 303
    with time_machine.travel(start + dt.timedelta(days=1, seconds=1), tick=False):
        assert flag(posts[21]) == 303


@pytest.mark.usefixtures("limits")
def test_ten_invitations_a_day(app: Flask, make: Factory) -> None:
    """An address that is none does not count; what was typed comes back with the refusal."""
    hand = Surfer(app, make.member("ana", rank="twig"))
    start = now()
    with time_machine.travel(start, tick=False):
        assert hand.post("/invitations", {"email": "nobody"}).status_code == 422
        sent = [hand.post("/invitations", {"email": f"friend{n}@example.org"}).status_code for n in range(10)]
        assert sent == [303] * 10
        refused = hand.post("/invitations", {"email": "eleventh@example.org"})
        assert refused.status_code == 429 and "eleventh@example.org" in refused.text
    with time_machine.travel(start + dt.timedelta(days=1, seconds=1), tick=False):
        assert hand.post("/invitations", {"email": "eleventh@example.org"}).status_code == 303


@pytest.mark.usefixtures("limits")
def test_thirty_edits_a_day(app: Flask, make: Factory) -> None:
    """What was typed comes back with the refusal. An edit that changes nothing does not count."""
    ana = make.member("ana", rank="sprout")
    thread = make.thread(make.board(), ana)
    hand = Surfer(app, ana)
    start = now()

    def edit(words: str) -> tuple[int, str]:
        sent = hand.post(f"/p/{thread.opening_id}/revision", {"body": words, "title": thread.title, "tags": ""})
        assert "/sign-in" not in sent.headers.get("Location", "")
        return sent.status_code, sent.text

    with time_machine.travel(start, tick=False):
        for number in range(30):
            assert edit(f"Version {number}.")[0] == 303
            assert edit(f"Version {number}.")[0] == 303
        status, page = edit("Canary version.")
        assert status == 429 and re.search(r"<textarea[^>]*>\s*Canary version\.", page)
        assert count(app, PostRevision) == 30
        details = hand.post(f"/t/{thread.id}/details", {"body": "More of it."})
        assert details.status_code == 429 and "More of it." in details.text
    with time_machine.travel(start + dt.timedelta(days=1, seconds=1), tick=False):
        assert edit("Canary version.")[0] == 303
