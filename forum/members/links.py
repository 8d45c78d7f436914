"""Doors of mailed links: confirming an address, setting a new password. A link itself (GET) changes nothing."""

from flask import current_app, redirect, render_template, request

from forum.core import ratelimit
from forum.core.errors import Conflict, DomainError, Invalid, NotFound, TooMany
from forum.core.i18n import gettext as _
from forum.core.i18n import language
from forum.core.tokens import address_key
from forum.doors import Page, acting, needs, said, viewer
from forum.extensions import db
from forum.members import actions, passwords, queries
from forum.members.addresses import address
from forum.members.blueprint import blueprint
from forum.members.forms import AddressForm, NewPasswordForm
from forum.threads.models import Thread


@blueprint.get("/confirm/<token>")
@needs("public")
def confirm(token: str) -> Page:
    """A page with one button: mail programs follow links, people press buttons."""
    if not queries.link_is_open(db.session(), token, "confirm"):
        return _stale("confirm")
    return render_template("members/confirm.html", token=token)


@blueprint.post("/confirm/<token>")
@needs("public")
def confirm_address(token: str) -> Page:
    """Confirm; what waited for it is published."""
    try:
        with acting() as (session, actor):
            confirmed = actions.confirm_address(session, actor, token)
            thread = session.get(Thread, confirmed.thread_ids[-1]) if confirmed.thread_ids else None
            target = f"/t/{thread.id}/{thread.slug}" if thread else "/"
    except NotFound:
        return _stale("confirm")
    except Conflict as error:
        return render_template("members/stale_link.html", purpose="taken", message=error.message), error.status
    if target != "/":
        said(_("Your address is confirmed, and your question is published."))
    else:
        said(_("Your address is confirmed."))
    return redirect(target if viewer().id == confirmed.member_id or target != "/" else "/sign-in", 303)


@blueprint.get("/reset")
@needs("public")
def reset() -> Page:
    """Which address?"""
    return render_template("members/reset.html", form=AddressForm(), sent=False)


@blueprint.post("/reset")
@needs("public")
def ask_reset() -> Page:
    """The same words and the same work, whether somebody has this address or not."""
    form = AddressForm()
    try:
        form.require()
        email = address(form.text("email"))
        with passwords.turn():
            passwords.spend()
        if _may_be_mailed(address_key(email)):
            with acting() as (session, actor):
                actions.ask_reset(session, actor, email, language())
    except Invalid as error:
        form.take_errors(error)
        return render_template("members/reset.html", form=form, sent=False), error.status
    return render_template("members/reset.html", form=form, sent=True)


@blueprint.get("/reset/<token>")
@needs("public")
def new_password(token: str) -> Page:
    """The form for the new password."""
    if not queries.link_is_open(db.session(), token, "reset"):
        return _stale("reset")
    return render_template("members/new_password.html", form=NewPasswordForm(), token=token)


@blueprint.post("/reset/<token>")
@needs("public")
def set_password(token: str) -> Page:
    """Keep the new password; whoever was signed in anywhere has to sign in with it."""
    form = NewPasswordForm()
    if not queries.link_is_open(db.session(), token, "reset"):
        return _stale("reset")
    try:
        form.require()
        passwords.check(form.text("password"))
        db.session.rollback()
        with passwords.turn():
            hashed = passwords.hashed(form.text("password"))
        with acting() as (session, actor):
            actions.reset_password(session, actor, token, hashed)
    except NotFound:
        return _stale("reset")
    except DomainError as error:
        form.take_errors(error)
        return render_template("members/new_password.html", form=form, token=token), error.status
    said(_("Your password is changed. Please sign in with the new one."))
    return redirect("/sign-in", 303)


def _stale(purpose: str) -> Page:
    return render_template("members/stale_link.html", purpose=purpose, message=None), 404


def _may_be_mailed(key: str) -> bool:
    """Whether asking once more can lead to a mail at all (the job itself counts the mails that go out)."""
    try:
        ratelimit.check("mail", key)
    except TooMany:
        current_app.logger.info("mail limit reached on %s", request.path)
        return False
    return True
