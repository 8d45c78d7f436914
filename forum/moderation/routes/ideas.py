"""Doors: what becomes of an idea."""

from flask import render_template, request

from forum.access import guardian
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, back, needs, said, viewer
from forum.extensions import db
from forum.moderation.actions import ideas
from forum.moderation.queries import thread_to_steer
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.routes.queue import undo_of

THREAD = "<int(max=2147483647):thread_id>"
FIELDS = ("state", "when", "reason")


@blueprint.get(f"/t/{THREAD}/state")
@needs("queue")
def idea_state_form(thread_id: int) -> Page:
    """Under review, planned, done or declined?"""
    return _form(thread_id)


@blueprint.post(f"/t/{THREAD}/state")
@needs("queue")
def set_idea_state(thread_id: int) -> Page:
    """Say what becomes of an idea: `state`, for a planned one `when`, and a `reason` that people read."""
    given = {name: request.form.get(name, "") for name in FIELDS}
    try:
        with acting() as (session, actor):
            entry = ideas.set_idea_state(
                session, actor, thread_id, state=given["state"], planned_for=given["when"], reason=given["reason"]
            )
            undo_path = undo_of(entry.id)
    except (Invalid, Conflict) as error:
        return _form(thread_id, given, error)
    said(_("Said. Its author and all who want it are told."), undo=undo_path)
    return back(f"/t/{thread_id}")


@blueprint.post(f"/t/{THREAD}/state/undo")
@blueprint.delete(f"/t/{THREAD}/state")
@needs("queue")
def undo_idea_state(thread_id: int) -> Page:
    """Take back what was said last."""
    with acting() as (session, actor):
        ideas.undo_idea_state(session, actor, thread_id)
    said(_("Taken back."))
    return back(f"/t/{thread_id}")


def _form(thread_id: int, given: dict[str, str] | None = None, error: Invalid | Conflict | None = None) -> Page:
    """The form, with all that was typed."""
    thread, board = thread_to_steer(db.session(), viewer(), thread_id)
    guardian.require(guardian.may_moderate(viewer(), board.id), viewer())
    fields = {name: str(text) for name, text in error.fields.items()} if isinstance(error, Invalid) else {}
    page = render_template(
        "moderation/idea.html", thread=thread, errors=fields,
        given=given or {"state": thread.idea_state or "", "when": thread.idea_when or "", "reason": ""},
        message=str(error.message) if error is not None and not fields else "",
    )
    return page, error.status if error is not None else 200
