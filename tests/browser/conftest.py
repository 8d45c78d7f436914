"""Real Chromium on the real server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.live import LiveServer
from tests.surfing import Surfer

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs Chromium. By default run the story, axe and one test of each thing people do."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser a run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask, database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    """The embedded server on the test's database, with a worker of its own."""
    running = LiveServer(database_url, tmp_path).start()
    yield running
    running.kill()  # an end in good order takes seconds, and nobody looks at it here


@pytest.fixture
def person(chromium: Browser, server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`person(surfer)` is a page of a browser of its own, signed in as the surfer if one is given."""
    contexts: list[BrowserContext] = []

    def enter(surfer: Surfer | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=server.url, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        contexts.append(context)
        if surfer is not None:
            name, _, value = surfer.cookie_header().partition("=")
            context.add_cookies([{"name": name, "value": value, "url": server.url}])
        context.set_default_timeout(30_000)
        return context.new_page()

    yield enter
    for context in contexts:
        context.close()
