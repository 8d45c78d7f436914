"""A form for writing stands still while its script comes: the toolbar has its room from the start."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factory import Factory
from tests.sampling import always
from tests.surfing import Surfer

_SHIFTS = """window.__moved = []; new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    for (const one of entry.sources) window.__moved.push(one.node?.className ?? "");
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("width", always([1280, 375], 375))
def test_the_text_does_not_jump(
    make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page], width: int
) -> None:
    """Neither on a desk nor on a phone."""
    make.board("kettles")
    page = person(browse(make.member()), viewport={"width": width, "height": 800})
    page.add_init_script(_SHIFTS)
    for path in ("/ask", "/b/kettles/new"):
        page.goto(path, wait_until="networkidle")
        assert page.get_by_role("toolbar").is_visible()
        assert "composer-input" not in page.evaluate("window.__moved"), path
