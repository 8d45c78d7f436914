"""What is seen of a page in Chromium: faults that axe finds, sideways scrolling, and what moved while it loaded."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}}
SHIFTS = """window.__moved = []; new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    for (const one of entry.sources)
      window.__moved.push(`${one.node?.className ?? one.node?.nodeName} ${entry.value.toFixed(4)}`);
}).observe({ type: "layout-shift", buffered: true });"""


def shifted(page: Page) -> list[str]:
    """What has moved on a page with the script `SHIFTS`: the class of each, and by how much."""
    moved: list[str] = page.evaluate("window.__moved")
    return moved


def problems(page: Page, name: str) -> list[str]:
    """What axe finds, and how much wider than the screen the page is; `name` says where."""
    found = []
    for problem in Axe().run(page, options=RULES).response["violations"]:
        nodes = "; ".join(node["html"][:160] for node in problem["nodes"][:3])
        found.append(f"{name}: {problem['id']}: {nodes}")
    overflow = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    if overflow > 0:
        found.append(f"{name}: {overflow}px wider than the screen")
    return found
