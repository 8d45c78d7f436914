"""Adding pictures as people do: chosen, pasted, dragged; with progress, words, and no jump of the page."""

import base64
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.making import uploaded

Person = Callable[..., Page]
_HAND_OVER = """([kind, bytes, type]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], "shot.png", { type }));
  const area = document.querySelector("#composer-body");
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
  return !area.dispatchEvent(event);
}"""


# A placeholder is see-through; a picture made of a JPEG is not.
_SHOWS = """(image) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.drawImage(image, 0, 0);
  return pen.getImageData(1, 1, 1, 1).data[3] === 255;
}"""


def picture(width: int, height: int, noise: bool = False) -> bytes:
    """A JPEG; with noise it takes some hundred kilobytes."""
    image = Image.new("RGB", (width, height), "olive")
    if noise:
        image = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def hand_over(page: Page, kind: str, content: bytes, mime: str = "image/jpeg") -> bool:
    """Paste or drop a file on the text; whether the page took it over from the browser."""
    return bool(page.evaluate(_HAND_OVER, [kind, base64.b64encode(content).decode(), mime]))


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 375])
def test_pictures_find_their_way_into_a_post(
    make: Factory, browse: Callable[..., Surfer], person: Person, tmp_path: Path, width: int
) -> None:
    """Choose, paste, drop; describe; post; a guest sees them in their place."""
    mia = make.member("mia", rank="sprout")
    make.board("kettles")
    page = person(browse(mia), viewport={"width": width, "height": 800}, bypass_csp=True)  # axe is a script of its own
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/b/kettles/new")
    page.check("#kind-discussion")
    page.get_by_label("Title").fill("Three pictures of one kettle")
    text = page.locator("#composer-body")
    text.fill("First words.\n\nLast words.")
    text.evaluate("area => area.setSelectionRange(12, 12)")

    # Chosen: a slow line shows how far it is, and a text that is not whole is not sent.
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    line.send("Network.emulateNetworkConditions", slow)
    chosen = tmp_path / "IMG_0001.jpg"
    chosen.write_bytes(picture(700, 500, noise=True))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add picture").click()
    chooser.value.set_files(chosen)
    expect(page.get_by_role("progressbar", name="Sending the picture")).to_be_visible()
    page.get_by_role("button", name="Post it").click()
    expect(page.get_by_text("still on its way")).to_be_visible()
    bar = page.locator(".picture-item progress")
    seen = set()
    while bar.is_visible():
        seen.add(float(bar.evaluate("bar => bar.value")))
    assert [value for value in seen if 0 < value < 1]
    line.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    words = page.get_by_label("Describe it for those who cannot see it").locator("visible=true")
    expect(words).to_have_count(1)
    assert page.url.endswith("/b/kettles/new")
    words.fill("The [kettle] from the side")
    expect(text).to_have_value(
        re.compile(r"^First words\.\n\n!\[The kettle from the side\]\(/u/[0-9a-f]{32}\)\n\nLast words\.$")
    )

    # Pasted and dropped; what is no picture says what works, and a pasted text stays the browser's.
    assert hand_over(page, "paste", picture(300, 900))
    expect(words).to_have_count(2)
    assert hand_over(page, "dragover", b"") and hand_over(page, "drop", picture(60, 40))
    expect(words).to_have_count(3)
    assert hand_over(page, "drop", b"hello", "text/plain")
    expect(page.get_by_text("JPEG, PNG, WebP, GIF and AVIF work")).to_be_visible()
    assert text.input_value().count("](/u/") == 3
    page.get_by_role("button", name="Remove the picture").nth(2).click()
    expect(words).to_have_count(2)
    assert text.input_value().count("](/u/") == 2
    problems = Axe().run(page).response["violations"]
    assert not problems, [(one["id"], one["nodes"][0]["html"]) for one in problems]
    assert page.evaluate("document.documentElement.scrollWidth") == width

    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".composer-preview img")).to_have_count(2)
    page.get_by_role("button", name="Post it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Three pictures of one kettle")
    assert faults == []
    _look_as_a_guest(person(viewport={"width": width, "height": 800}), page.url)


