"""Doors of one's own settings: profile, password, address, sessions."""

from flask import redirect, render_template

from forum.core import ratelimit
from forum.core.errors import DomainError, Invalid
from forum.core.i18n import gettext as _
from forum.core.i18n import in_language, language
from forum.doors import Page, acting, language_of_browser, needs, said, settings, viewer
from forum.extensions import db
from forum.members import actions, passwords, queries
from forum.members.actions.profile import AUDIENCE_FIELDS, Profile
from forum.members.blueprint import blueprint
from forum.members.claims import has_imported
from forum.members.entrance import enter_again
from forum.members.forms import ChangePasswordForm, NewAddressForm, ProfileForm

# Whom a wrong password keeps out here is signed in already: the limit is the one of signing in.
_LIMITED = "sign-in:account"


@blueprint.get("/settings", endpoint="settings")
@needs("member")
def settings_profile() -> Page:
    """What others see, and how the pages look."""
    member = queries.own(db.session(), viewer())
    form = ProfileForm(
        shown_name=member.shown_name or "", about=member.about_source, interests=member.interests,
        hue=str(member.hue), theme=member.theme or "", locale=member.locale or "", mail_answers=member.mail_answers,
        on_leaderboards=member.on_leaderboards, keys_on=member.keys_on,
        **{f"{field}_audience": getattr(member, f"{field}_audience") for field in AUDIENCE_FIELDS},
    )
    return _profile_page(form)


@blueprint.post("/settings")
@needs("member")
def change_profile() -> Page:
    """Keep it."""
    form = ProfileForm()
    try:
        form.require()
        profile = Profile(
            form.text("shown_name"), form.text("about"), form.text("interests"), int(form.text("hue")),
            form.text("theme"), bool(form.mail_answers.data), form.text("locale"), bool(form.on_leaderboards.data),
            bool(form.keys_on.data),
            {field: text for field in AUDIENCE_FIELDS if (text := form.text(f"{field}_audience"))},
        )
        with acting() as (session, actor):
            actions.change_profile(session, actor, profile)
    except Invalid as error:
        form.take_errors(error)
        return _profile_page(form), error.status
    with in_language(profile.locale or language_of_browser()):
        said(_("Your settings are saved."))
    return redirect("/settings", 303)


@blueprint.get("/settings/password")
@needs("member")
def settings_password() -> Page:
    """The form for another password."""
    return render_template("members/settings_password.html", form=ChangePasswordForm(), part="password")


@blueprint.post("/settings/password")
@needs("member")
def change_password() -> Page:
    """Keep the new password, end every session, and go on here with a fresh one."""
    form = ChangePasswordForm()
    try:
        form.require()
        kept = _prove(form.text("current_password"))
        passwords.check(form.text("password"), viewer().name)
        with passwords.turn():
            hashed = passwords.hashed(form.text("password"))
        with acting() as (session, actor):
            actions.change_password(session, actor, hashed, proven_by=kept)
            member_id = actor.id
    except DomainError as error:
        form.take_errors(error)
        return render_template("members/settings_password.html", form=form, part="password"), error.status
    assert member_id is not None
    enter_again(member_id)
    said(_("Your password is changed. You are signed out everywhere else."))
    return redirect("/settings/password", 303)


@blueprint.get("/settings/email")
@needs("member")
def settings_email() -> Page:
    """The address in use, and the one that waits for its link."""
    return _address_page(NewAddressForm())


@blueprint.post("/settings/email")
@needs("member")
def change_address() -> Page:
    """Mail a link to the new address; the old one stays until it is opened."""
    form = NewAddressForm()
    try:
        form.require()
        _prove(form.text("current_password"))
        with acting() as (session, actor):
            actions.ask_new_address(session, actor, form.text("email"), settings().privacy_key, language())
    except DomainError as error:
        form.take_errors(error)
        return _address_page(form, error.status)
    said(_("We have mailed a link to the new address. It takes effect when you open it."))
    return redirect("/settings/email", 303)


@blueprint.post("/settings/email/link")
@needs("member")
def mail_link() -> Page:
    """Mail the link once more (2 an hour for one address; what is over that is left unsent)."""
    with acting() as (session, actor):
        actions.ask_confirmation(session, actor, language())
    said(_("The link is on its way. If nothing arrives within minutes, look among unwanted mail."))
    return redirect("/settings/email", 303)


@blueprint.get("/settings/sessions")
@needs("member")
def settings_sessions() -> Page:
    """Where one is signed in."""
    return render_template(
        "members/settings_sessions.html", part="sessions", sessions=queries.sessions(db.session(), viewer()),
        this=viewer().session_id,
    )


@blueprint.post("/settings/sessions/<int(max=2147483647):session_id>/end")
@needs("member")
def end_session(session_id: int) -> Page:
    """End one."""
    with acting() as (session, actor):
        actions.end_session(session, actor, session_id)
    said(_("That session is ended."))
    return redirect("/settings/sessions", 303)


@blueprint.post("/settings/sessions/end")
@needs("member")
def end_other_sessions() -> Page:
    """End all but this one."""
    this = viewer().session_id
    with acting() as (session, actor):
        actions.end_every_session(session, actor, but=this)
    said(_("You are signed out everywhere else."))
    return redirect("/settings/sessions", 303)


def _profile_page(form: ProfileForm) -> str:
    return render_template(
        "members/settings.html", form=form, part="profile", has_imported=has_imported(db.session())
    )


def _address_page(form: NewAddressForm, status: int = 200) -> Page:
    found = queries.addresses(db.session(), viewer())
    return render_template("members/settings_email.html", form=form, part="email", addresses=found), status


def _prove(password: str) -> str | None:
    """The member's kept hash, if `password` is theirs; wrong ones are counted.

    Raises:
        Invalid: it is not.
        TooMany: it was not too often.
    """
    kept = queries.own(db.session(), viewer()).password_hash
    db.session.rollback()
    with passwords.turn():
        ratelimit.check(_LIMITED, "settings", viewer().id)
        if not passwords.matches(password[: passwords.LONGEST + 1], kept):
            ratelimit.take(_LIMITED, "settings", viewer().id)
            raise Invalid({"current_password": _("This is not your password.")})
    return kept
