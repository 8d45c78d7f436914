"""Parts that actions are made of: how long a rating stays unseen, and taking one out of sight."""

import datetime as dt

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.events.catalogue import TradeHappened
from forum.events.publish import publish
from forum.trades.models import TradeRating

# So long the other one can rate without knowing what was said; then the first rating shows alone.
BLIND = dt.timedelta(days=14)
YEAR = dt.timedelta(days=365)  # over which the share of positive ratings is reckoned
SHARE_FROM = 3  # of fewer ratings a share would say more about one of them than about the member
WORDS = 300  # characters of a rating and of a reply


def is_shown(moment: dt.datetime) -> ColumnElement[bool]:
    """Ratings that others than their author may read at this moment. Every read of ratings for others has this."""
    return TradeRating.shown_from <= moment


def set_withdrawn(session: Session, rating: TradeRating, by_id: int | None, reason: str | None) -> None:
    """Take a rating out of sight for a reason, or (without one) show it again; its author hears of it."""
    rating.withdrawn_at = now() if reason is not None else None
    rating.withdrawn_by_id, rating.withdrawn_reason = (by_id, reason) if reason is not None else (None, None)
    session.flush()
    what = "withdrawn" if reason is not None else "restored"
    publish(session, TradeHappened(rating.agreement_id, what, rating.id, rating.rater_id))
