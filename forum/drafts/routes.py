"""Doors of drafts: keeping what is typed, the list of what is not sent, and discarding."""

from flask import Blueprint, jsonify, render_template, request

from forum.core.i18n import gettext as _
from forum.doors import Page, acting, back, needs, said, viewer
from forum.drafts import actions, queries
from forum.extensions import db

blueprint = Blueprint("drafts", __name__)


@blueprint.get("/drafts")
@needs("member")
def index() -> Page:
    """All that one has begun and not sent."""
    return render_template("drafts/index.html", rows=queries.all_of(db.session(), viewer()))


@blueprint.post("/drafts")
@needs("member")
def save() -> Page:
    """Keep what is typed in `place`, going on from `version`; answers with the version that is kept now."""
    typed = {name: request.form.get(name, "").replace("\r\n", "\n") for name in actions.LENGTHS}
    base = queries.version_of(request.form.get("version"))
    with acting() as (session, actor):
        version = actions.save(session, actor, request.form.get("place", ""), typed, base)
    return jsonify({"version": version})


@blueprint.post("/drafts/discard")
@needs("member")
def discard() -> Page:
    """Let the draft in `place` go."""
    with acting() as (session, actor):
        actions.discard(session, actor, request.form.get("place", ""))
    said(_("The draft is discarded."))
    return back("/drafts")
