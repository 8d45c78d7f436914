"""No public figure proves a purchase, in whatever ruleset the validator lets through."""

from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.reputation import rulesets
from forum.reputation.formulas import ANY_NUMBER, BOUGHT, PRIVATE, PUBLIC, Numbers, without_purchases
from forum.reputation.rules import Ruleset, read
from tests.sampling import REQUIRE_ALL

EXAMPLES = 300 if REQUIRE_ALL else 12
LONG_AGO = 1_000  # days since joining, where nobody asks
WAY = st.fixed_dictionaries({}, optional={
    "points": st.integers(1, 3), "accepted": st.integers(1, 2), "days": st.integers(1, 4),
    "joined_days": st.integers(1, 6), "purchases": st.integers(1, 2), "purchases_recent": st.integers(1, 2),
    "flags_at_most": st.integers(0, 2),
}).filter(lambda way: any(name != "flags_at_most" for name in way))


@st.composite
def ladders(draw: st.DrawFn) -> dict[str, Any]:
    """Ladders of three ranks. A way with purchases often has a sibling, and a higher rank often asks for no less."""
    data = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    ranks = [data["ranks"][0]]
    for place in (1, 2):
        ways = [dict(way) for way in draw(st.lists(WAY, min_size=1, max_size=3))]
        for way in list(ways):
            if set(BOUGHT) & way.keys() and draw(st.booleans()):
                sibling = {name: least for name, least in way.items() if name not in BOUGHT}
                ways.append({**sibling, "days": sibling.get("days", 0) + draw(st.integers(1, 3))})
        if place == 2 and draw(st.booleans()):
            below = ranks[1]["needs"]["any"][0]
            ways = [{**below, **{name: least + below.get(name, 0) for name, least in way.items()
                                 if name != "flags_at_most"}} for way in ways]
        ranks.append({**data["ranks"][place], "needs": {"any": ways}})
    return {**data, "ranks": ranks, "privileges": {}}


def _around(ruleset: Ruleset) -> dict[str, list[int]]:
    """Of each measure the thresholds and what lies just below them: they stand for all numbers."""
    found: dict[str, set[int]] = {measure: {0} for measure in (*PUBLIC, *PRIVATE, *BOUGHT, "flags")}
    for rank in ruleset.ranks:
        for way in rank.ways():
            for measure, least in way.items():
                found[measure] |= {least - 1, least}
            if way.flags_at_most is not None:
                found["flags"] |= {way.flags_at_most, way.flags_at_most + 1}
    asked = "joined_days" in ruleset.measures
    found["joined_days"] = found["joined_days"] | {max(0, days - 1) for days in found["days"]} if asked else {LONG_AGO}
    return {measure: sorted(values) for measure, values in found.items()}


def proofs(ruleset: Ruleset) -> list[Numbers]:
    """The members whose public figures and rank nobody without purchases could have."""
    around = _around(ruleset)
    private = [
        dict(zip((*PRIVATE, "flags"), values, strict=True))
        for values in product(*(around[measure] for measure in (*PRIVATE, "flags")))
        if values[0] <= values[1] + 1 and values[2] < ANY_NUMBER
    ]
    found = []
    for figures in product(*(around[measure] for measure in PUBLIC)):
        public = Numbers(**dict(zip(PUBLIC, figures, strict=True)))
        people = [replace(public, **one) for one in private]
        ranks = {ruleset.rank_for(one) for one in people}
        for one, values in product(people, product(*(around[measure] for measure in BOUGHT))):
            bought = replace(one, **dict(zip(BOUGHT, values, strict=True)))
            if bought.purchases >= bought.purchases_recent and ruleset.rank_for(bought) not in ranks:
                found.append(bought)
    return found


def test_nobody_is_proved_to_have_bought_under_laurel() -> None:
    """Every member at every threshold has a double without purchases."""
    assert proofs(rulesets.preset("laurel")) == []


@given(data=ladders())
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_the_validator_lets_no_proof_through(data: dict[str, Any]) -> None:
    """Of any ladder that it accepts."""
    try:
        ruleset = read(data)
    except Invalid:
        assume(False)
        return
    assert proofs(ruleset) == []


def test_the_population_finds_what_the_validator_refuses() -> None:
    """The search itself is worth something: without the sibling there are proofs."""
    ruleset = rulesets.preset("laurel")
    bare = [
        rank.model_copy(update={"needs": rank.ways()[-1]}) if any(way.asks_to_buy for way in rank.ways()) else rank
        for rank in ruleset.ranks
    ]
    found = proofs(ruleset.model_copy(update={"ranks": tuple(bare)}))
    assert found and all(one != without_purchases(one) for one in found)
