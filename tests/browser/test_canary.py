"""T1 in Chromium: pages full of hostile text run none of it, and the policy finds nothing to refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.factory import Factory
from tests.live import LiveServer
from tests.security.hostile import IMAGE, Hostile
from tests.surfing import Surfer

LISTEN = """
window.__seen = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.__seen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@pytest.mark.slow
def test_nothing_hostile_runs(app: Flask, live: LiveServer, make: Factory, chromium: Browser) -> None:
    """As guest and as community manager: the canary stays unset, no report, no dialog, no error of a script."""
    hostile = Hostile(app, make, IMAGE)
    # Chromium shows XML by a viewer of its own, whose styles the policy reports.
    apart = ("/healthz", "/readyz", "/metrics", "/sitemap", "/feeds/")
    files = "/file"  # rules as a file are kept by the browser, not drawn
    paths = [path for path in hostile.pages() if not path.startswith(apart) and not path.endswith(files)]
    for role in ("guest", "admin"):
        assert not _alive(chromium, live, hostile.hands[role], paths), role
    assert _alive(chromium, live, hostile.hands["guest"], ["/"], inject=True), "the measure sees what runs"


def _alive(
    browser: Browser, live: LiveServer, hand: Surfer, paths: list[str], *, inject: bool = False
) -> list[tuple[str, Any]]:
    """What ran or was refused, page by page."""
    context = browser.new_context()
    context.add_init_script(LISTEN)
    if hand.client.get_cookie("session") is not None:
        context.add_cookies([{"name": "session", "value": hand.cookie_header().partition("=")[2], "url": live.url}])
    page = context.new_page()
    found: list[tuple[str, Any]] = []
    page.on("pageerror", lambda error: found.append((page.url, str(error))))
    page.on("dialog", _dismiss(found))
    for path in paths:
        page.goto(live.url + path, wait_until="domcontentloaded")
        if inject:
            page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x9q onerror=\"__canary=1\">')")
            page.wait_for_timeout(300)
        canary, seen = page.evaluate("[window.__canary ?? null, window.__seen]")
        if canary is not None or seen:
            found.append((path, (canary, seen)))
    context.close()
    return found


def _dismiss(found: list[tuple[str, Any]]) -> Callable[[Any], None]:
    def note(dialog: Any) -> None:
        found.append(("dialog", dialog.message))
        dialog.dismiss()

    return note
