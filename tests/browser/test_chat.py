"""The chat in Chromium: lines that break, what is read back, and what one does with messages, also with a thumb."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from forum.access.actors import SYSTEM, load_actor
from forum.chat import actions
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from tests.factory import Factory
from tests.live import LiveServer
from tests.sampling import always
from tests.surfing import Surfer

pytestmark = pytest.mark.timeout(180)
Enter = Callable[..., Page]
Browse = Callable[..., Surfer]


def say(app: Flask, member: Member, *bodies: str) -> None:
    """Messages in the lobby."""
    with app.app_context():
        with unit_of_work() as session:
            actions.ensure_lobby(session, SYSTEM)
            actor = load_actor(session, member.id)
            for body in bodies:
                actions.send_message(session, actor, "lobby", client_id=body.replace(" ", "-"), body=body)
        db.session.remove()


def write(page: Page, words: str) -> None:
    """Type and press Enter."""
    page.locator(".chat-input").fill(words)
    page.locator(".chat-input").press("Enter")


def shown(page: Page) -> list[str]:
    """The words of the messages, from top to bottom."""
    return page.locator(".chat-log .chat-text").all_inner_texts()


def up(page: Page) -> None:
    """Scroll to the top of what is loaded."""
    page.locator(".chat-log").evaluate("log => { log.scrollTop = 0; }")


@pytest.mark.slow
def test_what_is_written_while_the_line_is_down_arrives_once(
    app: Flask, make: Factory, browse: Browse, person: Enter, server: LiveServer
) -> None:
    """The page says so, keeps the words over a server's death, and sends them when it is back; others see them once."""
    ada, ben = person(browse(make.member("ada"))), person(browse(make.member("ben")))
    for page in (ada, ben):
        page.goto("/chat/lobby")
    write(ada, "Before")
    expect(ben.locator(".chat-text", has_text="Before")).to_be_visible()
    expect(ada.locator(".is-pending")).to_have_count(0)
    server.kill()
    write(ada, "In between")
    expect(ada.locator(".is-pending", has_text="In between")).to_be_visible()
    expect(ada.locator(".chat-state")).to_have_text("Connection lost. Your messages are kept.")
    server.start()
    expect(ada.locator(".is-pending")).to_have_count(0, timeout=30_000)
    expect(ada.locator(".chat-state")).to_have_text("")
    expect(ben.locator(".chat-text", has_text="In between")).to_be_visible(timeout=30_000)
    write(ben, "After")
    for page in (ada, ben):
        expect(page.locator(".chat-text", has_text="After")).to_be_visible()
        assert shown(page) == ["Before", "In between", "After"]
    ada.reload()
    expect(ada.locator(".chat-text", has_text="After")).to_be_visible()
    assert shown(ada) == ["Before", "In between", "After"]


@pytest.mark.slow
def test_reading_back_loads_what_is_older(app: Flask, make: Factory, browse: Browse, person: Enter) -> None:
    """Up to the first message, in order, each once; and a button leads back to the latest."""
    ada = make.member("ada")
    said = [f"Number {number}." for number in range(1, 131)]
    say(app, ada, *said)
    page = person(browse(ada))
    page.goto("/chat/lobby")
    expect(page.locator(".chat-text", has_text="Number 130.")).to_be_in_viewport()
    for loaded in (100, 130):
        up(page)
        expect(page.locator(".chat-log .chat-text")).to_have_count(loaded, timeout=30_000)
    assert shown(page) == said
    page.locator("#chat-jump").click()
    expect(page.locator(".chat-text", has_text="Number 130.")).to_be_in_viewport()
    expect(page.locator("#chat-jump")).to_be_hidden()


