"""Doors: the fairness report, and deciding about its cases."""

from urllib.parse import urlencode

from flask import redirect, render_template, request

from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said, viewer
from forum.extensions import db
from forum.moderation.actions import fairness
from forum.moderation.fairness_page import fairness_list, fairness_page
from forum.moderation.forms import DismissForm, VoidForm
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.routes.queue import ID, undo_of

CASE = f"/moderation/fairness/<{ID}:fairness_id>"


@blueprint.get("/moderation/fairness")
@needs("staff")
def patterns() -> Page:
    """What stands out and waits for a decision; or what was decided."""
    show, after = request.args.get("show", "open"), request.args.get("after")
    page = fairness_list(db.session(), viewer(), show=show, after=after)
    words = {"show": show} if show != "open" else {}
    newest = "/moderation/fairness" + ("?" + urlencode(words) if words else "")
    return render_template(
        "moderation/fairness.html", page=page, show=show, newest=newest if after else None,
        following="/moderation/fairness?" + urlencode({**words, "after": page.after}) if page.after else None,
    )


@blueprint.get(CASE)
@needs("staff")
def pattern(fairness_id: int) -> Page:
    """One case with its evidence."""
    return _case(fairness_id, VoidForm(), DismissForm())


@blueprint.post(f"{CASE}/voiding")
@needs("staff")
def void_pattern(fairness_id: int) -> Page:
    """Have its votes count no more."""
    form = VoidForm()
    try:
        if not form.validate():
            raise Invalid({})
        with acting() as (session, actor):
            entry = fairness.void(session, actor, fairness_id, form.why.data, form.note.data or "")
            undo_path = undo_of(entry.id)
    except Invalid as error:
        form.take_errors(error)
        return _case(fairness_id, form, DismissForm(formdata=None), error.status)
    except Conflict as error:
        return _stands_in_the_way(fairness_id, error)
    said(_("These votes no longer count. The members read why, but not from whom."), undo=undo_path)
    return redirect("/moderation/fairness", 303)


@blueprint.post(f"{CASE}/dismissal")
@needs("staff")
def dismiss_pattern(fairness_id: int) -> Page:
    """Find it in order."""
    form = DismissForm()
    try:
        if not form.validate():
            raise Invalid({})
        with acting() as (session, actor):
            undo_path = undo_of(fairness.dismiss(session, actor, fairness_id, form.reason.data or "").id)
    except Invalid as error:
        form.take_errors(error)
        return _case(fairness_id, VoidForm(formdata=None), form, error.status)
    except Conflict as error:
        return _stands_in_the_way(fairness_id, error)
    said(_("Found in order. It comes back only with new evidence."), undo=undo_path)
    return redirect("/moderation/fairness", 303)


def _stands_in_the_way(fairness_id: int, error: Conflict) -> Page:
    said(str(error.message), "error")
    return redirect(f"/moderation/fairness/{fairness_id}", 303)


def _case(fairness_id: int, void_form: VoidForm, dismiss_form: DismissForm, status: int = 200) -> Page:
    page = render_template(
        "moderation/fairness_case.html", case=fairness_page(db.session(), viewer(), fairness_id), void_form=void_form,
        dismiss_form=dismiss_form,
    )
    return page, status
