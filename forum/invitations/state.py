"""What actions, queries and jobs of invitations share."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.tokens import hash_token
from forum.invitations.models import Invitation

LIVES = dt.timedelta(days=14)


def invitation_of(session: Session, token: str, *, lock: bool = False) -> Invitation | None:
    """The invitation whose mailed link holds this token, as long as it is good."""
    if not token:
        return None
    statement = select(Invitation).where(
        Invitation.token_hash == hash_token(token), Invitation.withdrawn_at.is_(None),
        Invitation.member_id.is_(None), Invitation.created_at > now() - LIVES,
    )
    return session.scalar(statement.with_for_update() if lock else statement)
