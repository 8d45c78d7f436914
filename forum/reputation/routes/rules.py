"""Doors of the rules in force: what is going on with them, their history, and going back to an older version."""

import json
from typing import Any

from flask import Response, redirect, render_template, request

from forum.core.errors import DomainError, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.pagination import LARGEST_ID
from forum.doors import Page, acting, needs, said
from forum.extensions import db
from forum.reputation import actions, draft, editing, publishing, readable, rulesets, versions
from forum.reputation.comparing import differences
from forum.reputation.routes.blueprint import blueprint
from forum.reputation.rules import Ruleset

NUMBER = f"<int(max={LARGEST_ID}):number>"


def page(template: str, **values: Any) -> str:
    """A page of management."""
    return render_template(f"reputation/manage/{template}.html", **values)


def as_file(ruleset: Ruleset, name: str) -> Response:
    """Rules as a file to keep."""
    text = json.dumps(editing.plain(ruleset), ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@blueprint.get("/manage/rules")
@needs("admin")
def manage() -> Page:
    """The rules in force, the draft, and what is on its way."""
    session = db.session()
    return page(
        "index", now=versions.newest(session), draft=draft.read(session), work=publishing.latest(session),
        passes=publishing.passes, presets=rulesets.PRESETS, count=versions.count(session),
    )


@blueprint.get("/manage/rules/versions")
@needs("admin")
def history() -> Page:
    """All versions, the newest first, each with what it changed."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 10):
        raise NotFound
    session = db.session()
    found = versions.page(session, int(before) if before else None)
    newest, shipped = versions.newest(session), rulesets.preset(rulesets.DEFAULT)
    may_go_back = (
        newest is not None and publishing.under_way(session) is None and bool(differences(newest.ruleset, shipped))
    )
    return page("history", found=found, newest=newest, before=before, may_go_back=may_go_back)


@blueprint.get(f"/manage/rules/versions/{NUMBER}")
@needs("admin")
def version(number: int) -> Page:
    """One version: what it changed, and all its rules in words."""
    return _version_page(number, None)


def _version_page(number: int, refused: str | None) -> str:
    session = db.session()
    found, changed = versions.with_changes(session, number)
    newest = versions.newest(session)
    return page(
        "version", found=found, changes=changed, rules=readable.read(found.ruleset), refused=refused,
        is_newest=newest is not None and newest.number == number, work=publishing.under_way(session),
        draft=draft.read(session),
    )


@blueprint.get(f"/manage/rules/versions/{NUMBER}/file")
@needs("admin")
def version_file(number: int) -> Page:
    """One version as a file."""
    return as_file(versions.version(db.session(), number).ruleset, f"rules-{number}")


@blueprint.post(f"/manage/rules/versions/{NUMBER}/publication")
@needs("admin")
def take_back(number: int) -> Page:
    """An older version comes into force again; 0 is what comes with the product."""
    try:
        with acting() as (session, actor):
            actions.take_back(session, actor, number, request.form.get("note", ""))
    except (Invalid, DomainError) as refusal:
        if refusal.status == 404 or refusal.status == 403:
            raise
        if not number:
            said(str(refusal.message), "error")
            return redirect("/manage/rules/versions", 303)
        return _version_page(number, str(refusal.message)), refusal.status
    said(
        _("Version %(number)s is on its way into force again.", number=number) if number
        else _("The rules that come with the product are on their way into force again.")
    )
    return redirect("/manage/rules", 303)
