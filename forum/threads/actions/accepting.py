"""Accepting the answer that solved a question, and changing one's mind."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.clock import now
from forum.events.catalogue import AcceptanceTakenBack, AnswerAccepted, PostChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.reputation import ledger
from forum.threads import projections
from forum.threads.models import Acceptance, Post, Thread


def accept_answer(session: Session, actor: Actor, post: Post) -> None:
    """Accept an answer; one accepted before is not any more. Again is harmless.

    Raises:
        Forbidden, Unauthenticated: neither the asker, nor staff, nor in the asker's long absence a high rank.
    """
    board, thread = _allowed(session, actor, post)
    if thread.accepted_post_id == post.id:
        return
    before = _undo(session, thread)
    acceptance = session.scalars(select(Acceptance).where(Acceptance.post_id == post.id)).one_or_none()
    if acceptance is None:
        acceptance = Acceptance(thread_id=thread.id, post_id=post.id, created_at=now())
        session.add(acceptance)
    acceptance.thread_id, acceptance.by_id = thread.id, actor.id
    acceptance.created_at, acceptance.undone_at = now(), None
    thread.accepted_post_id = post.id
    session.flush()
    publish(session, AnswerAccepted(post_id=post.id, thread_id=thread.id, by_id=actor.id))
    _settle(session, board, thread, [acceptance, *before])


def unaccept(session: Session, actor: Actor, post: Post) -> None:
    """Take an acceptance back. Nothing happens when the answer is not the accepted one.

    Raises:
        Forbidden, Unauthenticated: as for accepting.
    """
    board, thread = _allowed(session, actor, post)
    if thread.accepted_post_id != post.id:
        return
    undone = _undo(session, thread)
    thread.accepted_post_id = None
    session.flush()
    _settle(session, board, thread, undone)


def _allowed(session: Session, actor: Actor, post: Post) -> tuple[Board, Thread]:
    board, thread = projections.lock(session, post.thread_id)
    session.refresh(post)
    guardian.require_seen(actor, board)
    asker_seen_at = session.scalar(select(Member.last_seen_at).where(Member.id == thread.author_id))
    guardian.require(guardian.may_accept(actor, post, thread, board, asker_seen_at), actor)
    return board, thread


def _undo(session: Session, thread: Thread) -> list[Acceptance]:
    """Mark the thread's acceptance in force as undone, say so, and return it."""
    held = session.scalars(
        select(Acceptance).where(Acceptance.thread_id == thread.id, Acceptance.undone_at.is_(None))
    ).all()
    for acceptance in held:
        acceptance.undone_at = now()
        publish(session, AcceptanceTakenBack(post_id=acceptance.post_id, thread_id=thread.id))
    return list(held)


def _settle(session: Session, board: Board, thread: Thread, acceptances: list[Acceptance]) -> None:
    """Marks, counters, pages and the ledger follow what is accepted now."""
    projections.settle_lead(session, thread)
    projections.touch(session, board, thread)
    for acceptance in acceptances:
        publish(session, PostChanged(post_id=acceptance.post_id, thread_id=thread.id))
    session.flush()
    ledger.settle_acceptances(session, acceptances)
