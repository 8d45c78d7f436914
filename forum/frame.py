"""What the frame around every page shows: the community's name, who is signed in, the boards beside."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, g, get_flashed_messages, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from forum.access.actors import GUEST
from forum.admin.queries import site_settings
from forum.boards.queries import nav_boards
from forum.core.i18n import gettext, ngettext, page_language, pgettext
from forum.core.templating import token_slot
from forum.doors import settings, viewer
from forum.drafts.queries import NOTHING
from forum.extensions import db


def _boards() -> list[Any]:
    if "nav_boards" not in g:
        try:
            g.nav_boards = [] if g.get("degraded") else nav_boards(db.session(), viewer())
        except SQLAlchemyError:
            g.nav_boards = []
    boards: list[Any] = g.nav_boards
    return boards


def _site() -> Any:
    if "site" not in g:
        g.site = site_settings(db.session(), degraded=bool(g.get("degraded")))
    return g.site


# What makes a page of its own, beside its path; all else in an address is left out of the canonical one.
PAGED = ("page", "before", "after", "stream", "kind", "show", "period", "board", "axis")


def own_address() -> str:
    """The canonical address of this page: absolute, with the words that make it another page than its path alone."""
    words = [(name, request.args[name]) for name in PAGED if request.args.get(name)]
    return settings().base_url + quote(request.path) + (f"?{urlencode(words)}" if words else "")


def register(app: Flask) -> None:
    """Give templates what the frame needs; a query is made only when a template asks for it."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        actor = GUEST if g.get("degraded") else viewer()
        return {
            "site": LocalProxy(_site),
            "nav_boards": LocalProxy(_boards),
            "viewer": None if actor.is_guest else actor,
            "lang": page_language(),
            "here": request.path,
            "base_url": settings().base_url,
            "own_address": own_address(),
        }

    app.jinja_env.globals.update(
        csrf_token=token_slot,
        get_flashed_messages=get_flashed_messages,
        gettext=gettext,
        ngettext=ngettext,
        pgettext=pgettext,
        _=gettext,
        no_draft=NOTHING,
        mail_in_files=lambda: settings().mail_in_files,
    )
