"""Adding pictures through the door that people use, and seeing them in posts."""

import io
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from PIL import Image

from forum.core import ratelimit
from forum.uploads import encoding
from tests.conftest import days_ago
from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.making import declared_png, drawn, moving, rows, send, stored, turned, upload, uploaded

Drain = Callable[[], None]
Browse = Callable[..., Surfer]


def opened(content: bytes) -> Image.Image:
    """The picture that was served."""
    return Image.open(io.BytesIO(content))


def test_a_photograph_becomes_clean_webp_in_sizes(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """It is turned upright, loses its EXIF and its original, and is there in widths for phones; never upscaled."""
    mia = browse(make.member("mia"))
    answer = upload(mia, turned(6, (1600, 1200)), "IMG_1.JPG")
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["width"], answer.json["height"], answer.json["note"]) == (1200, 1600, "")
    address = answer.json["address"]
    assert [name.split("/")[0] for name in stored(app)] == ["originals"]
    drain()
    found = {width: opened(mia.get(f"{address}/{width}").data) for width in (480, 960, 1200)}
    assert {width: image.size for width, image in found.items()} == {
        480: (480, 640), 960: (960, 1280), 1200: (1200, 1600)
    }
    whole = mia.get(address)
    assert whole.mimetype == "image/webp" and opened(whole.data).format == "WEBP"
    assert opened(whole.data).size == (1200, 1600)
    red, _green, blue = opened(whole.data).convert("RGB").getpixel((600, 100))  # type: ignore[misc]
    assert red > 200 > 60 > blue  # what was left is at the top now
    for image in found.values():
        assert not image.getexif() and "icc_profile" not in image.info and "xmp" not in image.info
    assert b"Canary" not in whole.data
    assert not [name for name in stored(app) if name.startswith("originals")]
    assert mia.get(f"{address}/1920").status_code == mia.get(f"{address}/481").status_code == 404


def test_the_first_picture_of_an_opening_is_on_its_card(make: Factory, browse: Browse) -> None:
    """Whole, for those who share the thread; a thread without one has that of the community."""
    member = make.member("mia")
    mia, board = browse(member), make.board()
    first, second = uploaded(mia), uploaded(mia, drawn(size=(80, 40)))
    thread = make.thread(board, member, body=f"Look:\n\n![the rim]({first})\n\n![the lid]({second})")
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    card = re.search(r'<meta property="og:image" content="([^"]+)">', page)
    assert card is not None and card[1].startswith(f"http://localhost{first}")
    assert browse().get(card[1].removeprefix("http://localhost"), buffered=True).mimetype == "image/webp"
    plain = make.thread(board, member)
    page = browse().get(f"/t/{plain.id}/{plain.slug}").get_data(as_text=True)
    assert '<meta property="og:image" content="http://localhost/static/share.png">' in page


def test_while_the_job_runs_a_placeholder_fills_its_place(
    app: Flask, make: Factory, browse: Browse, drain: Drain
) -> None:
    """The post says at once how large the picture will be, in which widths; nothing of the original is sent."""
    member = make.member("mia")
    mia, guest = browse(member), browse()
    original = drawn("JPEG", (3000, 1000))
    address = uploaded(mia, original)
    thread = make.thread(make.board(), member, body=f"Look:\n\n![the rim]({address})")
    page = guest.get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    img = re.search(rf'<a href="{address}">(<img [^>]*>)</a>', page)
    assert img is not None
    for attribute in (
        'alt="the rim"', 'width="680"', 'height="227"', 'loading="lazy"', 'sizes="min(680px, 100vw)"',
        f'srcset="{address}/480 480w, {address}/960 960w, {address}/1920 1920w"',
    ):
        assert attribute in img[1]
    before = guest.get(f"{address}/480")
    assert before.status_code == 200 and before.headers["Cache-Control"] == "private, no-store"
    assert opened(before.data).size == (480, 160) and len(before.data) < 50  # of the same shape, or the page jumps
    drain()
    after = guest.get(f"{address}/480")
    assert opened(after.data).size == (480, 160)
    assert "immutable" in after.headers["Cache-Control"]
    again = guest.get(f"{address}/480", headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("PNG", {"mode": "RGBA"}), ("PNG", {"mode": "L"}), ("PNG", {"mode": "I;16"}), ("PNG", {"mode": "P"}),
     ("PNG", {"mode": "1"}), ("PNG", {"mode": "LA"}), ("JPEG", {}), ("JPEG", {"mode": "CMYK"}), ("JPEG", {"mode": "L"}),
     ("WEBP", {}), ("GIF", {}), ("AVIF", {})],
)  # fmt: skip
def test_all_kinds_are_taken_whatever_the_name(
    app: Flask, make: Factory, browse: Browse, drain: Drain, kind: str, options: dict[str, str]
) -> None:
    """The content decides; names and stated types do not."""
    mia = browse(make.member("mia"))
    address = uploaded(mia, drawn(kind, **options))  # type: ignore[arg-type]
    drain()
    answer = mia.get(address)
    assert opened(answer.data).size == (64, 48)
    assert rows(app)[0].state == "ready"


