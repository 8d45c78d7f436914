"""T4, T21, T22: what is uploaded never runs, never fills the memory, and chooses no name."""

import io
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import GifImagePlugin, Image

from forum.core.errors import Invalid
from forum.uploads import encoding
from forum.uploads.inspection import inspect
from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.making import declared_png, declared_webp, drawn, moving, rows, stored, upload, uploaded

HTML = b"<html><script>__canary=1</script></html>"
RUNNING = {
    "html": HTML,
    "html with a bom": b"\xef\xbb\xbf" + HTML,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='__canary=1'/>",
    "svg with a prolog": b"<?xml version='1.0'?><!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    "xml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    "xhtml": b"<html xmlns='http://www.w3.org/1999/xhtml'><script>__canary=1</script></html>",
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(1)>>>>endobj",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(id) system\n",
    "script": b"#!/bin/sh\necho canary\n",
    "gif in name only": b"GIF89a/*" + HTML,
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "ico": b"\0\0\1\0\1\0\x10\x10\0\0\1\0 \0" + b"\0" * 60,
}
NAMES = (
    "../../wsgi.py", "..\\..\\wsgi.py", "/etc/passwd", "a\x00.png", "CON", "nul.png", "shell.php", "x.svg", "x.html",
    "x" * 300 + ".png", "<img src=x onerror=__canary=1>.png", "‮gnp.exe", ".htaccess", "a/b/../../c.png", "",
)  # fmt: skip


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """No test here may take more than 3 GB of addresses beyond what there is: a bomb that goes off is an error."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size + 3 * 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("content", RUNNING.values(), ids=RUNNING.keys())
@pytest.mark.parametrize("name", ["picture.png", "picture.svg"])
def test_what_could_run_is_refused(
    app: Flask, make: Factory, browse: Callable[..., Surfer], content: bytes, name: str
) -> None:
    """Whatever it is called; nothing of it is stored."""
    before = stored(app)
    assert upload(browse(make.member("mia")), content, name).status_code == 422
    assert rows(app) == [] and stored(app) == before


@pytest.mark.parametrize("kind", ["GIF", "JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_a_page_too_is_written_anew(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], kind: str
) -> None:
    """T4: HTML in a comment, in EXIF or behind the end is left behind; what is sent is WebP and may do nothing."""
    mia = browse(make.member("mia"))
    options: dict[str, object] = {"comment": HTML} if kind in ("GIF", "JPEG") else {}
    if kind in ("JPEG", "WEBP"):
        exif = Image.Exif()
        exif[0x010E] = HTML.decode()
        options["exif"] = exif.tobytes()
    content = drawn(kind, **options) + HTML  # type: ignore[arg-type]
    assert HTML in content
    address = uploaded(mia, content)
    for path in (address, f"{address}/64"):
        assert b"canary" not in mia.get(path).data  # before the job
    drain()
    for path in (address, f"{address}/64"):
        answer = mia.get(path, headers={"Accept": "text/html"})
        assert b"canary" not in answer.data and answer.data[8:12] == b"WEBP"
        assert answer.mimetype == "image/webp"
        assert answer.headers["Content-Disposition"] == "inline"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name in stored(app) if name.startswith("originals/")]


@pytest.mark.parametrize(
    "bomb", [declared_png(50_000, 50_000), declared_webp(16_384, 16_384), declared_png(2**31 - 1, 1)]
)
def test_a_bomb_of_pixels_is_refused_from_its_header(
    app: Flask, make: Factory, browse: Callable[..., Surfer], monkeypatch: pytest.MonkeyPatch, bomb: bytes
) -> None:
    """T21: nothing is decoded, no memory of that size is asked for."""
    monkeypatch.setattr(Image.Image, "load", lambda _image: pytest.fail("its pixels were read"))
    answer = upload(browse(make.member("mia")), bomb)
    assert answer.status_code == 422 and answer.json is not None
    assert "25 million" in answer.json["detail"]
    assert rows(app) == []


def test_a_canvas_is_read_before_the_reader_asks_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's reader of WebP takes memory for the whole canvas as it opens the file: it never gets to."""
    monkeypatch.setattr(Image, "open", lambda *_all, **_more: pytest.fail("the reader was asked"))
    with pytest.raises(Invalid):
        inspect(io.BytesIO(declared_webp(16_384, 16_384)))


