"""Times as the index knows them: by year and by month. The rows decide about the day."""

import datetime as dt

from forum.core.clock import now

FIRST_YEAR = 1990  # no community on-line is older


def facets_of(moment: dt.datetime) -> tuple[str, str]:
    """The facets of a post of that moment: its year and its month."""
    return f"y{moment.year}", _month(moment.year, moment.month)


def facets_between(after: dt.datetime | None, before: dt.datetime | None) -> tuple[str, ...]:
    """Facets of which every post from `after` on and before `before` bears one: whole years, and months at the ends."""
    start = max(after, dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC)) if after else None
    first = start.year if start else FIRST_YEAR
    last = min(before.year, now().year + 1) if before else now().year + 1
    facets: list[str] = []
    for year in range(first, last + 1):
        low = start.month if start and year == first else 1
        high = before.month if before and year == before.year else 12
        whole = (low, high) == (1, 12)
        facets += [f"y{year}"] if whole else [_month(year, month) for month in range(low, high + 1)]
    return tuple(facets) or ("y0",)  # nothing is both after and before


def _month(year: int, month: int) -> str:
    return f"y{year}m{month:02}"