def test_a_sixteen_bit_gray_keeps_its_light(app: Flask) -> None:
    """65,535 is white, not cut off."""
    file = io.BytesIO()
    Image.new("I;16", (8, 8), 32768).save(file, "PNG")
    _width, content = next(encoding.encode(file.getvalue(), 8, 8))
    assert abs(opened(content).convert("L").getpixel((4, 4)) - 128) < 4  # type: ignore[operator]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera(orientation: int) -> None:
    """The red left half ends up where EXIF says."""
    size = (64, 48) if orientation < 5 else (48, 64)
    _width, content = next(encoding.encode(turned(orientation), *size))
    image = opened(content).convert("RGB")
    assert image.size == size
    spot = {1: (8, 24), 2: (56, 24), 3: (56, 24), 4: (8, 24), 5: (24, 8), 6: (24, 8), 7: (24, 56), 8: (24, 56)}
    red, _green, blue = image.getpixel(spot[orientation])  # type: ignore[misc]
    assert red > 200 > 60 > blue


def test_moving_pictures_become_their_first_frame(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """And the one who adds it is told."""
    mia = browse(make.member("mia"))
    answer = upload(mia, moving(3))
    assert answer.json is not None and "first moment" in answer.json["note"]
    drain()
    assert getattr(opened(mia.get(answer.json["address"]).data), "n_frames", 1) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a picture first"), (drawn() + b"x" * (7 * 1024 * 1024), "7.1 MB; 5 MB is the most"),
        (b"hello", "JPEG, PNG, WebP, GIF and AVIF work"), (drawn("TIFF"), "JPEG, PNG, WebP, GIF and AVIF work"),
        (drawn()[:40], "damaged"), (declared_png(5001, 5000), "25 million"), (declared_png(0, 5), "damaged"),
    ],
    ids=["empty", "7 MB", "text", "TIFF", "cut off", "pixels", "nothing wide"],
)
def test_a_refusal_says_what_to_do(
    app: Flask, make: Factory, browse: Browse, content: bytes, words: str
) -> None:
    """As JSON for the script, as a message above the kept text for a form; nothing is stored."""
    mia = browse(make.member("mia"))
    answer = upload(mia, content)
    assert answer.status_code == 422 and answer.json is not None
    assert words in answer.json["detail"]
    thread = make.thread(make.board(), make.member("ann"))
    page = f"/t/{thread.id}/{thread.slug}"
    form = {"body": "My long and precious text.", "composer": "answer"}
    back = send(mia, "/uploads", form, content, headers={"Referer": f"http://localhost{page}"})
    shown = mia.get(back.headers["Location"]).get_data(as_text=True)
    assert words in shown and "My long and precious text." in shown
    assert rows(app) == [] and stored(app) == []


