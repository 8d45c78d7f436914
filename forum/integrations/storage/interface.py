"""What every storage can do, and what its names look like."""

import re
from collections.abc import Iterable
from typing import BinaryIO, Protocol

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]*(?:[./][a-z0-9][a-z0-9-]*)*$")
MOST_NAME = 200


class Missing(Exception):
    """There is no file of this name."""


class Unavailable(Exception):
    """The storage cannot be reached, or has no room: to be tried again later."""


class Storage(Protocol):
    """Files by name. All of it may be called by many threads at once."""

    def put(self, name: str, content: bytes | BinaryIO, content_type: str) -> None:
        """Keep a file, whole or not at all, in the place of one of the same name. Raises `Unavailable`."""

    def get(self, name: str) -> bytes:
        """The content of a file. Raises `Missing` or `Unavailable`."""

    def delete(self, names: Iterable[str]) -> None:
        """Remove files; those that are not there are no trouble. Raises `Unavailable`."""


def checked_name(name: str) -> str:
    """`name`, if it is one of ours.

    Raises:
        ValueError: it could lead elsewhere: dots at a start, "..", a leading "/", a NUL, other signs.
    """
    if len(name) > MOST_NAME or _NAME.fullmatch(name) is None:
        raise ValueError("not a name of a stored file")
    return name
