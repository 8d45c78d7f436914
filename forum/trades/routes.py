"""Doors of trade feedback: proposing and answering in a thread, rating each other, and what was said of a member."""

from urllib.parse import quote

from flask import Blueprint, render_template, request

from forum.access import guardian
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, back, moved, needs, said, viewer
from forum.extensions import db
from forum.members.queries import member_called
from forum.threads.queries import visible_thread
from forum.trades import actions, queries
from forum.trades.forms import ProposalForm, RatingForm

blueprint = Blueprint("trades", __name__)
ID = "int(max=2147483647)"


@blueprint.get(f"/t/<{ID}:thread_id>/agreements")
@needs("member")
def in_thread(thread_id: int) -> Page:
    """One's agreements in a thread, and the form to propose one."""
    return _thread_page(thread_id, ProposalForm(name=request.args.get("with", "")))


@blueprint.post(f"/t/<{ID}:thread_id>/agreements")
@needs("member")
def propose(thread_id: int) -> Page:
    """Propose a deal or mentoring to somebody in the thread."""
    form = ProposalForm.read(request.form)
    try:
        with acting() as (session, actor):
            agreement_id = actions.propose(session, actor, thread_id, kind=form.kind, name=form.name).id
    except Invalid as error:
        return _thread_page(thread_id, form, error)
    said(_("Proposed. You hear when it is answered."))
    return back(f"/agreements/{agreement_id}")


def _thread_page(thread_id: int, form: ProposalForm, error: Invalid | None = None) -> Page:
    session, asking = db.session(), viewer()
    thread = visible_thread(session, asking, thread_id)
    page = render_template(
        "trades/thread.html", thread=thread, form=form, errors=error.fields if error else {},
        may=guardian.may_agree_here(asking, thread, thread.board), people=queries.people_of(session, asking, thread),
        rows=queries.in_thread(session, asking, thread),
    )
    return page, error.status if error else 200


@blueprint.get(f"/agreements/<{ID}:agreement_id>")
@needs("member")
def agreement(agreement_id: int) -> Page:
    """One agreement, for the two alone: what is to be done, and what was said."""
    return _agreement_page(agreement_id, RatingForm())


def _agreement_page(
    agreement_id: int, form: RatingForm, error: Invalid | None = None, reply: str = ""
) -> Page:
    page = render_template(
        "trades/agreement.html", page=queries.agreement_page(db.session(), viewer(), agreement_id), form=form,
        errors=error.fields if error else {}, reply=reply,
    )
    return page, error.status if error else 200


@blueprint.post(f"/agreements/<{ID}:agreement_id>/acceptance")
@needs("member")
def agree(agreement_id: int) -> Page:
    """Agree to what was proposed."""
    with acting() as (session, actor):
        actions.answer(session, actor, agreement_id, agreed=True)
    said(_("Agreed. Once it is done, come back here and say how it went."))
    return back(f"/agreements/{agreement_id}")


@blueprint.post(f"/agreements/<{ID}:agreement_id>/refusal")
@needs("member")
def decline(agreement_id: int) -> Page:
    """Decline what was proposed."""
    with acting() as (session, actor):
        actions.answer(session, actor, agreement_id, agreed=False)
    said(_("Declined. Nobody else sees this."))
    return back(f"/agreements/{agreement_id}")


@blueprint.post(f"/agreements/<{ID}:agreement_id>/withdrawal")
@needs("member")
def take_back(agreement_id: int) -> Page:
    """Take back what one proposed."""
    with acting() as (session, actor):
        thread_id = actions.take_back(session, actor, agreement_id)
    said(_("Taken back."))
    return back(f"/t/{thread_id}/agreements")


@blueprint.post(f"/agreements/<{ID}:agreement_id>/ratings")
@needs("member")
def rate(agreement_id: int) -> Page:
    """Say how it went."""
    form = RatingForm.read(request.form)
    try:
        with acting() as (session, actor):
            actions.rate(session, actor, agreement_id, value=form.value, words=form.words)
    except Invalid as error:
        return _agreement_page(agreement_id, form, error)
    said(_("Thank you. Your rating is kept."))
    return back(f"/agreements/{agreement_id}")


@blueprint.post(f"/ratings/<{ID}:rating_id>/reply")
@needs("member")
def reply(rating_id: int) -> Page:
    """Reply once to what was said of oneself."""
    words = request.form.get("words", "")
    try:
        with acting() as (session, actor):
            agreement_id = actions.reply(session, actor, rating_id, words=words).agreement_id
    except Invalid as error:
        # Only whom it is about comes here, so the agreement is one of theirs.
        return _agreement_page(queries.agreement_of(db.session(), rating_id), RatingForm(), error, words)
    said(_("Your reply stands below the rating."))
    return back(f"/agreements/{agreement_id}")


@blueprint.get(f"/ratings/<{ID}:rating_id>/withdrawal")
@needs("member")
def withdraw_form(rating_id: int) -> Page:
    """Why is it withdrawn?"""
    return _withdraw_page(rating_id)


@blueprint.post(f"/ratings/<{ID}:rating_id>/withdrawal")
@needs("member")
def withdraw(rating_id: int) -> Page:
    """Take a rating out of sight, with a reason that its author reads."""
    reason = request.form.get("reason", "")
    try:
        with acting() as (session, actor):
            entry_id = actions.withdraw(session, actor, rating_id, reason=reason).id
    except Invalid as error:
        return _withdraw_page(rating_id, reason, error)
    said(_("Withdrawn. Its author reads your reason."), undo=f"/moderation/log/{entry_id}/undo")
    return back("/moderation/log?kind=member")


def _withdraw_page(rating_id: int, reason: str = "", error: Invalid | None = None) -> Page:
    page = render_template(
        "trades/withdraw.html", rating=queries.rating_to_withdraw(db.session(), viewer(), rating_id), reason=reason,
        errors=error.fields if error else {},
    )
    return page, error.status if error else 200


@blueprint.get("/m/<name>/feedback")
@needs("public")
def feedback(name: str) -> Page:
    """What others say of a member after deals and mentoring; for the member also what waits for them."""
    session, asking, before = db.session(), viewer(), request.args.get("before", "")
    person = member_called(session, name)
    if person.name != name:
        return moved(f"/m/{quote(person.name)}/feedback")
    is_own = asking.id == person.id
    return render_template(
        "trades/feedback.html", person=person, is_own=is_own, before=before, path=f"/m/{quote(person.name)}/feedback",
        page=queries.feedback(session, asking, person.id, before), share=queries.share(session, asking, person.id),
        waiting=queries.waiting(session, asking) if is_own and not before else [],
    )
