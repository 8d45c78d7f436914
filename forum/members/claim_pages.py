"""Doors: saying that an imported profile is one's own, and deciding about it."""

from flask import redirect, render_template, request

from forum.core.errors import DomainError
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said, viewer
from forum.extensions import db
from forum.members import actions, claims
from forum.members.blueprint import blueprint
from forum.members.forms import ClaimForm

CLAIM = "/moderation/claims/<int(max=2147483647):claim_id>"


@blueprint.get("/settings/claims")
@needs("member")
def own_claims() -> Page:
    """The form, with the name that a profile's link brought, and what became of earlier claims."""
    return _own(ClaimForm(name=request.args.get("name", "")))


@blueprint.post("/settings/claims")
@needs("member")
def ask_claim() -> Page:
    """Ask for a profile."""
    form = ClaimForm()
    try:
        form.require()
        with acting() as (session, actor):
            actions.ask_claim(session, actor, name=form.text("name"), words=form.text("words"))
    except DomainError as error:
        form.take_errors(error)
        return _own(form, error.status)
    said(_("Thank you. Somebody of the team looks at it."))
    return redirect("/settings/claims", 303)


@blueprint.post("/settings/claims/undo")
@blueprint.delete("/settings/claims")
@needs("member")
def withdraw_claim() -> Page:
    """Take the claim back."""
    with acting() as (session, actor):
        actions.withdraw_claim(session, actor)
    said(_("Your claim is withdrawn."))
    return redirect("/settings/claims", 303)


@blueprint.get("/moderation/claims")
@needs("staff")
def claims_to_decide() -> Page:
    """All claims that wait."""
    return render_template("members/claims.html", claims=claims.waiting_claims(db.session()), own=viewer().name)


@blueprint.post(f"{CLAIM}/approval")
@needs("staff")
def approve_claim(claim_id: int) -> Page:
    """The profile and the member become one."""
    with acting() as (session, actor):
        actions.approve_claim(session, actor, claim_id)
    said(_("Both are one member now."))
    return redirect("/moderation/claims", 303)


@blueprint.post(f"{CLAIM}/refusal")
@needs("staff")
def refuse_claim(claim_id: int) -> Page:
    """They stay two."""
    with acting() as (session, actor):
        actions.refuse_claim(session, actor, claim_id)
    said(_("The claim is refused."))
    return redirect("/moderation/claims", 303)


def _own(form: ClaimForm, status: int = 200) -> Page:
    found = claims.own_claims(db.session(), viewer())
    return render_template("members/settings_claims.html", form=form, part="profile", claims=found), status
