"""Doors of notices: the page behind the bell, and the forms that mail leads to."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from forum.access.actors import SYSTEM, load_actor
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.unit_of_work import unit_of_work
from forum.doors import Page, acting, back, needs, said, viewer, wants_fragment
from forum.extensions import csrf, db
from forum.notifications import actions, links, queries
from forum.threads import actions as threads
from forum.threads import queries as thread_queries

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
@needs("member")
def index() -> Page:
    """The notices, newest first. Reading them is told by a beacon or the button."""
    before = request.args.get("before", "")
    page = queries.notices(db.session(), viewer(), _number(before))
    return render_template("notifications/index.html", page=page)


@blueprint.post("/notifications/read")
@needs("member")
def read() -> Page:
    """Mark all notices up to `value` read (all of them without it)."""
    value = request.form.get("value", "")
    with acting() as (session, actor):
        actions.mark_read(session, actor, _number(value))
    return Response(status=204) if wants_fragment() else back("/notifications")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@blueprint.get("/answers/<token>")
@needs("public")
def outcome(token: str) -> Page:
    """Did it work? The form that the mail about a first answer leads to."""
    member_id, post_id = links.read_answer_token(token)
    asker = load_actor(db.session(), member_id)
    found = thread_queries.answer_for_asker(db.session(), asker, post_id)
    return render_template("notifications/outcome.html", answer=found, token=token, chosen=request.args.get("say", ""))


@blueprint.post("/answers/<token>")
@needs("public")
def say_outcome(token: str) -> Page:
    """Accept the answer, or reply to it with what is still open, as the asker whom the signed link names."""
    member_id, post_id = links.read_answer_token(token)
    worked = request.form.get("outcome") == "worked"
    body = request.form.get("body", "").strip()
    if not worked and request.form.get("outcome") != "open":
        raise Invalid({"outcome": _("Choose whether it worked.")})
    with acting(member_id) as (session, asker):
        post = thread_queries.visible_post(session, asker, post_id)
        if post.thread.author_id != asker.id:
            raise NotFound
        if worked:
            threads.accept_answer(session, asker, post)
        elif body:
            threads.reply(session, asker, post.thread, body=body, parent=post)
        else:
            raise Invalid({"body": _("Say in a sentence what is still open.")})
    said(_("Thank you. The answer is marked as accepted.") if worked else _("Thank you. Your reply is posted."))
    return back(f"/p/{post_id}")


@blueprint.get("/unsubscribe/<token>")
@needs("public")
def unsubscribe(token: str) -> Page:
    """One button to stop mail about answers (a link never acts by being opened)."""
    links.read_unsubscribe_token(token)
    return render_template("notifications/unsubscribe.html", token=token, done=False)


@blueprint.post("/unsubscribe/<token>")
@needs("signed")
def stop_mail(token: str) -> Page:
    """Stop mail about answers. Mail programs send this by themselves (RFC 8058), so the signed link is the proof."""
    member_id = links.read_unsubscribe_token(token)
    with unit_of_work() as session:
        actions.stop_answer_mail(session, SYSTEM, member_id)
    return render_template("notifications/unsubscribe.html", token=token, done=True)


csrf.exempt(stop_mail)