def test_a_damaged_picture_shows_its_words(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """A file whose header is fine and whose rest is not: its job marks it, and its address is empty."""
    member = make.member("mia")
    mia = browse(member)
    address = uploaded(mia, drawn("JPEG", (600, 400))[:900])
    drain()
    assert rows(app)[0].state == "broken" and stored(app) == []
    assert mia.get(address).status_code == 404


@pytest.mark.parametrize("posted", ["before", "after"])
def test_who_added_a_damaged_picture_is_told(
    app: Flask, make: Factory, browse: Browse, drain: Drain, posted: str
) -> None:
    """One notice that leads to the post, whether its job ran before or after that was sent; nobody else is told."""
    mia, otto = browse(make.member("mia")), browse(make.member("otto"))
    make.board("kettles")
    address = uploaded(mia, drawn("JPEG", (600, 400))[:900])
    if posted == "after":
        drain()
        drain()
        assert "A picture that you added is damaged" in mia.get("/notifications").text
    form = {"title": "Look at this kettle", "kind": "discussion", "body": f"![x]({address})"}
    made = mia.post("/b/kettles/new", form)
    drain()
    drain()
    told = mia.get("/notifications").text
    assert told.count("is damaged") == 1
    assert "A picture in your post is damaged" in told and "Look at this kettle" in told
    thread = made.headers["Location"].split("/")[2]
    post = re.search(r'href="(/p/\d+)"', told)
    assert post is not None and mia.get(post[1]).headers["Location"].startswith(f"/t/{thread}/")
    assert "damaged" not in otto.get("/notifications").text


def test_without_script_the_form_comes_back_filled(app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
    """In every composer: the text is kept, the picture's Markdown stands at its end, with the words that were given."""
    ann, board = make.member("ann", rank="sprout"), make.board("kettles")
    thread = make.thread(board, make.member("otto"))
    answer = make.answer(thread, ann)
    own = make.thread(board, ann, title="My own question here")
    hand = browse(ann)
    for page, more in (
        ("/b/kettles/new", {"title": "A title that stays", "kind": "discussion"}),
        (f"/t/{thread.id}/{thread.slug}", {"composer": "composer-body"}),
        (f"/t/{thread.id}/{thread.slug}", {"parent_id": str(answer.id), "composer": f"reply-{answer.id}"}),
        (f"/t/{own.id}/{own.slug}", {"composer": "details"}),
        (f"/p/{answer.id}/revision", {}), (f"/p/{answer.id}/reply", {"parent_id": str(answer.id)}),
    ):
        form = {**more, "body": "Kept.", "alt": "a [red] lid"}
        sent = send(hand, "/uploads", form, drawn(), headers={"Referer": f"http://localhost{page}"})
        assert sent.status_code == 303 and sent.headers["Location"].startswith(page)
        shown = hand.get(sent.headers["Location"]).get_data(as_text=True)
        address = rows(app)[-1].address
        assert f"Kept.\n\n![a red lid]({address})\n</textarea>" in shown, page
        assert more.get("title", "") in shown
        assert shown.count(address) == 1


def test_a_page_that_only_answers_posts_names_its_own(app: Flask, make: Factory, browse: Browse) -> None:
    """A refused reply stands at an address without a page: its button leads to the reply's page."""
    ann = make.member("ann", rank="sprout")
    thread = make.thread(make.board(), ann)
    answer = make.answer(thread, ann)
    hand = browse(ann)
    refused = hand.post(f"/t/{thread.id}/replies", {"body": " ", "parent_id": str(answer.id)}).get_data(as_text=True)
    found = re.search(r'formaction="(/uploads\?page=[^"]+)"', refused)
    assert found is not None
    form = {"body": "Kept.", "parent_id": str(answer.id)}
    back = send(hand, found[1], form, drawn(), headers={"Referer": f"http://localhost/t/{thread.id}/replies"})
    assert back.headers["Location"].startswith(f"/p/{answer.id}/reply?kept=")
    elsewhere = hand.post("/uploads?page=//evil.example/", {"body": "Kept."})
    assert elsewhere.headers["Location"].startswith("/")
    assert "evil.example" not in elsewhere.headers["Location"]


def test_the_rank_says_how_many(app: Flask, make: Factory, browse: Browse) -> None:
    """A Seed's post shows three, a day takes eight; a Sprout's ten; staff are not counted. /ranks says so."""
    seed, sprout, staff = make.member("seed"), make.member("sprout", rank="sprout"), make.member("mo", role="moderator")
    make.board("kettles")
    form = {"title": "Look at these pictures", "kind": "discussion"}
    for member, taken, refused in ((seed, 3, 4), (sprout, 10, 11), (staff, 12, None)):
        hand = browse(member)
        addresses = [uploaded(hand) for _number in range(min(taken + 1, 8))]
        marks = [f"![x]({addresses[place % len(addresses)]})" for place in range(taken)]
        if refused:
            answer = hand.post("/b/kettles/new", form | {"body": "\n".join([*marks, marks[0]])})
            assert answer.status_code == 422
            assert f"{taken} pictures in a post" in answer.get_data(as_text=True)
        assert hand.post("/b/kettles/new", form | {"body": "\n".join(marks)}).status_code == 303
    hand = browse(seed)
    for _number in range(4):
        uploaded(hand)
    ninth = upload(hand, drawn())
    assert ninth.status_code == 429 and ninth.json is not None
    assert "Those were your 8 pictures for today" in ninth.json["detail"]
    assert int(ninth.headers["Retry-After"]) > 0
    ranks = browse().get("/ranks").get_data(as_text=True)
    for words in ("Pictures in a post 3 at first, 10 from Sprout on", "Pictures a day 8 at first, 40 from Sprout on"):
        assert words in " ".join(re.sub("<[^>]+>", " ", ranks).split())


def test_ten_a_minute(app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECURITY's limit, for everybody."""
    counting = SimpleNamespace(enabled=True, limiter=MovingWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(ratelimit, "limiter", counting)
    hand = browse(make.member("mo", role="moderator"))
    assert [upload(hand, drawn()).status_code for _number in range(11)] == [201] * 10 + [429]


def test_who_may_not_write_adds_nothing(app: Flask, make: Factory, browse: Browse) -> None:
    """Guests are led to sign in with their text kept; the silenced are told why."""
    guest = browse()
    answer = send(guest, "/uploads", {"body": "Kept for me."}, drawn())
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]
    silenced = browse(make.member("sid", silenced_until=days_ago(-1)))
    refused = upload(silenced, drawn())
    assert refused.status_code == 403 and refused.json is not None
    assert "not write" in refused.json["detail"]
    assert rows(app) == [] and stored(app) == []
