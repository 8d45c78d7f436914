"""Random rulesets that hold together, and small communities that are committed and forgotten again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from sqlalchemy import delete

from forum.core.database import Base
from forum.core.errors import Invalid
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.reputation import rulesets
from forum.reputation.rules import Ruleset, read
from tests.reputation.world import World, tight_rules

MEASURES = ("points", "points_recent", "days", "joined_days", "accepted", "helped")


@st.composite
def books(draw: st.DrawFn) -> Ruleset | None:
    """A ruleset; None when what was drawn does not hold together (privileges that rest on purchases, mostly)."""
    data = tight_rules().model_dump(mode="json", exclude_none=True)
    data["name"] = "drawn"
    data["grace_days"] = draw(st.sampled_from([0, 14]))
    data["base"] = draw(st.sampled_from([0, 0, 1]))
    if draw(st.booleans()):
        data["points"] |= {"answer_up": draw(st.integers(1, 20)), "answer_accepted": draw(st.integers(1, 20)),
                           "answer_down": -draw(st.integers(0, 5)), "question_up": draw(st.integers(0, 8))}
        data["caps"] |= {"day_net": draw(st.integers(5, 60)), "votes_of_giver_a_day": draw(st.integers(1, 4)),
                         "question": draw(st.none() | st.integers(0, 20))}
    if draw(st.booleans()):
        data["voters"] = {"after_days": 0, "full_after_days": 2, "young_percent": draw(st.sampled_from([0, 50, 100]))}
    _ladder(draw, data)
    try:
        return read(data)
    except Invalid:
        return None


def _ladder(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """Up to five ranks of the six, each asking for more than the one before; some also to be reached by purchases."""
    keys = ["seed", *draw(st.lists(st.sampled_from(["sprout", "twig", "branch", "bough"]), unique=True, max_size=4))]
    known = {rank["key"]: rank for rank in data["ranks"]}
    ranks, ways = [{**known["seed"]}], [dict[str, int]()]
    for place, key in enumerate(keys[1:], 1):
        ways = [_more(draw, way) for way in draw(st.lists(st.sampled_from(ways), min_size=1, max_size=2))]
        alternatives: list[dict[str, int]] = list(ways)
        if draw(st.booleans()):
            least = {**ways[0], "days": ways[0].get("days", 1)}
            ways[0] = alternatives[0] = {**least, "days": least["days"] + 2}
            alternatives.append({**least, "purchases": place})
        needs: Any = {"any": alternatives} if len(alternatives) > 1 else {"all": [alternatives[0]]}
        ranks.append({**known[key], "leaves": min(5, place), "needs": needs})
    data["ranks"] = ranks
    for word, grant in data["privileges"].items():
        grant["rank"] = keys[0] if word == "participate" else draw(st.sampled_from(keys))
        grant["without_purchases"] = True


def _more(draw: st.DrawFn, way: dict[str, int]) -> dict[str, int]:
    """More of one thing, or a small number of another."""
    measure = draw(st.sampled_from(MEASURES))
    step = draw(st.integers(1, 15)) if measure.startswith("points") else draw(st.integers(1, 3))
    return {**way, measure: way.get(measure, 0) + step}


@contextmanager
def committed(app: Flask, acts: list[tuple[Any, ...]]) -> Iterator[World]:
    """A world that others can see, under tight rules; forgotten in the end."""
    with app.app_context():
        try:
            with unit_of_work() as session:
                world = World(session, tight_rules())
                for act in acts:
                    world.act(act)
            rulesets.forget()
            yield world
        finally:
            with unit_of_work() as session:
                for table in reversed(Base.metadata.sorted_tables):
                    session.execute(delete(table))
            rulesets.forget()
            db.session.remove()
