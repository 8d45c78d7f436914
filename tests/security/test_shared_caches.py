"""T35: a second visitor never gets the first one's page, and no header that one sends changes what others get."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum.core.page_cache import VARY
from tests.factory import Factory
from tests.sampling import always
from tests.security.walking import Community, addresses, community
from tests.surfing import Surfer

CANARY = "zq9canary"
FORGED = (
    {"X-Forwarded-Host": f"{CANARY}.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"},
    {"Forwarded": f"for=198.51.100.1;host={CANARY}.example;proto=https", "X-Forwarded-Prefix": f"/{CANARY}"},
    {"X-Original-URL": f"/{CANARY}", "X-Rewrite-URL": f"/{CANARY}", "X-HTTP-Method-Override": "POST"},
    {"Host": "localhost:4711", "Origin": f"https://{CANARY}.example", "Referer": f"https://{CANARY}.example/"},
    {"Accept-Language": f"xx-{CANARY}, de;q=0.9, *;q=0"}, {"Accept-Language": "\xff" * 40},
    {"Cookie": f"theme={CANARY}; lang=zh; viewer=1"}, {"User-Agent": CANARY, "Accept": f"text/{CANARY}"},
    {"Range": "bytes=0-10", "If-Range": '"x"'}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
)  # fmt: skip
OWN_PAGES = ("/join", "/sign-in", "/reset")


@pytest.fixture
def there(app: Flask, make: Factory) -> Community:
    """One of everything."""
    return community(app, make)


def text(answer: TestResponse) -> str:
    """Body and headers as one text; a picture's bytes too."""
    return answer.get_data().decode("latin-1") + str(answer.headers)


def told(answer: TestResponse) -> tuple[bytes, list[tuple[str, str]]]:
    """Body and headers, without the moment."""
    return answer.data, [(name, value) for name, value in answer.headers if name != "Date"]


def is_kept(answer: TestResponse) -> bool:
    """Whether a cache may hold it."""
    return "no-store" not in answer.headers["Cache-Control"]


def test_guest_pages_hold_nothing_personal(app: Flask, there: Community, browse: Callable[..., Surfer]) -> None:
    """Every public address: kept pages have no token, form, nonce or cookie; all others are never stored."""
    kept = []
    for endpoint, path in addresses(app, "GET", there.values):
        answer = browse().get(path)
        page = text(answer)
        if not is_kept(answer):
            assert answer.headers["Cache-Control"] == "private, no-store", path
            continue
        if answer.headers["Cache-Control"].startswith("private"):
            continue  # a picture, in the browser of who saw it
        kept.append(endpoint)
        assert "Set-Cookie" not in answer.headers, path
        assert answer.headers["Vary"] == VARY, path
        for word in ("csrf", "nonce", 'method="post"', "data-here", "data-live"):
            assert word not in page, (path, word)
    assert set(kept) >= {"boards.home", "boards.index", "boards.board", "threads.thread", "threads.conversation"}
    assert not any(is_kept(browse().get(path)) for path in OWN_PAGES)


@pytest.mark.parametrize(
    "forged", always(FORGED, FORGED[0], FORGED[3], FORGED[6]), ids=lambda headers: next(iter(headers))
)
def test_forged_headers_change_nothing(
    app: Flask, there: Community, browse: Callable[..., Surfer], forged: dict[str, str]
) -> None:
    """Whether the forger comes first (poison) or second, every address answers what it answers anybody."""
    for _endpoint, path in addresses(app, "GET", there.values):
        if path.startswith(("/healthz", "/readyz")):
            continue
        forger = app.test_client(use_cookies=False)  # its Cookie header goes out as it is
        poisoned, clean = forger.get(path, headers=forged), browse().get(path)
        again, after = forger.get(path, headers=forged), browse().get(path)
        for answer in (poisoned, clean, again, after):
            assert CANARY not in text(answer) and ":4711" not in text(answer), (path, forged)
        if is_kept(clean):
            assert told(clean) == told(after), path
            for answer in (poisoned, again):
                if answer.status_code == 200:  # else it is what they asked for: nothing new, or a part
                    assert told(answer) == told(clean), path


def test_nobody_gets_the_page_of_another(app: Flask, there: Community, browse: Callable[..., Surfer]) -> None:
    """Guest, member, guest, another member at each address: each their own, and members' pages are never stored."""
    people = {None: "", there.author: f"/m/{there.author.name}/ledger", there.other: f"/m/{there.other.name}/ledger"}
    for path in (f"/t/{there.thread.id}/{there.thread.slug}", f"/b/{there.board.slug}", "/", "/boards"):
        guest = browse().get(path)
        for member, own in people.items():
            answer = browse(member).get(path)
            page = answer.get_data(as_text=True)
            assert is_kept(answer) == (member is None)
            for name in filter(None, people.values()):
                assert (name in page) == (name == own), (path, name)
            assert browse().get(path).data == guest.data


def test_a_foreign_host_is_refused_though_the_page_is_kept(there: Community, browse: Callable[..., Surfer]) -> None:
    """T12 holds in front of Flask too."""
    path = f"/t/{there.thread.id}/{there.thread.slug}"
    assert browse().get(path).status_code == 200
    for host in ("evil.example", "localhost.evil.example", "localhost:80@evil.example", "localhost,evil.example"):
        assert browse().get(path, headers={"Host": host}).status_code == 400, host
