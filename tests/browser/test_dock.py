"""The chat's dock on other pages: opened, live, folded with what is unread, over navigation, and never in the way."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from forum.threads.models import Thread
from tests.browser.looking import RULES
from tests.browser.test_chat import say
from tests.factory import Factory
from tests.live import LiveServer
from tests.surfing import Surfer

pytestmark = pytest.mark.timeout(180)
Enter = Callable[..., Page]
Browse = Callable[..., Surfer]
APART = """() => {
  const one = document.querySelector("#dock").getBoundingClientRect();
  return [...document.querySelectorAll(".main, .composer-dock")].every((other) => {
    const box = other.getBoundingClientRect();
    return box.right <= one.left || box.left >= one.right;
  });
}"""


@pytest.fixture
def thread(make: Factory) -> Thread:
    """A question with an answer."""
    asked = make.thread(make.board("kettles"), make.member("dan"))
    make.answer(asked, make.member("eve"))
    return asked


def at(thread: Thread) -> str:
    """Its address."""
    return f"/t/{thread.id}/{thread.slug}"


def test_talking_beside_a_thread(
    app: Flask, make: Factory, browse: Browse, person: Enter, thread: Thread, server: LiveServer
) -> None:
    """Both ways; what comes while it is folded is counted, also on the next page; what is lost is caught up with."""
    ada, ben = make.member("ada"), make.member("ben")
    say(app, ben, "Is anybody here?")
    here, there = person(browse(ada)), person(browse(ben))
    fetched: list[str] = []
    here.on("request", lambda request: fetched.append(request.url))
    here.goto(at(thread), wait_until="networkidle")
    expect(here.locator("#dock-button")).to_be_visible()
    assert not [url for url in fetched if "/dock" in url or "docked" in url or "room-" in url]
    there.goto("/chat/lobby")
    here.locator("#dock-button").click()
    field = here.get_by_role("textbox", name="Message to Lobby")
    expect(field).to_be_focused()
    expect(here.get_by_role("log", name="Messages")).to_contain_text("Is anybody here?")
    field.fill("I am, beside a thread")
    field.press("Enter")
    expect(there.locator(".chat-text", has_text="I am, beside a thread")).to_be_visible()
    expect(here.locator("#dock .is-pending")).to_have_count(0)
    there.locator(".chat-input").fill("How nice")
    there.locator(".chat-input").press("Enter")
    expect(here.locator("#dock .chat-text", has_text="How nice")).to_be_visible()
    field.press("Escape")
    expect(here.locator("#dock-panel")).to_be_hidden()
    expect(here.locator("#dock-button")).to_be_focused()
    for words in ("Are you", "still there?"):
        there.locator(".chat-input").fill(words)
        there.locator(".chat-input").press("Enter")
    expect(here.get_by_role("button", name="Chat, 2 unread")).to_be_visible()
    here.goto("/b/kettles")
    expect(here.get_by_role("button", name="Chat, 2 unread")).to_be_visible()
    expect(here.locator("#dock-panel")).to_be_hidden()
    here.get_by_role("button", name="Chat, 2 unread").click()
    expect(here.locator("#dock .chat-text").last).to_have_text("still there?")
    here.goto(at(thread))
    expect(here.locator("#dock .chat-text").last).to_have_text("still there?")
    assert here.evaluate("document.activeElement === document.body")
    server.kill()
    server.start()
    expect(there.locator("body")).to_have_attribute("data-live-open", "", timeout=30_000)
    there.locator(".chat-input").fill("We were cut off")
    there.locator(".chat-input").press("Enter")
    expect(here.locator("#dock .chat-text", has_text="We were cut off")).to_be_visible(timeout=30_000)


def test_rooms_keys_and_readers(
    app: Flask, make: Factory, browse: Browse, person: Enter, thread: Thread
) -> None:
    """Another room is chosen and heard alone; t opens, Escape gives the focus back; axe finds nothing."""
    ada, ben, keeper = make.member("ada"), make.member("ben"), make.member("mo", role="moderator")
    say(app, ben, "Said in the lobby")
    assert browse(keeper).post("/chat/rooms", {"board": "kettles"}).status_code == 303
    here, there = person(browse(ada)), person(browse(ben))
    here.goto(at(thread))
    expect(here.get_by_role("button", name="Chat")).to_be_visible()  # its script is there
    link = here.locator(".thread-crumbs a").first
    link.focus()
    here.keyboard.press("t")
    expect(here.get_by_role("textbox", name="Message to Lobby")).to_be_focused()
    here.keyboard.press("Escape")
    expect(link).to_be_focused()
    here.keyboard.press("t")
    rooms = here.get_by_role("combobox", name="Room")
    rooms.select_option("Kettles")
    expect(here.get_by_role("textbox", name="Message to Kettles")).to_be_visible()
    expect(here.get_by_role("combobox", name="Room")).to_be_focused()
    there.goto("/chat/kettles")
    there.locator(".chat-input").fill("Said among kettles")
    there.locator(".chat-input").press("Enter")
    expect(here.locator("#dock .chat-text")).to_have_text("Said among kettles")
    there.goto("/chat/lobby")
    there.locator(".chat-input").fill("Said in the lobby again")
    there.locator(".chat-input").press("Enter")
    expect(there.locator(".is-pending")).to_have_count(0)
    there.goto("/chat/kettles")
    there.locator(".chat-input").fill("And once more")
    there.locator(".chat-input").press("Enter")
    expect(here.locator("#dock .chat-text").last).to_have_text("And once more")
    expect(here.locator("#dock .chat-text")).to_have_text(["Said among kettles", "And once more"])
    for scheme in ("light", "dark"):
        here.emulate_media(color_scheme=scheme)
        found = Axe().run(here, options=RULES)
        assert found.violations_count == 0, found.generate_report()
    here.goto("/b/kettles")
    expect(here.get_by_role("textbox", name="Message to Kettles")).to_be_visible()
    here.locator("#dock [data-dock=fold]").click()
    here.keyboard.press("?")
    expect(here.get_by_role("dialog", name="Keys")).to_contain_text("chat beside the page")


def test_it_is_never_over_what_is_answered(
    app: Flask, make: Factory, browse: Browse, person: Enter, thread: Thread
) -> None:
    """Folded or open, on every width that has it; and nothing jumps when a page comes with it open."""
    say(app, make.member("ben"), "Something stands in the column at the right of the home page")
    page = person(browse(make.member("ada")))
    page.add_init_script("""window.__moved = 0; new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.__moved += entry.value;
    }).observe({ type: "layout-shift", buffered: true });""")
    seen = 0
    for path in (at(thread), "/b/kettles", "/"):
        for width in (1000, 1100, 1180, 1280, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path)
            page.evaluate("localStorage.removeItem('laurel-dock')")
            page.reload(wait_until="networkidle")
            if not page.locator("#dock-button").is_visible():
                continue
            assert page.evaluate(APART), (path, width)
            page.locator("#dock-button").click()
            expect(page.locator("#dock .chat-form")).to_be_visible()
            assert page.evaluate(APART), (path, width)
            seen += 1
            page.reload(wait_until="networkidle")
            expect(page.locator("#dock .chat-form")).to_be_visible()
            assert page.evaluate("window.__moved") < 0.001, (path, width)
    assert seen == 15  # all but the narrowest
    for path in ("/chat/lobby", "/b/kettles/new"):
        page.goto(path)
        expect(page.locator("#dock")).to_have_count(0)


def test_where_there_is_none(make: Factory, browse: Browse, person: Enter, thread: Thread) -> None:
    """On a phone, where the bar at the foot leads to the chat; without script; and for guests, who fetch no more."""
    member = make.member("ada")
    phone = person(browse(member), viewport={"width": 390, "height": 800})
    phone.goto(at(thread), wait_until="networkidle")
    expect(phone.locator("#dock")).to_be_hidden()
    phone.keyboard.press("t")
    phone.wait_for_url("**/chat/lobby")
    plain = person(browse(member), java_script_enabled=False)
    plain.goto(at(thread))
    expect(plain.locator("#dock")).to_be_hidden()
    guest = person()
    fetched: list[str] = []
    guest.on("request", lambda request: fetched.append(request.url))
    guest.goto(at(thread), wait_until="networkidle")
    expect(guest.locator("#dock")).to_have_count(0)
    assert len(fetched) <= 8, fetched


def test_who_may_not_write_reads(app: Flask, make: Factory, browse: Browse, person: Enter, thread: Thread) -> None:
    """The reason stands where the field would be, as on the chat's own page."""
    say(app, make.member("ben"), "Read this")
    page = person(browse(make.member("una", confirmed=False)))
    page.goto(at(thread))
    page.locator("#dock-button").click()
    expect(page.locator("#dock .chat-text")).to_have_text("Read this")
    expect(page.locator("#dock .chat-form")).to_have_count(0)
    expect(page.locator("#dock .notice-box")).to_contain_text("confirm your address")
