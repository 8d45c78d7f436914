"""Saving a page of the editor: into the draft, whatever was typed; or unsaved, where somebody else was quicker."""

from collections.abc import Callable

from flask import redirect, request
from werkzeug.datastructures import ImmutableMultiDict

from forum.core.errors import Conflict, DomainError
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, said
from forum.extensions import db
from forum.reputation import actions, draft
from forum.reputation.draft import Draft
from forum.reputation.typed import Data

Form = ImmutableMultiDict[str, str]
Change = Callable[[Data, Form], Data]
Shown = Callable[[Draft, str | None], str]


def save(change: Change, shown: Shown, address: Callable[[Data], str]) -> Page:
    """Save what the form carries, and go on to an address; or show the page again where somebody else was quicker.

    Args:
        address: where to go on to, by what the draft holds then.
    """
    return _saved(change, address, lambda refusal: _unsaved(change, shown, refusal))


def arrange(change: Change, shown: Shown, address: Callable[[Data], str]) -> Page:
    """The same for a page whose buttons act at once: where somebody else was quicker, it shows what there is now."""
    return _saved(change, address, lambda refusal: _undone(shown, refusal))


def version() -> int | None:
    """The version of the draft that the form shows."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def number(text: str) -> int:
    """A place that a button carries; -1, which there is not, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


def _saved(change: Change, address: Callable[[Data], str], refused: Callable[[DomainError], Page]) -> Page:
    form = request.form
    try:
        with acting() as (session, actor):
            row = actions.change_draft(session, actor, version() or 0, lambda data: change(data, form))
            onward = address(row.data)
    except Conflict as refusal:
        return refused(refusal)
    return redirect(onward, 303)


def _unsaved(change: Change, shown: Shown, refusal: DomainError) -> Page:
    held = draft.read(db.session())
    if held is None:
        return _gone(refusal)
    who = held.by or _("Somebody")
    typed = draft.checked(held.version, change(held.data, request.form), held.origin, held.by, held.at)
    return shown(typed, _(
        "%(name)s changed the draft after you opened this page. Below is what you typed, on top of it; it is not"
        " saved yet. Look at it once more and save.", name=who,
    )), 409


def _undone(shown: Shown, refusal: DomainError) -> Page:
    held = draft.read(db.session())
    if held is None:
        return _gone(refusal)
    who = held.by or _("Somebody")
    return shown(held, _(
        "%(name)s changed the draft after you opened this page. Below is how it is now; what you asked for is not done."
        " Do it again if it is still right.", name=who,
    )), 409


def _gone(refusal: DomainError) -> Page:
    said(str(refusal.message), "error")
    return redirect("/manage/rules", 303)
