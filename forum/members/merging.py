"""An imported profile and a member become one: what was written under the one belongs to the other from now on."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from forum.core.clock import now
from forum.members.models import Member
from forum.reputation import ledger
from forum.reputation.models import Award, MemberBadge
from forum.threads import taking_part, voiding
from forum.threads.models import Acceptance, Post, PostRevision, Thread, Vote

# Everything that an imported member can have; they never signed in, so they never voted, bought or chatted.
BELONGINGS: tuple[InstrumentedAttribute[Any], ...] = (
    Post.author_id, Thread.author_id, Thread.last_author_id, PostRevision.editor_id, Acceptance.by_id,
    Award.member_id, MemberBadge.member_id,
)


def is_imported(member: Member) -> bool:
    """Whether this is a profile from an import that is nobody's account."""
    return (
        member.external_source is not None and member.confirmed_at is None and member.password_hash is None
        and member.merged_into_id is None and member.erased_at is None
    )


def merge(session: Session, imported: Member, into: Member) -> None:
    """Give everything of an imported profile to a member; the ledger of all concerned is settled anew.

    The imported row stays, so that its address leads to the member and the next import finds them. Callers have asked
    the guardian and write the log.
    """
    # What they thought of the old profile's posts would be for oneself from now on.
    own = select(Vote.id).join(Post, Post.id == Vote.post_id)
    own = own.where(Vote.voter_id == into.id, Post.author_id == imported.id)
    voiding.void_votes(session, own, "merge", imported.id, now())
    threads = _lock_threads(session, imported.id)
    _drop_common_badges(session, imported.id, into.id)
    loose = {"synchronize_session": False}
    for column in BELONGINGS:
        session.execute(update(column.class_).where(column == imported.id).values({column: into.id}),
                        execution_options=loose)
    taking_part.settle_all(session, threads)
    source, id = imported.external_source, imported.external_id
    imported.merged_into_id, imported.shown_key = into.id, None
    into.post_count, imported.post_count = into.post_count + imported.post_count, 0
    into.joined_at = min(into.joined_at, imported.joined_at)
    if into.external_id is None:
        imported.external_id = None
        session.flush()
        into.external_source, into.external_id = source, id
    session.flush()
    session.expire_all()
    ledger.settle_merged(session, into, imported)


def _drop_common_badges(session: Session, imported_id: int, into_id: int) -> None:
    """A badge that is had once, and that both have, stays the member's."""
    theirs = aliased(MemberBadge)
    both = select(theirs.id).where(
        theirs.member_id == into_id, theirs.badge_id == MemberBadge.badge_id, theirs.occasion == MemberBadge.occasion
    )
    session.execute(
        delete(MemberBadge).where(MemberBadge.member_id == imported_id, both.exists()),
        execution_options={"synchronize_session": False},
    )


def _lock_threads(session: Session, member_id: int) -> Sequence[int]:
    """Lock the threads in which they wrote, in the order of their ids, which it gives; they are to be drawn anew."""
    wrote = select(Post.thread_id).where(Post.author_id == member_id)
    ids = session.scalars(
        select(Thread.id).where(or_(Thread.author_id == member_id, Thread.id.in_(wrote))).order_by(Thread.id)
        .with_for_update(key_share=True)
    ).all()
    session.execute(
        update(Thread).where(Thread.id.in_(ids)).values(version=Thread.version + 1),
        execution_options={"synchronize_session": False},
    )
    return ids
