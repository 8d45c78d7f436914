"""What Flask draws and the built files: compressed once, for those who take it."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.factory import Factory
from tests.security.walking import addresses, community
from tests.surfing import Surfer

TAKES = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize("some", [slice(None, None, 3), pytest.param(slice(None), marks=pytest.mark.slow)], ids=str)
def test_members_pages_are_compressed_once(
    app: Flask, make: Factory, browse: Callable[..., Surfer], some: slice
) -> None:
    """Every page of every address (or every third): the same words either way, compressed exactly once."""
    there = community(app, make)
    admin = browse(there.admin)
    compressed = 0
    for _endpoint, path in addresses(app, "GET", there.values)[some]:
        packed, plain = admin.get(path, headers=TAKES), admin.get(path)
        assert "Content-Encoding" not in plain.headers, path
        if packed.headers.get("Content-Encoding") != "gzip":
            assert len(packed.data) < 600 or packed.status_code >= 300, path
            continue
        compressed += 1
        page = gzip.decompress(packed.data)
        assert not page.startswith(b"\x1f\x8b"), path
        assert abs(len(page) - len(plain.data)) < 200, path  # tokens and times differ, no more
        assert packed.content_length == len(packed.data), path
        assert "Accept-Encoding" in packed.headers["Vary"], path
        assert "no-store" in packed.headers["Cache-Control"], path
    assert compressed > 20 / (some.step or 1)


def test_built_files_are_compressed(app: Flask, browse: Callable[..., Surfer]) -> None:
    """Scripts, styles and icons; fonts are compressed already; ranges and conditions go on working."""
    for file in (Path(app.static_folder or "") / "dist").iterdir():
        path = f"/static/dist/{file.name}"
        plain, packed = browse().get(path), browse().get(path, headers=TAKES)
        assert plain.data == file.read_bytes()
        if file.suffix == ".woff2":
            assert "Content-Encoding" not in packed.headers
        else:
            assert gzip.decompress(packed.data) == plain.data, path
            assert "Accept-Encoding" in packed.headers["Vary"]
        tag = packed.headers["ETag"]
        known = browse().get(path, headers={**TAKES, "If-None-Match": tag})
        assert known.status_code == 304
        part = browse().get(path, headers={**TAKES, "Range": "bytes=0-9"})
        assert (part.status_code, part.data) == (206, plain.data[:10])
        for answer in (plain, packed, known, part):
            answer.close()
