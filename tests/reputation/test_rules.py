"""Rulesets are validated data; what is wrong is said in plain words, with its place."""

import copy
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from forum.access.privileges import OVER_OTHERS, Privilege
from forum.core.errors import Invalid
from forum.members.models import LATELY
from forum.reputation import checks, rulesets
from forum.reputation.formulas import Numbers
from forum.reputation.rules import Voters, read

Data = dict[str, Any]


def laurel() -> Data:
    """The preset as plain data, to be spoilt."""
    return rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)


def test_the_preset_says_what_was_agreed() -> None:
    """Points, caps and formulas of `laurel`."""
    ruleset = rulesets.preset("laurel")
    assert ruleset.points.model_dump() == {
        "answer_up": 10, "answer_down": -2, "down_given": -1, "answer_accepted": 15, "accepting": 5,
        "question_up": 5, "discussion_up": 1, "worked_for_me": 10, "endorsed": 15,
    }
    assert ruleset.caps.model_dump() == {
        "day_net": 200, "votes_of_giver_a_day": 4, "giver_share_percent": 40, "giver_share_from": 100,
        "question": 25, "discussion": 10,
    }
    assert [(rank.key, rank.labels.zh, rank.leaves) for rank in ruleset.ranks] == [
        ("seed", "种子", 0), ("sprout", "新芽", 1), ("twig", "嫩枝", 2), ("branch", "枝条", 3), ("bough", "主枝", 4),
        ("laurel", "月桂", 5),
    ]
    assert (ruleset.base, ruleset.floor) == (0, 0)


@pytest.mark.parametrize(("rank", "enough", "short"), [
    ("sprout", Numbers(5, 2), Numbers(4, 4)), ("sprout", Numbers(0, 5), Numbers(4, 4)),
    ("sprout", Numbers(0, 2, 0, 0, 1), Numbers(0, 1, 0, 0, 9)),
    ("twig", Numbers(50, 8), Numbers(49, 24)), ("twig", Numbers(25, 25), Numbers(24, 99)),
    ("twig", Numbers(25, 8, 0, 0, 3), Numbers(25, 8, 0, 0, 2)),
    ("branch", Numbers(250, 20, 4), Numbers(250, 20, 3)), ("branch", Numbers(150, 60, 3), Numbers(150, 59, 3)),
    ("branch", Numbers(150, 20, 3, 0, 6), Numbers(150, 20, 3, 0, 5)),
    ("bough", Numbers(900, 60, 15, 10), Numbers(900, 60, 15, 9)),
    ("laurel", Numbers(3500, 200, 60, 40), Numbers(3499, 999, 99, 99, 99)),
])
def test_ranks_begin_where_the_table_says(rank: str, enough: Numbers, short: Numbers) -> None:
    """Each alternative at its least numbers, and just below."""
    ruleset = rulesets.preset("laurel")
    assert ruleset.rank_for(enough) == rank
    assert ruleset.place(ruleset.rank_for(short)) < ruleset.place(rank)


def test_powers_over_others_content_never_rest_on_purchases() -> None:
    """A Branch by purchases votes down, but edits no tags, however many points; by days it does, from 250 on."""
    ruleset = rulesets.preset("laurel")
    bought, stayed = Numbers(250, 20, 3, 0, 6), Numbers(250, 60, 3)
    assert ruleset.rank_for(bought) == ruleset.rank_for(stayed) == "branch"
    assert "vote_down" in ruleset.granted("branch", bought)
    assert not ruleset.granted("branch", bought) & checks.OVER_OTHERS
    assert "edit_tags" in ruleset.granted("branch", stayed)
    assert "edit_tags" not in ruleset.granted("branch", Numbers(249, 60, 3))


def test_no_public_figure_proves_a_purchase() -> None:
    """Whatever rank points, accepted answers and members helped show with purchases, they show without for some days.

    Numbers on both sides of every threshold stand for all others.
    """
    ruleset = rulesets.preset("laurel")
    ways = [way for rank in ruleset.ranks for way in rank.ways()]
    around = {
        measure: sorted({0} | {least + step for way in ways for name, least in way.items() if name == measure
                               for step in (-1, 0)})
        for measure in ("points", "days", "accepted", "helped", "purchases")
    }
    for points in around["points"]:
        for accepted in around["accepted"]:
            for helped in around["helped"]:
                def shown(days: int, purchases: int, p: int = points, a: int = accepted, h: int = helped) -> str:
                    return ruleset.rank_for(Numbers(p, days, a, h, purchases))

                without = {shown(days, 0) for days in around["days"]}
                bought = {shown(days, number) for days in around["days"] for number in around["purchases"]}
                assert bought <= without, (points, accepted, helped)


