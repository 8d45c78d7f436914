"""What stands in one row on a phone, and what stays in sight when the page around it changes."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.test_chat import say
from tests.factory import Factory
from tests.surfing import Surfer

pytestmark = pytest.mark.timeout(180)
Enter = Callable[..., Page]
Browse = Callable[..., Surfer]
PHONE = {"width": 375, "height": 800}
ONE_ROW = """row => {
    const acts = [...row.querySelectorAll(".post-action, .button-quiet, .menu-opener")];
    const boxes = acts.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
    return Math.max(...boxes.map((box) => box.top)) < Math.min(...boxes.map((box) => box.bottom));
}"""


def test_what_one_can_do_with_a_post_is_one_row_on_a_phone(
    app: Flask, make: Factory, browse: Browse, person: Enter
) -> None:
    """For a guest, the asker, the author, one of trusted rank and a moderator; every act keeps its name."""
    asker, author = make.member("ann"), make.member("ben")
    thread = make.thread(make.board("kettles"), asker, title="How do I descale it without harm?")
    answer = make.answer(thread, author)
    acts = {
        None: ({"Reply", "I have this too", "Share", "Flag"}, {"Reply", "Share", "Flag"}),
        asker: ({"Reply", "Share", "Edit"}, {"Reply", "Accept", "Also helped", "Share", "Flag"}),
        author: ({"Reply", "I have this too", "Share", "Flag"}, {"Reply", "Share", "Edit"}),
        make.member("dot", rank="bough", points=9_000): (
            {"Reply", "I have this too", "Share", "Flag"}, {"Reply", "This worked for me", "Share", "Flag", "Moderate"}
        ),
        make.member("mo", role="moderator"): (
            {"Reply", "I have this too", "Share", "More"}, {"Reply", "Accept", "This worked for me", "Share", "More"}
        ),
    }
    for who, wanted in acts.items():
        page = person(browse(who) if who else None, viewport=PHONE)
        page.goto(f"/t/{thread.id}/{thread.slug}")
        for post, names in zip((thread.opening_id, answer.id), wanted, strict=True):
            row = page.locator(f"#p-{post} .post-actions").first
            shown = row.locator(".post-action, .button-quiet, .menu-opener").filter(visible=True).all_text_contents()
            assert names <= {one.strip() for one in shown}, (who and who.name, shown)
            assert row.evaluate(ONE_ROW), (who and who.name, shown)


@pytest.mark.parametrize("script", [True, False])
def test_a_moderator_finds_the_rest_behind_more(
    app: Flask, make: Factory, browse: Browse, person: Enter, script: bool
) -> None:
    """By keyboard alone, with script and without: every act is there, and leads where it says."""
    thread = make.thread(make.board("kettles"), make.member("ann"), title="How do I descale it without harm?")
    answer = make.answer(thread, make.member("ben"))
    page = person(browse(make.member("mo", role="moderator")), viewport=PHONE, java_script_enabled=script)
    page.goto(f"/t/{thread.id}/{thread.slug}")
    menu = page.locator(f"#p-{answer.id} .post-tools")
    opener, entries = menu.locator("summary"), menu.locator(".menu-item, .post-action, .button-quiet")
    assert not entries.first.is_visible()
    opener.press("Enter")
    wanted = {"Edit", "Delete", "Flag", "Turn into a reply", "Hide", "Redact", "Warn or suspend", "Its log"}
    assert wanted <= {one.strip() for one in entries.filter(visible=True).all_text_contents()}
    assert menu.locator(".menu-body").evaluate("one => one.getBoundingClientRect().left >= 0 && "
                                               "one.getBoundingClientRect().right <= innerWidth")
    opener.press("Tab")
    assert entries.filter(has_text="Edit").evaluate("one => one === document.activeElement")
    if script:
        page.keyboard.press("Escape")
        assert not entries.first.is_visible() and opener.evaluate("one => one === document.activeElement")
        opener.press("Enter")
    entries.filter(has_text="Hide").press("Enter")
    page.wait_for_url(f"**/p/{answer.id}/hiding")


def test_the_last_message_stays_in_sight_when_people_come(
    app: Flask, make: Factory, browse: Browse, person: Enter
) -> None:
    """From three on they stand beside the messages, whose lines break anew; who reads above is left there."""
    members = [make.member(name) for name in ("ada", "ben", "cid")]
    say(app, members[0], *(f"{number} " + "a kettle that sings is a kettle that works " * 6 for number in range(40)))
    ada, ben, cid = (person(browse(one), bypass_csp=True, viewport={"width": 1280, "height": 700}) for one in members)
    for page in (ada, ben):
        page.goto("/chat/lobby")
    log = "document.getElementById('chat-log')"
    ada.wait_for_function(f"{log}.scrollTop > 500")
    ben.evaluate(f"{log}.scrollTop = 900")
    width = ada.evaluate(f"{log}.clientWidth")
    cid.goto("/chat/lobby")
    for page in (ada, ben):
        page.wait_for_function(f"{log}.clientWidth < {width - 100}")
    ada.wait_for_function(f"{log}.scrollHeight - {log}.scrollTop - {log}.clientHeight < 2", timeout=5_000)
    assert ben.evaluate(f"{log}.scrollHeight - {log}.scrollTop - {log}.clientHeight > 500")