@pytest.mark.slow
def test_who_scrolls_up_while_the_line_is_down_finds_older_ones_later(
    app: Flask, make: Factory, browse: Browse, person: Enter, server: LiveServer
) -> None:
    """At the top there is no further move that could ask for them."""
    ada = make.member("ada")
    say(app, ada, *(f"Number {number}." for number in range(1, 61)))
    page = person(browse(ada))
    page.goto("/chat/lobby")
    expect(page.locator(".chat-text", has_text="Number 60.")).to_be_in_viewport()
    server.kill()
    expect(page.locator(".chat-state")).not_to_have_text("")
    up(page)
    server.start()
    expect(page.locator(".chat-log .chat-text")).to_have_count(60, timeout=30_000)


@pytest.mark.parametrize("width", always([375, 1280], 375))
def test_messages_can_be_answered_edited_and_taken_back(
    app: Flask, make: Factory, browse: Browse, person: Enter, width: int
) -> None:
    """With a thumb or a mouse; the other page follows."""
    ada, ben = make.member("ada"), make.member("ben")
    say(app, ada, "Is it the pump?")
    touch = width < 800
    options = {"viewport": {"width": width, "height": 740}, "has_touch": touch, "is_mobile": touch}
    one, other = person(browse(ben), **options), person(browse(ada))
    one.on("dialog", lambda dialog: dialog.accept())
    for page in (one, other):
        page.goto("/chat/lobby")

    def act(words: str, name: str) -> None:
        message = one.locator(".chat-message:not(.is-pending)", has_text=words).last
        text, button = message.locator(".chat-text"), message.get_by_role("button", name=name)
        (text.tap if touch else text.hover)()
        (button.tap if touch else button.click)()

    act("Is it the pump?", "Thanks")
    expect(other.locator(".chat-reaction-count")).to_have_text("1")
    act("Is it the pump?", "Reply")
    one.locator(".chat-input").fill("It was")
    one.get_by_role("button", name="Send", exact=True).click()
    expect(other.locator(".chat-reply-to")).to_contain_text("Is it the pump?")
    act("It was", "Edit")
    expect(one.locator(".chat-input")).to_have_value("It was")
    one.locator(".chat-input").fill("It was the pump")
    one.get_by_role("button", name="Send", exact=True).click()
    expect(other.locator(".chat-text", has_text="It was the pump")).to_be_visible()
    expect(other.locator(".chat-edited")).to_have_text("edited")
    act("It was the pump", "Delete")
    expect(other.locator(".chat-text", has_text="This message was deleted.")).to_be_visible()
    expect(one.locator(".chat-text", has_text="This message was deleted.")).to_be_visible()
    assert one.evaluate("document.documentElement.scrollWidth") <= width


def test_a_refused_message_goes_back_to_the_field(
    app: Flask, make: Factory, browse: Browse, person: Enter, server: LiveServer
) -> None:
    """Nothing that was typed is lost; the reason stands beside it."""
    page = person(browse(make.member("ada")))
    page.goto("/chat/lobby")
    write(page, "See https://a.example and https://b.example and https://c.example")
    failed = page.locator(".is-failed")
    expect(failed).to_contain_text("Your rank opens 2 links")
    failed.get_by_role("button", name="Back to the field").click()
    expect(page.locator(".is-failed")).to_have_count(0)
    expect(page.locator(".chat-input")).to_have_value("See https://a.example and https://b.example and https://c.example")


def test_the_enter_of_an_input_method_sends_nothing(make: Factory, browse: Browse, person: Enter) -> None:
    """It takes a Chinese word over; Safari says so by the number of the key alone."""
    page = person(browse(make.member("ada")))
    page.goto("/chat/lobby")
    write(page, "First")
    expect(page.locator(".chat-text", has_text="First")).to_be_visible()
    field = page.locator(".chat-input")
    field.fill("nihao")
    field.evaluate("""field => field.dispatchEvent(new KeyboardEvent("keydown",
        { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))""")
    expect(field).to_have_value("nihao")
    field.press("Enter")
    expect(page.locator(".chat-text", has_text="nihao")).to_be_visible()
    assert shown(page) == ["First", "nihao"]