def test_no_month_of_joining_proves_one_either() -> None:
    """It is told once anybody may have come on as many days as the longest sibling of a way with purchases asks for."""
    ranks = [rank.ways() for rank in rulesets.preset("laurel").ranks]
    bought = [ways for ways in ranks if any(name == "purchases" for way in ways for name, _least in way.items())]
    longest = max(least for ways in bought for way in ways for name, least in way.items() if name == "days")
    assert bought and dt.timedelta(days=longest) < LATELY


def test_the_guardian_knows_the_same_privileges() -> None:
    """The words that rulesets may grant are those of the guardian, and so are the ones over others' content."""
    assert {privilege.value for privilege in Privilege} == checks.PRIVILEGES
    assert {privilege.value for privilege in OVER_OTHERS} == checks.OVER_OTHERS


def _spoil(change: Callable[[Data], object]) -> dict[str, str]:
    data = laurel()
    change(data)
    with pytest.raises(Invalid) as refusal:
        read(data)
    return {place: str(words) for place, words in refusal.value.fields.items()}


def test_a_wrong_part_is_told_once() -> None:
    """However deep it stands: what holds it is not called empty because of it."""
    nested: dict[str, Any] = {"any": [{"all": [{"any": []}]}]}
    assert _spoil(lambda data: data["ranks"][1].update(needs=nested)) == {
        "rank sprout → alternative 1 → alternative 1": "“any of” is empty",
    }
    assert _spoil(lambda data: data["ranks"][1].update(needs={"any": [{"points": "many"}]})) == {
        "rank sprout → alternative 1 → points": "must be a whole number",
    }


def _numbers(here: Any, way: tuple[int | str, ...] = ()) -> list[tuple[int | str, ...]]:
    """The ways to all numbers of a ruleset."""
    if isinstance(here, (dict, list)):
        parts = here.items() if isinstance(here, dict) else enumerate(here)
        return [found for step, part in parts for found in _numbers(part, (*way, step))]
    return [way] if isinstance(here, int) and not isinstance(here, bool) else []


@pytest.mark.parametrize("wrong", [True, "3", 3.0, 2.5, 1e300, [3]])
@pytest.mark.parametrize("name", rulesets.PRESETS)
def test_only_whole_numbers_are_numbers(name: str, wrong: object) -> None:
    """Wherever a number belongs: one sentence at its place, whatever could be read as one."""
    ruleset = rulesets.preset(name)
    whole = ruleset.model_dump(mode="json", exclude_none=True)
    ways = _numbers(whole)
    assert len(ways) > 40
    for way in ways:
        data = copy.deepcopy(whole)
        here: Any = data
        for step in way[:-1]:
            here = here[step]
        here[way[-1]] = wrong
        with pytest.raises(Invalid) as refusal:
            read(data)
        told = {place: str(words) for place, words in refusal.value.fields.items()}
        assert list(told.values()) == ["must be a whole number"], (way, told)
        assert next(iter(told)).endswith(str(way[-1]))


@pytest.mark.parametrize("wrong", [1, 0, "yes", "true", None])
def test_only_true_and_false_are_yes_and_no(wrong: object) -> None:
    """What could be read as one of them is told at its place."""
    data = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    data["privileges"]["triage"] |= {"without_purchases": wrong, "shown": wrong}
    data["awards"] = {"bounty": {"in_day": wrong}}
    data["badges"][0]["repeat"] = wrong
    with pytest.raises(Invalid) as refusal:
        read(data)
    told = {place.rpartition(" ")[2]: str(words) for place, words in refusal.value.fields.items()}
    assert told == dict.fromkeys(("without_purchases", "shown", "in_day", "repeat"), "must be true or false")


