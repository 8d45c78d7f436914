"""What differs between two rulesets, in sentences that a community manager reads."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from forum.core.i18n import gettext as _
from forum.core.i18n import joined, label, parted
from forum.reputation import badge_words, line_words, settings, words
from forum.reputation.badge_rules import FAMILIES, BadgeRule
from forum.reputation.formulas import AtLeast
from forum.reputation.measures import flags_in_words, least_in_words, needs_in_words
from forum.reputation.rules import Rank, Ruleset

_PLAIN = ("", "points", "caps", "voters", "windows")


def differences(before: Ruleset, after: Ruleset) -> list[str]:
    """One sentence for each thing that is otherwise in `after`; empty when nothing is."""
    return [
        *_settings(before, after), *_awards(before, after), *_ladder(before, after), *_privileges(before, after),
        *_badges(before, after), *_perks(before, after),
    ]


def as_told(ruleset: Ruleset) -> Ruleset:
    """The rules that members are told of: without privileges that are not offered yet."""
    shown = {word: grant for word, grant in ruleset.privileges.items() if grant.shown}
    return ruleset.model_copy(update={"privileges": shown})


def moves_points(before: Ruleset, after: Ruleset) -> bool:
    """Whether anybody's points may differ under `after`: more than ranks and what they open was changed."""
    standing = {"name", "ranks", "privileges", "badges", "perks", "grace_days"}
    return before.model_dump(exclude=standing) != after.model_dump(exclude=standing)


def changed(name: str, before: str, after: str) -> str:
    """One value that is otherwise."""
    return _("%(what)s: %(before)s → %(after)s", what=name, before=before, after=after)


