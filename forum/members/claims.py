"""Reads: one's own claims on imported profiles, and those that wait for a decision."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from forum.access.actors import Actor
from forum.members.models import Member, MemberClaim

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """Who says that which profile is theirs. `approved` is None while nobody has decided."""

    id: int
    member_name: str
    member_label: str
    imported_name: str
    imported_label: str
    posts: int
    words: str
    at: dt.datetime
    approved: bool | None


def own_claims(session: Session, viewer: Actor) -> list[ClaimRow]:
    """The viewer's claims, the newest first."""
    return _rows(session, MemberClaim.member_id == viewer.id, newest=True)


def waiting_claims(session: Session) -> list[ClaimRow]:
    """What staff have to decide, the oldest first."""
    return _rows(session, MemberClaim.decided_at.is_(None), newest=False)


def waiting_count(session: Session, viewer: Actor) -> int:
    """How many claims wait that the viewer can decide about, so not their own."""
    waiting = select(func.count()).where(MemberClaim.decided_at.is_(None), MemberClaim.member_id != viewer.id)
    return session.scalar(waiting) or 0


def has_imported(session: Session) -> bool:
    """Whether there is any imported profile, so that claiming one is worth a link."""
    return session.scalar(select(Member.id).where(Member.external_source.is_not(None)).limit(1)) is not None


def _rows(session: Session, condition: ColumnElement[bool], *, newest: bool) -> list[ClaimRow]:
    member, imported = aliased(Member), aliased(Member)
    order = (MemberClaim.asked_at.desc(), MemberClaim.id.desc()) if newest else (MemberClaim.asked_at, MemberClaim.id)
    rows = session.execute(
        select(MemberClaim, member.name, member.shown_name, imported.name, imported.shown_name, imported.post_count)
        .join(member, member.id == MemberClaim.member_id).join(imported, imported.id == MemberClaim.imported_id)
        .where(condition).order_by(*order).limit(SHOWN)
    )
    return [
        ClaimRow(
            claim.id, name, shown or name, imported_name, imported_shown or imported_name, posts, claim.words,
            claim.asked_at, claim.approved if claim.decided_at is not None else None,
        )
        for claim, name, shown, imported_name, imported_shown, posts in rows
    ]