@pytest.mark.parametrize(("change", "place", "words"), [
    (lambda data: data["ranks"][2].update(needs={"any": []}), "rank twig", "“any of” is empty"),
    (lambda data: data["ranks"][2].update(needs={"all": []}), "rank twig", "“all of” is empty"),
    (lambda data: data["ranks"][4]["needs"].update(points="many"), "rank bough → points", "whole number"),
    (lambda data: data["ranks"][4].update(needs={}), "rank bough", "name at least one of points, points_recent, days"),
    (lambda data: data.update(bonus=1), "bonus", "is not known here"),
    (lambda data: data["points"].pop("answer_up"), "points → answer_up", "is missing"),
    (lambda data: data["points"].update(answer_up=0), "points → answer_up", "must be at least 1"),
    (lambda data: data["ranks"][1]["labels"].pop("zh"), "rank sprout → labels → zh", "is missing"),
    (lambda data: data["ranks"][1].update(leaves=6), "rank sprout → leaves", "must be at most 5"),
    (lambda data: data["ranks"][1].update(key="New Shoot"), "key", "small letters"),
    (lambda data: data["ranks"][1].update(key="shoot\n"), "key", "small letters"),
    (lambda data: data.update(base=10**12), "base", "must be at most 1000000"),
    (lambda data: data.update(floor=-10**300), "floor", "must be at least -1000000"),
    (lambda data: data["privileges"]["triage"].update(points=10**300), "triage", "must be at most 1000000"),
    (lambda data: data["ranks"][1]["needs"]["any"][0].update(karma=3), "rank sprout → alternative 1 → karma",
     "is not known here"),
])
def test_what_is_wrong_is_named(change: Callable[[Data], object], place: str, words: str) -> None:
    """The place, and a sentence about it."""
    problems = _spoil(change)
    assert any(place in where and words in said for where, said in problems.items()), problems


@pytest.mark.parametrize(("change", "words"), [
    (lambda data: data["ranks"][3]["needs"]["any"].pop(1),
     "rank branch: alternative 2 (150 points, 20 days here, 3 accepted answers, and 6 purchases): add an alternative"),
    (lambda data: data["ranks"][3]["needs"]["any"][1].update(days=20), "rank branch: alternative 3"),
    (lambda data: data["ranks"][3]["needs"]["any"][1].update(accepted=4), "rank branch: alternative 3"),
    (lambda data: data["privileges"]["edit_tags"].update(without_purchases=False),
     "the privilege “edit_tags”: rests on"),
    (lambda data: data["privileges"]["triage"].update(rank="branch"), "the privilege “triage”: rests on"),
    (lambda data: data["privileges"].update(fly={"rank": "seed"}), "the privilege “fly”: there is no such privilege"),
    (lambda data: data["privileges"]["invite"].update(rank="tree"), "the privilege “invite”: there is no rank tree"),
    (lambda data: data["ranks"][1].update(key="seed"), "each needs a key of its own"),
    (lambda data: data["ranks"][1].update(key="staff"), "none may be called staff"),
    (lambda data: data["ranks"][0].update(needs={"days": 1}), "rank seed: the lowest rank needs nothing"),
    (lambda data: data["ranks"][5].pop("needs"), "rank laurel: say what it needs"),
    (lambda data: data["ranks"][4].update(leaves=1), "rank bough: has fewer leaves than Branch"),
    (lambda data: data["ranks"][4].update(needs={"points": 900}), "rank bough: can be reached without reaching Branch"),
])
def test_what_does_not_hold_together_is_refused(change: Callable[[Data], object], words: str) -> None:
    """Purchases that would show, powers that would be bought, ladders with gaps."""
    told = [f"{place}: {said}" for place, said in _spoil(change).items()]
    assert any(words in one for one in told), told


def test_formulas_nest() -> None:
    """All-of over any-of: its alternatives are worked out, and it is met when one of them is."""
    data = laurel()
    data["ranks"][4]["needs"] = {"all": [
        {"points": 900, "accepted": 4}, {"any": [{"days": 60}, {"all": [{"helped": 10}, {"days": 20, "points": 950}]}]},
    ]}
    bough = read(data).rank("bough")
    assert [dict(way.items()) for way in bough.ways()] == [
        {"points": 900, "days": 60, "accepted": 4}, {"points": 950, "days": 20, "accepted": 4, "helped": 10},
    ]
    assert bough.needs is not None
    assert bough.needs.met(Numbers(950, 20, 4, 10))
    assert not bough.needs.met(Numbers(949, 20, 4, 10))


