"""Who and which board a text names, found before it is rendered so that the names can be looked up.

`@handle` names a member, `#slug` a board. Handles may be written in any script. Chinese puts no space
after a name, so a run such as `@小明你好` yields every beginning of it (`小`, `小明`, ...) as a candidate;
the renderer links the longest one that is known.
"""

import re
import unicodedata
from collections.abc import Iterator

HANDLE_LENGTH = 40
"""Longest handle that is looked for, in characters."""

MAX_MENTIONS = 50
"""Most mentions and most board links of one text: more would be a way to call everybody at once."""

MAX_CANDIDATES = 300
"""Most names that one text may ask the database for."""

MENTION = r"(?<![\w@#/.:-])@(\w(?:[\w.-]{0,38}\w)?)"
BOARD = r"(?<![\w@#/&.:-])#(\w(?:[\w-]{0,62}\w)?)"

_MENTION = re.compile(MENTION)
_BOARD = re.compile(BOARD)
_CODE = re.compile(
    r"^(?P<indent>[ >\t]*)(?P<fence>`{3,}|~{3,})[^\n]*\n"
    r"(?:(?!(?P=indent)(?P=fence))[^\n]*\n)*+(?P=indent)(?P=fence)[^\n]*$"
    r"|(?<!`)(?P<ticks>`{1,8})(?!`)[^`\n]+(?P=ticks)(?!`)",
    re.MULTILINE,
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def find_mentions(source: str) -> frozenset[str]:
    """Candidates for handles in `source` (Markdown) outside code, folded by `fold`; at most `MAX_CANDIDATES`.

    These are the names worth looking up. Who was really mentioned is `Rendered.mentions`.
    """
    found: set[str] = set()
    for index, match in enumerate(_MENTION.finditer(without_code(source))):
        if index >= MAX_MENTIONS:
            break
        for candidate in candidates(match[1]):
            if len(found) >= MAX_CANDIDATES:
                return frozenset(found)
            found.add(fold(candidate))
    return frozenset(found)


def find_boards(source: str) -> frozenset[str]:
    """Candidates for board slugs in `source` (Markdown) outside code, folded by `fold`; at most `MAX_MENTIONS`."""
    found: set[str] = set()
    for match in _BOARD.finditer(without_code(source)):
        if len(found) >= MAX_MENTIONS:
            break
        found.add(fold(match[1]))
    return frozenset(found)


def candidates(run: str) -> Iterator[str]:
    """The handles that a run of characters after `@` may mean, the longest first."""
    yield run
    for end in range(len(run) - 1, 0, -1):
        ends_word = run[end] in ".-" or _UNSPACED.match(run[end]) or _UNSPACED.match(run[end - 1])
        if ends_word and run[end - 1] not in ".-":
            yield run[:end]


def fold(name: str) -> str:
    """The form under which names are compared: NFKC, then case-folded, then NFKC again (UAX #15, #31)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def without_code(source: str) -> str:
    """`source` with fenced blocks and code spans left out."""
    return _CODE.sub(" ", source)
