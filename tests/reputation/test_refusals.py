"""Whatever is refused by rank or limit leads to its rule: on pages, in fragments, in JSON and over sockets."""

import re
from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import update

from forum.access import guardian
from forum.access.actors import Actor
from forum.access.guardian import Verdict
from forum.access.guardian.standing import by_rank
from forum.access.privileges import Privilege
from forum.boards.models import Board
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import DomainError, Forbidden, Invalid, TooMany
from forum.core.unit_of_work import unit_of_work
from forum.doors import socket_refusal
from forum.extensions import db
from forum.reputation import rulesets
from forum.reputation.models import RulesetVersion
from forum.reputation.rules import Limits
from forum.reputation.words import limit_anchor
from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.making import drawn

Browse = Callable[..., Surfer]
JSON = {"Accept": "application/json"}
FRAGMENT = {"X-Fragment": "1"}


def anchors(browse: Browse) -> set[str]:
    """Every place on /ranks that can be linked to."""
    return set(re.findall(r'\bid="([^"]+)"', browse().get("/ranks").get_data(as_text=True)))


def rules_with(app: Flask, **limits: int) -> None:
    """Publish rules in which the lowest rank has these limits."""
    data = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    for rank in data["ranks"]:
        rank["limits"] |= limits
    with app.app_context():
        with unit_of_work() as session:
            session.add(RulesetVersion(name="test", data=data, published_at=now(), generation=1))
        db.session.remove()
    rulesets.forget()


def counting() -> SimpleNamespace:
    """A limiter that is on, as in life, and has counted nothing yet."""
    return SimpleNamespace(enabled=True, limiter=MovingWindowRateLimiter(MemoryStorage()))


def test_every_privilege_and_limit_has_its_place(browse: Browse) -> None:
    """Each word that the guardian can refuse by, each limit, each rank: the anchor is there on /ranks."""
    there, rules = anchors(browse), rulesets.preset("laurel")
    for privilege in Privilege:
        verdict = by_rank(Actor(id=1, role="member"), privilege)
        assert not verdict and verdict.rule is not None
        granted = rules.privileges.get(privilege.value)
        assert verdict.rule in there or granted is None or not granted.shown, privilege
    assert {limit_anchor(word) for word in Limits.model_fields} <= there
    assert {f"rank-{rank.key}" for rank in rules.ranks} <= there
    assert {"limit-down_votes", "limit-pair", "newcomers", "caps"} <= there
    with pytest.raises(ValueError, match="cups"):
        limit_anchor("cups")


def test_a_refusal_links_in_every_shape(app: Flask, browse: Browse, make: Factory) -> None:
    """A privilege that the rank does not open: page, fragment, JSON."""
    thread = make.thread(make.board(), make.member("asker"))
    answer = make.answer(thread, make.member("helper"))
    surfer, form = browse(make.member()), {"value": "-1", "reason": "wrong"}
    wanted = "/ranks#privilege-vote_down"
    page = surfer.post(f"/p/{answer.id}/vote", form)
    assert page.status_code == 403 and f'href="{wanted}"' in page.get_data(as_text=True)
    fragment = surfer.post(f"/p/{answer.id}/vote", form, headers=FRAGMENT)
    assert fragment.status_code == 403 and f'class="text-link" href="{wanted}"' in fragment.get_data(as_text=True)
    assert "<html" not in fragment.get_data(as_text=True)
    problem = surfer.post(f"/p/{answer.id}/vote", form, headers=JSON)
    assert problem.status_code == 403 and problem.get_json()["rule"] == wanted
    drawn = surfer.get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert f'href="{wanted}"' in drawn


