"""T11: after signing in one lands on this site, whatever `next` says."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask

from forum.doors import local_path
from tests.factory import Factory
from tests.surfing import Surfer

FOREIGN = [
    "//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "%2f%2fevil.example",
    "/%09/evil.example", "/\t/evil.example", "//localhost@evil.example", "javascript:alert(1)", "/\r\nX: y",
    "\\\\evil.example", " //evil.example", "///evil.example", "http:///evil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_next_stays_on_this_site(app: Flask, make: Factory, browse: Callable[..., Surfer], target: str) -> None:
    """Either the default or a path that a browser reads as one of this site."""
    with app.test_request_context():
        chosen = local_path(target)
    assert chosen.startswith("/") and not chosen.startswith(("//", "/\\"))
    assert not any(character in chosen for character in "\r\n\t\\")
    member = make.member("ann")
    surfer = browse(member)
    answer = surfer.post("/notifications/read", {"next": target})
    location = answer.headers["Location"]
    assert urlsplit(location).netloc in ("", "localhost")
    assert "evil" not in urlsplit(location).netloc