def test_too_many_frames_are_refused_from_the_header(
    app: Flask, make: Factory, browse: Callable[..., Surfer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T21: 1,001 frames of a GIF or a WebP, and 10,000; a GIF of small pieces without end. None is decoded."""
    film = io.BytesIO()
    frames = [Image.new("L", (1, 1), number % 2 * 255) for number in range(1_001)]
    frames[0].save(film, "WEBP", save_all=True, append_images=frames[1:], duration=10)
    monkeypatch.setattr(Image.Image, "load", lambda *_all, **_more: pytest.fail("a frame was decoded"))
    mia = browse(make.member("mia"))
    pieces = moving(1)[:-2] + b"\x01x" * 2_000_000
    for content in (moving(1_001), moving(10_000), film.getvalue(), pieces, moving(1)[:19] + b"x" * 4_000_000):
        answer = upload(mia, content)
        assert answer.status_code == 422 and answer.json is not None
        assert "more than 1,000 frames" in answer.json["detail"]
    assert rows(app) == [] and stored(app) == []


def test_a_thousand_frames_cost_as_much_as_one(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """T21: an animation is its first frame; nobody seeks or decodes the others."""
    sought: list[int] = []
    real = GifImagePlugin.GifImageFile._seek

    def seek(image: GifImagePlugin.GifImageFile, frame: int, update_image: bool = True) -> None:
        sought.append(frame)
        real(image, frame, update_image)

    monkeypatch.setattr(GifImagePlugin.GifImageFile, "_seek", seek)
    mia = browse(make.member("mia"))
    address = uploaded(mia, moving(1_000))
    drain()
    assert sought and max(sought) <= 1  # whether there is a second one is asked, to say that it moves
    assert rows(app)[0].state == "ready" and mia.get(address).status_code == 200


def test_a_header_that_lies_does_not_get_through_the_job(app: Flask) -> None:
    """The job looks at the size itself."""
    with pytest.raises(encoding.Undecodable):
        next(encoding.encode(declared_png(50_000, 50_000), 10, 10))


@pytest.mark.parametrize("name", NAMES)
def test_names_are_made_here(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], name: str
) -> None:
    """T22: whatever a file is called, it lies under the storage's own names, and its name is nowhere."""
    before = set(stored(app))
    mia = browse(make.member("mia"))
    answer = upload(mia, drawn(), name)
    assert answer.status_code == 201 and answer.json is not None
    public_id = answer.json["address"].removeprefix("/u/")
    assert set(public_id) <= set("0123456789abcdef") and len(public_id) == 32
    assert set(stored(app)) - before == {f"originals/{public_id}"}
    drain()
    assert set(stored(app)) - before == {f"pictures/{public_id[:2]}/{public_id}/64.webp"}


@pytest.mark.parametrize(
    "path", ["../originals/{id}", "{id}/../../x", "{id}/64.webp", "{id}/-1", "{id}/0", "{id}/99999", "{up}", "%2e%2e/x",
             "{id}%00", "{id}/64/", "originals"],
)  # fmt: skip
def test_addresses_lead_to_pictures_only(
    app: Flask, make: Factory, browse: Callable[..., Surfer], path: str
) -> None:
    """No address reaches an original or another file, and none is an error of ours."""
    mia = browse(make.member("mia"))
    public_id = uploaded(mia).removeprefix("/u/")
    answer = mia.get("/u/" + path.format(id=public_id, up=public_id.upper()))
    assert answer.status_code in (308, 400, 404), path
    assert b"PNG" not in answer.data[:8]


def test_a_form_that_is_far_too_large_is_cut_short(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """Guests' forms end at 6 MiB, members' uploads at 16: beyond, nothing is read."""
    guest, mia = browse(), browse(make.member("mia"))
    assert upload(guest, b"x" * (7 * 2**20)).status_code == 413
    assert upload(mia, b"x" * (7 * 2**20)).status_code == 422
    assert upload(mia, b"x" * (17 * 2**20)).status_code == 413