@pytest.mark.parametrize(("limits", "act", "anchor"), [
    ({"votes_a_day": 0}, "vote", "limit-votes_a_day"),
    ({"links": 0}, "link", "limit-links"),
    ({"images": 0}, "image", "limit-images"),
    ({"edits_a_day": 0}, "edit", "limit-edits_a_day"),
    ({"edits_a_day": 0}, "tags", "limit-edits_a_day"),
])
def test_each_limit_links_to_its_rule(
    app: Flask, browse: Browse, make: Factory, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], act: str,
    anchor: str,
) -> None:
    """Votes, links, pictures, edits: the page that says no, and the form that is drawn again, say where it stands."""
    rules_with(app, **limits)
    monkeypatch.setattr(ratelimit, "limiter", counting())
    thread = make.thread(make.board(), make.member("asker"))
    answer = make.answer(thread, make.member("helper"))
    surfer = browse(make.member("me", rank="bough"))
    path, form = {
        "vote": (f"/p/{answer.id}/vote", {"value": "1"}),
        "link": (f"/t/{thread.id}/replies", {"body": "See [this](https://elsewhere.example/) and try again."}),
        "image": (f"/t/{thread.id}/replies", {"body": f"Look: ![a kettle](/uploads/{'a' * 32}/640.webp)."}),
        "edit": (f"/p/{answer.id}/revision", {"body": "Quite another text than before."}),
        "tags": (f"/p/{thread.opening_id}/revision", {"body": "Anything.", "title": thread.title, "tags": "lid"}),
    }[act]
    page = surfer.post(path, form)
    assert page.status_code in (422, 429), page.get_data(as_text=True)[:400]
    assert f'href="/ranks#{anchor}"' in page.get_data(as_text=True)
    assert anchor in anchors(browse)


# Limits that guard the door or the machine, whoever is there: none of what ranks and points are about.
UNTOLD = {"mail", "sign-in:account", "sign-in:address", "join", "draft", "preview", "search:guest", "search",
          "search:typing", "chat:event"}


def test_each_limit_has_its_place_or_is_known_to_have_none(browse: Browse) -> None:
    """A new limit comes with a sentence on /ranks, or is named above."""
    there = anchors(browse)
    assert {rule for rule in ratelimit.RULES if ratelimit.EXPLAINED.get(rule) not in there} == UNTOLD
    assert set(ratelimit.EXPLAINED.values()) <= there


