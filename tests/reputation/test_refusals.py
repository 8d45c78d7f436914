"""Whatever is refused by rank or limit leads to its rule: on pages, in fragments, in JSON and over sockets."""

import re
from collections.abc import Callable
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
    assert set(ratelimit._EXPLAINED.values()) <= there
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
])
def test_each_limit_links_to_its_rule(
    app: Flask, browse: Browse, make: Factory, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], act: str,
    anchor: str,
) -> None:
    """Votes, links, pictures, edits: the page that says no, and the form that is drawn again, say where it stands."""
    rules_with(app, **limits)
    counting = SimpleNamespace(enabled=True, limiter=MovingWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(ratelimit, "limiter", counting)
    thread = make.thread(make.board(), make.member("asker"))
    answer = make.answer(thread, make.member("helper"))
    me = make.member("me", rank="sprout")
    own = make.answer(thread, me if act == "edit" else make.member())
    surfer = browse(me)
    path, form = {
        "vote": (f"/p/{answer.id}/vote", {"value": "1"}),
        "link": (f"/t/{thread.id}/replies", {"body": "See [this](https://elsewhere.example/) and try again."}),
        "image": (f"/t/{thread.id}/replies", {"body": f"Look: ![a kettle](/uploads/{'a' * 32}/640.webp)."}),
        "edit": (f"/p/{own.id}/revision", {"body": "Quite another text than before."}),
    }[act]
    page = surfer.post(path, form)
    assert page.status_code in (422, 429), page.get_data(as_text=True)[:400]
    assert f'href="/ranks#{anchor}"' in page.get_data(as_text=True)
    assert anchor in anchors(browse)


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
