"""Whether the parts of a ruleset go together: caps, the ladder, privacy, what purchases must not open."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from forum.core.i18n import gettext as _
from forum.reputation import badge_rules, privacy
from forum.reputation.faults import Problem, perk, privilege, rank
from forum.reputation.formulas import without_purchases

if TYPE_CHECKING:
    from forum.reputation.rules import Privilege, Ruleset

# Every privilege that a ruleset may grant; the guardian's enum has the same words (a test compares them).
PRIVILEGES = frozenset({
    "participate", "no_newcomer_limits", "vote_down", "invite", "edit_tags", "mark_duplicate", "turn_into_reply",
    "accept_for_absent", "edit_others", "triage", "lift_holds", "mentor",
})
# Over what others wrote: purchases never open these.
OVER_OTHERS = frozenset({
    "edit_tags", "mark_duplicate", "turn_into_reply", "accept_for_absent", "edit_others", "triage", "lift_holds",
})
MOST_WAYS = 100  # to one rank; nobody reads more, and "all of" over "any of" multiplies


def problems(ruleset: "Ruleset") -> list[Problem]:
    """Everything that does not go together; empty when the ruleset holds."""
    tangled = [
        (rank(one.key), _("has more than %(most)s alternatives, worked out", most=MOST_WAYS))
        for one in ruleset.ranks if one.needs is not None and one.needs.count() > MOST_WAYS
    ]
    if tangled:
        return tangled
    return [
        *_caps(ruleset), *_voters(ruleset), *_ladder(ruleset), *privacy.problems(ruleset), *_grants(ruleset),
        *_perks(ruleset), *badge_rules.problems(ruleset.badges),
    ]


def _caps(ruleset: "Ruleset") -> Iterator[Problem]:
    """The two numbers of the month's share come together; a question's cap knows no points taken off."""
    caps = ruleset.caps
    if (caps.giver_share_percent is None) != (caps.giver_share_from is None):
        yield "caps", _("giver_share_percent and giver_share_from are given together, or both are null")
    if ruleset.points.question_down and caps.question is not None:
        yield "points", _(
            "question_down needs caps.question to be null;"
            " the first votes fill that cap, and one vote down would open it again"
        )


def _voters(ruleset: "Ruleset") -> Iterator[Problem]:
    voters = ruleset.voters
    if voters.full_after_days and voters.full_after_days < voters.after_days:
        yield "voters", _("full_after_days must not be less than after_days")


def _ladder(ruleset: "Ruleset") -> Iterator[Problem]:
    """Ranks have different keys, only the first is free, leaves grow, and each contains the one before."""
    keys = [one.key for one in ruleset.ranks]
    if len(set(keys)) < len(keys) or "staff" in keys:
        yield "ranks", _("each needs a key of its own, and none may be called staff")
    if ruleset.ranks[0].needs is not None:
        yield rank(keys[0]), _("the lowest rank needs nothing but a confirmed address")
    for before, one in zip(ruleset.ranks, ruleset.ranks[1:], strict=False):
        if one.needs is None:
            yield rank(one.key), _("say what it needs")
        if any(not dict(way.items()) for way in one.ways()):
            yield rank(one.key), _("“flags_at_most” alone asks for nothing; add what must be reached")
        if one.leaves < before.leaves:
            yield rank(one.key), _("has fewer leaves than %(rank)s", rank=before.name)
        if before.needs is not None and not all(before.needs.met(way.smallest()) for way in one.ways()):
            yield rank(one.key), _("can be reached without reaching %(rank)s", rank=before.name)


def _grants(ruleset: "Ruleset") -> Iterator[Problem]:
    """Privileges are known, their ranks exist, and none over others' content rests on purchases."""
    keys = {one.key for one in ruleset.ranks}
    for word, grant in ruleset.privileges.items():
        if word not in PRIVILEGES:
            yield privilege(word), _("there is no such privilege")
        elif grant.rank not in keys:
            yield privilege(word), _("there is no rank %(rank)s", rank=grant.rank)
        elif word in OVER_OTHERS and _rests_on_purchases(ruleset, grant):
            yield privilege(word), _(
                "rests on purchases alone for some, and it is about what others wrote;"
                " leave purchases out (without_purchases), or choose a rank that purchases do not lead to"
            )


def _rests_on_purchases(ruleset: "Ruleset", grant: "Privilege") -> bool:
    """Whether somebody holds it thanks to purchases who without them would not.

    More of anything but flags never takes a rank away, so it suffices to look at the smallest numbers of each way.
    """
    if grant.without_purchases:
        return False
    least = ruleset.place(grant.rank)
    for one in ruleset.ranks[least:]:
        for way in one.ways():
            smallest = way.smallest()
            rest = replace(without_purchases(smallest), points=max(smallest.points, grant.points or 0))
            if way.asks_to_buy and ruleset.place(ruleset.rank_for(rest)) < least:
                return True
    return False


def _perks(ruleset: "Ruleset") -> Iterator[Problem]:
    keys = {one.key for one in ruleset.ranks}
    seen = set[str]()
    for one in ruleset.perks:
        if one.rank not in keys:
            yield perk(one.key), _("there is no rank %(rank)s", rank=one.rank)
        if one.key in seen:
            yield perk(one.key), _("each needs a key of its own")
        seen.add(one.key)
