"""Reads of drafts: only ever one's own."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.visible import thread_is_visible
from forum.boards.models import Board
from forum.content.excerpt import excerpt
from forum.core.i18n import gettext as _
from forum.drafts.models import Draft
from forum.threads.models import Thread

SHOWN = 100
KNOWN = "draft_version"  # the field of a form that says which version its words go on from


@dataclass(frozen=True, slots=True)
class Held:
    """A draft as a form is filled with it. Version 0: none is kept."""

    version: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] | None = None
    saved_at: dt.datetime | None = None

    def under(self, form: Mapping[str, str]) -> "Held":
        """For a form drawn with what it sent instead of this: it knows no newer version than it knew then."""
        return replace(self, version=version_of(form.get(KNOWN)))


@dataclass(frozen=True, slots=True)
class Row:
    """A draft in the list. `href` leads to its form, and is None where that is not open to the member any more."""

    place: str
    title: str
    words: str
    href: str | None
    saved_at: dt.datetime


NOTHING = Held()


def version_of(text: str | None) -> int:
    """The version that a form names; 0 where it knows none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def of_place(session: Session, viewer: Actor, place: str) -> Held:
    """What the viewer typed in this place."""
    return _of(session, viewer, Draft.place == place).get(place, NOTHING)


def of_thread(session: Session, viewer: Actor, thread_id: int) -> dict[str, Held]:
    """What the viewer typed in a thread, by place; no query for guests."""
    return {} if viewer.id is None else _of(session, viewer, Draft.thread_id == thread_id)


def all_of(session: Session, viewer: Actor) -> Sequence[Row]:
    """All that the viewer has not sent, the latest first; in one query."""
    rows = session.execute(
        select(Draft.place, Draft.fields, Draft.saved_at, Thread.id, Thread.slug, Thread.title)
        .outerjoin(Thread, Thread.id == Draft.thread_id)
        .outerjoin(Board, and_(Board.id == Thread.board_id, thread_is_visible(viewer)))
        .add_columns(Board.id)
        .where(Draft.member_id == viewer.id)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .limit(SHOWN)
    )
    found = []
    for place, fields, saved_at, thread_id, slug, title, board_id in rows:
        there = board_id is not None
        found.append(
            Row(
                place=place, title=fields.get("title") or (title if there else _("Something new")),
                words=excerpt(fields.get("body", ""), 200), saved_at=saved_at,
                href=_href(place, f"/t/{thread_id}/{slug}") if there or thread_id is None else None,
            )
        )
    return found


def _of(session: Session, viewer: Actor, which: ColumnElement[bool]) -> dict[str, Held]:
    rows = session.scalars(select(Draft).where(Draft.member_id == viewer.id, which))
    return {row.place: Held(row.version, row.fields, row.other_fields, row.saved_at) for row in rows}


def _href(place: str, thread: str) -> str:
    """The form that a place is."""
    kind, _dash, number = place.rpartition("-")
    pages = {"p": f"/p/{number}/reply", "edit": f"/p/{number}/revision", "new": "/ask"}
    return pages.get(kind, f"{thread}#answer")
