"""Doors: warning, silencing and suspending members, lifting it; and holding them at a rank."""

from flask import render_template
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, back, needs, said, viewer
from forum.extensions import db
from forum.moderation.actions import ranks, sanctions, undoing
from forum.moderation.case_page import person_page
from forum.moderation.forms import HoldRankForm, SanctionForm, errors_of
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.routes.queue import undo_of
from forum.moderation.targets import member_target
from forum.reputation import rulesets
from forum.reputation.queries import profile


@blueprint.get("/m/<name>/suspension")
@needs("staff")
def sanction_form(name: str) -> Page:
    """What is known of the member, and the step that the ladder proposes."""
    form = SanctionForm()
    form.propose(person_page(db.session(), viewer(), name).next_step)
    return _page(name, form)


@blueprint.post("/m/<name>/suspension")
@needs("staff")
def sanction(name: str) -> Page:
    """Warn, silence or suspend a member."""
    form = SanctionForm()
    try:
        if not form.validate():
            raise Invalid({})
        with acting() as (session, actor):
            undo_path = undo_of(_sanction(session, actor, name, form))
    except Invalid as error:
        form.take_errors(error)
        return _page(name, form, error.status)
    said(_("Done. They read your reason."), undo=undo_path)
    return back(f"/m/{name}")


def _sanction(session: Session, actor: Actor, name: str, form: SanctionForm) -> int:
    days = form.days.data if form.kind.data != "warning" else 0
    return sanctions.sanction(
        session, actor, name, kind=form.kind.data, reason=form.reason.data or "", days=days,
        voids_votes=bool(form.voids_votes.data),
    ).id


@blueprint.get("/m/<name>/rank")
@needs("admin")
def hold_rank_form(name: str) -> Page:
    """At which rank to hold a member, how long and why."""
    form = _rank_form()
    form.rank.data = profile(db.session(), member_target(db.session(), viewer(), name).author.id).rank.key
    return _rank_page(name, form)


@blueprint.post("/m/<name>/rank")
@needs("admin")
def hold_rank(name: str) -> Page:
    """Hold a member at a rank."""
    form = _rank_form()
    try:
        if not form.validate():
            raise Invalid({})
        with acting() as (session, actor):
            undo_path = undo_of(ranks.hold_rank(
                session, actor, name, rank_key=form.rank.data, days=form.days.data, reason=form.reason.data or ""
            ).id)
    except Invalid as error:
        form.take_errors(error)
        return _rank_page(name, form, error.status)
    said(_("Done. They read your reason."), undo=undo_path)
    return back(f"/m/{name}")


def _rank_form() -> HoldRankForm:
    form = HoldRankForm()
    form.offer({rank.key: rank.name for rank in rulesets.current(db.session()).ranks})
    return form


def _rank_page(name: str, form: HoldRankForm, status: int = 200) -> Page:
    member = member_target(db.session(), viewer(), name).author
    guardian.require(guardian.may_hold_rank(viewer(), member), viewer())
    standing = profile(db.session(), member.id)
    page = render_template(
        "moderation/hold_rank.html", form=form, person=member, standing=standing, errors=errors_of(form)
    )
    return page, status


@blueprint.post("/m/<name>/suspension/undo")
@blueprint.delete("/m/<name>/suspension")
@needs("staff")
def lift(name: str) -> Page:
    """Lift the suspension or silence that is in force."""
    with acting() as (session, actor):
        member = member_target(session, actor, name, lock=False).author
        undoing.undo(session, actor, sanctions.entry_of_sanction_in_force(session, member))
    said(_("Lifted."))
    return back(f"/m/{name}")


def _page(name: str, form: SanctionForm, status: int = 200) -> Page:
    person = person_page(db.session(), viewer(), name)
    member = member_target(db.session(), viewer(), name).author
    guardian.require(guardian.may_sanction(viewer(), member), viewer())
    return render_template("moderation/sanction.html", form=form, person=person, errors=errors_of(form)), status
