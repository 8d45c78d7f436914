"""Doors: reporting a post, a chat message or a member, as a member or as a guest."""

import time
from collections.abc import Callable

from flask import current_app, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.core.network import remote_network
from forum.core.tokens import keyed_hash
from forum.doors import Page, acting, local_path, needs, settings, viewer
from forum.extensions import db
from forum.members.keeping import kept_fields
from forum.moderation.actions.flags import flag
from forum.moderation.forms import FlagForm, errors_of
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.targets import Target, member_target, message_target, post_target
from forum.moderation.views import href_of, words_of

# Nobody reads six reasons faster; programs do. (Off with LIMITS=off, for tests.)
FASTEST_REPORT = 1.0  # seconds
_SHOWN_AT = "report_shown_at"  # in the signed cookie of a guest

Load = Callable[[Session, Actor, bool], Target]
ID = "int(max=2147483647)"


@blueprint.get(f"/p/<{ID}:post_id>/flags")
@needs("public")
def flag_post_form(post_id: int) -> Page:
    """What is not right with a post?"""
    return _form(lambda session, asking, lock: post_target(session, asking, post_id, lock=lock))


@blueprint.post(f"/p/<{ID}:post_id>/flags")
@needs("public")
def flag_post(post_id: int) -> Page:
    """Report a post."""
    return _take(lambda session, asking, lock: post_target(session, asking, post_id, lock=lock))


@blueprint.get(f"/chat/messages/<{ID}:message_id>/flags")
@needs("public")
def flag_message_form(message_id: int) -> Page:
    """What is not right with a chat message?"""
    return _form(lambda session, asking, lock: message_target(session, asking, message_id, lock=lock))


@blueprint.post(f"/chat/messages/<{ID}:message_id>/flags")
@needs("public")
def flag_message(message_id: int) -> Page:
    """Report a chat message."""
    return _take(lambda session, asking, lock: message_target(session, asking, message_id, lock=lock))


@blueprint.get("/m/<name>/flags")
@needs("public")
def flag_member_form(name: str) -> Page:
    """What is not right with a member?"""
    return _form(lambda session, asking, lock: member_target(session, asking, name, lock=lock))


@blueprint.post("/m/<name>/flags")
@needs("public")
def flag_member(name: str) -> Page:
    """Report a member."""
    return _take(lambda session, asking, lock: member_target(session, asking, name, lock=lock))


@blueprint.get("/reports/thanks")
@needs("public")
def flagged() -> Page:
    """What happens now."""
    return render_template("moderation/flagged.html", back=local_path(request.args.get("back")))


def _form(load: Load) -> Page:
    target = load(db.session(), viewer(), False)
    guardian.require(guardian.may_flag(viewer(), target.author_id))
    if viewer().is_guest:
        cookie[_SHOWN_AT] = time.time()
    form = FlagForm()
    kept = kept_fields()
    form.reason.data, form.note.data = kept.get("reason") or None, kept.get("note", "")
    return _page(form, target)


def _page(form: FlagForm, target: Target, status: int = 200) -> Page:
    page = render_template(
        "moderation/flag.html", form=form, kind=target.kind, words=words_of(target), href=href_of(target),
        author=target.author.label, errors=errors_of(form),
    )
    return page, status


def _take(load: Load) -> Page:
    form = FlagForm()
    try:
        if not form.validate():
            raise Invalid({})
        _refuse_programs(form)
        with acting() as (session, actor):
            target = load(session, actor, True)
            flag(session, actor, target, reason=form.reason.data, note=form.note.data or "", guest_key=_guest_key())
            href = "/" if target.is_hidden and not actor.moderates(target.board_id) else href_of(target)
    except (Invalid, Conflict) as error:
        if isinstance(error, Invalid):
            form.take_errors(error)
        else:
            form.form_errors.append(str(error.message))
        return _page(form, load(db.session(), viewer(), False), error.status)
    return redirect(url_for("moderation.flagged", back=href), 303)


def _refuse_programs(form: FlagForm) -> None:
    """Guests show that they are people by a trap left empty and a moment of reading."""
    quick = viewer().is_guest and time.time() - cookie.get(_SHOWN_AT, 0) < FASTEST_REPORT and settings().limits
    if form.website.data or quick:
        current_app.logger.info("report refused: %s", "too quick" if quick else "trap")
        raise Invalid(_("That was very quick. Please check the form and send it once more."))


def _guest_key() -> str | None:
    """Who a guest is: a keyed hash of their network. The address itself is not kept."""
    return keyed_hash(settings().privacy_key, "guest", remote_network()) if viewer().is_guest else None
