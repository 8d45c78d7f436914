"""What notices say of a rank that was lost, is about to be, came back, or is held by staff."""

import datetime as dt
from collections.abc import Mapping

from forum.core.filters import date_in_words
from forum.core.i18n import gettext as _
from forum.core.i18n import joined
from forum.reputation.measures import flags_in_words, missing_in_words
from forum.reputation.rules import Ruleset


def in_words(ruleset: Ruleset, kind: str, details: Mapping[str, object]) -> tuple[str, str | None]:
    """What happened, in a sentence, and words below it."""
    rank = ruleset.rank(str(details.get("rank", ""))).name
    match kind:
        case "rank_again":
            return _("You are %(rank)s again", rank=rank), None
        case "rank_rules":
            old = ruleset.rank_called(str(details.get("old", "")))
            if old is None:
                return _("The rules changed: your rank is %(rank)s now", rank=rank), None
            return _("The rules changed: you were %(old)s, and are %(rank)s now", old=old.name, rank=rank), None
        case "rank_fell":
            return _("Your rank is %(rank)s now", rank=rank), _("What you reach again counts at once.")
        case "rank_held":
            return _("The team keeps your rank at %(rank)s until %(day)s", rank=rank, day=_day(details)), str(
                details.get("reason", "")
            )
        case _:
            return _("You stay %(rank)s until %(day)s", rank=rank, day=_day(details)), _to_keep(details)


def _to_keep(details: Mapping[str, object]) -> str:
    listed = details.get("missing")
    steps = listed if isinstance(listed, list) else []
    words = [
        flags_in_words(int(number)) if measure == "flags" else missing_in_words(str(measure), int(number))
        for measure, number in steps
    ]
    if not words:
        return _("Your numbers no longer meet what it needs.")
    return _("Your numbers no longer meet what it needs. To keep it: %(needs)s.", needs=joined(words))


def _day(details: Mapping[str, object]) -> str:
    return date_in_words(dt.date.fromisoformat(str(details.get("day"))))
