"""Doors of invitations: one's own, and the link by which somebody wants none."""

from flask import Blueprint, render_template

from forum.access import guardian
from forum.access.actors import SYSTEM
from forum.core.errors import DomainError
from forum.core.i18n import gettext as _
from forum.core.i18n import language
from forum.core.unit_of_work import unit_of_work
from forum.doors import Page, acting, back, needs, rule_url, said, settings, viewer
from forum.extensions import db
from forum.invitations import actions, queries
from forum.invitations.forms import InvitationForm
from forum.notifications import links

blueprint = Blueprint("invitations", __name__)


@blueprint.get("/invitations")
@needs("member")
def index() -> Page:
    """The form, and what became of the invitations so far."""
    return _page(InvitationForm())


@blueprint.post("/invitations")
@needs("member")
def invite() -> Page:
    """Have an invitation mailed."""
    form = InvitationForm()
    try:
        form.require()
        with acting() as (session, actor):
            actions.invite(session, actor, form.text("email"), settings().privacy_key, language())
    except DomainError as error:
        form.take_errors(error)
        return _page(form, error), error.status
    said(_("Your invitation is on its way."))
    return back("/invitations")


@blueprint.post("/invitations/<int(max=2147483647):invitation_id>/withdrawal")
@needs("member")
def withdraw(invitation_id: int) -> Page:
    """Make the link useless."""
    with acting() as (session, actor):
        actions.withdraw(session, actor, invitation_id)
    said(_("The invitation is withdrawn."))
    return back("/invitations")


@blueprint.get("/invitations/refusal/<token>")
@needs("public")
def refusal(token: str) -> Page:
    """One button to get no invitations any more (a link never acts by being opened)."""
    links.read_refusal_token(token)
    return render_template("invitations/refusal.html", token=token, done=False)


@blueprint.post("/invitations/refusal/<token>")
@needs("public")
def refuse(token: str) -> Page:
    """No invitation is mailed to this address again."""
    hashed = links.read_refusal_token(token)
    with unit_of_work() as session:
        actions.refuse_invitations(session, SYSTEM, hashed)
    return render_template("invitations/refusal.html", token=token, done=True)


def _page(form: InvitationForm, error: DomainError | None = None) -> str:
    rows = queries.invitations(db.session(), viewer())
    return render_template(
        "invitations/index.html", form=form, rows=rows, verdict=guardian.may_invite(viewer()),
        rule_url=rule_url(error) if error is not None else None,
    )
