"""The desk in a real browser: a claim is seen on another's open page, and a saved reply goes into the text."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page

from forum.desk import projections
from tests.desk.acting import join, write
from tests.factory import Factory
from tests.surfing import Surfer


def test_a_claim_and_a_saved_reply(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """Ann takes a question up on her desk, Ben sees it on the open question, and sees it given back."""
    board, ann, ben = make.board("kettles", title="Kettles"), make.member("ann"), make.member("ben")
    thread = make.thread(board, make.member("newt"), title="Does it whistle loudly?")
    join(app, ann, board)
    write(app, projections.recount)
    browse(ann).post("/desk/replies", {"title": "Hello there", "body": "Hello {asker}, about {board}:"})
    hers, his = person(browse(ann)), person(browse(ben))
    his.goto(f"/t/{thread.id}/{thread.slug}")
    his.locator("body[data-live-open]").wait_for()
    his.get_by_role("button", name="I’m on it").wait_for()
    hers.goto("/desk")
    hers.get_by_role("button", name="I’m on it").click()
    hers.get_by_text("You are on it").wait_for()
    his.locator(".claim-words", has_text="ann is writing an answer").wait_for()
    hers.get_by_role("link", name="Does it whistle loudly?").click()
    text = hers.get_by_label("Your answer")
    text.fill("First of all.")
    hers.locator("summary", has_text="Saved replies").click()
    hers.get_by_role("button", name="Hello there").click()
    text.and_(hers.locator(":focus")).wait_for()
    assert text.input_value() == "First of all.\n\nHello newt, about Kettles:"
    hers.get_by_role("button", name="Give it back").click()
    his.get_by_role("button", name="I’m on it").wait_for()
