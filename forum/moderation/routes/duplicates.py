"""Doors: marking a thread as a duplicate of another, by moderators and by those whose rank opens it."""

import re
from urllib.parse import urlsplit

from flask import render_template

from forum.access import guardian
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.core.network import own_host
from forum.doors import Page, acting, back, needs, said, viewer
from forum.extensions import db
from forum.moderation.actions.duplicates import mark_duplicate, unmark_duplicate
from forum.moderation.forms import DuplicateForm, errors_of
from forum.moderation.queries import thread_to_steer
from forum.moderation.routes.blueprint import blueprint

ID = "int(max=2147483647)"
_THREAD = re.compile(r"/t/(\d{1,9})(?:/.*)?", re.ASCII)


@blueprint.get(f"/t/<{ID}:thread_id>/duplicate")
@needs("member")
def duplicate_form(thread_id: int) -> Page:
    """Of which thread?"""
    return _form(thread_id, DuplicateForm())


@blueprint.post(f"/t/<{ID}:thread_id>/duplicate")
@needs("member")
def duplicate(thread_id: int) -> Page:
    """Mark a thread as a duplicate of the one that the form names."""
    form = DuplicateForm()
    try:
        with acting() as (session, actor):
            mark_duplicate(session, actor, thread_id, _number(form.original.data or ""))
    except Invalid as error:
        form.take_errors(error)
        return _form(thread_id, form, error.status)
    except Conflict as error:
        said(str(error.message), "error")
    else:
        message = _("Marked as a duplicate. Whoever opens it sees where it is answered.")
        said(message, undo=f"/t/{thread_id}/duplicate/undo")
    return back(f"/t/{thread_id}")


@blueprint.post(f"/t/<{ID}:thread_id>/duplicate/undo")
@blueprint.delete(f"/t/<{ID}:thread_id>/duplicate")
@needs("member")
def no_duplicate(thread_id: int) -> Page:
    """It is a question of its own after all."""
    try:
        with acting() as (session, actor):
            unmark_duplicate(session, actor, thread_id)
    except Conflict as error:
        said(str(error.message), "error")
    else:
        said(_("It is no duplicate any more, and takes answers again."))
    return back(f"/t/{thread_id}")


def _number(text: str) -> int | None:
    """The id in a number or in an address of a thread of this site; None for anything else."""
    words = text.strip()
    if words.isascii() and words.removeprefix("#").isdigit() and len(words) < 10:
        return int(words.removeprefix("#"))
    try:
        parts = urlsplit(words)
    except ValueError:
        return None
    found = _THREAD.fullmatch(parts.path)
    if found is None or parts.netloc not in ("", own_host()):
        return None
    return int(found[1])


def _form(thread_id: int, form: DuplicateForm, status: int = 200) -> Page:
    thread, board = thread_to_steer(db.session(), viewer(), thread_id)
    guardian.require(guardian.may_mark_duplicate(viewer(), thread, board), viewer())
    page = render_template(
        "moderation/duplicate.html", form=form, title=thread.title, href=f"/t/{thread.id}/{thread.slug}",
        errors=errors_of(form),
    )
    return page, status
