"""Pages stand still while they load: a form has its toolbar's room from the start, lists and posts keep their place."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.looking import SHIFTS, shifted
from tests.factory import Factory
from tests.sampling import always
from tests.surfing import Surfer


@pytest.mark.parametrize("width", always([1280, 375], 375))
def test_the_text_does_not_jump(
    make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page], width: int
) -> None:
    """Neither on a desk nor on a phone."""
    make.board("kettles")
    page = person(browse(make.member()), viewport={"width": width, "height": 800})
    page.add_init_script(SHIFTS)
    for path in ("/ask", "/b/kettles/new"):
        page.goto(path, wait_until="networkidle")
        assert page.get_by_role("toolbar").is_visible()
        assert not [one for one in shifted(page) if "composer-input" in one], path


@pytest.mark.parametrize("width", always([1280, 375], 375))
def test_pages_do_not_jump(
    make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page], drain: Callable[[], None], width: int
) -> None:
    """Home, a board, a thread, a profile, the search: for a guest and a member, nothing moves as they load."""
    board, ann, ben = make.board("kettles"), make.member("ann"), make.member("ben", rank="branch")
    threads = [make.thread(board, ann, title=f"How do I descale kettle {number}?") for number in range(12)]
    for _number in range(6):
        make.reply(make.answer(threads[0], ben, "Boil it with vinegar.\n\n" * 4), ann)
    drain()
    for who in (None, ann):
        page = person(browse(who) if who else None, viewport={"width": width, "height": 800})
        page.add_init_script(SHIFTS)
        for path in ("/", "/b/kettles", f"/t/{threads[0].id}/{threads[0].slug}", "/m/ben", "/search?q=descale"):
            page.goto(path, wait_until="networkidle")
            assert shifted(page) == [], path


def test_nothing_moves_for_who_wants_it_still(
    make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """`prefers-reduced-motion`: no transition, no animation anywhere; the post that a link leads to is marked still."""
    ann = make.member("ann")
    answer = make.answer(make.thread(make.board("kettles"), ann), make.member("ben"))
    page = person(browse(ann))  # a person who is asked for wants less motion
    page.goto(f"/p/{answer.id}")
    moving = """() => [...document.querySelectorAll("*")].map(one => [one, getComputedStyle(one)])
      .filter(([_one, style]) => style.animationName !== "none" || style.transitionDuration !== "0s")
      .map(([one]) => one.className || one.tagName)"""
    assert page.evaluate(moving) == []
    marked = "getComputedStyle(document.querySelector(':target > .post-body-wrap')).boxShadow"
    assert page.evaluate(marked) != "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) != [], "otherwise buttons answer to the pointer"
