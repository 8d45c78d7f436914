"""The words of a text as the search knows them: one form for all spellings, with their places in the text.

Case and accents are folded, English plurals are read as singulars, and the scripts that put no blanks between
words (Chinese, Japanese, Thai; Korean too, whose particles hang on its words) are cut into single characters and
pairs of neighbors. A run of four characters ABCD becomes A, AB, B, BC, C, CD, D: one word of one character is
found by itself, one of two by its pair, and a longer one as a sequence that starts and ends with a pair.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

LONGEST = 40  # of a word, in characters; what is longer is no word of a language
MOST_WORDS = 16_000  # of a text; PostgreSQL counts places in a text up to 16,383

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)


def _marks() -> str:
    """All combining marks of the basic plane, as ranges of a character class (but those of unspaced scripts)."""
    unspaced = re.compile(f"[{_UNSPACED}]")
    codes = [
        code for code in range(0x300, 0xFE30)
        if unicodedata.category(chr(code)) in ("Mn", "Mc") and not unspaced.match(chr(code))
    ]
    starts = [codes[0], *(after for before, after in pairwise(codes) if after != before + 1)]
    ends = [*(before for before, after in pairwise(codes) if after != before + 1), codes[-1]]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_LETTERS = f"(?:[^\\W_{_UNSPACED}]++|[{_marks()}]++)++"
_RUN = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|{_LETTERS}(?:['’]{_LETTERS})*+")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670]+")
_NO_LETTER = re.compile(r"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f’\s]+")
_SPELLINGS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_PLURAL = re.compile(r"(?<![sui])s$")
_SIBILANT = re.compile(r"(x|z|ss|sh|ch)e$")


class Word(NamedTuple):
    """A word in the form in which it is compared, and where in the text it stands."""

    form: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words of `text` in order, at most MOST_WORDS; of unspaced scripts characters and pairs, interleaved."""
    count = 0
    for run in _RUN.finditer(text):
        for word in _unspaced(run[0], run.start()) if run["unspaced"] else _spaced(run[0], run.start()):
            if count >= MOST_WORDS:
                return
            yield word
            count += 1


def forms(text: str) -> list[str]:
    """The words of `text`, without their places."""
    found: list[str] = []
    for run, unspaced in runs(text):
        if unspaced:
            found += (word.form for word in _unspaced(run, 0))
        elif form := _form(run):
            found.append(form)
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The stretches of `text` that are one word, or one run of an unspaced script (then with True)."""
    for run in _RUN.finditer(text):
        yield run[0], run["unspaced"] is not None


def fold(text: str) -> str:
    """`text` in compatible composed form, in lower case, without accents."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SPELLINGS)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))


def _spaced(run: str, start: int) -> Iterator[Word]:
    form = _form(run)
    if form:
        yield Word(form, start, start + len(run))


def _unspaced(run: str, start: int) -> Iterator[Word]:
    characters = fold(run)
    if len(characters) == len(run):
        places = [(start + at, start + at + 1) for at in range(len(run))]
    else:  # half-width letters that became one: the run is one place
        places = [(start, start + len(run))] * len(characters)
    for at, character in enumerate(characters):
        yield Word(character, *places[at])
        if at + 1 < len(characters):
            yield Word(characters[at : at + 2], places[at][0], places[at + 1][1])


@lru_cache(maxsize=20_000)
def _form(run: str) -> str:
    """The form of one spaced word: folded, and singular if it is a plural of the English kind."""
    form = _NO_LETTER.sub("", fold(run))[:LONGEST]
    if len(form) > 3 and form.isascii() and form.isalpha():
        form = _SIBILANT.sub(r"\1", _PLURAL.sub("", form))
        if form.endswith("ie"):
            form = form[:-2] + "y"
    return form
