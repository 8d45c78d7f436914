"""The one source of the present moment."""

import datetime as dt


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present UTC day. All days, weeks and caps of the product are UTC."""
    return now().date()


def beginning(day: dt.date) -> dt.datetime:
    """The moment at which a UTC day begins."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)
