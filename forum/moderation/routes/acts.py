"""Doors: acts on posts, chat messages and threads, from the menus beside them."""

from collections.abc import Callable

from flask import redirect, render_template, request
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.core.i18n import parted
from forum.doors import Page, acting, back, needs, said, viewer
from forum.extensions import db
from forum.moderation.actions import cases, steering
from forum.moderation.actions.redaction import redact
from forum.moderation.forms import HideForm, MoveForm, RedactForm, errors_of
from forum.moderation.models import LogEntry
from forum.moderation.queries import boards_to_move_to, thread_to_steer
from forum.moderation.routes.blueprint import blueprint
from forum.moderation.routes.queue import undo_of
from forum.moderation.targets import Target, message_target, post_target
from forum.moderation.views import href_of, words_of
from forum.threads.queries import tags_of
from forum.threads.writing import split_tags

ID = "int(max=2147483647)"
Load = Callable[[Session, Actor, bool], Target]


def _post(post_id: int) -> Load:
    return lambda session, asking, lock: post_target(session, asking, post_id, lock=lock)


def _message(message_id: int) -> Load:
    return lambda session, asking, lock: message_target(session, asking, message_id, lock=lock)


# Hiding ---------------------------------------------------------------------------------------


@blueprint.get(f"/p/<{ID}:post_id>/hiding")
@needs("queue")
def hide_post_form(post_id: int) -> Page:
    """Why is it hidden?"""
    return _hide_form(_post(post_id), HideForm())


@blueprint.post(f"/p/<{ID}:post_id>/hiding")
@needs("queue")
def hide_post(post_id: int) -> Page:
    """Hide a post, with a reason that the author reads."""
    return _hide(_post(post_id))


@blueprint.post(f"/p/<{ID}:post_id>/hiding/undo")
@blueprint.delete(f"/p/<{ID}:post_id>/hiding")
@needs("queue")
def show_post(post_id: int) -> Page:
    """Show a hidden post again."""
    return _show(_post(post_id))


@blueprint.get(f"/chat/messages/<{ID}:message_id>/hiding")
@needs("queue")
def hide_message_form(message_id: int) -> Page:
    """Why is it hidden?"""
    return _hide_form(_message(message_id), HideForm())


@blueprint.post(f"/chat/messages/<{ID}:message_id>/hiding")
@needs("queue")
def hide_message(message_id: int) -> Page:
    """Hide a chat message, with a reason that the author reads."""
    return _hide(_message(message_id))


@blueprint.post(f"/chat/messages/<{ID}:message_id>/hiding/undo")
@blueprint.delete(f"/chat/messages/<{ID}:message_id>/hiding")
@needs("queue")
def show_message(message_id: int) -> Page:
    """Show a hidden chat message again."""
    return _show(_message(message_id))


def _hide_form(load: Load, form: HideForm, status: int = 200) -> Page:
    target = load(db.session(), viewer(), False)
    guardian.require(guardian.may_decide(viewer(), target.board_id, target.author_id), viewer())
    page = render_template(
        "moderation/hide.html", form=form, words=words_of(target), author=target.author.label, href=href_of(target),
        errors=errors_of(form), action=request.path,
    )
    return page, status


def _hide(load: Load) -> Page:
    form = HideForm()
    try:
        if not form.validate():
            raise Invalid({})
        with acting() as (session, actor):
            target = load(session, actor, True)
            entry = cases.hide(session, actor, target, form.words(target.author.reads))
            href, undo_path = href_of(target), undo_of(entry.id)
    except Invalid as error:
        form.take_errors(error)
        return _hide_form(load, form, error.status)
    said(_("Hidden. The author reads why."), undo=undo_path)
    return back(href)


def _show(load: Load) -> Page:
    with acting() as (session, actor):
        target = load(session, actor, True)
        href, undo_path = href_of(target), undo_of(cases.restore(session, actor, target).id)
    said(_("It is shown again."), undo=undo_path)
    return back(href)


# Redaction ------------------------------------------------------------------------------------


@blueprint.get(f"/p/<{ID}:post_id>/redaction")
@needs("staff")
def redact_post_form(post_id: int) -> Page:
    """The post's source, to edit the leaked part out."""
    return _redact_form(_post(post_id), RedactForm())


@blueprint.post(f"/p/<{ID}:post_id>/redaction")
@needs("staff")
def redact_post(post_id: int) -> Page:
    """Purge what is edited out, for good."""
    return _redact(_post(post_id))


@blueprint.get(f"/chat/messages/<{ID}:message_id>/redaction")
@needs("staff")
def redact_message_form(message_id: int) -> Page:
    """The message's source, to edit the leaked part out."""
    return _redact_form(_message(message_id), RedactForm())


@blueprint.post(f"/chat/messages/<{ID}:message_id>/redaction")
@needs("staff")
def redact_message(message_id: int) -> Page:
    """Purge what is edited out, for good."""
    return _redact(_message(message_id))


