"""The beginning of a text, for lists, previews and the description of a page."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def excerpt(text: str, length: int = 160) -> str:
    """At most `length` characters of plain `text` on one line, cut between words, with "…" when cut.

    Scripts without spaces (Chinese, Japanese) are cut between characters. A combining mark stays with its letter.
    """
    flat = _SPACE.sub(" ", text[: length * 8 + 64]).strip()
    if len(flat) <= length and len(text) <= length * 8 + 64:
        return flat
    if length < 2:
        return "…"[:length]
    cut = flat[: length - 1]
    if len(flat) > len(cut) and flat[len(cut)] != " ":
        cut = _back_to_a_boundary(cut, flat[len(cut)])
    return cut.rstrip(" ,;:.-–—、，。；：") + "…"


def _back_to_a_boundary(cut: str, following: str) -> str:
    """Shorten `cut` so that it does not end inside a word or before a combining mark."""
    if not _joins(following):
        return cut
    end = len(cut)
    while end and _joins(cut[end - 1]):
        end -= 1
    # One word fills it: cut inside the word rather than show next to nothing.
    if end < len(cut) // 2:
        end = len(cut)
        while end and unicodedata.combining(following):
            end, following = end - 1, cut[end - 1]
    return cut[:end]


def _joins(character: str) -> bool:
    """Whether a character belongs to a word of a script that puts spaces between words."""
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return True
    return character.isalnum() and unicodedata.east_asian_width(character) not in "WF"
