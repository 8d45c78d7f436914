"""What threads hear of purchases: who said that an answer worked may own the thing no longer, or again."""

from sqlalchemy.orm import Session

from forum.events.catalogue import PurchasesChanged
from forum.threads import owning


def purchases_changed(session: Session, event: PurchasesChanged, _key: str) -> None:
    """Their marks count while they own what the thread is about."""
    owning.recheck(session, event.member_id)
