"""What a redaction takes out of a text, and how it is taken out of other texts that repeat it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MARK = "[…]"
_WORD = re.compile(r"[^\s<>()\[\]{}\"'`*_|,;!?]+")
_EDGES = ".:#>~=+-—–…"
SHORTEST_WORD = 3  # shorter ones tell nothing by themselves, and stand everywhere
TELLING_LENGTH = 6
TELLING_WORDS = 3


@dataclass(frozen=True, slots=True)
class Leak:
    """Words that a text lost, as single words and as runs of neighbors."""

    words: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def telling(self) -> tuple[str, ...]:
        """Runs by which the leak is known wherever it is repeated: a number, an address, several words in a row.

        A single ordinary word is not one: it would take words out of texts that have nothing to do with it.
        """
        return tuple(run for run in self.runs if _is_telling(run))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was taken out."""
        return not self.words


def leak_between(old: list[str], new: str) -> Leak:
    """The words of the texts `old` that `new` has no more. No run goes from one text into the next."""
    kept = {word.casefold() for word in _words(new)}
    words: dict[str, None] = {}
    runs: dict[str, None] = {}
    for text in old:
        run: list[tuple[int, int]] = []
        for match in _WORD.finditer(text):
            word = match.group().strip(_EDGES)
            if word and word.casefold() not in kept:
                words[word] = None
                start = match.start() + match.group().find(word)
                run.append((start, start + len(word)))
            elif run:
                runs[text[run[0][0]:run[-1][1]]] = None
                run = []
        if run:
            runs[text[run[0][0]:run[-1][1]]] = None
    return Leak(tuple(words), tuple(runs))


def without(text: str, pieces: Iterable[str]) -> str:
    """The text with MARK in the place of each piece, whatever its case; an address of this site is left alone."""
    wanted = sorted({piece for piece in pieces if len(piece) >= SHORTEST_WORD}, key=len, reverse=True)
    if not wanted or (text.startswith("/") and " " not in text):
        return text
    return re.sub("|".join(map(re.escape, wanted)), MARK, text, flags=re.IGNORECASE)


def cleaned(value: Any, replaced: dict[str, str], pieces: tuple[str, ...]) -> Any:
    """A plain value (as in a job's payload) in which whole texts are replaced, and pieces of others are taken out."""
    if isinstance(value, dict):
        return {name: cleaned(held, replaced, pieces) for name, held in value.items()}
    if isinstance(value, list):
        return [cleaned(held, replaced, pieces) for held in value]
    if isinstance(value, str):
        return replaced[value] if value in replaced else without(value, pieces)
    return value


def _words(text: str) -> Iterable[str]:
    return (match.group().strip(_EDGES) for match in _WORD.finditer(text))


def _is_telling(run: str) -> bool:
    if len(run) < TELLING_LENGTH:
        return False
    return "@" in run or any(map(str.isdigit, run)) or len(run.split()) >= TELLING_WORDS
