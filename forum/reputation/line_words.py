"""The ledger in words: what its lines are called, and what caps have to do with them."""

import datetime as dt
from collections.abc import Mapping

from forum.core.i18n import Text, figure
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l
from forum.reputation.rules import Ruleset

# What a line says when its points go the way of its kind, and when they are taken back.
_LINES: Mapping[str, tuple[Text, Text]] = {
    "answer_up": (_l("Answer voted up"), _l("An up vote on an answer no longer counts")),
    "answer_down": (_l("Answer voted down"), _l("A down vote on an answer no longer counts")),
    "down_given": (_l("Voted an answer down"), _l("A down vote given no longer counts")),
    "answer_accepted": (_l("Answer accepted"), _l("An answer is no longer the accepted one")),
    "accepting": (_l("Accepted an answer"), _l("An acceptance no longer counts")),
    "question_up": (_l("“I have this too” on a question"), _l("An “I have this too” no longer counts")),
    "question_down": (_l("Question voted down"), _l("A down vote on a question no longer counts")),
    "discussion_up": (
        _l("Thanks on a discussion, or a vote for an idea"),
        _l("Thanks on a discussion, or a vote for an idea, no longer counts"),
    ),
    "worked_for_me": (_l("An answer worked for an owner"), _l("An “It worked” of an owner no longer counts")),
    "endorsed": (_l("Answer endorsed by the shop"), _l("An endorsement no longer counts")),
    "day_cap": (_l("Above what votes can bring in a day"), _l("Room again under what votes can bring in a day")),
    "month_cap": (
        _l("Above the share that one member can give in a month"),
        _l("Room again under the share that one member can give in a month"),
    ),
    "suggested_edit": (_l("A suggested edit was taken over"), _l("A suggested edit no longer counts")),
    "bounty_won": (_l("Won a bounty"), _l("A bounty no longer counts")),
    "bounty_given": (_l("Gave a bounty for an answer"), _l("A bounty given no longer counts")),
    "purchase": (_l("Purchase"), _l("A purchase was refunded or canceled, or is not yours")),
}
# Why the team had votes or acceptances count no more, as the members concerned read it. Never who gave them.
WITHHELD: Mapping[str, Text] = {
    "exchanged": _l("Votes were given in exchange for votes."),
    "one_sided": _l("Votes came from very few members, far beyond what others gave."),
    "accounts": _l("Votes came from accounts that belong together."),
}
_COSTS = ("answer_down", "question_down", "down_given", "bounty_given", "day_cap", "month_cap")

# Points that are no vote; they come with a community that moves in.
AWARD_KINDS = ("suggested_edit", "bounty_won", "bounty_given")

# Kinds of line that are told together; what awards are called is for the rules to say, so that group names none.
AWARDS = "awards"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "answers": ("answer_up", "answer_down", "worked_for_me", "endorsed"),
    "acceptances": ("answer_accepted", "accepting"),
    "questions": ("question_up", "question_down"),
    "discussions": ("discussion_up",),
    "given": ("down_given",),
    "caps": ("day_cap", "month_cap"),
    AWARDS: (),
}
_GROUP_NAMES: Mapping[str, Text] = {
    "answers": _l("What others thought of your answers"),
    "acceptances": _l("Acceptances"),
    "questions": _l("Votes on questions"),
    "discussions": _l("Thanks on discussions, votes for ideas"),
    "given": _l("Down votes you gave"),
    "caps": _l("What caps took off"),
    AWARDS: _l("Awards"),
}


def groups_in_words() -> list[tuple[str, str]]:
    """The groups of lines by which a ledger can be filtered: (word in addresses, name)."""
    return [(group, str(_GROUP_NAMES[group])) for group in GROUPS]


def line_in_words(kind: str, points: int) -> str:
    """What happened, for a line of the ledger. Never says who did it."""
    forward, back = _LINES.get(kind, (_l("Points given by the team"), _l("Points given by the team, taken back")))
    return str(forward if (points < 0) == (kind in _COSTS) else back)


def kind_in_words(kind: str) -> str:
    """What happens when a line of this kind is written, whichever way its points go."""
    return str(_LINES[kind][0]) if kind in _LINES else line_in_words(kind, 1)


def note_of_line(ruleset: Ruleset, kind: str, points: int, day: dt.date) -> tuple[str, str]:
    """What a cap has to do with a line, and the rule's place on /ranks; both "" where none has.

    Says how much was withheld, or that a line counts in part only. Never says who gave it.
    """
    if kind in ("day_cap", "month_cap"):
        return _note_of_cap(ruleset, kind, points, day)
    full = getattr(ruleset.points, kind, 0)
    if not 0 < abs(points) < abs(full):
        return "", ""
    if abs(points) == abs(ruleset.voters.part(full, ruleset.voters.young_percent)):
        return _("Counts in part: it came from somebody who had just joined."), "voters"
    if kind == "question_up" and ruleset.caps.question is not None:
        most = figure(ruleset.caps.question)
        return _("Counts in part: one question brings at most %(count)s points.", count=most), "cap-opening"
    if kind == "discussion_up" and ruleset.caps.discussion is not None:
        most = figure(ruleset.caps.discussion)
        return _("Counts in part: one discussion or idea brings at most %(count)s points.", count=most), "cap-opening"
    return "", ""


def _note_of_cap(ruleset: Ruleset, kind: str, points: int, day: dt.date) -> tuple[str, str]:
    caps, count = ruleset.caps, figure(abs(points))
    if kind == "day_cap":
        if points > 0:
            return _("%(count)s points of this day that were withheld count after all.", count=count), "cap-day"
        return _("Votes bring at most %(most)s points a day, so %(count)s of this day were withheld.",
                 most=figure(caps.day_net), count=count), "cap-day"
    if points > 0:
        return _("%(count)s points of this month that were withheld count after all.", count=count), "cap-share"
    if caps.giver_share_percent is None or caps.giver_share_from is None:
        return "", ""
    return _("Once a month has brought %(start)s points, no more than %(share)s%% of them count from any one member,"
             " so %(count)s of this month were withheld.",
             start=figure(caps.giver_share_from), share=caps.giver_share_percent, count=count), "cap-share"
