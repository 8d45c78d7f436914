"""Asking, answering, replying, editing: forms, and what they send."""

from flask import render_template, request

from forum.access import guardian
from forum.core import ratelimit
from forum.core.errors import DomainError, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.desk import saved
from forum.doors import Page, acting, needs, said, viewer
from forum.drafts import actions as drafts
from forum.drafts.queries import Held, of_place
from forum.extensions import db
from forum.members.keeping import kept_fields
from forum.search.similar import similar_threads
from forum.threads import about, actions, queries
from forum.threads import writing as texts
from forum.threads.forms import EditForm, ThreadForm
from forum.threads.routes.blueprint import KEPT, POST, THREAD, blueprint, forget_draft, number, problems, to

NEW_DRAFT = drafts.NEW_THREAD


@blueprint.get("/ask")
@needs("member")
def ask() -> Page:
    """Ask: choose a board and write."""
    return _new_page(ThreadForm.read({**_draft(), **request.args, **kept_fields()}))


@blueprint.post("/ask")
@needs("member")
def ask_somewhere() -> Page:
    """Start a thread on the board that the form names."""
    return _start(ThreadForm.read(request.form))


@blueprint.get("/ask/similar")
@needs("member")
def similar() -> Page:
    """A fragment with the threads like the `title` that is being typed."""
    ratelimit.take("search:typing", viewer().id)
    found = similar_threads(db.session(), viewer(), request.args.get("title", ""), typing=True)
    return render_template("threads/_similar.html", similar=found)


@blueprint.get("/b/<board>/new")
@needs("member")
def new(board: str) -> Page:
    """Write a thread for this board."""
    return _new_page(ThreadForm.read({**_draft(), **request.args, **kept_fields(), "board": board}), board)


@blueprint.post("/b/<board>/new")
@needs("member")
def start(board: str) -> Page:
    """Start a thread on this board."""
    return _start(ThreadForm.read({**request.form, "board": board}), board)


def _draft() -> dict[str, str]:
    return of_place(db.session(), viewer(), NEW_DRAFT).fields


def _held(place: str) -> Held:
    """The draft of a form; where it is drawn with what was sent, as that knew it."""
    held = of_place(db.session(), viewer(), place)
    form = request.form or kept_fields()
    return held.under(form) if form else held


def _new_page(
    form: ThreadForm, slug: str | None = None, error: DomainError | None = None, *, look: bool = False
) -> Page:
    """The form; `slug` is the board that it is for, when the address says so. `look`: with threads like it."""
    session, actor = db.session(), viewer()
    boards = queries.boards_to_start_on(session, actor)
    board = next((one for one in boards if one.slug == slug), None)
    if slug is not None and board is None:
        seen = queries.visible_board(session, actor, slug)
        guardian.require(guardian.may_start(actor, seen), actor)
    if board is None and not boards and not form.body:
        return _nowhere_to_ask()
    choices = [("", _("Choose a board")), *((one.slug, one.title) for one in boards)]
    fields, message, status = problems(error) if error is not None else ({}, "", 200)
    page = render_template(
        "threads/new.html", form=form, board=board, choices=choices, errors=fields, message=message,
        draft_key=NEW_DRAFT, draft=_held(NEW_DRAFT), waits=not actor.confirmed,
        similar=similar_threads(session, actor, form.title) if look else [], looked=look,
        offers=about.offers(session, [board] if board is not None else boards),
    )
    return page, status


def _nowhere_to_ask() -> Page:
    """There is no board that the viewer may start a thread on: why, and what to do."""
    standing = guardian.may_be_here(viewer())
    return render_template(
        "threads/nowhere.html", reason=standing.reason, boards_there=queries.sees_a_board(db.session(), viewer()),
        may_arrange=bool(guardian.may_arrange_boards(viewer())),
    )


def _start(form: ThreadForm, slug: str | None = None) -> Page:
    if "look" in request.form:  # for browsers without script: nothing is posted yet
        ratelimit.take("search", viewer().id)
        return _new_page(form, slug, look=True)
    try:
        with acting() as (session, actor):
            if not form.board:
                raise Invalid({"board": _("Choose a board.")})
            board = queries.visible_board(session, actor, form.board)
            made = actions.start_thread(
                session, actor, board, kind=form.kind, title=form.title, body=form.body, tags=form.tag_words,
                product=form.product,
            )
            path, waits = f"/t/{made.id}/{made.slug}", made.awaits_confirmation
            drafts.sent(session, actor, NEW_DRAFT, request.form)
    except KEPT as error:
        return _new_page(form, slug, error)
    forget_draft(NEW_DRAFT)
    if not waits:
        said(_("Posted. You will hear when someone answers."))
    return to(path)


@blueprint.post(f"/t/{THREAD}/replies")
@needs("member")
def create_reply(thread_id: int) -> Page:
    """Answer a thread, or reply to the post `parent_id` of it."""
    raw = request.form.get("parent_id", "")
    parent_id, body = number(raw), request.form.get("body", "")
    if "insert" in request.form:
        return _with_saved_reply(thread_id, parent_id, body)
    place = f"p-{parent_id}" if parent_id else f"t-{thread_id}"
    try:
        with acting() as (session, actor):
            thread = queries.visible_thread(session, actor, thread_id)
            if raw and parent_id is None:
                raise NotFound
            parent = queries.visible_post(session, actor, parent_id) if parent_id is not None else None
            made = actions.reply(session, actor, thread, body=body, parent=parent)
            path = queries.path_of(session, thread, made)
            drafts.sent(session, actor, place, request.form)
    except KEPT as error:
        return _reply_page(thread_id, parent_id, body, error)
    forget_draft(place)
    return to(path)


