"""What a guest's browser loads for a thread of 20 posts: bytes on the wire, requests, shifts of the layout."""

from typing import Any

from playwright.sync_api import sync_playwright

SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 500);
})"""


def weigh(url: str) -> dict[str, Any]:
    """Open the page in Chromium on a phone's screen with an empty cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 760})
        answers = []
        page.on("requestfinished", lambda request: answers.append(request))
        page.goto(url, wait_until="networkidle")
        shift = page.evaluate(SHIFTS)
        weight = {"document": 0, "script": 0, "stylesheet": 0, "font": 0, "other": 0}
        for request in answers:
            kind = request.resource_type if request.resource_type in weight else "other"
            weight[kind] += request.sizes()["responseBodySize"]
        foreign = [request.url for request in answers if not request.url.startswith((url[: url.index("/t/")], "data:"))]
        browser.close()
    return {"requests": len(answers), "foreign": len(foreign), "shift": round(shift, 4), **weight}
