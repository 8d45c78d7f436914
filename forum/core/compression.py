"""Answers that Flask draws for one person are compressed once, on their way out.

Kept guest pages come compressed from their store (`page_cache`) and are not touched here. What pages hold in
secret, the CSRF token, is signed anew each second, so its length in a compressed page tells nothing (BREACH).
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from werkzeug.wrappers import Response

from forum.core.page_cache import KEEP, takes_gzip

LEVEL = 1  # a third of the time of level 6, for a seventh more bytes (decision 023)
LEAST = 600  # bytes: less fits into one packet anyway
_TEXTS = frozenset(
    {
        "text/html", "text/css", "text/javascript", "text/plain", "text/csv", "application/javascript",
        "application/json", "application/problem+json", "application/atom+xml", "application/xml",
        "image/svg+xml",
    }
)


def register(app: Flask) -> None:
    """Compress texts for those who take it."""

    @app.after_request
    def compress(response: Response) -> Response:
        if (
            KEEP in request.environ
            or response.status_code not in (200, 403, 404, 422)
            or response.mimetype not in _TEXTS
            or "Content-Encoding" in response.headers
            or (response.is_streamed and request.endpoint != "static")
        ):
            return response
        response.vary.add("Accept-Encoding")
        if not takes_gzip(request.headers.get("Accept-Encoding", "")) or request.method == "HEAD":
            return response
        if request.endpoint == "static":
            return _static(response, Path(app.static_folder or "") / (request.view_args or {})["filename"])
        body = response.get_data()
        if len(body) >= LEAST:
            _set(response, gzip.compress(body, LEVEL, mtime=0))
        return response


def _static(response: Response, path: Path) -> Response:
    """A built file, compressed well and once. Ranges of it are of the file as it is."""
    if response.status_code == 200 and "Content-Range" not in response.headers and "/dist/" in path.as_posix():
        packed = _packed(path)
        response.close()
        response.direct_passthrough = False
        _set(response, packed)
    return response


@lru_cache(64)
def _packed(path: Path) -> bytes:
    """The file compressed; its name changes with its content."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _set(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
