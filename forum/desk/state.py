"""What the rooms beside the desk's need as well: the limits, the times that the manager sets, and claims in force."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forum.admin.models import SiteSetting
from forum.core.clock import now
from forum.desk.models import ThreadClaim

# Long enough to write a careful answer, short enough that a forgotten claim keeps nobody waiting for it.
CLAIM_LASTS = dt.timedelta(minutes=45)
MOST_ASKED = 3  # helpers a question: a few look, a crowd waits for one another
MOST_A_WEEK = 5  # questions that one helper is asked about in seven days
WEEK = dt.timedelta(days=7)
MOST_REPLIES = 50  # saved ones of a member; of shared ones there are at most as many

SETTING = "desk"
HELPERS_AFTER, STAFF_AFTER = 4, 24  # hours, until the manager says otherwise
LONGEST = 168


@dataclass(frozen=True, slots=True)
class Times:
    """After how many hours without an answer helpers, and then staff, are asked; 0: never."""

    helpers: int = HELPERS_AFTER
    staff: int = STAFF_AFTER


def times(session: Session) -> Times:
    """The times as the manager set them."""
    row = session.get(SiteSetting, SETTING)
    value = row.value.get("value") if row is not None else None
    if not isinstance(value, dict):
        return Times()
    return Times(int(value.get("helpers", HELPERS_AFTER)), int(value.get("staff", STAFF_AFTER)))


def claims_in_force() -> Select[ThreadClaim]:
    """Claims whose time is not over."""
    return select(ThreadClaim).where(ThreadClaim.until > now())
