"""The rules in a real browser: a clause is changed, looked at, comes into force, and is taken back."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation import publishing
from tests.factory import Factory
from tests.reputation.test_commands import _helped
from tests.reputation.test_publishing import laurel
from tests.surfing import Surfer


@pytest.mark.slow
def test_a_clause_is_changed_looked_at_published_and_taken_back(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """The member's open page shows the new rank live, and the one before when the rules are taken back."""
    helper, nele = _helped(app, make, times=2), make.member("nele", role="admin")
    with app.app_context():
        with unit_of_work() as session:
            work = publishing.begin(session, laurel(grace=0), note="One way each", by_id=None).id
        publishing.advance(unit_of_work, db.engine, work, go_on=lambda: True)
        db.session.remove()
    manager, member = person(browse(nele)), person(browse(helper))
    member.goto("/m/helper")
    member.locator("body[data-live-open]").wait_for()
    manager.goto("/manage/rules")
    manager.get_by_role("button", name="Change the rules").click()
    manager.get_by_role("navigation", name="Draft of the rules").get_by_role("link", name="Ranks").click()
    manager.get_by_role("link", name="Twig").click()
    manager.locator("[name='needs.0.points']").fill("20")
    manager.locator("[name='needs.0.points']").press("Enter")
    manager.get_by_role("navigation", name="Draft of the rules").get_by_role("link", name="Summary").click()
    manager.get_by_text("Twig: 50 points → 20 points").wait_for()
    manager.get_by_role("button", name="Work it out").click()
    manager.get_by_text("Sprout → Twig").wait_for()
    manager.get_by_role("link", name="1 member").click()
    manager.get_by_role("link", name="helper").wait_for()
    manager.goto("/manage/rules/draft")
    manager.get_by_label("What you changed, and why").fill("Twigs come sooner")
    manager.get_by_role("button", name="Publish the rules").click()
    member.locator(".toast", has_text="You are a Twig now.").wait_for()
    manager.locator("#publication:not([data-watch])").wait_for(state="attached")
    manager.goto("/manage/rules/versions")
    manager.get_by_role("link", name="Version 1", exact=True).click()
    manager.get_by_role("button", name="Put it into force again").click()
    manager.locator("#publication:not([data-watch])").wait_for(state="attached")
    manager.goto("/manage/rules")
    manager.get_by_text("Back to version 1").wait_for()
    member.goto("/notifications")
    member.get_by_text("The rules changed: you were Twig, and are Sprout now").wait_for()