def test_fixed_limits_are_told_as_they_are(browse: Browse) -> None:
    """The figures of the limits themselves, in both languages."""
    text = browse().get("/ranks").get_data(as_text=True)
    for words in (
        "New threads: at most 1 in 15 seconds and 20 a day.", "Reports: at most 20 a day.",
        "Pictures that are uploaded: at most 10 a minute.", "Messages and edits in chat: at most 5 in 5 seconds.",
        "Edits of one&#39;s own posts: at most 30 a day.", "at most 3 questions at once",
    ):
        assert words in text, words
    chinese = browse().get("/ranks", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "举报：最多每天20次。" in chinese and "新主题：最多每15秒1次和每天20次。" in chinese


@pytest.mark.parametrize("act", [
    "flag", "invitation", "agreement", "rating", "upload", "thread", "reply", "edit:own",
])
def test_each_act_that_is_used_up_links_to_its_rule(
    browse: Browse, make: Factory, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """The page that says no, and the form that is drawn again."""
    me = make.member("me", rank="twig")
    thread = make.thread(make.board("kettles"), me)
    helper = make.member("helper")
    answer = make.answer(thread, helper)
    surfer, proposal = browse(me), {"kind": "deal", "name": "helper"}
    agreed = ""
    if act == "rating":
        agreed = surfer.post(f"/t/{thread.id}/agreements", proposal).headers["Location"]
        browse(helper).post(f"{agreed}/acceptance")
    path, form = {
        "flag": (f"/p/{answer.id}/flags", {"reason": "spam"}),
        "invitation": ("/invitations", {"email": "friend@example.org"}),
        "agreement": (f"/t/{thread.id}/agreements", proposal),
        "rating": (f"{agreed}/ratings", {"value": "1", "words": "All went well."}),
        "upload": ("/uploads", {"picture": (BytesIO(drawn("PNG")), "kettle.png")}),
        "thread": ("/b/kettles/new", {"kind": "question", "title": "Does it whistle?", "body": "Or not.", "tags": ""}),
        "reply": (f"/t/{thread.id}/replies", {"body": "Another answer to it."}),
        "edit:own": (f"/p/{thread.opening_id}/revision", {"body": "Other words.", "title": thread.title, "tags": ""}),
    }[act]
    monkeypatch.setitem(ratelimit.RULES, act, "1 per day")
    monkeypatch.setattr(ratelimit, "limiter", counting())
    ratelimit.take(act, me.id)
    page = surfer.post(path, form, headers=JSON if act == "upload" else {})
    assert page.status_code == 429, page.get_data(as_text=True)[:400]
    assert f'"/ranks#{ratelimit.EXPLAINED[act]}"' in page.get_data(as_text=True)


def test_marks_of_an_answer_lead_to_their_rule(app: Flask, browse: Browse, make: Factory) -> None:
    """Accepting somebody else's question, and a fourth one that helped as well."""
    asker = make.member("asker")
    thread = make.thread(make.board(), asker)
    answers = [make.answer(thread, make.member(f"helper{number}")) for number in range(4)]
    there = anchors(browse)
    refused = browse(make.member()).post(f"/p/{answers[0].id}/acceptance")
    assert refused.status_code == 403
    assert 'href="/ranks#privilege-accept_for_absent"' in refused.get_data(as_text=True)
    hand = browse(asker)
    said = [hand.post(f"/p/{answer.id}/helped", headers=JSON) for answer in answers]
    assert [one.status_code for one in said][3] == 409 and said[3].get_json()["rule"] == "/ranks#limit-also_helped"
    assert {"privilege-accept_for_absent", "limit-also_helped", "limit-claims", "limit-worked"} <= there


def test_own_posts_are_edited_whatever_the_rank(
    app: Flask, browse: Browse, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rank that edits nothing of others corrects what is its own."""
    rules_with(app, edits_a_day=0)
    monkeypatch.setattr(ratelimit, "limiter", counting())
    me = make.member("me")
    thread = make.thread(make.board(), me)
    words = {"body": "Quite another text.", "title": thread.title, "tags": ""}
    assert browse(me).post(f"/p/{thread.opening_id}/revision", words).status_code == 303


def test_the_board_that_asks_for_a_rank_says_which(app: Flask, browse: Browse, make: Factory) -> None:
    """On the board, in the thread, and when one tries all the same."""
    board = make.board("kettles")
    thread = make.thread(board, make.member("asker"))
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Board).values(start_rank="branch", reply_rank="bough"))
        db.session.remove()
    surfer = browse(make.member())
    assert 'href="/ranks#rank-branch"' in surfer.get("/b/kettles").get_data(as_text=True)
    assert 'href="/ranks#rank-bough"' in surfer.get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    refused = surfer.post(f"/t/{thread.id}/replies", {"body": "All the same, an answer to it."})
    assert refused.status_code == 403 and 'href="/ranks#rank-bough"' in refused.get_data(as_text=True)
    assert {"rank-branch", "rank-bough"} <= anchors(browse)


def test_sockets_tell_the_rule_as_a_field(app: Flask) -> None:
    """Whatever kind of refusal; none where no rule is behind it."""
    refusals: list[tuple[DomainError, str | None]] = [
        (Forbidden("No.", "privilege-participate"), "/ranks#privilege-participate"),
        (Invalid({"body": "Too many."}, "limit-links"), "/ranks#limit-links"),
        (TooMany(3, None, "newcomers"), "/ranks#newcomers"), (TooMany(3), None), (Forbidden("No."), None),
    ]
    with app.test_request_context():
        for error, rule in refusals:
            told: dict[str, Any] = socket_refusal(error)["error"]
            assert told.get("rule") == rule
        with pytest.raises(Forbidden) as caught:
            guardian.require(Verdict("No.", "rank-twig"))
        assert socket_refusal(caught.value)["error"]["rule"] == "/ranks#rank-twig"
