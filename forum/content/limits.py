"""What a text may cost, checked before any parser sees it.

Each cap stands against a text that made Markdown 3.11 slow, deep or long in trials; honest texts stay far below.
"""

import re

TOO_LONG = "The text is too long."
TOO_NESTED = "The text is nested too deeply."
TOO_MANY_MARKS = "The text repeats the same signs too often."
TOO_SLOW = "The text took too long to render."

MAX_POST = 20_000
MAX_CHAT = 2_000
"""Characters of a post's and of a chat message's source."""

MAX_MARKERS = 40
"""Quote and list markers at the start of one line: each is a level of recursion in the parser."""

MAX_OPEN_BRACKETS = 60
"""Brackets (square or round) open at once in a paragraph: for each the parser looks through all that follows."""

MAX_PARAGRAPH_LINES = 2_000
"""Lines without an empty one between: the parser takes some marks off one line at a time and copies the rest."""

MAX_FOOTNOTE_MARKS = 200
"""`[^`: numbering the uses of one footnote takes quadratic time."""

MAX_CELLS = 4_000
"""Cells of a text's tables: short rows are filled up to the width of the widest delimiter row."""

MAX_REFERENCED = 1_000_000
"""(longest line that may define a reference) x (brackets that may use it), in characters of HTML."""

_LINE_START = re.compile(r"^[ \t>!*+.)\d-]+", re.MULTILINE)
_MARKER = re.compile(r">|(?:[-*+]|\d[.)])(?=[ \t])")
_PARAGRAPH_END = re.compile(r"\n[ \t>]*\n")
_SQUARE = re.compile(r"(?<!\\)[\[\]]")
_ROUND = re.compile(r"[()]")
_DELIMITER_ROW = re.compile(r"^[ \t>|:-]*\|[ \t|:-]*$", re.MULTILINE)


class TooComplex(ValueError):
    """The text cannot be shown: too long, or built so that showing it would cost too much.

    `reason` is one of this module's sentences in plain English; who shows it translates it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check(source: str, maximum: int) -> None:
    """Raise `TooComplex` when `source` is longer than `maximum` characters or passes one of the caps. Linear time."""
    if len(source) > maximum:
        raise TooComplex(TOO_LONG)
    if any(len(_MARKER.findall(start[0])) > MAX_MARKERS for start in _LINE_START.finditer(source)):
        raise TooComplex(TOO_NESTED)
    paragraphs = _PARAGRAPH_END.split(source)
    for paragraph in paragraphs:
        if max(_open(paragraph, _SQUARE, "["), _open(paragraph, _ROUND, "(")) > MAX_OPEN_BRACKETS:
            raise TooComplex(TOO_MANY_MARKS)
        if paragraph.count("\n") >= MAX_PARAGRAPH_LINES:
            raise TooComplex(TOO_MANY_MARKS)
    if sum(map(_cells, paragraphs)) > MAX_CELLS or source.count("[^") > MAX_FOOTNOTE_MARKS:
        raise TooComplex(TOO_MANY_MARKS)
    if _longest_definition(source) * source.count("[") > MAX_REFERENCED:
        raise TooComplex(TOO_MANY_MARKS)


def _open(paragraph: str, brackets: re.Pattern[str], opening: str) -> int:
    """The most brackets that are open at one place of the paragraph."""
    most = depth = 0
    for bracket in brackets.findall(paragraph):
        depth = depth + 1 if bracket == opening else max(depth - 1, 0)
        most = max(most, depth)
    return most


def _cells(paragraph: str) -> int:
    """Cells of the table that the paragraph may be; 0 without a delimiter row."""
    columns = max((row.count("|") + 1 for row in _DELIMITER_ROW.findall(paragraph)), default=0)
    return columns * (paragraph.count("\n") + 1)


def _longest_definition(source: str) -> int:
    """Length of the longest line that may define a reference; its address may stand on the next line."""
    lines = source.split("\n")
    longest = 0
    for index, line in enumerate(lines):
        if "]:" in line:
            longest = max(longest, sum(map(len, lines[index : index + 3])))
    return longest
