"""T8 for pictures: who may not read the post may not see its picture; and what becomes of it with its post."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from forum.boards.models import Board
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs import registry
from forum.threads.models import Post
from tests.factory import Factory
from tests.security.places import PLACES, ROLES, readers
from tests.security.walking import appoint
from tests.surfing import Surfer
from tests.uploads.making import drawn, rows, stored, uploaded

Drain = Callable[[], None]
Browse = Callable[..., Surfer]


def seen_by(hands: dict[str, Surfer], address: str) -> set[str]:
    """Who is shown the picture, in any of its sizes."""
    seen = set()
    for role, hand in hands.items():
        statuses = {hand.get(path).status_code for path in (address, f"{address}/480", f"{address}/960")}
        assert statuses in ({200}, {404}), (role, statuses)
        if statuses == {200}:
            seen.add(role)
    return seen


class Place:
    """A board with one question, whose picture its asker uploaded; and people of all roles."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app, asker = app, make.member("alf", rank="sprout")
        keeper = make.member("kim", rank="sprout")
        self.hands = {
            "guest": Surfer(app), "asker": Surfer(app, asker),
            "unconfirmed": Surfer(app, make.member("una", confirmed=False)),
            "newcomer": Surfer(app, make.member("nell")), "member": Surfer(app, make.member("mia", rank="sprout")),
            "high": Surfer(app, make.member("hugo", rank="bough")), "keeper": Surfer(app, keeper),
            "moderator": Surfer(app, make.member("mo", role="moderator")),
            "admin": Surfer(app, make.member("ada", role="admin")),
        }  # fmt: skip
        self.board = make.board("kettles")
        appoint(app, keeper, self.board)
        self.address = uploaded(self.hands["asker"], drawn("PNG", (1000, 800)))
        self.thread = make.thread(self.board, asker, body=f"Look: ![canary]({self.address})")

    def alter(self, change: Callable[[Board, Post], None]) -> None:
        """Change the board or the opening as rows."""
        with self.app.app_context():
            with unit_of_work() as session:
                change(session.get_one(Board, self.board.id), session.get_one(Post, self.thread.opening_id))
            db.session.remove()


@pytest.mark.parametrize("ready", [False, True], ids=["waiting", "ready"])
def test_the_picture_of_a_post_is_as_open_as_the_post(
    app: Flask, make: Factory, drain: Drain, ready: bool
) -> None:
    """Private boards, hidden and deleted threads: readers and nobody else; and everybody again once it is open."""
    place = Place(app, make)
    if ready:
        drain()
    mo, opening = place.hands["moderator"], place.thread.opening_id
    assert seen_by(place.hands, place.address) == set(ROLES)
    for rank, kind in (("bough", "ranked"), ("staff", "staff")):
        place.alter(lambda board, _post, rank=rank: setattr(board, "see_rank", rank))  # type: ignore[misc]
        keeper = {"keeper"} if kind == "staff" else set()  # who looks after a board sees it
        assert seen_by(place.hands, place.address) == readers(kind) | keeper, kind
    place.alter(lambda board, _post: setattr(board, "see_rank", None))
    assert mo.post(f"/p/{opening}/hiding", {"because": "", "reason": "Not here."}).status_code == 303
    assert seen_by(place.hands, place.address) == readers("hidden thread")
    assert mo.post(f"/p/{opening}/hiding/undo").status_code == 303
    assert place.hands["asker"].post(f"/p/{opening}/deletion").status_code == 303
    assert seen_by(place.hands, place.address) == readers("deleted thread")
    assert place.hands["asker"].post(f"/p/{opening}/deletion/undo").status_code == 303
    assert seen_by(place.hands, place.address) == set(ROLES)
    assert "hidden thread" in PLACES and "deleted thread" in PLACES


def test_a_picture_in_no_post_is_its_uploaders(app: Flask, make: Factory, drain: Drain) -> None:
    """A draft's picture: for who uploaded it, and staff. Naming it in another's post does not open it."""
    place = Place(app, make)
    loose = uploaded(place.hands["asker"], drawn("PNG", (1000, 800)))
    drain()
    assert seen_by(place.hands, loose) == {"asker", "moderator", "admin"}
    thief = place.hands["member"]
    sent = thief.post(f"/t/{place.thread.id}/replies", {"body": f"Mine now: ![x]({loose})"})
    assert sent.status_code == 303
    assert seen_by(place.hands, loose) == {"asker", "moderator", "admin"}
    assert rows(app)[-1].post_id is None


def test_a_thread_that_waits_for_its_author_shows_nothing_to_others(app: Flask, make: Factory, drain: Drain) -> None:
    """An unconfirmed newcomer's question waits, and its picture with it."""
    place = Place(app, make)
    una = place.hands["unconfirmed"]
    address = uploaded(una, drawn("PNG", (1000, 800)))
    form = {"title": "What is this part called?", "kind": "question", "body": f"![part]({address})"}
    assert una.post("/b/kettles/new", form).status_code == 303
    drain()
    assert seen_by(place.hands, address) == {"unconfirmed", "keeper", "moderator", "admin"}


def test_a_picture_belongs_to_the_first_post_that_shows_it(app: Flask, make: Factory, drain: Drain) -> None:
    """Shown in a second, open post, a picture of a private board stays private: copying an address opens nothing."""
    place = Place(app, make)
    drain()
    elsewhere = make.board("pans")
    place.alter(lambda board, _post: setattr(board, "see_rank", "bough"))
    form = {"title": "The same picture again", "kind": "discussion", "body": f"![x]({place.address})"}
    assert place.hands["asker"].post(f"/b/{elsewhere.slug}/new", form).status_code == 303
    assert seen_by(place.hands, place.address) == readers("ranked")


