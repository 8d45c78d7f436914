"""Doors: the queue with its cases, and the log with its undo."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.doors import Page, acting, back, needs, said, viewer
from forum.extensions import db
from forum.members.claims import has_imported, waiting_count
from forum.moderation.actions import cases, undoing
from forum.moderation.case_page import CasePage, case_page
from forum.moderation.forms import HideForm
from forum.moderation.log import log_page
from forum.moderation.models import LOGGED, LogEntry
from forum.moderation.queries import SHOWS, queue_page
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.sentences import KINDS

ID = "int(max=2147483647)"
MOST_AT_ONCE = 100


@blueprint.get("/moderation")
@needs("queue")
def queue() -> Page:
    """The list of cases; a case opens beside it."""
    return _panes(None, HideForm())


@blueprint.get(f"/moderation/cases/<{ID}:case_id>")
@needs("queue")
def case(case_id: int) -> Page:
    """The list, and one case with what a decision needs."""
    return _panes(case_page(db.session(), viewer(), case_id), HideForm())


def _panes(shown: CasePage | None, form: HideForm, status: int = 200) -> Page:
    show, after = request.args.get("show", "open"), request.args.get("after")
    if show not in SHOWS:
        raise NotFound
    page = queue_page(db.session(), viewer(), show=show, after=after)
    words = {"show": show} if show != "open" else {}
    following = "/moderation?" + urlencode({**words, "after": page.after}) if page.after else None
    suffix = "?" + urlencode({**words, **({"after": after} if after else {})}) if words or after else ""
    sees_claims = bool(guardian.may_see_claims(viewer())) and has_imported(db.session())
    drawn = render_template(
        "moderation/queue.html", page=page, case=shown, form=form, show=show, following=following, suffix=suffix,
        newest="/moderation?" + urlencode(words) if after else None, keeps=bool(guardian.may_read_log(viewer())),
        sees_claims=sees_claims, claims=waiting_count(db.session(), viewer()) if sees_claims else 0,
    )
    return drawn, status


# Deciding -------------------------------------------------------------------------------------


Act = Callable[[Session, Actor], LogEntry | None]


def _deciding(case_id: int, act: Act, message: str = "", *, stay: bool = False) -> Page:
    """Do it, say so with an Undo, and go on to the queue; what stands in the way is said beside the case."""
    try:
        with acting() as (session, actor):
            entry = act(session, actor)
            undo_path = undo_of(entry.id) if entry is not None else None
    except Conflict as error:
        said(str(error.message), "error")
        return _to_case(case_id)
    if message:
        said(message, undo=undo_path)
    return _to_case(case_id) if stay else _to_queue()


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/claim")
@needs("queue")
def claim(case_id: int) -> Page:
    """Say that one is looking at it."""
    return _deciding(case_id, lambda session, actor: cases.claim(session, actor, case_id), stay=True)


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/claim/undo")
@blueprint.delete(f"/moderation/cases/<{ID}:case_id>/claim")
@needs("queue")
def release(case_id: int) -> Page:
    """Let go of it."""
    return _deciding(case_id, lambda session, actor: cases.release(session, actor, case_id), stay=True)


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/dismissal")
@needs("queue")
def dismiss(case_id: int) -> Page:
    """Find it in order."""
    said_then = _("Found in order. Those who reported it will hear.")
    return _deciding(case_id, lambda session, actor: cases.dismiss(session, actor, case_id), said_then)


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/hiding")
@needs("queue")
def uphold(case_id: int) -> Page:
    """Hide what the case is about, with a reason."""
    form = HideForm()

    def act(session: Session, actor: Actor) -> LogEntry:
        return cases.uphold(session, actor, case_id, form.words)

    try:
        if not form.validate():
            raise Invalid({})
        return _deciding(case_id, act, _("Hidden. The author reads why."))
    except Invalid as error:
        form.take_errors(error)
        return _panes(case_page(db.session(), viewer(), case_id), form, error.status)


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/restoration")
@needs("queue")
def restore(case_id: int) -> Page:
    """Show what is hidden again."""

    def act(session: Session, actor: Actor) -> LogEntry:
        return cases.restore(session, actor, cases.case_and_target(session, actor, case_id)[1])

    return _deciding(case_id, act, _("It is shown again."), stay=True)


@blueprint.post(f"/moderation/cases/<{ID}:case_id>/deletion")
@needs("queue")
def delete(case_id: int) -> Page:
    """Delete the post that the case is about."""
    reason = request.form.get("reason", "")

    def act(session: Session, actor: Actor) -> LogEntry:
        return cases.delete(session, actor, cases.case_and_target(session, actor, case_id)[1], reason)

    return _deciding(case_id, act, _("Deleted."))


@blueprint.post("/moderation/cases")
@needs("queue")
def decide_many() -> Page:
    """Hide or dismiss all that were ticked."""
    ids = [int(one) for one in request.form.getlist("case") if one.isascii() and one.isdigit() and len(one) < 10]
    form = HideForm()
    if not ids:
        said(_("Tick the cases first."), "error")
        return _to_queue()
    try:
        with acting() as (session, actor):
            act = request.form.get("act", "")
            done, left = cases.decide_many(session, actor, ids[:MOST_AT_ONCE], act, form.words)
    except Invalid as error:
        said(str(error.message), "error")
        return _to_queue()
    said(ngettext("%(num)s case is decided.", "%(num)s cases are decided.", done))
    if left:
        said(ngettext("%(num)s was left as it is.", "%(num)s were left as they are.", left), "error")
    return _to_queue()


def _to_case(case_id: int) -> Response:
    return redirect(f"/moderation/cases/{case_id}", 303)


def _to_queue() -> Response:
    return back("/moderation")


def undo_of(entry_id: int) -> str:
    """The address that takes the act of this line of the log back."""
    return f"/moderation/log/{entry_id}/undo"


# The log --------------------------------------------------------------------------------------


@blueprint.get("/moderation/log")
@needs("queue")
def log() -> Page:
    """What moderators did, newest first."""
    guardian.require(guardian.may_read_log(viewer()), viewer())
    asked = {name: request.args.get(name, "").strip()[:60] for name in ("by", "about", "kind", "id")}
    target_id = int(asked["id"]) if asked["id"].isascii() and asked["id"].isdigit() and len(asked["id"]) < 10 else None
    page = log_page(
        db.session(), viewer(), by_name=asked["by"], about_name=asked["about"], kind=asked["kind"],
        target_id=target_id, before=request.args.get("before"),
    )
    words = {name: value for name, value in asked.items() if value}
    older = "/moderation/log?" + urlencode({**words, "before": page.before}) if page.before else None
    newest = "/moderation/log?" + urlencode(words) if request.args.get("before") else None
    return render_template(
        "moderation/log.html", page=page, asked=asked, older=older, newest=newest,
        kinds=[("", _("everything")), *((kind, KINDS[kind]) for kind in LOGGED)], undoable=undoing.UNDOERS.keys(),
    )


@blueprint.post(f"/moderation/log/<{ID}:entry_id>/undo")
@blueprint.delete(f"/moderation/log/<{ID}:entry_id>")
@needs("queue")
def undo(entry_id: int) -> Page:
    """Take an act back."""
    try:
        with acting() as (session, actor):
            undoing.undo(session, actor, entry_id)
    except Conflict as error:
        said(str(error.message), "error")
    else:
        said(_("Taken back."))
    return back("/moderation/log" if guardian.may_read_log(viewer()) else "/moderation")
