"""Passwords: which are refused, and how they are kept (SECURITY: argon2id, m=19456 KiB, t=2, p=1)."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum.core.errors import Invalid
from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l
from forum.members.common_passwords import COMMON

SHORTEST, LONGEST = 10, 1024  # in characters; never cut
_FEWEST_DIFFERENT = 4  # characters; "aaaaaaaaaa" and "abababab12" are guessed early
_LEAST_OWN = 4  # a name shorter than this may well be part of a good password
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
         "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Each hash takes 19 MiB and a core for a moment: more than two at once would starve the pages.
_at_once = threading.BoundedSemaphore(2)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one of the two turns; whoever checks and hashes inside it is never one of a crowd."""
    with _at_once:
        yield


def check(password: str, *own: str) -> None:
    """Refuse what is guessed early; `own` are the member's name and address.

    Raises:
        Invalid: on the field `password`, saying what to do.
    """
    problem = _problem(password, own)
    if problem is not None:
        raise Invalid({"password": problem})


def hashed(password: str) -> str:
    """The argon2id hash to keep. Call it inside `turn`, and outside any unit of work."""
    return _hasher.hash(_bytes(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one kept. Costs one hash also when there is none to compare with."""
    try:
        return _hasher.verify(kept or _nobodys(), _bytes(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether `kept` was made with other parameters than today's, so that it is to be made anew."""
    return _hasher.check_needs_rehash(kept)


def spend() -> None:
    """Cost as much as a check that finds nobody (so that time does not tell who has an account)."""
    matches("", None)


@cache
def _nobodys() -> str:
    return _hasher.hash(b"nobody has this password")


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _problem(password: str, own: tuple[str, ...]) -> Text | None:
    if len(password) < SHORTEST:
        return _l("Please take at least 10 characters. A few words in a row are easy to remember.")
    if len(password) > LONGEST:
        return _l("Please take at most 1,024 characters.")
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain in COMMON or _bare(plain) in COMMON:
        return _l("That password is among the most common ones. Please take another.")
    if len(set(plain)) < _FEWEST_DIFFERENT or _is_run(plain) or _is_repeated(plain):
        return _l("That password is easy to guess: it follows a pattern. Please take another.")
    if any(part in plain for part in _own_parts(own)):
        return _l("Please take a password without your name or address in it.")
    return None


def _bare(plain: str) -> str:
    """The word in `password1234!`: what is left without the digits and marks at its end."""
    return plain.rstrip("0123456789!?.,;:#*+-_ $@")


def _is_run(plain: str) -> bool:
    """A row of the alphabet, of digits or of the keyboard, forwards or back, from any place on."""
    for row in _ROWS:
        ring = row * (len(plain) // len(row) + 2)
        if plain in ring or plain[::-1] in ring:
            return True
    steps = {ord(right) - ord(left) for left, right in pairwise(plain)}
    return len(steps) == 1


def _is_repeated(plain: str) -> bool:
    """A piece of at most half the length, again and again (`abcabcabcabc`)."""
    return any(plain == (plain[:size] * (len(plain) // size + 1))[: len(plain)] for size in range(1, 6))


def _own_parts(own: tuple[str, ...]) -> list[str]:
    parts = [piece for text in own for piece in (text.casefold(), text.casefold().partition("@")[0])]
    return [part for part in parts if len(part) >= _LEAST_OWN]
