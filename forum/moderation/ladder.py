"""The ladder of sanctions: which step comes next for somebody. Pure; a proposal, which a moderator may overrule."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

# Each step is felt more than the one before, and all but the last leave a way back within a season.
DAYS = (0, 1, 7, 30, 365)  # 0 is a warning
LONGEST = 365


@dataclass(frozen=True, slots=True)
class Step:
    """A sanction that is proposed: a warning, or a suspension of so many days."""

    kind: str
    days: int


LADDER = tuple(Step("suspension" if days else "warning", days) for days in DAYS)


def next_step(past: Sequence[tuple[str, dt.datetime | None, dt.datetime]]) -> Step:
    """The step after the highest one so far.

    Args:
        past: kind, end and beginning of each sanction that was not lifted. A silence stands for a suspension
            of the same length: both keep somebody from writing.
    """
    reached = max((_step_of(until, since) for _kind, until, since in past), default=-1)
    return LADDER[min(reached + 1, len(LADDER) - 1)]


def _step_of(until: dt.datetime | None, since: dt.datetime) -> int:
    """The highest step that is not longer than the sanction was."""
    days = (until - since) / dt.timedelta(days=1) if until else 0.0
    return max(index for index, length in enumerate(DAYS) if length <= days + 0.01)
