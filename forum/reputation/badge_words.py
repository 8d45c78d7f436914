"""Badges in words: what is counted for one, at which number it is given, and what levels and families are called."""

from collections.abc import Mapping

from forum.core.i18n import Text, figure, ngettext
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l

# What stands behind the number in the editor, and what exactly counts; in the order in which one chooses.
MEASURES: Mapping[str, tuple[Text, Text]] = {
    "accepted_by": (
        _l("members whose questions were solved"),
        _l("Different members whose questions the member's answers solved."),
    ),
    "helped": (
        _l("members who were helped"),
        _l("Different members whose question got an answer that somebody voted up or that was accepted."),
    ),
    "newcomers": (
        _l("newcomers whose questions were solved"),
        _l("Different members who asked in their first month and were helped by an accepted answer."),
    ),
    "waited": (
        _l("members whose question had waited a week"),
        _l("Different members whose question had no answer by others for a week, until an accepted one."),
    ),
    "boards": (_l("boards with an accepted answer"), _l("Different boards on which an answer was accepted.")),
    "solved_by": (
        _l("members who solved a question of one's own"), _l("Different members who solved questions of the member's."),
    ),
    "came_back": (
        _l("helpers who were told that it worked"),
        _l("Different members whose answer the member accepted in person, within a week of it."),
    ),
    "ideas_done": (_l("ideas that the shop carried out"), _l("Ideas of the member's that became “done”.")),
    "answer_thanks": (_l("members who found the answer helpful"), _l("Different members who voted an answer up.")),
    "above_accepted": (
        _l("members who found it helpful, more than the accepted one"),
        _l("Different members who voted an answer up that has more such votes than another's accepted answer beside"
           " it."),
    ),
    "question_shared": (_l("members who have the question too"), _l("Different members who have a question too.")),
    "discussion_thanks": (
        _l("members who thanked for it, or want the idea"),
        _l("Different members who thanked for a discussion, or want an idea."),
    ),
}
_LEVELS: Mapping[str, Text] = {"bronze": _l("bronze"), "silver": _l("silver"), "gold": _l("gold")}
_FAMILIES: Mapping[str, Text] = {"first": _l("Firsts"), "craft": _l("Craft"), "kindness": _l("Kindness")}


def measure_label(measure: str) -> str:
    """What stands behind the number that a badge asks for."""
    return str(MEASURES[measure][0]) if measure in MEASURES else measure


def measure_help(measure: str) -> str:
    """What a measure counts."""
    return str(MEASURES[measure][1]) if measure in MEASURES else ""


def level(key: str) -> str:
    """What a level is called."""
    return str(_LEVELS.get(key, key))


def family(key: str) -> str:
    """What a family of badges is called."""
    return str(_FAMILIES.get(key, key))


def given_for(measure: str, least: int) -> str:
    """What a badge is given for, as a phrase that goes on after its name."""
    count = figure(least)
    match measure:
        case "accepted_by":
            return ngettext("for solving the question of %(count)s member",
                            "for solving questions of %(count)s different members", least, count=count)
        case "helped":
            return ngettext("for an answer to %(count)s member that was voted up or accepted",
                            "for answers to %(count)s different members that were voted up or accepted", least,
                            count=count)
        case "newcomers":
            return ngettext("for solving the question of %(count)s member in their first month",
                            "for solving questions of %(count)s different members in their first month", least,
                            count=count)
        case "waited":
            return ngettext("for solving the question of %(count)s member that nobody had answered for a week",
                            "for solving questions of %(count)s different members that nobody had answered for a week",
                            least, count=count)
        case "boards":
            return ngettext("for an accepted answer on %(count)s board",
                            "for accepted answers on %(count)s different boards", least, count=count)
        case "solved_by":
            return ngettext("for a question that %(count)s other member solved",
                            "for questions that %(count)s different members solved", least, count=count)
        case "came_back":
            return ngettext("for telling %(count)s helper within a week that their answer worked",
                            "for telling %(count)s different helpers within a week that their answer worked", least,
                            count=count)
        case "ideas_done":
            return ngettext("for %(count)s idea that the shop carried out",
                            "for %(count)s ideas that the shop carried out", least, count=count)
        case "answer_thanks":
            return ngettext("for an answer that %(count)s member found helpful",
                            "for an answer that %(count)s different members found helpful", least, count=count)
        case "above_accepted":
            return ngettext("for an answer that %(count)s member found helpful, more than the accepted one beside it",
                            "for an answer that %(count)s different members found helpful, more than the accepted one"
                            " beside it", least, count=count)
        case "question_shared":
            return ngettext("for a question that %(count)s other member has too",
                            "for a question that %(count)s other members have too", least, count=count)
        case "discussion_thanks":
            return ngettext("for a discussion or an idea that %(count)s member thanked for or wants",
                            "for a discussion or an idea that %(count)s different members thanked for or want", least,
                            count=count)
        case _:
            return _("for %(measure)s, from %(count)s on", measure=measure, count=count)
