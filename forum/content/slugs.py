"""The readable part of a thread's address."""

import re

from slugify import slugify as _slugify

SLUG_LENGTH = 80
"""Longest slug, in characters: enough for a title in words, short enough for a mail line."""

_ALLOWED = re.compile(r"[^\w]+|_+")


def slugify(title: str) -> str:
    """A slug for `title`: lower-case words joined by hyphens, at most `SLUG_LENGTH` characters.

    Letters of every script are kept as they are. A title without letters or digits yields `thread`.
    """
    return (
        _slugify(title, allow_unicode=True, max_length=SLUG_LENGTH, word_boundary=True, regex_pattern=_ALLOWED)
        or "thread"
    )
