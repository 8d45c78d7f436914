"""The room's blueprint, and what its doors share."""

from flask import Blueprint, g, redirect, request
from flask import session as cookie
from werkzeug.wrappers import Response

from forum.access.actors import Actor
from forum.core import errors
from forum.core.pagination import LARGEST_ID
from forum.core.templating import fill
from forum.doors import rule_url, viewer
from forum.extensions import db
from forum.threads import queries
from forum.threads.conversations import post_row
from forum.threads.routes.drawing import Pen

blueprint = Blueprint("threads", __name__)

ID = f"<int(max={LARGEST_ID}):%s>"
THREAD, POST = ID % "thread_id", ID % "post_id"
_CLEAR = "draft_clear"

# What a form page is drawn again for, with all that was typed; anything else is an error's page.
KEPT = (errors.Invalid, errors.TooMany, errors.Conflict, errors.Forbidden)


def number(text: str | None) -> int | None:
    """An id or a page from an address or a form; None for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST_ID:
        return int(text)
    return None


def to(path: str) -> Response:
    """Go to a page after a form was taken."""
    return redirect(path, 303)


def forget_draft(key: str) -> None:
    """Have the next page tell the browser that the draft kept under `key` has arrived."""
    cookie[_CLEAR] = key


def arrived_draft() -> str | None:
    """The key of the draft that has arrived, once."""
    key = cookie.pop(_CLEAR, None) if _CLEAR in cookie else None
    return str(key) if key else None


def problems(error: errors.DomainError) -> tuple[dict[str, str], str, int]:
    """What was wrong with a form: by field, in one sentence that belongs to no field, and the status to answer with."""
    g.rule_url = rule_url(error)
    if isinstance(error, errors.Invalid):
        fields = {name: str(text) for name, text in error.fields.items() if name}
        return fields, "" if fields else str(error.message), error.status
    return {}, str(error.message), error.status


def votes_fragment(thread_id: int, post_id: int) -> str:
    """The box of votes beside a post, drawn anew for who is asking."""
    session, actor = db.session(), viewer()
    head, row = post_row(session, actor, thread_id, post_id)
    return fill(Pen.of(head, actor).votes(row))


def post_fragment(post_id: int) -> str | Response:
    """A post with the conversation below it, drawn anew; a page where it is not drawn on its thread's page."""
    session, actor = db.session(), viewer()
    found = queries.node_of(session, actor, _thread_of(actor, post_id), post_id)
    if found is None:
        return to(queries.post_path(session, actor, post_id))
    head, node = found
    return fill(Pen.of(head, actor).post(node))


def _thread_of(actor: Actor, post_id: int) -> int:
    return queries.visible_post(db.session(), actor, post_id).thread_id


def here() -> str:
    """The path of this request with its query."""
    return request.full_path.rstrip("?")
