"""Doors of the simulation: what the draft would do, and to whom."""

from flask import redirect, request

from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said
from forum.extensions import db
from forum.reputation import actions, draft, editing, effects, rule_jobs
from forum.reputation.routes.blueprint import blueprint
from forum.reputation.routes.rules import page


@blueprint.post("/manage/rules/draft/simulation")
@needs("admin")
def simulate_draft() -> Page:
    """Work out what the draft would do: at once in a small community, else in a job."""
    text = request.form.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    try:
        with acting() as (session, actor):
            later = effects.takes_long(session)
            asked = actions.ask_simulation(session, actor, version, later=later).id
    except (Conflict, Invalid) as refusal:
        said(str(refusal.message), "error")
        return redirect("/manage/rules/draft", 303)
    if not later:
        rule_jobs.simulate_rules(asked)
    return redirect("/manage/rules/simulation", 303)


@blueprint.get("/manage/rules/simulation")
@needs("admin")
def simulation() -> Page:
    """How many in each rank before and after, who moves, who gains and loses what, how long a newcomer needs."""
    session = db.session()
    found = effects.latest(session)
    if found is None:
        raise NotFound(_("Nothing was worked out yet. Open the draft and have it worked out there."))
    held = draft.read(session)
    outdated = held is None or held.ruleset is None or editing.plain(held.ruleset) != found.data
    return page("simulation", found=found, outdated=outdated, draft=held)


@blueprint.get("/manage/rules/simulation/members")
@needs("admin")
def simulation_members() -> Page:
    """The members whom one line of the simulation is about."""
    topic, after = request.args.get("topic", ""), request.args.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) < 10):
        raise NotFound
    return page("members", found=effects.members(db.session(), topic, int(after or 0)))
