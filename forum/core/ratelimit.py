"""How often somebody may do something (SECURITY: "Limits"). Pages by address are Flask-Limiter's; these are acts."""

import math
import time

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerDay, parse_many

from forum.core.errors import TooMany
from forum.extensions import limiter

# name: what is allowed, in the notation of the `limits` library
RULES = {
    "thread": "1 per 15 second; 20 per day",
    "thread:newcomer": "1 per 120 second; 20 per day",
    "thread:first-day": "3 per day",
    "reply": "1 per 5 second",
    "reply:newcomer": "1 per 30 second",
    "reply:first-day": "10 per day",
    "edit:own": "30 per day",
    "flag": "20 per day",
    "invitation": "10 per day",
    "agreement": "5 per day",
    "rating": "20 per day",
    "mail": "2 per hour; 5 per day",
    "sign-in:account": "5 per 15 minute",
    "sign-in:address": "30 per hour",
    "join": "10 per hour",
    "draft": "60 per minute",
    "upload": "10 per minute",
    "preview": "60 per minute",
    "search:guest": "15 per minute",
    "search": "30 per minute",
    "search:typing": "60 per minute",
    "chat:send": "5 per 5 second",
    "chat:event": "100 per 10 second",
}

# Where on /ranks the limits stand. Those that guard doors and the machine stand nowhere.
EXPLAINED = {
    "thread": "limit-threads", "thread:newcomer": "newcomers", "thread:first-day": "newcomers",
    "reply": "limit-replies", "reply:newcomer": "newcomers", "reply:first-day": "newcomers",
    "edit": "limit-edits_a_day", "edit:own": "limit-own_edits", "flag": "limit-flags",
    "invitation": "limit-invitations", "agreement": "limit-agreements", "rating": "limit-ratings",
    "upload": "limit-uploads", "chat:send": "limit-chat",
}


def take(rule: str, *who: object) -> None:
    """Count one act of `who` under `rule`.

    Raises:
        TooMany: one of the rule's limits is used up; nothing was counted on it.
    """
    for limit in parse_many(RULES[rule]):
        if limiter.enabled and not limiter.limiter.hit(limit, rule, *map(str, who)):
            _refuse(rule, limit, who)


def take_of_day(rule: str, most: int, *who: object) -> None:
    """Count one act of `who` of which they may do `most` a day; how many that is may change in between.

    Raises:
        TooMany: they did as many already.
    """
    limit = _OfDay(max(1, most))
    if limiter.enabled and (most < 1 or not limiter.limiter.hit(limit, rule, *map(str, who))):
        _refuse(rule, limit, who)


class _OfDay(RateLimitItemPerDay):
    """So many acts a day, counted under a name that does not say how many."""

    def key_for(self, *identifiers: bytes | str | float) -> str:
        return RateLimitItemPerDay(1).key_for(*identifiers)


def check(rule: str, *who: object) -> None:
    """Raise TooMany if `rule` is used up for `who`, without counting (for rules that count failures only)."""
    for limit in parse_many(RULES[rule]):
        if limiter.enabled and not limiter.limiter.test(limit, rule, *map(str, who)):
            _refuse(rule, limit, who)


def _refuse(rule: str, limit: RateLimitItem, who: tuple[object, ...]) -> None:
    stats = limiter.limiter.get_window_stats(limit, rule, *map(str, who))
    current_app.logger.info("limit reached: %s", rule)
    raise TooMany(math.ceil(stats.reset_time - time.time()), rule=EXPLAINED.get(rule))
