"""Doors: all badges, and one with who holds it."""

from flask import Blueprint, render_template, request

from forum.badges import queries
from forum.doors import Page, needs, viewer
from forum.extensions import db

blueprint = Blueprint("badges", __name__)


@blueprint.get("/badges")
@needs("public")
def index() -> Page:
    """What badges there are, how each is earned, and how rare it is."""
    return render_template("badges/index.html", page=queries.badges_page(db.session(), viewer()))


@blueprint.get("/badges/<slug>")
@needs("public")
def badge(slug: str) -> Page:
    """What a badge is for, and who got it lately."""
    before = request.args.get("before", "")
    page = queries.badge_page(db.session(), viewer(), slug, before)
    return render_template("badges/badge.html", page=page, path=f"/badges/{slug}", before=before)