def _redact_form(load: Load, form: RedactForm, status: int = 200) -> Page:
    target = load(db.session(), viewer(), False)
    guardian.require(guardian.may_redact(viewer(), target.board_id), viewer())
    row = target.post or target.message
    opening = target.thread if target.post is not None and target.post.kind == "opening" else None
    tags = tags_of(db.session(), opening.id) if opening is not None else ()
    form.show(row.body_source if row is not None else "", opening.title if opening else None, tags)
    page = render_template(
        "moderation/redact.html", form=form, author=target.author.label, href=href_of(target), errors=errors_of(form)
    )
    return page, status


def _redact(load: Load) -> Page:
    form = RedactForm()
    try:
        with acting() as (session, actor):
            target = load(session, actor, True)
            title = form.title.data if "title" in request.form else None
            tags = split_tags(form.tags.data or "") if "tags" in request.form else None
            elsewhere = redact(session, actor, target, words=form.body.data or "", title=title, tags=tags)
            href = href_of(target)
    except Invalid as error:
        form.take_errors(error)
        return _redact_form(load, form, error.status)
    said(_("Redacted. The words are off all pages and out of search. The database's files forget them within minutes;"
           " the log says when."))
    if elsewhere:
        said(_("The same words are also here, please look: %(list)s", list=parted(elsewhere)), "error")
    return redirect(href, 303)


@blueprint.post(f"/p/<{ID}:post_id>/kind")
@needs("member")
def turn_post(post_id: int) -> Page:
    """Turn an answer into a reply, or a reply into an answer."""
    with acting() as (session, actor):
        entry = steering.turn(session, actor, post_id, request.form.get("kind", ""))
        undo_path = undo_of(entry.id) if actor.moderates(entry.board_id) else None
    said(_("Done."), undo=undo_path)
    return back(f"/p/{post_id}")


# Threads --------------------------------------------------------------------------------------


def _steer(thread_id: int, act: Callable[[Session, Actor], LogEntry], message: str) -> Page:
    """Do it, say so with an Undo, and return to the thread."""
    with acting() as (session, actor):
        undo_path = undo_of(act(session, actor).id)
    said(message, undo=undo_path)
    return back(f"/t/{thread_id}")


@blueprint.post(f"/t/<{ID}:thread_id>/closure")
@needs("queue")
def lock_thread(thread_id: int) -> Page:
    """Lock a thread."""
    reason = request.form.get("reason", "")
    return _steer(thread_id, lambda session, actor: steering.lock(session, actor, thread_id, reason), _("Locked."))


@blueprint.post(f"/t/<{ID}:thread_id>/closure/undo")
@blueprint.delete(f"/t/<{ID}:thread_id>/closure")
@needs("queue")
def unlock_thread(thread_id: int) -> Page:
    """Unlock a thread."""
    return _steer(thread_id, lambda session, actor: steering.unlock(session, actor, thread_id), _("Unlocked."))


@blueprint.post(f"/t/<{ID}:thread_id>/pin")
@needs("queue")
def pin_thread(thread_id: int) -> Page:
    """Pin a thread above its board's list."""
    return _steer(thread_id, lambda session, actor: steering.pin(session, actor, thread_id), _("Pinned."))


@blueprint.post(f"/t/<{ID}:thread_id>/pin/undo")
@blueprint.delete(f"/t/<{ID}:thread_id>/pin")
@needs("queue")
def unpin_thread(thread_id: int) -> Page:
    """Let a pinned thread go."""
    return _steer(
        thread_id, lambda session, actor: steering.pin(session, actor, thread_id, pinned=False), _("No longer pinned.")
    )


@blueprint.post(f"/t/<{ID}:thread_id>/kind")
@needs("queue")
def change_kind(thread_id: int) -> Page:
    """Make a thread a question, a discussion or an idea."""
    kind, said_then = request.form.get("kind", ""), _("The kind is changed.")
    return _steer(thread_id, lambda session, actor: steering.change_kind(session, actor, thread_id, kind), said_then)


@blueprint.get(f"/t/<{ID}:thread_id>/move")
@needs("queue")
def move_form(thread_id: int) -> Page:
    """Where to?"""
    return _move_form(thread_id, MoveForm())


@blueprint.post(f"/t/<{ID}:thread_id>/move")
@needs("queue")
def move_thread(thread_id: int) -> Page:
    """Move a thread to another board."""
    form = MoveForm()
    try:
        board_id = _chosen_board()
        return _steer(
            thread_id, lambda session, actor: steering.move(session, actor, thread_id, board_id), _("Moved.")
        )
    except Invalid as error:
        form.take_errors(error)
        return _move_form(thread_id, form, error.status)


def _chosen_board() -> int:
    chosen = request.form.get("board", "")
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 9:
        raise Invalid({"board": _("Choose another board, one that is not archived.")})
    return int(chosen)


def _move_form(thread_id: int, form: MoveForm, status: int = 200) -> Page:
    thread, board = thread_to_steer(db.session(), viewer(), thread_id)
    guardian.require(guardian.may_moderate(viewer(), board.id), viewer())
    form.offer(boards_to_move_to(db.session(), viewer(), board.id))
    page = render_template(
        "moderation/move.html", form=form, title=thread.title, board=board.title, href=f"/t/{thread.id}/{thread.slug}",
        errors=errors_of(form),
    )
    return page, status
