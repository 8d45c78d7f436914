"""Addresses that are nearly those of a page: with a slash behind them, or a board's name in capitals."""

import re
from urllib.parse import quote

from flask import current_app, request
from werkzeug.exceptions import HTTPException

_FILES = ("/u/", "/static/")  # pictures, styles and scripts: their addresses are written by us alone
_BOARD = re.compile(r"\A/b/[^/]+")  # slugs of boards are lower-case (content/slugs.py)


def nearly() -> str | None:
    """The path that was meant by a request to read what is not there; None if it meant none.

    Only the spelling is looked at, not what there is: so it tells nothing of what is closed to whoever asks.
    """
    if request.method not in ("GET", "HEAD") or request.path.startswith(_FILES):
        return None
    path = _BOARD.sub(lambda board: board[0].lower(), request.path.rstrip("/"), count=1)
    if path in ("", request.path) or "//" in path or not _is_page(path):
        return None
    return quote(path)


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True