def test_what_is_not_open_to_all_is_not_kept_by_browsers(app: Flask, make: Factory, drain: Drain) -> None:
    """Open pictures for a year, in private caches only; the rest is asked for anew: who lost access gets nothing."""
    place = Place(app, make)
    drain()
    mia = place.hands["high"]
    kept = mia.get(place.address).headers["Cache-Control"]
    assert kept == "private, max-age=31536000, immutable"
    place.alter(lambda board, _post: setattr(board, "see_rank", "bough"))
    asked = mia.get(place.address)
    assert asked.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": asked.headers["ETag"]}
    assert mia.get(place.address, headers=tag).status_code == 304
    assert place.hands["member"].get(place.address, headers=tag).status_code == 404


def test_redaction_takes_the_files(app: Flask, make: Factory, drain: Drain) -> None:
    """The picture that was taken out is gone for everybody, at once, and from the disk; the one that stays, stays."""
    place = Place(app, make)
    asker, mo = place.hands["asker"], place.hands["moderator"]
    second = uploaded(asker)
    opening = place.thread.opening_id
    body = f"Look: ![canary]({place.address}) and ![fine]({second})"
    assert asker.post(f"/p/{opening}/revision", {"body": body}).status_code == 303
    drain()
    assert len(stored(app)) == 4
    words = {"body": f"Look: [removed] and ![fine]({second})", "title": place.thread.title}
    assert mo.post(f"/p/{opening}/redaction", words).status_code == 303
    for role, hand in place.hands.items():
        assert hand.get(place.address).status_code == 404, role
    drain()
    assert [row.address for row in rows(app)] == [second]
    left = stored(app)
    assert len(left) == 1 and second.removeprefix("/u/") in left[0]
    assert place.hands["guest"].get(second).status_code == 200


def test_a_picture_that_is_edited_out_can_come_back(app: Flask, make: Factory, drain: Drain) -> None:
    """Earlier versions stay readable, so the picture stays with its post until that is redacted."""
    place = Place(app, make)
    drain()
    asker, opening = place.hands["asker"], place.thread.opening_id
    for body in ("Nothing to see.", f"![canary]({place.address})"):
        assert asker.post(f"/p/{opening}/revision", {"body": body}).status_code == 303
    assert place.hands["guest"].get(place.address).status_code == 200


def test_what_no_post_shows_is_swept_away_after_a_day(app: Flask, make: Factory, drain: Drain) -> None:
    """Rows and files; a post's pictures stay however old."""
    place = Place(app, make)
    loose = uploaded(place.hands["member"])
    drain()
    assert len(rows(app)) == 2

    def sweep(hours: float) -> None:
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
        with time_machine.travel(moment, tick=True), app.app_context():
            registry.run("sweep_pictures", {})
            db.session.remove()

    sweep(23)
    assert len(rows(app)) == 2
    form = {"place": "new-thread", "body": f"Look: ![lid]({loose})", "title": "", "tags": "", "version": "0"}
    assert place.hands["member"].post("/drafts", form).status_code == 200
    sweep(25)
    assert len(rows(app)) == 2, "a draft holds it"
    assert place.hands["member"].post("/drafts/discard", {"place": "new-thread"}).status_code in (200, 204, 303)
    sweep(25)
    assert [row.address for row in rows(app)] == [place.address]
    assert all(place.address.removeprefix("/u/") in name for name in stored(app))
    assert registry.TIMED["sweep_pictures"] <= dt.timedelta(hours=6)


def test_a_job_after_a_sweep_leaves_nothing_behind(
    app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Swept away while it was being made small: the job takes its own files again."""
    from forum.uploads import encoding, jobs
    from forum.uploads.models import Picture

    uploaded(browse(make.member("mia")))
    real = encoding.encode

    def meanwhile(*arguments: object) -> object:
        with unit_of_work() as session:
            session.query(Picture).delete()
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "encode", meanwhile)
    with app.app_context():
        jobs.encode_picture(1)
        db.session.remove()
    assert stored(app) == []


def test_a_lost_job_is_asked_for_again(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """A storage that was away for too long: the picture is made ready an hour later."""
    from forum.jobs.models import Job

    mia = browse(make.member("mia"))
    address = uploaded(mia)
    with app.app_context():
        with unit_of_work() as session:
            session.query(Job).delete()
        db.session.remove()
    drain()
    assert rows(app)[0].state == "waiting"
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=2), tick=True):
        with app.app_context():
            registry.run("sweep_pictures", {})
            db.session.remove()
        drain()
    assert rows(app)[0].state == "ready" and mia.get(address).status_code == 200


def test_the_demo_goes_with_its_pictures(app: Flask, make: Factory, drain: Drain) -> None:
    """Removing the demo community takes what its people uploaded."""
    admin = make.member("ada", role="admin")
    demo = make.member("dora", rank="sprout", is_demo=True)
    hand = Surfer(app, demo)
    address = uploaded(hand)
    make.thread(make.board(), demo, body=f"![x]({address})")
    uploaded(hand)
    drain()
    assert Surfer(app, admin).post("/manage/demo/undo").status_code == 303
    drain()
    assert rows(app) == [] and stored(app) == []
