"""Pages to read: threads, conversations, what a post said before."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from forum.access import guardian
from forum.access.actors import GUEST
from forum.boards.queries import above
from forum.content.absolute import first_picture, whole
from forum.content.excerpt import excerpt
from forum.doors import Page, acting, moved, needs, settings, viewer, wants_fragment
from forum.drafts import queries as drafts
from forum.extensions import db
from forum.members.keeping import kept_fields
from forum.threads import actions, explaining, ideas, queries, structured, views
from forum.threads.conversations import conversation_page
from forum.threads.history import history_of
from forum.threads.routes.beside import desk_of
from forum.threads.routes.blueprint import POST, THREAD, arrived_draft, blueprint, number
from forum.threads.routes.drawing import Pen


@blueprint.get(f"/t/{THREAD}")
@needs("public")
def thread_by_id(thread_id: int) -> Page:
    """A thread's address without its words."""
    thread_found = queries.visible_thread(db.session(), viewer(), thread_id)
    return moved(f"/t/{thread_id}/{thread_found.slug}")


@blueprint.get(f"/t/{THREAD}/<slug>")
@needs("public")
def thread(thread_id: int, slug: str) -> Page:
    """A thread: from its beginning, from page `page` or answer `after`, or opened `from` a post of the first level."""
    page = queries.thread_page(
        db.session(), viewer(), thread_id, number=number(request.args.get("page")) or 1,
        after=number(request.args.get("after")), start=number(request.args.get("from")),
    )
    if slug != page.head.thread.slug:
        return moved(page.head.href)
    views.count_view(thread_id)
    held = drafts.of_thread(db.session(), viewer(), thread_id)
    return render_template(
        "threads/thread.html", page=page, head=page.head, thread=page.head.thread, board=page.head.board,
        above=above(db.session(), viewer(), page.head.board), pen=Pen.of(page.head, viewer(), held, kept_fields()),
        description=excerpt(page.head.opening.text, 160), kept=kept_fields(), draft_clear=arrived_draft(), drafts=held,
        steps=ideas.history(db.session(), page.head.thread) if page.head.thread.kind == "idea" else [],
        newest=max((row.id for row in page.posts()), default=0),
        canonical=whole(structured.canonical_path(page), settings().base_url),
        picture=first_picture(page.head.opening.html, settings().base_url),
        feed_open=bool(guardian.may_see_board(GUEST, page.head.board)),
        data=structured.thread_data(page, settings().base_url),
        **desk_of(page.head),
    )


@blueprint.get(f"/t/{THREAD}/<slug>/conversation/{POST}")
@needs("public")
def conversation(thread_id: int, slug: str, post_id: int) -> Page:
    """A conversation that is too long or too deep for its thread's page."""
    page = conversation_page(db.session(), viewer(), thread_id, post_id, number(request.args.get("after")))
    if slug != page.head.thread.slug:
        return moved(f"{page.head.href}/conversation/{post_id}")
    held = drafts.of_thread(db.session(), viewer(), thread_id)
    return render_template(
        "threads/conversation.html", page=page, head=page.head, thread=page.head.thread, board=page.head.board,
        above=above(db.session(), viewer(), page.head.board), pen=Pen.of(page.head, viewer(), held, kept_fields()),
        draft_clear=arrived_draft(),
        canonical=whole(page.head.href, settings().base_url),
    )


@blueprint.get(f"/p/{POST}")
@needs("public")
def post(post_id: int) -> Page:
    """A post's permanent address leads to where it stands now."""
    return redirect(queries.post_path(db.session(), viewer(), post_id), 302)


@blueprint.get(f"/p/{POST}/why")
@needs("public")
def why(post_id: int) -> Page:
    """Why an answer stands where it stands: a page, or the part of it that a behaviour opens in place."""
    reasons = explaining.reasons_of(db.session(), viewer(), post_id)
    return render_template("threads/_why.html" if wants_fragment() else "threads/why.html", why=reasons)


@blueprint.get(f"/p/{POST}/revisions")
@needs("public")
def revisions(post_id: int) -> Page:
    """What a post said before each edit, and what changed."""
    history = history_of(db.session(), viewer(), post_id)
    return render_template("threads/revisions.html", history=history)


@blueprint.post(f"/t/{THREAD}/read")
@needs("member")
def read(thread_id: int) -> Page:
    """A beacon: the page was looked at, up to the post `value`."""
    with acting() as (session, actor):
        actions.mark_read(session, actor, thread_id, number(request.form.get("value")) or 0)
    return Response(status=204)