def _look_as_a_guest(guest: Page, url: str) -> None:
    guest.add_init_script(
        "window.__shift = 0; new PerformanceObserver((list) => {"
        " for (const entry of list.getEntries()) window.__shift += entry.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    images = guest.locator(".prose img")
    for _look in range(50):  # until the worker has made them small and clean
        guest.goto(url)
        expect(images).to_have_count(2)
        for image in images.all():
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", True)
        assert guest.evaluate("window.__shift") == 0  # neither with the placeholder nor with the picture
        if min(image.evaluate(_SHOWS) for image in images.all()):
            break
        guest.wait_for_timeout(100)
    assert images.first.get_attribute("alt") == "The kettle from the side"
    assert images.first.evaluate("image => image.naturalWidth") > 200
    assert guest.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reply_below_a_post_takes_pictures_too(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Person
) -> None:
    """The small form under each post; when the line breaks the text stays and it can be tried again."""
    mia = make.member("mia", rank="sprout")
    thread = make.thread(make.board(), mia)
    answer = make.answer(thread, make.member("otto", rank="sprout"))
    page = person(browse(mia))
    page.goto(f"/t/{thread.id}/{thread.slug}")
    post = page.locator(f"#p-{answer.id}")
    post.locator("summary", has_text="Reply").click()
    area = post.locator("textarea")
    area.fill("Look.")
    page.route("**/uploads", lambda route: route.abort())
    file = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(600, 400)}
    post.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(post.get_by_text("did not get through")).to_be_visible()
    expect(area).to_have_value("Look.")
    page.unroute("**/uploads")
    post.get_by_role("button", name="Try again").click()
    post.get_by_label("Describe it").fill("Limescale at the spout")
    post.get_by_role("button", name="Post reply").click()
    shown = page.get_by_role("img", name="Limescale at the spout")
    expect(shown).to_be_visible()
    box = shown.bounding_box()
    assert box is not None and round(box["width"] / box["height"], 1) == 1.5


def test_pictures_of_a_draft_can_be_described_later(
    make: Factory, browse: Callable[..., Surfer], person: Person
) -> None:
    """On another device too: the tray follows the text, so what came with it has its words and can be taken out."""
    mia = browse(make.member("mia", rank="sprout"))
    make.board("kettles")
    first, second = uploaded(mia), uploaded(mia)
    marks = f"![Picture]({first})\n\n![The lid]({second})"
    page = person(mia)
    page.goto("/b/kettles/new")
    text, words = page.locator("#composer-body"), page.get_by_label("Describe it for those who cannot see it")
    text.fill(f"Look.\n\n{marks}")
    expect(words).to_have_count(2)
    expect(words.nth(0)).to_have_value("")
    expect(words.nth(1)).to_have_value("The lid")
    words.nth(0).fill("The spout")
    expect(text).to_have_value(f"Look.\n\n![The spout]({first})\n\n![The lid]({second})")
    page.get_by_role("button", name="Remove the picture").nth(1).click()
    expect(text).to_have_value(f"Look.\n\n![The spout]({first})\n\n")
    text.fill("Without any.")
    expect(words).to_have_count(0)


def test_what_failed_bears_its_name(make: Factory, browse: Callable[..., Surfer], person: Person) -> None:
    """Of several files at once, one sees which was refused."""
    make.board("kettles")
    page = person(browse(make.member("mia", rank="sprout")))
    page.goto("/b/kettles/new")
    files: list[FilePayload] = [
        {"name": "kettle.jpg", "mimeType": "image/jpeg", "buffer": picture(60, 40)},
        {"name": "notes <b>.txt", "mimeType": "text/plain", "buffer": b"hello"},
    ]
    page.locator("input[type=file]").set_input_files(files)
    expect(page.get_by_text("notes <b>.txt: This is not a picture")).to_be_visible()
    expect(page.locator(".picture-item.has-failed")).to_have_count(1)
