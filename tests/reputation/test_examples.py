"""The worked examples of docs/reputation.md come out as they are written there."""

import datetime as dt
import json
import re
from typing import Any

import pytest

from config import ROOT
from forum.reputation import holding, rulesets
from forum.reputation.caps import Cast, counted_of_month, withheld_of_day
from forum.reputation.formulas import Numbers
from forum.reputation.holding import Hold
from forum.reputation.rules import Voters

LAUREL = rulesets.preset("laurel")
NOON = dt.time(12, tzinfo=dt.UTC)


def _examples() -> list[dict[str, Any]]:
    page = (ROOT / "docs" / "reputation.md").read_text("utf-8").partition("## Worked examples")[2]
    blocks = re.findall(r"^```json\n(.*?)^```", page, re.S | re.M)
    return [json.loads(line) for block in blocks for line in block.splitlines()]


def _reckon(example: dict[str, Any]) -> dict[str, Any]:
    """What the product makes of an example, under the names that the page uses for results."""
    match example:
        case {"day": list() as groups, "most": most}:
            points = [points for points, times in groups for _time in range(times)]
            moment = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
            votes = [Cast(number, moment, number, one) for number, one in enumerate(points)]
            return {"withheld": sum(withheld_of_day(votes, most).values())}
        case {"month": givers, "percent": percent, "from": start}:
            return {"counts": counted_of_month(dict(enumerate(givers.values())), 0, percent, start)}
        case {"points": points, "share": share}:
            return {"part": Voters.part(points, share)}
        case {"numbers": numbers}:
            return {"rank": LAUREL.rank_for(Numbers(**numbers))}
        case {"held": held, "earned": earned, "on": day}:
            before = example.get("warned_before_for")
            hold = Hold(held, warned_for=dt.date.fromisoformat(before) if before else None)
            after = holding.follow(LAUREL, earned, hold, dt.datetime.combine(dt.date.fromisoformat(day), NOON))
            return {"falls_on": str(after.falls_on), "warned_for": str(after.warned_for)}
        case {"event": day}:
            return {"recent_until": str(LAUREL.recent_until(dt.date.fromisoformat(day)))}
        case {"day": day}:
            return {"recent_since": str(LAUREL.recent_since(dt.date.fromisoformat(day)))}
    raise AssertionError(f"nobody knows how to reckon {example}")


@pytest.mark.parametrize("example", _examples(), ids=json.dumps)
def test_an_example_comes_out(example: dict[str, Any]) -> None:
    """Each line, by the functions that settle and rank."""
    assert {**example, **_reckon(example)} == example


def test_there_are_examples_of_everything() -> None:
    """The page was found, and none of its parts is empty."""
    assert len(_examples()) >= 14