def _with_saved_reply(thread_id: int, parent_id: int | None, body: str) -> Page:
    """The form once more, with a saved reply below what was typed: for browsers without script."""
    found = queries.visible_thread(db.session(), viewer(), thread_id)
    guardian.require(guardian.may_reply(viewer(), found, found.board), viewer())
    filled = saved.filled(db.session(), viewer(), number(request.form.get("insert")) or 0, found)
    return _reply_page(thread_id, parent_id, "\n\n".join(part for part in (body.strip(), filled) if part))


@blueprint.get(f"/p/{POST}/reply")
@needs("member")
def reply_to(post_id: int) -> Page:
    """The form to reply to a post, on a page of its own."""
    found = queries.visible_post(db.session(), viewer(), post_id)
    guardian.require(guardian.may_reply(viewer(), found.thread, found.thread.board), viewer())
    return _reply_page(found.thread_id, post_id, kept_fields().get("body", ""))


def _reply_page(thread_id: int, parent_id: int | None, body: str, error: DomainError | None = None) -> Page:
    session, actor = db.session(), viewer()
    found = queries.visible_thread(session, actor, thread_id)
    parent = queries.visible_post(session, actor, parent_id) if parent_id is not None else None
    fields, message, status = problems(error) if error is not None else ({}, "", 200)
    return render_template(
        "threads/reply.html", thread=found, board=found.board, parent=parent, body=body, errors=fields, message=message,
        draft=_held(f"p-{parent_id}" if parent_id else f"t-{thread_id}"),
        saved=saved.replies(session, actor),
    ), status


@blueprint.post(f"/t/{THREAD}/details")
@needs("member")
def details(thread_id: int) -> Page:
    """The asker adds details to the question."""
    body = request.form.get("body", "")
    try:
        with acting() as (session, actor):
            found = queries.visible_thread(session, actor, thread_id)
            actions.add_details(session, actor, found, body)
            drafts.sent(session, actor, f"details-{thread_id}", request.form)
            path = f"/t/{thread_id}/{found.slug}"
    except KEPT as error:
        return _details_page(thread_id, body, error)
    forget_draft(f"details-{thread_id}")
    said(_("Your details are added."))
    return to(path)


def _details_page(thread_id: int, body: str, error: DomainError) -> Page:
    found = queries.visible_thread(db.session(), viewer(), thread_id)
    fields, message, status = problems(error)
    return render_template(
        "threads/details.html", thread=found, board=found.board, body=body, errors=fields, message=message,
        draft=_held(f"details-{thread_id}"),
    ), status


@blueprint.get(f"/p/{POST}/revision")
@needs("member")
def edit(post_id: int) -> Page:
    """The form to edit a post; for those who may change tags only, the tags."""
    session, actor = db.session(), viewer()
    found = queries.visible_post(session, actor, post_id)
    tags = ", ".join(queries.tags_of(session, found.thread_id)) if found.kind == "opening" else ""
    held = {"body": found.body_source, "title": found.thread.title, "tags": tags}
    held["product"] = about.slug_of(session, found.thread)
    typed = of_place(session, actor, f"edit-{post_id}").fields
    return _edit_page(post_id, EditForm.read({**held, **typed, **kept_fields()}))


@blueprint.post(f"/p/{POST}/revision")
@needs("member")
def revise(post_id: int) -> Page:
    """Change what a post says."""
    form = EditForm.read(request.form)
    try:
        with acting() as (session, actor):
            found = queries.visible_post(session, actor, post_id)
            actions.edit_post(
                session, actor, found, body=form.body, title=form.title, tags=form.tag_words, product=form.product
            )
            drafts.sent(session, actor, f"edit-{post_id}", request.form)
    except KEPT as error:
        return _edit_page(post_id, form, error)
    forget_draft(f"edit-{post_id}")
    return to(queries.post_path(db.session(), viewer(), post_id))


def _edit_page(post_id: int, form: EditForm, error: DomainError | None = None) -> Page:
    session, actor = db.session(), viewer()
    found = queries.visible_post(session, actor, post_id)
    verdict = guardian.may_edit(actor, found, found.thread, found.thread.board)
    tags_only = not verdict and found.kind == "opening"
    if tags_only:
        verdict = guardian.may_edit_topic(actor, found.thread, found.thread.board, found)
    guardian.require(verdict, actor)
    fields, message, status = problems(error) if error is not None else ({}, "", 200)
    return render_template(
        "threads/edit.html", post=found, thread=found.thread, board=found.thread.board, form=form, tags_only=tags_only,
        errors=fields, message=message, draft=_held(f"edit-{post_id}"),
        offers=about.offers(session, [found.thread.board], found.thread) if found.kind == "opening" else (),
    ), status


@blueprint.post("/preview")
@needs("member")
def preview() -> Page:
    """What a text will look like."""
    ratelimit.take("preview", viewer().id)
    rendered = texts.render(db.session(), texts.clean_body(request.form.get("body", "")), "preview")
    return render_template("threads/_preview.html", html=rendered.html)