def _settings(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for _key, _title, group in settings.groups():
        for setting in group:
            was, will = at(before, setting.name), at(after, setting.name)
            if was != will:
                yield changed(setting.label, settings.value_in_words(was), settings.value_in_words(will))


def at(ruleset: Ruleset, name: str) -> Any:
    """The value of a plain setting."""
    return attrgetter(name)(ruleset)


def _awards(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for kind in sorted({*before.awards, *after.awards}):
        old, new = before.awards.get(kind), after.awards.get(kind)
        what = line_words.kind_in_words(kind)
        if new is None:
            yield _("Removed: the rule for “%(what)s”.", what=what)
        elif old is None:
            yield _("Added: a rule for “%(what)s”: %(how)s.", what=what, how=words.award_in_words(new))
        else:
            for name, value in new.model_dump().items():
                if value != getattr(old, name):
                    where = parted([what, settings.award_label(name)])
                    yield changed(where, settings.value_in_words(getattr(old, name)), settings.value_in_words(value))


# The ladder -----------------------------------------------------------------------------------


def _ladder(before: Ruleset, after: Ruleset) -> Iterator[str]:
    old, new = {rank.key: rank for rank in before.ranks}, {rank.key: rank for rank in after.ranks}
    for rank in before.ranks:
        if rank.key not in new:
            yield _("Removed: the rank %(rank)s.", rank=rank.name)
    for place, rank in enumerate(after.ranks):
        if rank.key in old:
            continue
        if place:
            yield _("Added: the rank %(rank)s, after %(before)s.", rank=rank.name, before=after.ranks[place - 1].name)
        else:
            yield _("Added: the rank %(rank)s, as the lowest.", rank=rank.name)
        if rank.needs is not None:
            yield _("%(rank)s needs %(what)s.", rank=rank.name, what=_any_of(rank.ways()))
    kept = [rank.key for rank in before.ranks if rank.key in new]
    if kept != [rank.key for rank in after.ranks if rank.key in old]:
        yield _("The order of the ranks is now %(ranks)s.", ranks=joined(rank.name for rank in after.ranks))
    for rank in after.ranks:
        if rank.key in old:
            yield from _rank(old[rank.key], rank)


def _rank(before: Rank, after: Rank) -> Iterator[str]:
    for language in ("en", "zh"):
        was, will = before.names[language], after.names[language]
        if was != will:
            yield _("%(was)s is called %(will)s now.", was=was, will=will)
    if before.leaves != after.leaves:
        yield changed(_("%(rank)s, leaves", rank=after.name), str(before.leaves), str(after.leaves))
    yield from ways(after.name, before.ways(), after.ways())
    for name, value in after.limits.model_dump().items():
        was = getattr(before.limits, name)
        if was != value:
            what = parted([after.name, settings.label(f"limits.{name}")])
            yield changed(what, settings.value_in_words(was), settings.value_in_words(value))


def ways(rank: str, before: Sequence[AtLeast], after: Sequence[AtLeast]) -> Iterator[str]:
    """What differs in what a rank asks for: ways are compared with the one most like them."""
    left = [way for way in before if way not in after]
    for place, way in enumerate(after):
        if way in before:
            continue
        like = min(left, key=lambda other: _distance(other, way), default=None)
        if like is None or _distance(like, way) > 1:
            yield _("%(rank)s, added: a way with %(what)s.", rank=rank, what=needs_in_words(way))
            continue
        left.remove(like)
        yield from _way(rank, place, len(after), like, way)
    for way in left:
        yield _("%(rank)s, removed: the way with %(what)s.", rank=rank, what=needs_in_words(way))


def _distance(one: AtLeast, other: AtLeast) -> int:
    """How many measures only one of them asks for."""
    return len(set(clauses(one)) ^ set(clauses(other)))


def _way(rank: str, place: int, of: int, before: AtLeast, after: AtLeast) -> Iterator[str]:
    where = _("%(rank)s, way %(number)s", rank=rank, number=place + 1) if of > 1 else rank
    old, new = clauses(before), clauses(after)
    for measure in (*new, *(measure for measure in old if measure not in new)):
        if old.get(measure) == new.get(measure):
            continue
        if measure not in new:
            yield _("%(where)s, no longer needed: %(what)s.", where=where, what=clause_in_words(measure, old[measure]))
        elif measure not in old:
            yield _("%(where)s, needed too: %(what)s.", where=where, what=clause_in_words(measure, new[measure]))
        else:
            yield changed(where, clause_in_words(measure, old[measure]), clause_in_words(measure, new[measure]))


def clauses(way: AtLeast) -> dict[str, int]:
    """Everything that an alternative asks for, by measure."""
    return {name: value for name, value in way.model_dump().items() if value is not None}


def clause_in_words(measure: str, value: int) -> str:
    """One thing that an alternative asks for."""
    return flags_in_words(value) if measure == "flags_at_most" else least_in_words(measure, value)


def _any_of(alternatives: Sequence[AtLeast]) -> str:
    return _(" or ").join(needs_in_words(way) for way in alternatives)


# What ranks open ------------------------------------------------------------------------------


def _privileges(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for word in sorted({*before.privileges, *after.privileges}):
        old, new = before.privileges.get(word), after.privileges.get(word)
        what = words.privilege_in_words(word)
        if new is None:
            yield _("No rank opens “%(what)s” any more.", what=what)
        elif old is None:
            yield _("Opened from %(rank)s on: %(what)s.", rank=after.rank(new.rank).name, what=what)
        else:
            if old.rank != new.rank:
                yield changed(what, _rank_name(before, old.rank), _rank_name(after, new.rank))
            for name in ("points", "without_purchases", "shown"):
                was, will = getattr(old, name), getattr(new, name)
                if was != will:
                    where = parted([what, grant_label(name)])
                    yield changed(where, settings.value_in_words(was), settings.value_in_words(will))


def grant_label(name: str) -> str:
    """What a part of a privilege's rule is called."""
    names = {
        "points": _("from so many points on"), "without_purchases": _("purchases left out"),
        "shown": _("shown to members"),
    }
    return names[name]


def _rank_name(ruleset: Ruleset, key: str) -> str:
    return _("from %(rank)s on", rank=ruleset.rank(key).name)


def _badges(before: Ruleset, after: Ruleset) -> Iterator[str]:
    old, new = {one.key: one for one in before.badges}, {one.key: one for one in after.badges}
    for badge in before.badges:
        if badge.key not in new:
            yield _("Removed: the badge %(badge)s.", badge=label(badge.names))
    for badge in after.badges:
        if badge.key not in old:
            yield _("Added: the badge %(badge)s, %(what)s.", badge=label(badge.names), what=_given_for(badge))
        else:
            yield from _badge(old[badge.key], badge)
    for family in FAMILIES:
        was = [one.key for one in before.badges if one.family == family]
        now = [one for one in after.badges if one.family == family]
        kept = {one.key for one in now} & set(was)
        if [key for key in was if key in kept] != [one.key for one in now if one.key in kept]:
            yield _("The order of badges under “%(family)s” is now %(badges)s.", family=badge_words.family(family),
                    badges=joined(label(one.names) for one in now))


def _badge(before: BadgeRule, after: BadgeRule) -> Iterator[str]:
    name = label(after.names)
    yield from _labels(name, ("labels", before.names, after.names), ("about", before.words, after.words))
    if _given_for(before) != _given_for(after):
        yield changed(name, _given_for(before), _given_for(after))
    if before.level != after.level:
        where = parted([name, settings.part_in_words("level")])
        yield changed(where, badge_words.level(before.level), badge_words.level(after.level))
    if before.family != after.family:
        where = parted([name, settings.part_in_words("family")])
        yield changed(where, badge_words.family(before.family), badge_words.family(after.family))
    if before.repeat != after.repeat:
        where = parted([name, settings.part_in_words("repeat")])
        yield changed(where, settings.value_in_words(before.repeat), settings.value_in_words(after.repeat))


def _given_for(badge: BadgeRule) -> str:
    return badge_words.given_for(badge.measure, badge.least)


def _perks(before: Ruleset, after: Ruleset) -> Iterator[str]:
    old, new = {one.key: one for one in before.perks}, {one.key: one for one in after.perks}
    for perk in before.perks:
        if perk.key not in new:
            yield _("Removed: %(what)s.", what=perk.name)
    for perk in after.perks:
        if perk.key not in old:
            yield _("Added: %(what)s.", what=perk.name)
            continue
        was = old[perk.key]
        yield from _labels(
            perk.name, ("labels", was.labels.model_dump(), perk.labels.model_dump()),
            ("about", was.about.model_dump(), perk.about.model_dump()),
        )
        if was.rank != perk.rank:
            yield changed(perk.name, _rank_name(before, was.rank), _rank_name(after, perk.rank))


def _labels(name: str, *parts: tuple[str, Mapping[str, str], Mapping[str, str]]) -> Iterator[str]:
    """What is otherwise in the names and the sentences of a badge or a perk."""
    for part, old, new in parts:
        for language, will in new.items():
            if old[language] != will:
                yield changed(parted([name, settings.part_in_words(f"{part} {language}")]), old[language], will)
