"""Cursors: where a list goes on, as numbers joined by dots, so that an address can be read and shared."""

import datetime as dt
import re

from forum.core.errors import NotFound

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LARGEST_ID = 2**31 - 1  # of the databases' integers
_NUMBER = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{1,16}", re.ASCII)  # microseconds since 1970; 16 digits reach the year 2286


def cursor(*parts: int | dt.datetime) -> str:
    """The sort key of a list's last row; `read_cursor` gives the same values back, to the microsecond."""
    return ".".join(
        str((part - EPOCH) // dt.timedelta(microseconds=1)) if isinstance(part, dt.datetime) else str(int(part))
        for part in parts
    )


def numbers(text: str, count: int) -> tuple[int, ...]:
    """Read a cursor of `count` whole numbers, each within the databases' integers.

    Raises:
        NotFound: the text is not such a cursor.
    """
    parts = text.split(".")
    if len(parts) != count or not all(_NUMBER.fullmatch(part) for part in parts):
        raise NotFound
    values = tuple(int(part) for part in parts)
    if any(abs(value) > LARGEST_ID for value in values):
        raise NotFound
    return values


def moment_and_number(text: str) -> tuple[dt.datetime, int]:
    """Read a cursor of a moment and a number.

    Raises:
        NotFound: the text is not such a cursor.
    """
    moment, _dot, number = text.partition(".")
    if not _MOMENT.fullmatch(moment):
        raise NotFound
    return EPOCH + dt.timedelta(microseconds=int(moment)), numbers(number, 1)[0]
