"""What somebody typed into the search, read: words, phrases, exclusions and filters. Pure but for its sentences.

Nothing typed is an error. A filter that does not exist or makes no sense is left out and said, and the rest
is looked for. Caps: what is over LONGEST characters or MOST_CLAUSES words is left out and said, too.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from forum.content.words import forms, runs
from forum.core.i18n import gettext as _
from forum.threads.writing import MOST_TAGS

LONGEST = 200  # characters; a sentence of the longest kind
MOST_CLAUSES = 24  # words asked of the index, pairs of Chinese characters counted one by one
MOST_EXCLUDED = 8
SHORTEST_BEGINNING = 2  # a single letter begins too many words
FILTERS = ("board", "by", "tag", "is", "before", "after")
STATES = ("solved", "unanswered")

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』＂", '"'))
_PIECE = re.compile(
    r'(?P<minus>(?<!\S)[-－](?=\S))?'
    r'(?:(?P<name>[A-Za-z]{1,20})[:：](?P<value>"[^"]*"|[^\s"]*)|"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))'
)
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after the other; with `beginning` the last one may go on."""

    forms: tuple[str, ...]
    beginning: bool = False


Clause = tuple[Phrase, ...]  # one of these must be there


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `problems` are sentences about what was left out."""

    text: str
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    board: str | None = None
    by: str | None = None
    tags: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    before: dt.datetime | None = None
    after: dt.datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def filters(self) -> bool:
        """Whether a filter narrows the search."""
        return bool(self.board or self.by or self.tags or self.states or self.before or self.after)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.clauses and not self.filters

    @property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """The sequences of words to be marked where they stand."""
        return tuple(dict.fromkeys(phrase.forms for clause in self.clauses for phrase in clause))

    @property
    def begun(self) -> frozenset[tuple[str, ...]]:
        """Those of them whose last word may go on."""
        return frozenset(phrase.forms for clause in self.clauses for phrase in clause if phrase.beginning)


@dataclass(slots=True)
class _Reading:
    clauses: list[Clause] = field(default_factory=list)
    excluded: list[Phrase] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    dates: dict[str, dt.datetime] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read(text: str, *, typing: bool = False) -> Query:
    """Read what was typed; with `typing` its last word may be the beginning of one."""
    reading = _Reading()
    whole = " ".join(text.replace("\x00", " ").translate(_QUOTES).split())
    if len(whole) > LONGEST:
        reading.problems.append(_("Only the first %(num)s characters are looked for.", num=LONGEST))
    pieces = list(_PIECE.finditer(whole[:LONGEST]))
    for piece in pieces:
        last = typing and piece is pieces[-1] and not text[-1:].isspace()
        _take(reading, piece, beginning=last)
    clauses = list(dict.fromkeys(reading.clauses))
    tags = tuple(dict.fromkeys(reading.tags))
    if len(clauses) > MOST_CLAUSES or len(tags) > MOST_TAGS:
        reading.problems.append(_("Only the first words are looked for: that was a lot at once."))
    looked_for = clauses or tags or reading.filters or reading.states or reading.dates
    if reading.excluded and not looked_for:
        reading.problems.append(_("Say also what to look for, not only what to leave out."))
    return Query(
        text=whole[:LONGEST], clauses=tuple(clauses[:MOST_CLAUSES]),
        excluded=tuple(dict.fromkeys(reading.excluded))[:MOST_EXCLUDED], board=reading.filters.get("board"),
        by=reading.filters.get("by"), tags=tags[:MOST_TAGS], states=frozenset(reading.states),
        before=reading.dates.get("before"), after=reading.dates.get("after"), problems=tuple(reading.problems),
    )


def _take(reading: _Reading, piece: re.Match[str], *, beginning: bool) -> None:
    name, value = piece["name"], (piece["value"] or "").strip('"').strip()
    if name and (value or name.lower() in FILTERS) and not value.startswith("//"):
        _take_filter(reading, name.lower(), value, turned=bool(piece["minus"]))
    elif piece["minus"]:
        reading.excluded += _phrases(piece[0][1:])
    elif piece["quoted"] is not None:
        reading.clauses += ((phrase,) for phrase in _phrases(piece["quoted"]))
    else:
        reading.clauses += _clauses(piece[0], beginning=beginning)


# Words ----------------------------------------------------------------------------------------


def _phrases(text: str) -> list[Phrase]:
    """All of `text` as one sequence, as it stands. Half a character pair at its ends says nothing and is left out."""
    sequence = forms(text)
    if len(sequence) > 1 and sequence[1].startswith(sequence[0]) and len(sequence[0]) == 1 and len(sequence[1]) == 2:
        sequence = sequence[1:]
    if len(sequence) > 1 and sequence[-2].endswith(sequence[-1]) and len(sequence[-1]) == 1 and len(sequence[-2]) == 2:
        sequence = sequence[:-1]
    return [Phrase(tuple(sequence))] if sequence else []


def _clauses(chunk: str, *, beginning: bool) -> Iterator[Clause]:
    """What a chunk without blanks asks for: its words in sequence ("wi-fi"), and its unspaced runs by pairs."""
    spaced: list[str] = []
    ends_spaced = False
    for run, unspaced in runs(chunk):
        ends_spaced = not unspaced
        if ends_spaced:
            spaced += forms(run)
            continue
        if spaced:
            yield (Phrase(tuple(spaced)),)
        spaced = []
        yield from _pairs(run)
    if spaced:
        goes_on = beginning and ends_spaced and len(spaced[-1]) >= SHORTEST_BEGINNING
        yield (Phrase(tuple(spaced), goes_on),)


def _pairs(run: str) -> Iterator[Clause]:
    """Each character with its neighbor on one side or the other: a run needs no words parted by hand.

    For ABCD: AB, and AB or BC, and BC or CD, and CD. A text with the words AB and CD has all that, in any order.
    """
    characters = [form for form in forms(run) if len(form) == 1]
    if len(characters) < 2:
        yield from ((Phrase((character,)),) for character in characters)
        return
    pairs = [Phrase((first + second,)) for first, second in pairwise(characters)]
    yield (pairs[0],)
    yield from ((before, after) for before, after in pairwise(pairs) if before != pairs[0] and after != pairs[-1])
    yield (pairs[-1],)


# Filters --------------------------------------------------------------------------------------


def _take_filter(reading: _Reading, name: str, value: str, *, turned: bool) -> None:
    if name not in FILTERS:
        reading.problems.append(
            _("“%(name)s:” is not a filter. There are board:, by:, tag:, is:, before: and after:.", name=name)
        )
    elif turned:
        reading.problems.append(_("A minus leaves out words, not filters: “-%(name)s:” means nothing.", name=name))
    elif name == "is":
        _take_state(reading, value.lower())
    elif name in ("before", "after"):
        _take_date(reading, name, value)
    elif not value:
        reading.problems.append(_("“%(name)s:” needs a name right after the colon.", name=name))
    elif name == "tag":
        reading.tags.append(value.lstrip("@#"))
    else:
        if name in reading.filters:
            reading.problems.append(_("“%(name)s:” stands there more than once: the last one counts.", name=name))
        reading.filters[name] = value.lstrip("@#")


def _take_state(reading: _Reading, value: str) -> None:
    if value in STATES:
        reading.states.add(value)
    else:
        reading.problems.append(_("“is:%(value)s” is not known. There are is:solved and is:unanswered.", value=value))


def _take_date(reading: _Reading, name: str, value: str) -> None:
    parts = _DATE.fullmatch(value)
    try:
        if parts is None:
            raise ValueError
        year, month, day = (int(part or 1) for part in parts.groups())
        reading.dates[name] = dt.datetime(year, month, day, tzinfo=dt.UTC)
    except ValueError:
        reading.problems.append(
            _("“%(name)s:%(value)s” is not a date. Write 2025, 2025-03 or 2025-03-14.", name=name, value=value)
        )
