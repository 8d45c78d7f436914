"""Doors of the admin room: the community's words, the mail in files, the end of the demo."""

from pathlib import Path

from flask import Blueprint, redirect, render_template, url_for
from flask import session as cookie
from flask_login import logout_user

from forum.access.actors import load_actor
from forum.admin import actions, uprooting
from forum.admin import outbox as kept
from forum.admin.forms import ManagerForm, WordsForm
from forum.admin.queries import demo_boards, demo_sign_ins, has_own_manager, site_settings
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said
from forum.doors import settings as environment
from forum.extensions import db
from forum.integrations.mail.transports import mail_folder
from forum.members import names, passwords
from forum.members.addresses import address
from forum.members.entrance import enter_again

blueprint = Blueprint("admin", __name__)


@blueprint.route("/manage", methods=["GET", "POST"])
@needs("admin")
def settings() -> Page:
    """What the community is called."""
    site = site_settings(db.session())
    form = WordsForm(data={"name": site.name, "tagline": site.tagline})
    if form.sent() and _saved(form):
        said(_("Saved. Every page says so within a few seconds."))
        return redirect(url_for("admin.settings"), 303)
    session = db.session()
    page = render_template(
        "admin/settings.html", form=form, demo_names=demo_sign_ins(session),
        own_manager=has_own_manager(session),
    )
    return (page, 422) if form.errors else page


def _saved(form: WordsForm) -> bool:
    try:
        with acting() as (session, actor):
            actions.set_words(session, actor, name=form.name.data or "", tagline=form.tagline.data or "")
    except Invalid as refusal:
        form.take_errors(refusal)
        return False
    return True


@blueprint.get("/manage/demo")
@needs("admin")
def demo() -> Page:
    """What goes when the demo is removed; with nobody else to manage the community, the form of who will."""
    return _demo_page(ManagerForm())


@blueprint.post("/manage/demo/undo")
@blueprint.delete("/manage/demo")
@needs("admin")
def remove_demo() -> Page:
    """Remove the demo, for good. Whoever was signed in as one of it goes on as the manager they made, or signs in."""
    form = ManagerForm()
    try:
        manager = None if has_own_manager(db.session()) else _new_manager(form)
        with acting(leaving=True) as (session, actor):
            made = actions.remove_demo(session, actor, manager)
            made_id, stays = made.id if made else None, not load_actor(session, actor.id).is_guest
    except Invalid as refusal:
        form.take_errors(refusal)
        return _demo_page(form), refusal.status
    if made_id is not None:
        enter_again(made_id)
    elif not stays:
        logout_user()
        cookie.clear()
        said(_("The demo is gone, and the sign-in that you used with it. Please sign in as yourself."))
        return redirect(url_for("members.sign_in"), 303)
    said(_("The demo is gone. The house is yours."))
    return redirect("/", 303)


def _demo_page(form: ManagerForm) -> str:
    session = db.session()
    plot = uprooting.plot(session, demo_boards(session))
    return render_template("admin/demo.html", plot=plot, form=form, own_manager=has_own_manager(session))


def _new_manager(form: ManagerForm) -> actions.NewManager:
    """Who is to manage the community, by the rules of joining. Raises Invalid."""
    if not form.sent():
        raise Invalid({})
    password = form.password.data or ""
    name, email = names.handle(form.name.data or "", reserved=True), address(form.email.data or "")
    passwords.check(password, name, email)
    with passwords.turn():
        return actions.NewManager(name, email, passwords.hashed(password), environment().privacy_key)


@blueprint.get("/manage/outbox")
@needs("admin")
def outbox() -> Page:
    """The mail that was written into files."""
    return render_template("admin/outbox.html", mails=kept.mails(_folder()))


@blueprint.get("/manage/outbox/<name>")
@needs("admin")
def mail(name: str) -> Page:
    """One mail, as plain words."""
    return render_template("admin/mail.html", mail=kept.mail(_folder(), name))


def _folder() -> Path:
    """The folder of the mail. Raises NotFound where mail goes to a server."""
    if not environment().mail_in_files:
        raise NotFound
    return mail_folder(environment().mail_url)
