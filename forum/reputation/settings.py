"""The numbers of a ruleset as settings for people: what each is called, and what it does.

A setting is named by its way through the data: "points.answer_up", "grace_days". Which there are is said by the
models of `rules`; a test holds that each has its words here.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from forum.core.i18n import Text, figure, joined
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l
from forum.reputation.rules import AwardRule, Limits, Rank, Ruleset
from forum.reputation.rulesets import DEFAULT, preset

# What a manager edits in places of its own, not as a plain setting.
APART = ("name", "ranks", "privileges", "badges", "perks", "awards")


class Setting(NamedTuple):
    """A number that a manager may set. `name` is its way through the data; `may_be_none`: there may be no limit."""

    name: str
    label: str
    help: str
    may_be_none: bool
    default: int | None  # in the rules that come with the product
    fallback: int | None  # where rules say nothing

    @property
    def default_words(self) -> str:
        """What it is by default, as people read it."""
        return value_in_words(self.default)


_WORDS: Mapping[str, tuple[Text, Text]] = {
    "base": (_l("Points to begin with"), _l("Everybody has these before anything happened.")),
    "floor": (_l("Never below"), _l("Down votes take nobody's total under this.")),
    "grace_days": (
        _l("Days of grace"),
        _l("Between falling short of a rank and losing it. The member is told at once, and keeps the rank meanwhile."),
    ),
    "points.answer_up": (_l("An answer is voted up"), _l("For its author.")),
    "points.answer_down": (_l("An answer is voted down"), _l("For its author; 0 or less.")),
    "points.down_given": (
        _l("Voting an answer down"), _l("What it costs the one who votes; 0 or less. It makes people think first."),
    ),
    "points.answer_accepted": (_l("An answer is accepted"), _l("For its author.")),
    "points.accepting": (_l("Accepting an answer"), _l("For the one who asked, so that questions get closed.")),
    "points.question_up": (_l("“I have this too” on a question"), _l("For the one who asked.")),
    "points.question_down": (
        _l("A question is voted down"),
        _l("For the one who asked; 0 or less. Only where nothing limits what a question brings."),
    ),
    "points.discussion_up": (_l("“Thanks” on a discussion, “I want this” on an idea"), _l("For the one who began it.")),
    "points.worked_for_me": (
        _l("“This worked for me”"), _l("For the author of the answer, said by somebody who owns the product."),
    ),
    "points.endorsed": (_l("The team endorses an answer"), _l("For its author.")),
    "caps.day_net": (_l("Most points in a day"), _l("Votes bring nobody more than this on one day.")),
    "caps.votes_of_giver_a_day": (
        _l("Votes of one giver a day"), _l("Of the votes that one member gives another on a day, so many count."),
    ),
    "caps.giver_share_percent": (
        _l("Share of one giver, in percent"),
        _l("No more than this part of a month's points counts from any one member. Set both of these, or neither."),
    ),
    "caps.giver_share_from": (
        _l("The share counts from"), _l("So many points a month come in first, before the share is looked at."),
    ),
    "caps.question": (_l("Most points for one question"), _l("All “I have this too” together.")),
    "caps.discussion": (
        _l("Most points for one discussion or idea"), _l("All “Thanks”, or all votes for the idea, together."),
    ),
    "voters.after_days": (
        _l("A vote counts after"), _l("Days since its giver joined. Earlier votes show, but bring no points."),
    ),
    "voters.full_after_days": (
        _l("A vote counts in full after"), _l("Days since its giver joined. Before that it is worth the part below."),
    ),
    "voters.young_percent": (_l("What a young vote is worth"), _l("In percent of a full one.")),
    "windows.recent_days": (
        _l("“Lately” means"), _l("So many days back, in whole months. For ranks that ask for what was lately."),
    ),
    "limits.votes_a_day": (_l("Votes a day"), _l("Up and down together.")),
    "limits.links": (_l("Links in a post"), _l("To other sites.")),
    "limits.images": (_l("Pictures in a post"), _l("0: none.")),
    "limits.images_a_day": (_l("Pictures a day"), _l("In all posts together.")),
    "limits.edits_a_day": (
        _l("Edits of others' posts a day"),
        _l("For those whose rank lets them edit, or change tags. Edits of one's own posts have a limit of their own."),
    ),
}
_MEASURES: Mapping[str, Text] = {
    "points": _l("points"), "points_recent": _l("points lately"), "days": _l("days here"),
    "joined_days": _l("days since joining"), "accepted": _l("accepted answers"),
    "helped": _l("different members helped"), "purchases": _l("purchases"),
    "purchases_recent": _l("purchases lately"), "flags_at_most": _l("upheld flags lately at most"),
}
_MEASURE_HELP: Mapping[str, Text] = {
    "points": _l("What others thought of one's help; everybody sees them."),
    "points_recent": _l("Points from lately alone; what “lately” means stands under Points."),
    "days": _l("Different days on which one was here; known to oneself alone."),
    "joined_days": _l("Days since the account was opened; known to oneself alone."),
    "accepted": _l("Answers that were accepted, by others than oneself."),
    "helped": _l("Different people who asked and whom one's answers helped."),
    "purchases": _l("Paid orders of which anything was kept; known to oneself alone."),
    "purchases_recent": _l("Purchases from lately alone."),
    "flags_at_most": _l("Reports against one's posts that were found right lately; more than so many bar the way."),
}
_GROUPS: Mapping[str, Text] = {
    "": _l("The total"), "points": _l("What brings points"), "caps": _l("How much counts"),
    "voters": _l("Whose votes count"), "windows": _l("What is recent"),
}
SECTIONS = frozenset(name.split(".")[0] for name in _WORDS) - {"limits"}  # where plain settings stand in the data


def label(name: str) -> str:
    """What the setting of this name is called."""
    words = _WORDS.get(name)
    return str(words[0]) if words else name


def groups() -> list[tuple[str, str, list[Setting]]]:
    """All plain settings of a ruleset, in groups: (key, title, settings)."""
    return [(key, str(title), list(_settings(key))) for key, title in _GROUPS.items()]


def limits(rank: Rank | None) -> list[Setting]:
    """The limits of a rank; `rank` is the one of the default rules to take defaults from, if there is one."""
    values = (rank or preset(DEFAULT).ranks[-1]).limits
    return [
        _setting(f"limits.{name}", Limits, name, getattr(values, name)) for name in Limits.model_fields
    ]


def all_names() -> list[str]:
    """The names of all settings, as the models have them."""
    return [
        *(setting.name for _key, _title, settings in groups() for setting in settings),
        *(f"limits.{name}" for name in Limits.model_fields),
    ]


def value_in_words(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return _("no limit")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return figure(value).replace("-", "−") if isinstance(value, int) else str(value)


def measure_label(measure: str) -> str:
    """What stands behind the number that a rank asks for."""
    return str(_MEASURES.get(measure, measure))


def measure_help(measure: str) -> str:
    """What a measure counts."""
    return str(_MEASURE_HELP.get(measure, ""))


def together(phrases: list[str]) -> str:
    """Phrases that all have to hold, as one; a dash for none."""
    return joined(phrases) or "–"


def award_label(name: str) -> str:
    """What a rule about awards is called."""
    names = {"most": _("most points of one member"), "in_day": _("counts among a day's votes")}
    return names.get(name, name) if name in AwardRule.model_fields else name


def part_in_words(path: str) -> str:
    """What a part of a rank, a badge or a perk is called: "labels en" is its name in English."""
    names = {
        "labels en": _("name in English"), "labels zh": _("name in Chinese"),
        "about en": _("in a sentence, in English"), "about zh": _("in a sentence, in Chinese"),
        "key": _("key"), "rank": _("rank"), "level": _("level"), "family": _("family"),
        "measure": _("what is counted"), "least": _("from how many on"), "repeat": _("can be earned again"),
        "leaves": _("leaves"),
    }
    return names.get(path, path)


def _settings(group: str) -> Iterator[Setting]:
    default = preset(DEFAULT)
    if group:
        part = getattr(default, group)
        for name in type(part).model_fields:
            yield _setting(f"{group}.{name}", type(part), name, getattr(part, name))
        return
    for name in Ruleset.model_fields:
        if name not in APART and not isinstance(getattr(default, name), BaseModel):
            yield _setting(name, Ruleset, name, getattr(default, name))


def _setting(name: str, model: type[BaseModel], field: str, default: int | None) -> Setting:
    words = _WORDS.get(name, (name, ""))
    may_be_none = type(None) in getattr(model.model_fields[field].annotation, "__args__", ())
    fallback = model.model_fields[field].get_default()
    return Setting(
        name, str(words[0]), str(words[1]), may_be_none, default, fallback if isinstance(fallback, int) else None
    )


def typed(data: Mapping[str, Any], setting: Setting) -> Any:
    """What a draft holds for a setting; what is meant where it says nothing."""
    here: Any = data
    for step in setting.name.split("."):
        if not isinstance(here, Mapping) or step not in here:
            return setting.fallback
        here = here[step]
    return here
