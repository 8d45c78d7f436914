"""Doors of the desk: what waits, claims, saved replies, who wants to be asked, and after how long."""


from flask import Blueprint, Response, redirect, render_template, request

from forum.access import guardian
from forum.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.pagination import LARGEST_ID
from forum.desk import actions, placeholders, queries, saved
from forum.desk.figures import figures
from forum.desk.forms import ReplyForm, TimesForm
from forum.desk.state import HELPERS_AFTER, MOST_A_WEEK, STAFF_AFTER, times
from forum.doors import Page, acting, back, needs, said, viewer, wants_fragment
from forum.extensions import db
from forum.members.keeping import kept_fields
from forum.threads.queries import visible_thread

blueprint = Blueprint("desk", __name__)

THREAD = f"<int(max={LARGEST_ID}):thread_id>"
REPLY = f"<int(max={LARGEST_ID}):reply_id>"


@blueprint.get("/desk")
@needs("member")
def index() -> Page:
    """The questions that wait for this helper, and what they have done so far."""
    session, asking = db.session(), viewer()
    guardian.require(guardian.may_use_desk(asking))
    show, why = request.args.get("show", ""), request.args.get("why", "")
    found = queries.desk(session, asking, show=show, why=why)
    month, whole = figures(session, asking)
    return render_template(
        "desk/index.html", desk=found, show=show, why=why, month=month, whole=whole,
        asks=queries.preference(session, asking), most_a_week=MOST_A_WEEK,
    )


# Claims ---------------------------------------------------------------------------------------


@blueprint.get(f"/desk/claims/{THREAD}")
@needs("member")
def claim_of(thread_id: int) -> Page:
    """Who is on a question, as its page and the desk show it: what a live page asks for when it has changed."""
    if wants_fragment():
        return _claim_fragment(thread_id)
    found = visible_thread(db.session(), viewer(), thread_id)
    return redirect(f"/t/{found.id}/{found.slug}", 303)


@blueprint.post(f"/t/{THREAD}/claim")
@needs("member")
def claim(thread_id: int) -> Page:
    """I'm on it."""
    with acting() as (session, actor):
        actions.claim(session, actor, visible_thread(session, actor, thread_id))
    return _claim_fragment(thread_id) if wants_fragment() else back(f"/t/{thread_id}/-")


@blueprint.post(f"/t/{THREAD}/claim/undo")
@blueprint.delete(f"/t/{THREAD}/claim")
@needs("member")
def give_back(thread_id: int) -> Page:
    """Somebody else, please."""
    with acting() as (session, actor):
        actions.give_back(session, actor, visible_thread(session, actor, thread_id))
    return _claim_fragment(thread_id) if wants_fragment() else back(f"/t/{thread_id}/-")


def _claim_fragment(thread_id: int) -> str:
    session, asking = db.session(), viewer()
    thread = visible_thread(session, asking, thread_id)
    claims = queries.claims_on(session, [thread_id])
    return render_template(
        "desk/_claim.html", thread_id=thread_id, claim=claims.get(thread_id),
        may_claim=guardian.may_claim(asking, thread, thread.board),
    )


# Being asked ----------------------------------------------------------------------------------


@blueprint.post("/desk/asking")
@needs("member")
def be_asked() -> Page:
    """Ask me when a question fits and waits."""
    return _choose(asks=True)


@blueprint.post("/desk/asking/undo")
@blueprint.delete("/desk/asking")
@needs("member")
def be_left() -> Page:
    """Do not ask me."""
    return _choose(asks=False)


def _choose(*, asks: bool) -> Page:
    with acting() as (session, actor):
        actions.choose_asking(session, actor, asks=asks)
    said(_("We ask you when a question fits and waits.") if asks else _("We do not ask you. The desk stays open."))
    return back("/desk")


# Saved replies --------------------------------------------------------------------------------


@blueprint.get("/desk/replies")
@needs("member")
def replies() -> Page:
    """One's own saved replies and those for everybody, and the form for another."""
    guardian.require(guardian.may_use_desk(viewer()))
    return _replies_page(ReplyForm.read(kept_fields()))


