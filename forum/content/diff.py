"""What an edit changed, line by line, and within a changed line word by word (Chinese: character by character)."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ChunkKind = Literal["same", "added", "removed"]
LineKind = Literal["same", "added", "removed", "changed"]

MAX_LINES = 1_500
MAX_WORDS = 400
"""Past these the parts are shown as removed and added whole: comparing takes quadratic time at worst."""

_ALIKE = 0.35
"""Two lines with less in common (difflib's ratio) are another line, not a changed one."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Chunk:
    """A piece of a line."""

    kind: ChunkKind
    text: str


@dataclass(frozen=True)
class Line:
    """A line; its `same` and `removed` chunks make the old one, its `same` and `added` chunks the new one."""

    kind: LineKind
    chunks: tuple[Chunk, ...]


def diff(old: str, new: str) -> list[Line]:
    """The lines of both texts in reading order. Line ends are not part of them."""
    before, after = _lines(old), _lines(new)
    if max(len(before), len(after)) > MAX_LINES:
        return [*_whole("removed", before), *_whole("added", after)]
    result: list[Line] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            result += _whole("same", after[j1:j2])
        else:
            result += _replaced(before[i1:i2], after[j1:j2])
    return result


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n") if text else []


def _whole(kind: ChunkKind, lines: list[str]) -> list[Line]:
    return [Line(kind, (Chunk(kind, line),)) for line in lines]


def _replaced(before: list[str], after: list[str]) -> Iterator[Line]:
    """Lines standing in for others are compared in pairs, in order; what has no like partner goes or comes whole."""
    for old, new in zip(before, after, strict=False):
        chunks = _chunks(old, new)
        if chunks is None:
            yield from _whole("removed", [old])
            yield from _whole("added", [new])
        else:
            yield Line("changed", chunks)
    paired = min(len(before), len(after))
    yield from _whole("removed", before[paired:])
    yield from _whole("added", after[paired:])


def _chunks(old: str, new: str) -> tuple[Chunk, ...] | None:
    """The pieces of a changed line, or None when the two have too little in common or too many words."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > MAX_WORDS:
        return None
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return None
    chunks: list[Chunk] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            chunks.append(Chunk("same", "".join(after[j1:j2])))
            continue
        if i1 < i2:
            chunks.append(Chunk("removed", "".join(before[i1:i2])))
        if j1 < j2:
            chunks.append(Chunk("added", "".join(after[j1:j2])))
    return tuple(chunks)
