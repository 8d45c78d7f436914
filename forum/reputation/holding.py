"""Which rank a member holds: the one that the numbers earn, the one kept through days of grace, or the one staff set.

A pure function of the numbers and of what the standing remembers. A rank rises at once. When the numbers no longer
meet it, it is kept for the ruleset's days of grace; the member is warned first, and at most once in as many days.
"""

import datetime as dt
from dataclasses import dataclass, replace

from forum.reputation.rules import Ruleset


@dataclass(frozen=True, slots=True)
class Hold:
    """What a standing remembers of its rank.

    `falls_on` is the day on which the rank is lost while the numbers do not meet it; `warned_for` that day as the last
    warning named it. `lock_rank_key` and `lock_until`: staff hold the member at a rank.
    """

    rank_key: str
    falls_on: dt.date | None = None
    warned_for: dt.date | None = None
    lock_rank_key: str | None = None
    lock_until: dt.datetime | None = None

    def is_locked(self, moment: dt.datetime) -> bool:
        """Whether staff hold the rank at this moment."""
        return self.lock_rank_key is not None and self.lock_until is not None and moment < self.lock_until


def follow(ruleset: Ruleset, earned: str, hold: Hold, moment: dt.datetime) -> Hold:
    """What the standing is to remember from this moment on, when its numbers earn the rank `earned`.

    A warning is to be sent when `warned_for` changes.
    """
    today = moment.date()
    if hold.is_locked(moment) and ruleset.rank_called(str(hold.lock_rank_key)) is not None:
        return replace(hold, rank_key=str(hold.lock_rank_key), falls_on=None)
    if hold.lock_rank_key is not None:
        # Its end was told with it, or its rank is there no more: nothing is left of it, and no grace follows.
        return replace(hold, rank_key=earned, falls_on=None, lock_rank_key=None, lock_until=None)
    if ruleset.place(earned) >= ruleset.place(hold.rank_key) or ruleset.grace_days == 0:
        return replace(hold, rank_key=earned, falls_on=None)
    grace = dt.timedelta(days=ruleset.grace_days)
    if hold.falls_on is None:
        # Whoever was warned less than the days of grace ago is warned again when these are over, and not before.
        falls_on = max(today, hold.warned_for or today) + grace
    elif today >= hold.falls_on and hold.warned_for == hold.falls_on:
        return replace(hold, rank_key=earned, falls_on=None)
    else:
        falls_on = hold.falls_on
    if hold.warned_for == falls_on or today < falls_on - grace:
        return replace(hold, falls_on=falls_on)
    # A warning that comes late (nobody looked on the day) leaves all the days of grace after it.
    falls_on = max(falls_on, today + grace)
    return replace(hold, falls_on=falls_on, warned_for=falls_on)


def looks_on(ruleset: Ruleset, hold: Hold) -> dt.date | None:
    """The day on which time alone changes what the standing remembers: a warning, a fall, the end of a lock."""
    if hold.lock_rank_key is not None and hold.lock_until is not None:
        return hold.lock_until.date()
    if hold.falls_on is None:
        return None
    if hold.warned_for == hold.falls_on:
        return hold.falls_on
    return hold.falls_on - dt.timedelta(days=ruleset.grace_days)


def is_right(ruleset: Ruleset, earned: str, hold: Hold, moment: dt.datetime) -> bool:
    """Whether the rank held is one that numbers earning `earned` allow: that one, a higher one that is not yet
    lost, or the one at which staff hold the member."""
    if hold.lock_rank_key is not None:
        return hold.rank_key == hold.lock_rank_key
    if hold.falls_on is None:
        return hold.rank_key == earned
    return ruleset.place(hold.rank_key) > ruleset.place(earned) and hold.falls_on >= moment.date()
