"""Where words that were looked for stand in a text: stretches to be marked, and the part of it worth showing."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from forum.content.excerpt import excerpt
from forum.content.words import Word, words

READ = 8_000  # so far into a text the words are looked for; an excerpt is no index
MOST_FOUND = 200
_LEAD = 48  # characters shown before the first word found
_SPACE = re.compile(r"\s+")

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of plain text, marked or not."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    what: int


def marked(text: str, wanted: Sequence[Forms], begun: Collection[Forms] = ()) -> list[Piece]:
    """All of `text` (a title), with what is wanted marked: sequences of forms as `content.words` gives them.

    Of those in `begun` the last word may go on; as much of it is marked as was typed.
    """
    return _pieces(text, 0, len(text), _find(text, wanted, begun))


def marked_excerpt(text: str, wanted: Sequence[Forms], length: int = 220) -> list[Piece]:
    """About `length` characters of `text` in which the most of what is wanted stands, marked; else its beginning."""
    found = _find(text[:READ], wanted)
    if not found:
        return [Piece(excerpt(text, length))]
    best = max(found, key=lambda one: (len(_within(found, one.start, length)), -one.start))
    begin = _begin(text, best.start)
    end = _end(text, max(begin + length, best.end))
    pieces = _pieces(text, begin, end, found)
    return [*([Piece("… ")] if begin else []), *pieces, *([Piece(" …")] if end < len(text) else [])]


def _find(text: str, wanted: Sequence[Forms], begun: Collection[Forms] = ()) -> list[_Found]:
    """Each place of each wanted sequence, by the order in the text."""
    there = list(words(text))
    by_first: dict[str, list[int]] = {}
    alone = [what for what, sequence in enumerate(wanted) if len(sequence) == 1 and sequence in begun]
    for what, sequence in enumerate(wanted):
        if sequence and what not in alone:
            by_first.setdefault(sequence[0], []).append(what)
    found: list[_Found] = []
    for at, word in enumerate(there):
        for what in (*by_first.get(word.form, ()), *alone):
            sequence = wanted[what]
            end = _said_until(there[at : at + len(sequence)], sequence, goes_on=sequence in begun)
            if end is not None:
                found.append(_Found(word.start, end, what))
                if len(found) >= MOST_FOUND:
                    return found
    return found


def _said_until(stretch: Sequence[Word], sequence: Forms, *, goes_on: bool) -> int | None:
    """Where the sequence ends if the stretch says it; inside its last word if that goes on."""
    said = tuple(one.form for one in stretch)
    if said == sequence:
        return stretch[-1].end
    if goes_on and said[:-1] == sequence[:-1] and said and said[-1].startswith(sequence[-1]):
        return min(stretch[-1].start + len(sequence[-1]), stretch[-1].end)
    return None


def _within(found: Iterable[_Found], start: int, length: int) -> set[int]:
    return {one.what for one in found if start <= one.start and one.end <= start + length - _LEAD}


def _begin(text: str, first: int) -> int:
    """Where to begin so that `first` has some words before it: after a blank if there is one."""
    if first <= _LEAD:
        return 0
    blank = _SPACE.search(text, first - _LEAD, first)
    return blank.end() if blank else first - _LEAD


def _end(text: str, near: int) -> int:
    """Where to end: before a blank near `near` if there is one."""
    if near >= len(text):
        return len(text)
    blanks = [blank.start() for blank in _SPACE.finditer(text, near - 24, near)]
    return blanks[-1] if blanks else near


def _pieces(text: str, begin: int, end: int, found: Iterable[_Found]) -> list[Piece]:
    pieces: list[Piece] = []
    at = begin
    for start, stop in _merged(found):
        start, stop = max(start, at), min(stop, end)
        if start >= stop:
            continue
        if start > at:
            pieces.append(Piece(_SPACE.sub(" ", text[at:start])))
        pieces.append(Piece(_SPACE.sub(" ", text[start:stop]), marked=True))
        at = stop
    if at < end:
        pieces.append(Piece(_SPACE.sub(" ", text[at:end])))
    return pieces


def _merged(found: Iterable[_Found]) -> list[tuple[int, int]]:
    """Overlapping and touching places as one."""
    places: list[tuple[int, int]] = []
    for one in sorted(found, key=lambda place: (place.start, place.end)):
        if places and one.start <= places[-1][1]:
            places[-1] = (places[-1][0], max(places[-1][1], one.end))
        else:
            places.append((one.start, one.end))
    return places