@blueprint.post("/desk/replies")
@needs("member")
def save_reply() -> Page:
    """Keep another one."""
    form = ReplyForm.read(request.form)
    try:
        with acting() as (session, actor):
            actions.save_reply(session, actor, title=form.title, body=form.body, shared=form.shared)
    except (Invalid, Conflict, Forbidden) as error:
        return _replies_page(form, error)
    said(_("Saved. You find it above the text when you answer."))
    return redirect("/desk/replies", 303)


@blueprint.get(f"/desk/replies/{REPLY}")
@needs("member")
def edit_reply(reply_id: int) -> Page:
    """The form with one of them."""
    held = saved.reply(db.session(), viewer(), reply_id)
    guardian.require(guardian.may_keep_reply(viewer(), viewer().id, held.shared))
    typed = ReplyForm.read(kept_fields())
    return _reply_page(reply_id, ReplyForm(typed.title or held.title, typed.body or held.body, held.shared))


@blueprint.post(f"/desk/replies/{REPLY}")
@needs("member")
def change_reply(reply_id: int) -> Page:
    """Keep it with other words."""
    form = ReplyForm.read(request.form)
    try:
        with acting() as (session, actor):
            actions.change_reply(session, actor, reply_id, title=form.title, body=form.body)
    except Invalid as error:
        return _reply_page(reply_id, form, error)
    said(_("Your changes are saved."))
    return redirect("/desk/replies", 303)


@blueprint.post(f"/desk/replies/{REPLY}/deletion")
@needs("member")
def delete_reply(reply_id: int) -> Page:
    """Take it away."""
    with acting() as (session, actor):
        actions.delete_reply(session, actor, reply_id)
    said(_("The saved reply is deleted."))
    return redirect("/desk/replies", 303)


@blueprint.get(f"/desk/replies/{REPLY}/filled")
@needs("member")
def filled_reply(reply_id: int) -> Page:
    """Its words for the thread `thread`, to be put into a text."""
    raw = request.args.get("thread", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 11 and int(raw) <= LARGEST_ID):
        raise NotFound
    session, asking = db.session(), viewer()
    thread = visible_thread(session, asking, int(raw))
    return Response(saved.filled(session, asking, reply_id, thread), mimetype="text/plain")


def _replies_page(form: ReplyForm, error: DomainError | None = None) -> Page:
    rows = saved.replies(db.session(), viewer())
    fields, message, status = _problems(error)
    return render_template(
        "desk/replies.html", rows=rows, form=form, errors=fields, message=message, names=placeholders.NAMES
    ), status


def _reply_page(reply_id: int, form: ReplyForm, error: DomainError | None = None) -> Page:
    fields, message, status = _problems(error)
    return render_template(
        "desk/reply.html", reply_id=reply_id, form=form, errors=fields, message=message, names=placeholders.NAMES
    ), status


def _problems(error: DomainError | None) -> tuple[dict[str, str], str, int]:
    """What was wrong with a form: by field, in a sentence that belongs to no field, and the status to answer with."""
    if error is None:
        return {}, "", 200
    fields = {name: str(text) for name, text in error.fields.items()} if isinstance(error, Invalid) else {}
    return fields, "" if fields else str(error.message), error.status


# Management -----------------------------------------------------------------------------------


@blueprint.get("/manage/desk")
@needs("admin")
def manage() -> Page:
    """After how many hours a question is handed on."""
    kept = times(db.session())
    return _times_page(TimesForm(data={"helpers": kept.helpers, "staff": kept.staff}))


@blueprint.post("/manage/desk")
@needs("admin")
def set_times() -> Page:
    """Keep the hours."""
    form = TimesForm()
    try:
        form.require()
        with acting() as (session, actor):
            actions.set_times(session, actor, helpers=int(form.helpers.data or 0), staff=int(form.staff.data or 0))
    except Invalid as error:
        form.take_errors(error)
        return _times_page(form), error.status
    said(_("Saved."))
    return redirect("/manage/desk", 303)


def _times_page(form: TimesForm) -> str:
    return render_template(
        "desk/manage.html", form=form, helpers_after=HELPERS_AFTER, staff_after=STAFF_AFTER, most_a_week=MOST_A_WEEK,
    )
