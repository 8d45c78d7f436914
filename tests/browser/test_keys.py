"""Single keys: what they do, that they are off while one types, and how they are turned off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factory import Factory
from tests.surfing import Surfer

Person = Callable[..., Page]
Browse = Callable[..., Surfer]
FORM = {"shown_name": "", "about": "", "interests": "", "hue": "1", "theme": ""}


def test_moving_opening_replying_editing(make: Factory, browse: Browse, person: Person) -> None:
    """j and k in a list, Enter opens, r and e act on the marked post, g b leads to the boards."""
    ann, board = make.member("ann"), make.board("kettles")
    make.thread(board, ann, title="The older question")
    thread = make.thread(board, make.member(), title="The newer question")
    own = make.answer(thread, ann, body="My own answer")
    page = person(browse(ann))
    page.goto("/b/kettles")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_contain_text("The older question")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The newer question", level=1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"#p-{own.id}.is-current")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator(f"#reply-{own.id}")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator(f"#reply-{own.id}")).to_have_value("jk?")
    page.keyboard.press("Escape")
    expect(page.locator(f"#reply-{own.id}")).not_to_be_focused()
    expect(page.locator(f"#reply-{own.id}")).to_have_value("jk?")
    page.keyboard.press("e")
    page.wait_for_url(f"**/p/{own.id}/revision")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/boards")


def test_escape_leaves_the_search_and_keeps_its_words(make: Factory, person: Person) -> None:
    """What is offered closes first; then the keys work again."""
    board = make.board("kettles")
    make.thread(board, make.member("mira"))
    page = person()
    page.goto("/b/kettles")
    page.keyboard.press("/")
    page.keyboard.type("mir")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_value("mir")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-current")).to_have_count(1)


def test_a_guest_who_replies_signs_in_and_is_back(make: Factory, person: Person) -> None:
    """r on a marked post leads to its reply, without one to the thread; both by way of signing in."""
    thread = make.thread(make.board("kettles"), make.member())
    page = person()
    path = f"/t/{thread.id}/{thread.slug}"
    page.goto(path)
    page.keyboard.press("r")
    page.wait_for_url(f"**/sign-in?next={path}")
    page.goto(path)
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_url(f"**/sign-in?next=/p/{thread.opening_id}/reply")


@pytest.mark.slow
def test_the_list_of_keys(make: Factory, person: Person) -> None:
    """? opens a dialog, Escape closes it, nothing else acts below it; a guest turns the keys off and on again."""
    make.board("kettles")
    page = person()
    page.goto("/boards")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    dialog.get_by_role("button", name="Turn them off in this browser").click()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(dialog).to_be_hidden()
    expect(page.locator(".is-current")).to_have_count(0)
    page.keyboard.press("Alt+k")
    dialog.get_by_role("button", name="Turn them on in this browser").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_count(1)


@pytest.mark.slow
def test_a_member_turns_them_off_for_good(make: Factory, browse: Browse, person: Person) -> None:
    """In the settings, on every device."""
    make.board("kettles")
    surfer = browse(make.member())
    assert surfer.post("/settings", FORM).status_code == 303
    page = person(surfer)
    page.goto("/boards")
    for key in ("j", "?"):
        page.keyboard.press(key)
    expect(page.locator(".is-current, dialog[open]")).to_have_count(0)
    assert surfer.post("/settings", {**FORM, "keys_on": "y"}).status_code == 303
    page.reload()
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_count(1)
