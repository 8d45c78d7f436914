"""Calendar months, each known by its first day."""

import datetime as dt


def first_day(day: dt.date) -> dt.date:
    """The first day of the month that a day is in."""
    return day.replace(day=1)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after the one that a day is in."""
    return (first_day(day) + dt.timedelta(days=32)).replace(day=1)


def last_day(day: dt.date) -> dt.date:
    """The last day of the month that a day is in."""
    return next_month(day) - dt.timedelta(days=1)


def days_of(first: dt.date) -> list[dt.date]:
    """All days of a month."""
    return [first + dt.timedelta(days=number) for number in range((next_month(first) - first).days)]
