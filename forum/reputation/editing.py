"""A draft of rules as data: pure functions that read what a form carries into it, rearrange it, and say what is wrong.

A draft has the shape of a ruleset, but may hold anything that was typed ("ten" where a number belongs), so that
nothing typed is lost. None of the functions changes what it is given; each returns another draft.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple, TypeGuard

from pydantic import ValidationError

from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.reputation import faults, settings
from forum.reputation.checks import PRIVILEGES
from forum.reputation.formulas import MEASURES
from forum.reputation.named_places import called
from forum.reputation.rules import Ruleset, is_word
from forum.reputation.typed import LONGEST, Data, Form, among, listed, mapping, new_key, number, put, text

MOST_WAYS = 20  # alternatives of one rank that can be edited as sentences
CLAUSES = (*MEASURES, "flags_at_most")
PERK_FIELDS = ("key", "labels.en", "labels.zh", "about.en", "about.zh", "rank")
FIRST_VALUE = 10  # what a new clause asks for until another number is typed


class Fault(NamedTuple):
    """Something that is wrong in a draft: on which page of the editor, beside which field ("" for none), and what.

    `untouched`: nothing was ever saved in the field, since what it belongs to was just added.
    """

    page: str
    field: str
    place: str
    words: str
    untouched: bool = False

    @property
    def sentence(self) -> str:
        """Place and words together, for where the field is not in sight."""
        return _("%(place)s: %(words)s", place=self.place, words=self.words)


# What was typed -------------------------------------------------------------------------------


def with_settings(data: Data, form: Form) -> Data:
    """The plain settings that the form carries, by their names; others stay."""
    found = copy.deepcopy(data)
    for _key, _title, group in settings.groups():
        for setting in group:
            if setting.name in form:
                put(found, setting.name.split("."), number(form[setting.name]))
    return found


def with_rank(data: Data, key: str, form: Form) -> Data:
    """The rank `key` as the form says: names, leaves, limits, and the numbers of its alternatives."""
    found = copy.deepcopy(data)
    rank = _rank(found, key)
    for language in ("en", "zh"):
        if (name := f"labels.{language}") in form:
            put(rank, ["labels", language], text(form[name]))
    for name in ("leaves", *(limit.name for limit in settings.limits(None))):
        if name in form:
            put(rank, name.split("."), number(form[name]))
    ways = ways_of(rank.get("needs"))
    if ways is not None and any(name.startswith("needs.") for name in form):
        for place, way in enumerate(ways):
            for measure in way:
                typed = form.get(f"needs.{place}.{measure}")
                if typed is not None:
                    value = number(typed)
                    way[measure] = "" if value is None else value  # None would be a clause that is not there
        _set_ways(rank, ways)
    return found


def with_privileges(data: Data, form: Form) -> Data:
    """The privileges as the form says: from which rank on, from how many points on, and the two choices."""
    found = copy.deepcopy(data)
    grants: Data = {}
    for word in sorted(PRIVILEGES):
        rank, held = form.get(f"{word}.rank"), mapping(mapping(data.get("privileges")).get(word))
        if rank is None and held:
            grants[word] = held
        elif rank:
            grants[word] = {
                "rank": rank[:LONGEST], "points": number(form.get(f"{word}.points", "")),
                "without_purchases": f"{word}.without_purchases" in form, "shown": held.get("shown", True),
            }
    found["privileges"] = grants
    return found


def with_perks(data: Data, form: Form) -> Data:
    """The perks as the form says: `perks.0.labels.en` and so on."""
    found = copy.deepcopy(data)
    perks = found["perks"] = perks_of(found)
    for place, perk in enumerate(perks):
        for name in PERK_FIELDS:
            typed = form.get(f"perks.{place}.{name}")
            if typed is not None:
                put(perk, name.split("."), text(typed))
    return found


# Rearranging ----------------------------------------------------------------------------------


def add_rank(data: Data, name: str) -> Data:
    """One more rank at the top, with more points than the one before."""
    found = copy.deepcopy(data)
    ranks = found["ranks"] = listed(found.get("ranks"))
    before: Data = ranks[-1] if ranks else {}
    ways = ways_of(before.get("needs")) or []
    least = [way["points"] * 2 for way in ways if isinstance(way.get("points"), int)]
    name = text(name) or _("New rank")
    ranks.append({
        "key": new_key(ranks), "labels": {"en": name, "zh": name}, "leaves": before.get("leaves", 0),
        "needs": {**(ways[0] if ways else {}), "points": max(least, default=FIRST_VALUE)},
        "limits": copy.deepcopy(before.get("limits", {"votes_a_day": 10, "links": 2})),
    })
    return found


def remove_rank(data: Data, key: str) -> Data:
    """Without the rank; what it opened has to find another one."""
    found = copy.deepcopy(data)
    found["ranks"].remove(_rank(found, key))
    return found


def move_rank(data: Data, key: str, step: int) -> Data:
    """The rank one place up (1) or down (-1). The lowest place is not moved from nor to."""
    found = copy.deepcopy(data)
    ranks = found["ranks"]
    place = ranks.index(_rank(found, key))
    to = place + step
    if place > 0 and 0 < to < len(ranks):
        ranks[place], ranks[to] = ranks[to], ranks[place]
    return found


def add_way(data: Data, key: str) -> Data:
    """One more alternative that leads to the rank."""
    found = copy.deepcopy(data)
    rank = _rank(found, key)
    ways = _ways(rank)
    _set_ways(rank, [*ways, {"points": FIRST_VALUE}])
    return found


def remove_way(data: Data, key: str, place: int) -> Data:
    """Without one alternative."""
    found = copy.deepcopy(data)
    rank = _rank(found, key)
    ways = _ways(rank)
    _set_ways(rank, [way for number, way in enumerate(ways) if number != place])
    return found


def add_clause(data: Data, key: str, place: int, measure: str) -> Data:
    """One more thing that an alternative asks for."""
    found = copy.deepcopy(data)
    rank = _rank(found, key)
    ways = _ways(rank)
    if not 0 <= place < len(ways) or measure not in CLAUSES:
        raise NotFound
    ways[place].setdefault(measure, 0 if measure == "flags_at_most" else FIRST_VALUE)
    ways[place] = {name: ways[place][name] for name in CLAUSES if name in ways[place]}
    _set_ways(rank, ways)
    return found


def remove_clause(data: Data, key: str, place: int, measure: str) -> Data:
    """An alternative asks for one thing less."""
    found = copy.deepcopy(data)
    rank = _rank(found, key)
    ways = _ways(rank)
    if not 0 <= place < len(ways):
        raise NotFound
    ways[place].pop(measure, None)
    _set_ways(rank, ways)
    return found


def add_perk(data: Data) -> Data:
    """One more perk, from the highest rank on, to be filled in: None is where nothing was typed yet."""
    found = copy.deepcopy(data)
    perks = found["perks"] = perks_of(found)
    words = {"labels": {"en": None, "zh": None}, "about": {"en": None, "zh": None}}
    perks.append({"key": new_key(perks), **words, "rank": rank_keys(data)[-1]})
    return found


def remove_perk(data: Data, place: int) -> Data:
    """Without one perk."""
    found = copy.deepcopy(data)
    found["perks"] = [perk for number, perk in enumerate(perks_of(found)) if number != place]
    return found


def ways_of(needs: Any) -> list[Data] | None:
    """The alternatives of a formula, each a map of what it asks for; None when it is too tangled to be shown so.

    The same as `Formula.alternatives`, on what may have been typed.
    """
    if needs is None:
        return []
    if not isinstance(needs, Mapping):
        return None
    if "any" in needs:
        parts = _parts(needs["any"])
        if not _all_there(parts):
            return None
        return _few([way for part in parts for way in part])
    if "all" in needs:
        return _together(needs["all"])
    return [{measure: needs[measure] for measure in CLAUSES if needs.get(measure) is not None}]


def _together(parts: Any) -> list[Data] | None:
    found = _parts(parts)
    if not _all_there(found):
        return None
    size = 1
    for ways in found:
        size *= len(ways)
    if size > MOST_WAYS:
        return None
    merged = []
    for some in product(*found):
        way: Data = {}
        for measure in CLAUSES:
            values = [one[measure] for one in some if measure in one]
            if values and all(isinstance(value, int) for value in values):
                way[measure] = min(values) if measure == "flags_at_most" else max(values)
            elif values:
                return None
        merged.append(way)
    return merged


def _parts(parts: Any) -> list[list[Data] | None]:
    return [ways_of(part) for part in parts] if isinstance(parts, list) else [None]


def _all_there(parts: list[list[Data] | None]) -> TypeGuard[list[list[Data]]]:
    return all(part is not None for part in parts)


def _few(ways: list[Data]) -> list[Data] | None:
    return ways if len(ways) <= MOST_WAYS else None


# What is wrong --------------------------------------------------------------------------------


def check(data: Data) -> tuple[Ruleset | None, list[Fault]]:
    """The ruleset that the draft is, or what is wrong with it."""
    try:
        ruleset = Ruleset.model_validate(data)
    except ValidationError as error:
        return None, list(_faults(error, data))
    twins = list(_twins(data))
    return (None, twins) if twins else (ruleset, [])


def _faults(error: ValidationError, data: Data) -> Iterator[Fault]:
    places = {faults.rank(key): f"ranks/{key}" for key in rank_keys(data)}
    for at, badge in reversed(list(enumerate(listed(data.get("badges")), 1))):  # of a key twice: the first one
        places[faults.badge(str(badge.get("key")))] = f"badges/{at}"
    for one in error.errors():
        path = tuple(one["loc"])
        for place, words in faults.told(one, data):
            if path:
                page, field = _where(path, data)
                yield Fault(page, field, called(page, field, data) or place, words, faults.is_untouched(one))
            else:
                page, field = places.get(place) or _page_of(place, data), _field_of(place, data)
                yield Fault(page, field, called(page, field, data) or place, words)


def _twins(data: Data) -> Iterator[Fault]:
    """Ranks that are called as one below them. Said of drafts alone: what was published once can be read for good."""
    for language in ("en", "zh"):
        seen: dict[str, str] = {}
        for rank in listed(data.get("ranks")):
            page, field, name = f"ranks/{rank['key']}", f"labels.{language}", str(rank["labels"][language])
            if name.casefold() in seen:
                yield Fault(page, field, called(page, field, data), _("another rank has this name"))
            seen.setdefault(name.casefold(), name)


def _where(path: Sequence[int | str], data: Data) -> tuple[str, str]:
    """The page and the field of a way into the data."""
    first, rest = str(path[0]), ".".join(map(str, path[1:]))
    if first == "ranks" and len(path) > 1 and isinstance(path[1], int):
        rank = listed(data.get("ranks"))[among(data["ranks"], path[1])] if len(path) > 2 else {}
        key = str(rank.get("key", ""))
        return (f"ranks/{key}", _rank_field(path[2:])) if is_word(key) else ("ranks", "")
    if first == "badges" and len(path) > 2 and isinstance(path[1], int):
        return f"badges/{among(data['badges'], path[1]) + 1}", ".".join(map(str, path[2:]))
    if first in ("privileges", "awards"):
        return first, rest
    if first in ("perks", "badges"):
        return first, ".".join(map(str, path))
    return "points" if first in settings.SECTIONS else "ranks" if first == "ranks" else "file", ".".join(map(str, path))


def _rank_field(path: Sequence[int | str]) -> str:
    if path[:1] != ("needs",):
        return ".".join(map(str, path))
    places = [step for step in path if isinstance(step, int)]
    measure = path[-1] if path[-1] in CLAUSES else ""
    return f"needs.{places[0] if places else 0}.{measure}".rstrip(".") if len(places) < 2 else "needs"


def _page_of(place: str, data: Data) -> str:
    if place in {faults.privilege(word) for word in mapping(data.get("privileges"))}:
        return "privileges"
    if place in {faults.perk(str(one.get("key"))) for one in listed(data.get("perks"))}:
        return "perks"
    return "points" if place in settings.SECTIONS else "ranks"


def _field_of(place: str, data: Data) -> str:
    words = mapping(data.get("privileges"))
    return next((f"{word}.rank" for word in words if faults.privilege(word) == place), "")


# Reading it -----------------------------------------------------------------------------------


def rank_keys(data: Data) -> list[str]:
    """The keys of the ranks, the lowest first."""
    return [str(rank["key"]) for rank in listed(data.get("ranks")) if isinstance(rank.get("key"), str)]


def rank_named(data: Data, key: str) -> Data:
    """One rank of the draft.

    Raises:
        NotFound: there is none of this key.
    """
    return _rank(data, key)


def perks_of(data: Data) -> list[Data]:
    """The perks of the draft."""
    return listed(data.get("perks"))


def plain(ruleset: Ruleset) -> Data:
    """A ruleset as a draft begins: plain data, without what is not said."""
    found: Data = ruleset.model_dump(mode="json", exclude_none=True)
    return found


def _rank(data: Data, key: str) -> Data:
    found = next((rank for rank in listed(data.get("ranks")) if rank.get("key") == key), None)
    if found is None:
        raise NotFound
    return found


def _ways(rank: Data) -> list[Data]:
    ways = ways_of(rank.get("needs"))
    if ways is None:
        raise NotFound
    return ways


def _set_ways(rank: Data, ways: list[Data]) -> None:
    rank["needs"] = {"any": ways} if len(ways) > 1 else ways[0] if ways else None
