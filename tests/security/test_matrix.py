"""T6, T7: roles × things × actions over HTTP. Who may act may read, and what may not be read is not there at all."""

from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.factory import Factory
from tests.sampling import always
from tests.security.places import ACTS, PLACES, TAG, WORD, Thing, Town, doers, readers
from tests.security.walking import address, content, rules
from tests.surfing import Surfer

ABOUT_THINGS = {"thread_id", "post_id", "board", "slug", "message_id"}
NOWHERE = {
    "thread_id": 2_000_000_000, "post_id": 2_000_000_000, "message_id": 2_000_000_000, "board": "nowhere",
    "slug": "nowhere",
}  # fmt: skip
# Whatever a form may ask for, so that no door refuses for want of a field before it has looked at the thing.
FORM = {
    "title": "Is this a title, then?", "body": "Words enough for anything.", "kind": "question", "value": "1",
    "reason": "spam", "because": "", "note": "", "direction": "up", "name": "mia", "see": "", "start": "", "reply": "",
    "description": "", "hue": "1", "picture": "", "category": "1", "act": "dismiss",
}  # fmt: skip
FOUND = (f"/tags/{TAG}", "/search?q=wonder", f"/search?q=tag:{TAG}")  # where a reader finds it
OVERVIEWS = (
    "/", "/?stream=unanswered", "/?stream=top", "/?boards=mine", "/boards", "/ask", "/m/alf", "/m/hanna",
    "/desk", "/desk?why=asked", "/notifications", "/chat/lobby", "/moderation", "/moderation/log",
    *FOUND, "/search?q=by:alf", "/search/suggestions?q=kettle", "/feeds/latest.atom", f"/feeds/tag/{TAG}.atom",
    "/sitemap.xml", "/sitemaps/boards.xml", "/sitemaps/threads-0.xml", "/drafts", "/leaderboard",
    "/leaderboard?board=board1", "/feeds/board/board1.atom",
)  # fmt: skip

ALWAYS = ("open", "ranked", "hidden thread")  # open to all; not to be seen by rank; gone from sight by itself


def doors(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule about a board, thread, post, room or message, with each of its methods."""
    return [
        (rule, method) for method in ("GET", "POST", "DELETE") for rule in rules(app, method)
        if rule.arguments & ABOUT_THINGS
    ]


def knock(hand: Surfer, method: str, path: str, form: dict[str, str]) -> TestResponse:
    """Try a door with a valid token."""
    if method == "GET":
        return hand.get(path)
    if method == "DELETE":
        return hand.client.delete(path, headers={"X-CSRFToken": hand.csrf_token()})
    return hand.post(path, form)


@pytest.mark.parametrize("place", always([place for place in PLACES if len(readers(place)) < 9], *ALWAYS[1:]))
def test_what_may_not_be_read_is_nowhere(
    app: Flask, make: Factory, drain: Callable[[], None], place: str
) -> None:
    """For those who may not read it, each door answers as for what never was; no list shows it."""
    town = Town(app, make, place)
    thing = town.thing()
    drain()  # the search knows it
    on_board = place in ("ranked", "staff", "below ranked")
    for path in FOUND if on_board else ():
        assert WORD in Surfer(app, town.people["moderator"]).get(path).get_data(as_text=True), path
    before, nothing = content(app), {}
    for role, hand in town.hands():
        if role in readers(place) or role in ("unconfirmed", "newcomer"):
            continue  # those two are told apart from members by what they may do, never by what they may read
        for rule, method in doors(app):
            if not on_board and not rule.arguments & {"thread_id", "post_id"}:
                continue  # the board itself is open
            here = knock(hand, method, address(rule, thing.values), FORM)
            apart = ("guest", "high", "keeper")  # those of high rank triage: the doors of the queue let them in
            kind = (role if role in apart else "member", rule.rule, method)
            if kind not in nothing:
                nowhere = address(rule, {**thing.values, **NOWHERE, **_nowhere(rule)})
                nothing[kind] = knock(hand, method, nowhere, FORM).status_code
            assert here.status_code == nothing[kind], (role, method, rule.rule, here.status_code)
            assert here.status_code in (303, 403, 404), (role, method, rule.rule, here.status_code)
            assert here.status_code != 303 or "/sign-in" in here.headers["Location"], (role, method, rule.rule)
            assert WORD not in here.get_data(as_text=True), (role, method, rule.rule)
        for path in OVERVIEWS:
            assert WORD not in hand.get(path).get_data(as_text=True), (role, path)
    assert content(app) == before


def _nowhere(rule: Rule) -> dict[str, object]:
    """A community's values that are bound to an endpoint or a room, gone too."""
    return {f"{rule.endpoint}:{name}": NOWHERE[name] for name in rule.arguments & ABOUT_THINGS}


@pytest.mark.parametrize("place", always(PLACES, *ALWAYS))
def test_readers_read_and_doers_do(app: Flask, make: Factory, place: str) -> None:
    """Each role gets what the table says: the pages, and each act done or refused."""
    town = Town(app, make, place)
    wrong: list[str] = []
    for role, hand in town.hands():
        if role == "unconfirmed" and place not in ("open", "ranked"):
            continue
        thing = town.thing()
        if (_reads(hand, thing)) != (role in readers(place)):
            wrong.append(f"{role} reads")
        for act in ACTS:
            answer = _act(hand, thing, act, place)
            done = answer.status_code in (200, 204, 303) and "/sign-in" not in answer.headers.get("Location", "")
            if done != (role in doers(place, act)):
                wrong.append(f"{role} {act}: {answer.status_code}")
            if done and act in ("reply", "vote", "flag", "edit", "accept", "delete"):
                assert role in readers(place), f"{role} may {act} what they may not read"
        town.restored()
    assert not wrong


def _reads(hand: Surfer, thing: Thing) -> bool:
    pages = [f"/t/{thing.thread.id}/{thing.thread.slug}", f"/p/{thing.answer.id}/flags", f"/p/{thing.answer.id}"]
    statuses = {hand.get(page).status_code for page in pages}
    assert statuses in ({200, 302}, {404}), statuses
    return statuses == {200, 302}


def _act(hand: Surfer, thing: Thing, act: str, place: str) -> TestResponse:
    post = thing.answer.id
    match act:
        case "claim":
            return hand.post(f"/t/{thing.thread.id}/claim")
        case "reply":
            body = {"body": "One more word on this.", "parent_id": str(thing.reply.id)}
            return hand.post(f"/t/{thing.thread.id}/replies", body)
        case "vote":
            return hand.post(f"/p/{post}/vote", {"value": "1"})
        case "flag":
            return hand.post(f"/p/{post}/flags", {"reason": "spam"})
        case "edit":
            return hand.post(f"/p/{post}/revision", {"body": f"{WORD}, said otherwise."})
        case "accept":
            return hand.post(f"/p/{post}/acceptance")
        case "join":
            return hand.post(f"/b/{thing.board.slug}/membership")
        case "start":
            return hand.post(f"/b/{thing.board.slug}/new", FORM)
        case _:
            return hand.post(f"/p/{post}/deletion")


@cache
def _kinds() -> frozenset[str]:
    return frozenset(ACTS)


def test_the_table_itself() -> None:
    """May act ⇒ may read, in the table that the product is held against."""
    for place in PLACES:
        for act in _kinds() - {"join", "start"}:
            assert doers(place, act) <= readers(place), (place, act)
