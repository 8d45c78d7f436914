"""Which pages are kept for guests, what each one's version is, and what makes all of them out of date."""

import re
from typing import Any

from flask import Flask, abort, request
from limits import parse_many
from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm import UOWTransaction as FlushContext

from config import Settings
from forum.admin.models import SiteSetting
from forum.admin.queries import forget_site_settings
from forum.boards.models import Board, BoardModerator, Category
from forum.core.network import network_of
from forum.core.page_cache import REFUSED, Environ, KeptPages, Place
from forum.core.page_epoch import raise_epoch
from forum.core.page_versions import Versions
from forum.extensions import db, limiter
from forum.reputation import rulesets
from forum.reputation.models import RulesetVersion
from forum.threads.views import count_view

# A duplicate shows what stands for it.
_THREAD = """
    SELECT version, coalesce((SELECT value FROM page_epoch WHERE id = 1), 0),
    coalesce((SELECT original.version FROM thread original WHERE original.id = thread.duplicate_of_id), 0)
    FROM thread WHERE id = ?"""
_BOARD = """
    SELECT version, coalesce((SELECT value FROM page_epoch WHERE id = 1), 0) FROM board WHERE slug = ?"""
# Each new post raises its board's version, so the sum of them moves with every post anywhere. Boards are few.
_ALL_BOARDS = """
    SELECT coalesce(sum(version), 0), count(*), coalesce((SELECT value FROM page_epoch WHERE id = 1), 0) FROM board"""

_NUMBER = re.compile(r"\d{1,10}")
_CURSOR = re.compile(r"[0-9.\-_]{0,60}")


def _one_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words))


_SPAN = _one_of("week", "month", "year", "all")


def _seen(thread_id: str, *_rest: str) -> None:
    count_view(int(thread_id))


PLACES = (
    Place(
        re.compile(r"/t/(\d{1,9})/[^/]{1,200}"), _THREAD, {"page": _NUMBER, "after": _NUMBER, "from": _NUMBER},
        seen=_seen,
    ),
    Place(
        re.compile(r"/b/([^/]{1,100})"), _BOARD,
        {
            "kind": _one_of("question", "discussion", "idea"),
            "show": _one_of("unanswered", "unsolved", "solved", "top"), "span": _SPAN, "before": _CURSOR,
        },
    ),
    Place(
        re.compile(r"/"), _ALL_BOARDS,
        {"stream": _one_of("latest", "unanswered", "top"), "span": _SPAN, "before": _CURSOR},
    ),
    Place(re.compile(r"/boards"), _ALL_BOARDS, {}),
    Place(re.compile(r"/t/(\d{1,9})/[^/]{1,200}/conversation/\d{1,10}"), _THREAD, {"after": _NUMBER}),
)  # fmt: skip

# Whoever changes one of these changes pages of many addresses.
_FAR_REACHING = (SiteSetting, Category, BoardModerator, RulesetVersion)
# Of a board, what posts and members change by themselves, and what its version covers.
_COUNTED = frozenset({"thread_count", "member_count", "last_activity_at", "version"})


def register(app: Flask, settings: Settings) -> None:
    """Put the kept pages in front of Flask, and watch for what makes them out of date."""
    app.extensions["kept_pages"] = app.wsgi_app = in_front_of(app.wsgi_app, app, settings)  # type: ignore[method-assign]

    @app.before_request
    def refuse() -> None:
        if REFUSED in request.environ:
            abort(429)


def in_front_of(inner: Any, app: Flask, settings: Settings) -> KeptPages:
    """The middleware around `inner`, with a store of its own."""
    return KeptPages(
        inner, places=PLACES, versions=Versions(settings.database_url), hosts=settings.trusted_hosts,
        cookies=(app.config["SESSION_COOKIE_NAME"], app.config.get("REMEMBER_COOKIE_NAME", "remember_token")),
        allowed=_limit(app), on_epoch=_forget,
    )


def of(app: Flask) -> KeptPages:
    """The kept pages of an application."""
    pages: KeptPages = app.extensions["kept_pages"]
    return pages


def _forget() -> None:
    """What this process holds for some seconds is as old as the pages: the next are drawn from the database."""
    forget_site_settings()
    rulesets.forget()


def _limit(app: Flask) -> Any:
    """Counts kept pages by address as Flask-Limiter counts the others, under one name for all of them."""
    rules = parse_many(app.config["RATELIMIT_DEFAULT"])

    def allowed(environ: Environ) -> bool:
        if not limiter.enabled:
            return True
        network = network_of(environ.get("REMOTE_ADDR") or "127.0.0.1")
        try:
            return all(limiter.limiter.hit(rule, "kept pages", network) for rule in rules)
        except Exception:  # the store of counts is away: what Flask-Limiter does without it is as it was
            app.logger.warning("the counts of kept pages are out of reach")
            return True

    return allowed


@event.listens_for(db.session, "before_flush")
def _watch_rows(session: Session, _context: FlushContext, _rows: object) -> None:
    changed = (row for row in session.dirty if session.is_modified(row))
    if any(_reaches_far(row) for group in (session.new, session.deleted, changed) for row in group):
        raise_epoch(session)


def _reaches_far(row: object) -> bool:
    if isinstance(row, Board):
        state = inspect(row)
        return not state.persistent or any(
            attribute.history.has_changes() for attribute in state.attrs if attribute.key not in _COUNTED
        )
    return isinstance(row, _FAR_REACHING)


@event.listens_for(db.session, "do_orm_execute")
def _watch_statements(state: ORMExecuteState) -> None:
    writes = state.is_update or state.is_delete or state.is_insert
    if writes and state.bind_mapper is not None and issubclass(state.bind_mapper.class_, _FAR_REACHING):
        raise_epoch(state.session)
