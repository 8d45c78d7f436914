"""What differs between two rulesets, in sentences that a community manager reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from forum.core.i18n import gettext as _
from forum.core.i18n import joined, label
from forum.reputation import settings, words
from forum.reputation.formulas import AtLeast
from forum.reputation.measures import flags_in_words, least_in_words, needs_in_words
from forum.reputation.rules import Rank, Ruleset

_PLAIN = ("", "points", "caps", "voters", "windows")


def differences(before: Ruleset, after: Ruleset) -> list[str]:
    """One sentence for each thing that is otherwise in `after`; empty when nothing is."""
    return [
        *_settings(before, after), *_awards(before, after), *_ladder(before, after), *_privileges(before, after),
        *_named("badges", before, after), *_named("perks", before, after),
    ]


def moves_points(before: Ruleset, after: Ruleset) -> bool:
    """Whether anybody's points may differ under `after`: more than ranks and what they open was changed."""
    standing = {"name", "ranks", "privileges", "badges", "perks", "grace_days"}
    return before.model_dump(exclude=standing) != after.model_dump(exclude=standing)


def changed(name: str, before: str, after: str) -> str:
    """One value that is otherwise."""
    return _("%(what)s: %(before)s → %(after)s", what=name, before=before, after=after)


def _settings(before: Ruleset, after: Ruleset) -> Iterator[str]:
    old, new = before.model_dump(), after.model_dump()
    for _key, _title, group in settings.groups():
        for setting in group:
            was, will = at(old, setting.name), at(new, setting.name)
            if was != will:
                yield changed(setting.label, settings.value_in_words(was), settings.value_in_words(will))


def at(data: Mapping[str, Any], name: str) -> Any:
    """The value of a setting in data; None where there is none."""
    here: Any = data
    for step in name.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _awards(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for kind in sorted({*before.awards, *after.awards}):
        old, new = before.awards.get(kind), after.awards.get(kind)
        what = words.line_in_words(kind, 1)
        if new is None:
            yield _("Removed: the rule for “%(what)s”.", what=what)
        elif old is None:
            yield _("Added: a rule for “%(what)s”.", what=what)
        else:
            for name, value in new.model_dump().items():
                if value != getattr(old, name):
                    where = f"{what}, {settings.award_label(name)}"
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
            what = f"{after.name}, {settings.label(f'limits.{name}')}"
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
                    where = f"{what}, {grant_label(name)}"
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


def _named(part: str, before: Ruleset, after: Ruleset) -> Iterator[str]:
    """Badges or perks: things with a key, labels and other values."""
    old = {one.key: one.model_dump() for one in getattr(before, part, ())}
    new = {one.key: one.model_dump() for one in getattr(after, part, ())}
    for key, data in old.items():
        if key not in new:
            yield _("Removed: %(what)s.", what=label(data["labels"]))
    for key, data in new.items():
        name = label(data["labels"])
        if key not in old:
            yield _("Added: %(what)s.", what=name)
            continue
        for field, was, will in _leaves(old[key], data):
            yield changed(f"{name}, {field}", settings.value_in_words(was), settings.value_in_words(will))


def _leaves(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in after:
            yield from _leaves(before.get(name), after[name], f"{path} {name}".strip())
    elif before != after:
        yield settings.part_in_words(path), before, after
