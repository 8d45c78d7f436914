"""Reads of invitations."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.core.clock import now
from forum.invitations.models import Invitation
from forum.invitations.state import LIVES, invitation_of
from forum.members.models import Member

SHOWN = 50


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation as its inviter sees it. `state` is waiting, joined, withdrawn or expired."""

    id: int
    hint: str
    at: dt.datetime
    state: str
    name: str | None
    label: str | None


def invitations(session: Session, viewer: Actor) -> list[InvitationRow]:
    """The viewer's latest invitations, newest first. One query."""
    rows = session.execute(
        select(Invitation, Member.name, Member.shown_name)
        .outerjoin(Member, Member.id == Invitation.member_id)
        .where(Invitation.inviter_id == viewer.id)
        .order_by(Invitation.id.desc()).limit(SHOWN)
    )
    return [
        InvitationRow(row.id, row.hint, row.created_at, _state(row), name, shown or name) for row, name, shown in rows
    ]


def inviter_of(session: Session, token: str) -> str | None:
    """The name of who sent the invitation with this token; None if its link is not good (any more)."""
    invitation = invitation_of(session, token)
    return session.get_one(Member, invitation.inviter_id).label if invitation else None


def _state(row: Invitation) -> str:
    if row.member_id is not None:
        return "joined"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "waiting" if row.created_at > now() - LIVES else "expired"
