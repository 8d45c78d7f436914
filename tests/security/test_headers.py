"""T12, T36 and the headers of every answer."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.headers import HEADERS
from tests.factory import Factory
from tests.security.walking import addresses, community
from tests.surfing import Surfer


def test_every_answer_carries_the_headers(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """Pages, redirects, errors, static files: the policy, no framing, no sniffing; members' pages are not kept."""
    there = community(app, make)
    for member in (None, there.author):
        surfer = browse(member)
        paths = [path for _endpoint, path in addresses(app, "GET", there.values)]
        for path in [*paths, "/nothing-here", "/static/dist/manifest.json"]:
            answer = surfer.get(path)
            answer.close()
            picture = path.startswith("/u/")
            for name, value in HEADERS.items():
                if not (picture and name == "Content-Security-Policy"):
                    assert answer.headers.get(name) == value, (path, name)
            if picture:  # may do less still
                assert answer.mimetype == "image/webp"
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox; ")
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            if picture:
                assert answer.headers["Cache-Control"].startswith("private, ")
            elif member is not None and not path.startswith("/static"):
                assert "no-store" in answer.headers["Cache-Control"], path


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_a_foreign_host_is_refused(app: Flask, host: str) -> None:
    """T12: 400, and the forwarded host does not count either."""
    client = app.test_client()
    assert client.get("/", headers={"Host": host}).status_code == 400
    page = client.get("/join", headers={"X-Forwarded-Host": host, "X-Forwarded-Proto": "https"})
    assert page.status_code == 200
    assert "evil.example" not in page.get_data(as_text=True)
