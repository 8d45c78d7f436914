"""What would help most on the way to the next rank, worked out from the points that the rules give."""

from math import ceil

from forum.core.i18n import figure, ngettext, sentences
from forum.core.i18n import gettext as _
from forum.reputation.rules import Points, Ruleset
from forum.reputation.ways import Way

_BY_ANSWERS = ("points", "points_recent", "accepted", "helped")  # what an accepted answer moves
_BY_TIME = ("days", "joined_days")


def in_words(way: Way, ruleset: Ruleset) -> str:
    """How many accepted answers would do (or what else is worth as much), and what only time does; "" where nothing is.

    An answer that is accepted brings its points, counts as accepted and, for another asker each, as a member
    helped, so it is the one thing that moves all of these at once. Where only points are missing, votes are as
    good, and told unless it takes more of them. Nothing is advised on a way that still asks for purchases: the
    rest of it would not do.
    """
    if way.asks_to_buy:
        return ""
    missing = {step.measure: step.missing for step in way.steps if step.missing}
    said = [_answers({name: missing[name] for name in _BY_ANSWERS if name in missing}, ruleset.points)]
    said.append(_time(missing.get("days", 0), missing.get("joined_days", 0), alone=not said[0]))
    if way.flags_at_most is not None:
        said.append(_("Reports about you that were found right have to lie further back."))
    return str(sentences(said))


def says_more(way: Way) -> bool:
    """Whether advice on a way says more than what is missing on it: not where that is one number by itself."""
    missing = [step.measure for step in way.steps if step.missing]
    return way.flags_at_most is not None or len(missing) != 1 or missing[0] not in ("accepted", *_BY_TIME)


def _time(here: int, joined: int, *, alone: bool) -> str:
    """What only time does: days on which one is here, or, where it takes longer, days that pass by themselves."""
    if not (here or joined):
        return ""
    if here >= joined and alone:
        return ngettext("Only time is missing: %(num)s more day here.", "Only time is missing: %(num)s more days here.",
                        here)
    if here >= joined:
        return ngettext("Besides that it takes %(num)s more day here.", "Besides that it takes %(num)s more days here.",
                        here)
    if alone:
        return ngettext("Only time is missing: %(num)s more day since joining.",
                        "Only time is missing: %(num)s more days since joining.", joined)
    return ngettext("Besides that it takes %(num)s more day since joining.",
                    "Besides that it takes %(num)s more days since joining.", joined)


def _answers(missing: dict[str, int], points: Points) -> str:
    """How many answers it takes, each to another member's question; "" where they have nothing to bring."""
    if not missing:
        return ""
    worth = max(missing.get("points", 0), missing.get("points_recent", 0))
    accepted = max(ceil(worth / points.answer_accepted), missing.get("accepted", 0), missing.get("helped", 0))
    if set(missing) <= {"points", "points_recent"}:
        ups = ceil(worth / points.answer_up)
        if ups <= accepted:
            return ngettext("One vote up on an answer of yours would be enough.",
                            "%(count)s votes up on answers of yours would be enough.", ups, count=figure(ups))
    if "helped" in missing and accepted > 1:
        return ngettext(
            "%(count)s accepted answers, one of them to somebody you have not helped yet, would be enough.",
            "%(count)s accepted answers, to at least %(num)s members you have not helped yet, would be enough.",
            missing["helped"], count=figure(accepted),
        )
    if "helped" in missing:
        return _("One accepted answer, to somebody you have not helped yet, would be enough.")
    return ngettext("One accepted answer would be enough.", "%(count)s accepted answers would be enough.", accepted,
                    count=figure(accepted))
