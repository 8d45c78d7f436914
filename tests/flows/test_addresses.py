"""Addresses that are nearly right lead to the right one, for good; never to another site, and only those who read."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


@pytest.fixture
def reader(make: Factory, browse: Browse) -> Surfer:
    """Mara, on a site with the boards /b/brewing and, for staff alone, /b/back-room."""
    make.board("brewing")
    make.board("back-room", see_rank="staff")
    return browse(make.member("mara"))


@pytest.mark.parametrize(("asked", "right"), [
    ("/boards/", "/boards"),
    ("/boards//", "/boards"),
    ("/b/brewing/", "/b/brewing"),
    ("/b/brewing/?kind=idea&utm_source=%2F%2Fevil.example", "/b/brewing?kind=idea&utm_source=%2F%2Fevil.example"),
    ("/b/Brewing", "/b/brewing"),
    ("/b/BREWING/?show=top", "/b/brewing?show=top"),
    ("/b/Brewing/new?kind=idea", "/b/brewing/new?kind=idea"),
    ("/m/mara/", "/m/mara"),
    ("/m/Mara", "/m/mara"),
    ("/m/Mara?show=answers", "/m/mara?show=answers"),
    ("/m/Mara/ledger?month=2026-01", "/m/mara/ledger?month=2026-01"),
    ("/b/%E5%92%96%E5%95%A1/", "/b/%E5%92%96%E5%95%A1"),
    ("/b/a%3Fb%25/", "/b/a%3Fb%25"),
])
def test_what_is_nearly_right_leads_there(reader: Surfer, browse: Browse, asked: str, right: str) -> None:
    """With every word behind it, for a guest as for a member; HEAD alike."""
    answers = [reader.get(asked), reader.client.head(asked)]
    if "/new" not in asked and "/ledger" not in asked:  # those ask to sign in first
        answers.append(browse().get(asked))
    for answer in answers:
        assert (answer.status_code, answer.headers["Location"]) == (301, right)


def test_every_address_without_a_slash_is_found_with_one(app: Flask, reader: Surfer) -> None:
    """Whatever a page's address is made of."""
    paths = [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.endswith("/")
    ]
    assert len(paths) > 40
    for path in paths:
        answer = reader.get(f"{path}/")
        assert (answer.status_code, answer.headers.get("Location")) == (301, path)


@pytest.mark.parametrize("asked", [
    "//evil.example/", "//evil.example/boards/", "///evil.example/", "/\\evil.example/", "//evil.example/b/Brewing",
    "/https://evil.example/", "https://evil.example/", "/b//evil.example/", "//boards/", "//b/Brewing/",
    "/b/\r\nLocation: https://evil.example/", "/b/\r\nLocation: evil/", "/t/1//evil.example/", "/m/\\evil.example/",
])
def test_nothing_leads_to_another_site(reader: Surfer, asked: str) -> None:
    """Nowhere, or to a path of this site."""
    answer = reader.client.get("/", environ_overrides={"PATH_INFO": asked})
    target = answer.headers.get("Location", "/")
    assert answer.status_code in (301, 308, 404)
    assert urlsplit(target).netloc in ("", "localhost") and urlsplit(target).path.startswith("/"), target
    assert not target.startswith(("//", "/\\")) and "\n" not in target, target


def test_only_who_reads_is_led(reader: Surfer) -> None:
    """What is sent to a wrong address is refused there; what no page is at stays not there; a closed board too."""
    assert reader.post("/b/brewing/membership/").status_code == 404
    assert reader.post("/b/Brewing/membership").status_code == 404
    for nothing in ("/nothing/", "/sign-out/", "/b/brewing/membership/", "/b/nothing", "/"):
        answer = reader.get(nothing)
        assert (answer.status_code, "Location" in answer.headers) == (200 if nothing == "/" else 404, False), nothing
    assert reader.get("/b/back-room").status_code == 404
    assert reader.get("/b/Back-Room").headers["Location"] == reader.get("/b/back-room/").headers["Location"]
