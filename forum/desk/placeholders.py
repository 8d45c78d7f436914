"""Placeholders of saved replies: {asker}, {board}, {title}, {me}. Pure words; braces around anything else stay."""

import re
from collections.abc import Mapping

NAMES = ("asker", "board", "title", "me")
# One word in single braces. Doubled braces, and what is no word, are what people write in code.
_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z_]{1,40})\}(?!\})")


def unknown(text: str) -> list[str]:
    """The placeholders in a text that nothing stands for, each once, in their order."""
    return list(dict.fromkeys(name for name in _PLACEHOLDER.findall(text) if name not in NAMES))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in place of the placeholders. What a value holds is not filled again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