def test_a_preset_and_a_file_can_be_loaded(tmp_path: Any, session: object) -> None:
    """By name, or from a JSON file; else a sentence."""
    path = tmp_path / "mine.json"
    path.write_text(rulesets.preset("laurel").model_dump_json(exclude_none=True))
    assert rulesets.load(str(path)) == rulesets.load("laurel")
    path.write_text("{")
    with pytest.raises(Invalid):
        rulesets.load(str(path))


def test_versions_of_the_old_shape_still_read() -> None:
    """What was stored before there were windows, grace and perks: everything new has a value that changes nothing."""
    data = laurel()
    for name in ("voters", "windows", "grace_days", "perks"):
        data.pop(name)
    for rank in data["ranks"]:
        rank["limits"].pop("edits_a_day")
    ruleset = read(data)
    assert (ruleset.grace_days, ruleset.windows.recent_days, ruleset.perks) == (14, 365, ())
    assert ruleset.voters.all_alike and not ruleset.is_timed
    assert {rank.limits.edits_a_day for rank in ruleset.ranks} == {30}


@pytest.mark.parametrize(("change", "words"), [
    (lambda data: data.update(voters={"after_days": 9, "full_after_days": 3}), "voters: full_after_days must not be"),
    (lambda data: data.update(perks=[perk("tea", "tree")]), "perk tea: there is no rank tree"),
    (lambda data: data.update(perks=[perk("tea", "bough"), perk("tea", "twig")]), "perk tea: each needs a key"),
    (lambda data: data["ranks"][4].update(needs={"flags_at_most": 0}), "rank bough: “flags_at_most” alone"),
    (lambda data: data["ranks"][2]["needs"]["any"].append({"points": 30, "days": 8, "purchases_recent": 1}),
     "rank twig: alternative 4 (30 points, 8 days here, and 1 purchase lately)"),
    (lambda data: data["ranks"][1]["needs"]["any"][1].update(days=180), "rank sprout: alternative 3"),
    (lambda data: data["ranks"][1].update(needs={"all": [{"any": [{"points": 1}] * 20}] * 2}), "rank sprout: has more"),
])
def test_the_second_shape_holds_together(change: Callable[[Data], object], words: str) -> None:
    """Voters, perks, flags, windows: what does not go together is named."""
    told = [f"{place}: {said}" for place, said in _spoil(change).items()]
    assert any(words in one for one in told), told


def perk(key: str, rank: str) -> Data:
    """A perk as data."""
    return {"key": key, "labels": {"en": "Tea", "zh": "茶"}, "about": {"en": "A tea.", "zh": "一杯茶。"}, "rank": rank}


def test_a_higher_rank_must_not_leave_only_buyers_behind() -> None:
    """Whoever has 250 points without purchases is of the rank above: who is still of the lower one must have bought."""
    data = laurel()
    data["ranks"][3]["needs"] = {"any": [
        {"points": 150, "days": 60}, {"points": 150, "days": 20, "purchases": 6},
    ]}
    data["ranks"][4]["needs"] = {"points": 250, "days": 60}
    data["ranks"][5]["needs"] = {"points": 3500, "days": 200}
    data["privileges"] = {"participate": {"rank": "seed"}}
    problems = _spoil(lambda given: given.clear() or given.update(data))
    assert "rank branch" in problems and "with 250 points nobody is of this rank without purchases" in str(problems)
    data["ranks"][4]["needs"]["days"] = 61
    read(data)


@pytest.mark.parametrize(("points", "share", "part"), [
    (10, 50, 5), (5, 50, 2), (1, 50, 1), (1, 1, 1), (1, 0, 0), (-2, 50, -1), (-1, 50, 0), (-2, 10, 0), (10, 100, 10),
])
def test_a_part_of_a_vote(points: int, share: int, part: int) -> None:
    """Toward zero, but an up vote that counts at all is worth a point."""
    assert Voters.part(points, share) == part


def test_a_voters_age_decides(session: object) -> None:
    """Not before `after_days`, in part until `full_after_days`; nobody's vote counts in full."""
    voters = Voters(after_days=1, full_after_days=3, young_percent=50)
    joined = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    shares = [voters.share(joined, joined + dt.timedelta(hours=hours)) for hours in (0, 23, 24, 71, 72)]
    assert shares == [0, 0, 50, 50, 100]
    assert voters.share(None, joined) == 100
