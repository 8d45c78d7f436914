"""Measures in words: what an alternative asks for, and what is still missing."""

from forum.core.i18n import figure, joined, ngettext
from forum.core.i18n import gettext as _
from forum.reputation.formulas import AtLeast


def needs_in_words(way: AtLeast) -> str:
    """What an alternative asks for, as one phrase."""
    words = [least_in_words(measure, least) for measure, least in way.items()]
    if way.flags_at_most is not None:
        words.append(flags_in_words(way.flags_at_most))
    return joined(words)


def flags_in_words(most: int) -> str:
    """The bound on upheld flags."""
    if most == 0:
        return _("no upheld flags lately")
    return ngettext("at most %(count)s upheld flag lately", "at most %(count)s upheld flags lately", most,
                    count=figure(most))


def least_in_words(measure: str, least: int) -> str:
    """What must be reached of one measure."""
    count = figure(least)
    match measure:
        case "points":
            return ngettext("%(count)s point", "%(count)s points", least, count=count)
        case "points_recent":
            return ngettext("%(count)s point lately", "%(count)s points lately", least, count=count)
        case "days":
            return ngettext("%(count)s day here", "%(count)s days here", least, count=count)
        case "joined_days":
            return ngettext("%(count)s day since joining", "%(count)s days since joining", least, count=count)
        case "accepted":
            return ngettext("%(count)s accepted answer", "%(count)s accepted answers", least, count=count)
        case "helped":
            return ngettext("%(count)s member helped", "%(count)s different members helped", least, count=count)
        case "purchases_recent":
            return ngettext("%(count)s purchase lately", "%(count)s purchases lately", least, count=count)
        case _:
            return ngettext("%(count)s purchase", "%(count)s purchases", least, count=count)


def missing_in_words(measure: str, missing: int) -> str:
    """What is still missing of one measure."""
    count = figure(missing)
    match measure:
        case "points":
            return ngettext("%(count)s more point", "%(count)s more points", missing, count=count)
        case "points_recent":
            return ngettext("%(count)s more point lately", "%(count)s more points lately", missing, count=count)
        case "days":
            return ngettext("%(count)s more day here", "%(count)s more days here", missing, count=count)
        case "joined_days":
            return ngettext("%(count)s more day since joining", "%(count)s more days since joining", missing,
                            count=count)
        case "accepted":
            return ngettext("%(count)s more accepted answer", "%(count)s more accepted answers", missing, count=count)
        case "helped":
            return ngettext("%(count)s more member helped", "%(count)s more members helped", missing, count=count)
        case "purchases_recent":
            return ngettext("%(count)s more purchase lately", "%(count)s more purchases lately", missing, count=count)
        case _:
            return ngettext("%(count)s more purchase", "%(count)s more purchases", missing, count=count)
