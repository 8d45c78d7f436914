"""Starting a thread, answering, replying."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.database import next_id
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.events.catalogue import PostCreated, ThreadStarted
from forum.events.publish import publish
from forum.members.models import Member
from forum.threads import about, projections, writing
from forum.threads.models import KINDS, Post, Thread

FIRST_DAY = dt.timedelta(days=1)


def start_thread(
    session: Session, actor: Actor, board: Board, *, kind: str, title: str, body: str, tags: Iterable[str] = (),
    product: str = "",
) -> Thread:
    """Start a thread on a board. One whose author has not confirmed an address waits, unseen by others.

    Args:
        kind: "question", "discussion" or "idea".
        title: 8 to 150 characters.
        body: Markdown, at most 20,000 characters.
        tags: at most five words.
        product: the slug of what it is about, one that is offered on the board; empty: none in particular.

    Raises:
        Forbidden, Unauthenticated, NotFound: the board is not open to the actor.
        Invalid: by field, what to change.
        Conflict: a thread of theirs waits for confirmation already.
        TooMany: too soon, or too many today.
    """
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_start(actor, board), actor)
    if kind not in KINDS:
        raise Invalid({"kind": _("Choose a question, a discussion or an idea.")})
    topic, source = writing.topic(title, tags), writing.clean_body(body)
    product_id = about.chosen(session, board, product)
    waits = not actor.confirmed
    if waits and _has_waiting(session, actor):
        raise Conflict(_("A thread of yours waits already: confirm your address, and it is published."))
    _take("thread", actor)
    board = projections.lock_board(session, board.id)
    moment = now()
    thread = Thread(
        board_id=board.id, product_id=product_id, author_id=actor.id, kind=kind, title=topic.title, slug=topic.slug,
        language=board.language, created_at=moment, last_activity_at=moment, last_author_id=actor.id,
        awaits_confirmation=waits, asked_as_newcomer=actor.is_newcomer,
        people_count=1, faces=[actor.id],
    )
    session.add(thread)
    session.flush()
    opening = _open(session, actor, thread, source, moment)
    writing.set_tags(session, thread, topic.tags, counted=False)
    if not waits:
        _appear(session, board, thread)
    projections.count_member(session, thread.author_id, 1)
    session.refresh(opening)
    session.refresh(thread)
    return thread


def reply(session: Session, actor: Actor, thread: Thread, *, body: str, parent: Post | None) -> Post:
    """Answer a thread (`parent` None: an answer in a question, a post in a discussion), or reply to a post of it.

    Raises:
        Forbidden, Unauthenticated: locked, archived, or not open to the actor.
        NotFound: `parent` is not in this thread, or gone.
        Invalid: by field, what to change.
        TooMany: too soon, or too many today.
    """
    board, thread = projections.lock(session, thread.id)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_reply(actor, thread, board), actor)
    if parent is not None:
        session.refresh(parent)
        if parent.thread_id != thread.id or parent.is_gone:
            raise NotFound(_("What you reply to is not there any more. Your text is kept."))
    source = writing.clean_body(body)
    _take("reply", actor)
    post = _new_post(actor, thread, source, now())
    _place(session, thread, post, parent)
    writing.write_body(session, post, source, actor)
    projections.take_in(session, board, thread, post)
    publish(session, PostCreated(post_id=post.id, thread_id=thread.id, author_id=post.author_id))
    return post


def publish_waiting(session: Session, member: Member) -> list[int]:
    """Publish what the member wrote before their address was confirmed, as of now. Returns the threads' ids.

    Called by the members' room once a link has confirmed an address; there is no other way to it.
    """
    waiting = session.scalars(
        select(Thread.id).where(Thread.author_id == member.id, Thread.awaits_confirmation).order_by(Thread.id)
    ).all()
    for thread_id in waiting:
        board, thread = projections.lock(session, thread_id)
        opening = session.get_one(Post, thread.opening_id)
        thread.awaits_confirmation = False
        thread.created_at = opening.created_at = thread.last_activity_at = now()
        session.flush()
        if not thread.is_gone:
            _appear(session, board, thread)
    return list(waiting)


def _has_waiting(session: Session, actor: Actor) -> bool:
    waiting = select(Thread.id).where(
        Thread.author_id == actor.id, Thread.awaits_confirmation, Thread.deleted_at.is_(None)
    )
    return session.scalar(waiting.limit(1)) is not None


def _take(what: str, actor: Actor) -> None:
    if actor.is_system:
        return
    if actor.is_newcomer:
        if actor.joined_at is not None and now() - actor.joined_at < FIRST_DAY:
            ratelimit.take(f"{what}:first-day", actor.id)
        ratelimit.take(f"{what}:newcomer", actor.id)
    else:
        ratelimit.take(what, actor.id)


def _open(session: Session, actor: Actor, thread: Thread, source: str, moment: dt.datetime) -> Post:
    opening = _new_post(actor, thread, source, moment)
    opening.kind = "opening"
    session.add(opening)
    session.flush()
    opening.root_id = opening.id
    thread.opening_id = opening.id
    writing.write_body(session, opening, source, actor)
    session.flush()
    return opening


def _appear(session: Session, board: Board, thread: Thread) -> None:
    """A thread is there for all from now on."""
    projections.count_thread(session, board, thread, 1)
    projections.stir(board, thread, thread.last_activity_at, thread.author_id)
    projections.touch(session, board, thread)
    publish(session, ThreadStarted(thread_id=thread.id, opening_id=thread.opening_id or 0, author_id=thread.author_id))
    session.flush()


def _new_post(actor: Actor, thread: Thread, source: str, moment: dt.datetime) -> Post:
    return Post(
        thread_id=thread.id, author_id=actor.id, kind="reply", body_source=source, body_html="", renderer_version=0,
        created_at=moment,
    )


def _place(session: Session, thread: Thread, post: Post, parent: Post | None) -> None:
    """Give the post its id and its place: the next of the first level, or under its root. Places are given once."""
    post.id = next_id(session, Post)
    if parent is None:
        post.kind = "answer" if thread.kind == "question" else "reply"
        post.position, post.root_id = thread.next_position, post.id
        return
    root = session.get_one(Post, parent.root_id)
    session.refresh(root)
    post.parent_id, post.root_id = parent.id, root.id
    post.reply_index, post.depth = root.next_reply_index, parent.depth + 1
