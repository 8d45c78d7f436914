"""Doors of the chat room: reading works as plain pages, writing goes over the socket."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from forum.access import guardian, visible
from forum.access.guardian import MESSAGE_EDIT_WINDOW, Verdict
from forum.boards.models import Board
from forum.chat import actions, queries
from forum.chat.lines import lines
from forum.chat.models import LOBBY, Room
from forum.chat.queries import PAGE, RoomRow
from forum.chat.signs import SIGNS
from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said, viewer
from forum.extensions import db
from forum.realtime import presence

blueprint = Blueprint("chat", __name__)
AROUND = PAGE // 2  # messages shown below the one that a link leads to


@blueprint.get("/chat")
@needs("member")
def index() -> Page:
    """To the room where something is unread, else to the lobby."""
    return redirect(f"/chat/{queries.where_to_begin(queries.rooms(db.session(), viewer()))}", 303)


@blueprint.get("/chat/<slug>")
@needs("member")
def room(slug: str) -> Page:
    """A room: its newest messages, those before `?before=n`, or those around `?at=n`."""
    session, actor = db.session(), viewer()
    rooms, here = _rooms_with(slug)
    before, at = request.args.get("before", type=int), request.args.get("at", type=int)
    if at is not None:
        before = at + AROUND
    return render_template(
        "chat/room.html",
        rooms=rooms,
        people=presence.people(slug),
        may_close=here.board_id is not None and bool(guardian.may_moderate(actor, here.board_id)),
        openable=queries.boards_without_room(session, actor),
        **_talk(here, before),
    )


@blueprint.get("/chat/<slug>/dock")
@needs("member")
def docked(slug: str) -> Page:
    """A room as it stands in the dock of other pages: its newest messages and a choice of rooms."""
    rooms, here = _rooms_with(slug)
    return render_template("chat/docked.html", rooms=rooms, **_talk(here))


@blueprint.get("/chat/<slug>/rooms")
@needs("member")
def room_list(slug: str) -> Page:
    """The list of rooms beside a room, with what is unread by now (a page that stays open asks for it)."""
    rooms, here = _rooms_with(slug)
    return render_template("chat/_rooms.html", rooms=rooms, room=here)


def _rooms_with(slug: str) -> tuple[list[RoomRow], RoomRow]:
    """The viewer's rooms, and the one of this slug among them."""
    rooms = queries.rooms(db.session(), viewer())
    here = next((one for one in rooms if one.slug == slug), None)
    if here is None:
        raise NotFound
    return rooms, here


def _talk(here: RoomRow, before: int | None = None) -> dict[str, Any]:
    """What `chat/_talk.html` and the templates beside it are drawn from: the newest messages, or those before `n`."""
    actor = viewer()
    past = before is not None and 0 < before <= here.last_n
    messages = queries.history(db.session(), here.id, before if past else None)
    return {
        "room": here,
        "lines": lines(messages, here.read_n, actor.name),
        "earlier": messages[0].n if messages and messages[0].n > 1 else None,
        "past": past,
        "verdict": _may_write(here),
        "moderates": actor.moderates(here.board_id),
        "signs": SIGNS,
        "me": actor,
        "edit_hours": int(MESSAGE_EDIT_WINDOW.total_seconds() // 3600),
    }


def _may_write(here: RoomRow) -> Verdict:
    room, board = queries.loaded(db.session(), viewer(), here.slug) if here.id else (Room(slug=LOBBY), None)
    return guardian.may_chat(viewer(), room, board)


@blueprint.post("/chat/rooms")
@needs("member")
def open_room() -> Page:
    """Give a board its room (field `board`: its slug)."""
    with acting() as (session, actor):
        board = session.scalar(visible.boards(actor).where(Board.slug == request.form.get("board", "")))
        if board is None:
            raise NotFound
        slug = actions.open_room(session, actor, board)
    said(_("The room is open."))
    return redirect(f"/chat/{slug}", 303)


@blueprint.post("/chat/<slug>/closure")
@needs("member")
def close_room(slug: str) -> Page:
    """Close a board's room; it stays readable."""
    with acting() as (session, actor):
        actions.close_room(session, actor, slug)
    return redirect(f"/chat/{slug}", 303)


@blueprint.post("/chat/<slug>/closure/undo")
@blueprint.delete("/chat/<slug>/closure")
@needs("member")
def reopen_room(slug: str) -> Page:
    """Open a closed room again."""
    with acting() as (session, actor):
        actions.close_room(session, actor, slug, closed=False)
    return redirect(f"/chat/{slug}", 303)
