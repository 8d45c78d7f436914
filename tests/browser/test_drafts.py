"""Drafts as people live them: typed here, found there, and nothing lost where two windows meet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factory import Factory
from tests.surfing import Surfer

Person = Callable[..., Page]
Browse = Callable[..., Surfer]


@pytest.mark.slow
def test_typed_here_found_there_and_gone_once_sent(make: Factory, browse: Browse, person: Person) -> None:
    """Saved while one types; another device has it; sent from there, the first window lets it go."""
    thread = make.thread(make.board(), make.member())
    member = make.member()
    path = f"/t/{thread.id}/{thread.slug}"
    phone, desk = person(browse(member)), person(browse(member))
    phone.goto(path)
    phone.get_by_label("Your answer").fill("Citric acid, one tablespoon.")
    expect(phone.get_by_text("Draft saved")).to_be_visible()
    desk.goto(path)
    expect(desk.get_by_label("Your answer")).to_have_value("Citric acid, one tablespoon.")
    desk.get_by_role("button", name="Post answer").click()
    expect(desk.get_by_role("article").get_by_text("Citric acid, one tablespoon.")).to_be_visible()
    for page in (desk, phone):
        page.goto(path)
        expect(page.get_by_label("Your answer")).to_have_value("")


@pytest.fixture
def anew(make: Factory, browse: Browse, person: Person) -> Callable[[], Page]:
    """`anew()` opens the same thread in another browser of the same member."""
    thread, member = make.thread(make.board(), make.member()), make.member()

    def go() -> Page:
        page = person(browse(member))
        page.goto(f"/t/{thread.id}/{thread.slug}")
        return page

    return go


@pytest.fixture
def second(anew: Callable[[], Page]) -> Page:
    """The second of two windows, both opened before something else was typed in each."""
    one, two = anew(), anew()
    for page, words in ((one, "From the first window"), (two, "From the second window")):
        page.get_by_label("Your answer").fill(words)
        expect(page.get_by_text("Draft saved")).to_be_visible()
    return two


@pytest.mark.usefixtures("second")
def test_two_windows_meet(anew: Callable[[], Page]) -> None:
    """The newest is shown, the other is offered, and one changes between them."""
    three = anew()
    expect(three.get_by_label("Your answer")).to_have_value("From the second window")
    three.get_by_role("button", name="Change to it").click()
    expect(three.get_by_label("Your answer")).to_have_value("From the first window")


@pytest.mark.slow
def test_posting_from_one_window_leaves_what_the_other_keeps(anew: Callable[[], Page], second: Page) -> None:
    """The second posts; the words of the first are the draft, on another device too."""
    second.get_by_role("button", name="Post answer").click()
    expect(second.get_by_role("article").get_by_text("From the second window")).to_be_visible()
    expect(anew().get_by_label("Your answer")).to_have_value("From the first window")


@pytest.mark.slow
def test_what_the_server_did_not_get_stays_in_the_browser(make: Factory, browse: Browse, person: Person) -> None:
    """The line is cut while one types: the text is there on the next page, and is saved then."""
    thread = make.thread(make.board(), make.member())
    page = person(browse(make.member()))
    path = f"/t/{thread.id}/{thread.slug}"
    page.goto(path)
    page.route("**/drafts", lambda route: route.abort())
    page.get_by_label("Your answer").fill("Typed in a tunnel")
    expect(page.get_by_text("Draft kept in this browser")).to_be_visible()
    page.unroute("**/drafts")
    page.goto(path)
    expect(page.get_by_label("Your answer")).to_have_value("Typed in a tunnel")
    expect(page.get_by_text("Draft saved")).to_be_visible()
