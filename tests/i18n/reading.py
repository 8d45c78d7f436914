"""What a page says, piece by piece, and which of the pieces are English words of the interface."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from tests.i18n.literals import READ, UNTRANSLATED
from translations import catalog

_PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|\{\w+\}")


class _Pieces(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in UNTRANSLATED
        # Scripts speak by data attributes; one small word there is a key ("fragment"), not said to anybody.
        self.said += [value or "" for name, value in attrs if name in READ]
        self.said += [value for name, value in attrs if name[:5] == "data-" and value and not value.islower()]
        self.said += [value for name, value in attrs if name[:5] == "data-" and value and " " in value]

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in UNTRANSLATED

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.said.append(data)


def pieces(html: str) -> Iterator[str]:
    """Every text between tags and in attributes that people read, with single blanks."""
    reader = _Pieces()
    reader.feed(html)
    reader.close()
    for said in reader.said:
        piece = " ".join(said.split())
        if piece:
            yield piece


@cache
def _english() -> tuple[frozenset[str], re.Pattern[str]]:
    """The English words of every message that has others in Chinese: whole ones, and those with gaps."""
    whole, gapped = set(), []
    for message in catalog.kept("zh"):
        if message.context == "date":
            continue
        for words in (message.id,) if isinstance(message.id, str) else message.id:
            bare = _PLACEHOLDER.sub("", words)
            if words in catalog.forms(message) or not re.search("[A-Za-z]{2}", bare):
                continue
            if bare == words:
                whole.add(" ".join(words.split()))
            else:
                gapped.append(".+".join(map(re.escape, _PLACEHOLDER.split(" ".join(words.split())))))
    return frozenset(whole), re.compile("|".join(gapped))


def left_in_english(html: str) -> list[str]:
    """The pieces of a page that are English words of the interface."""
    whole, gapped = _english()
    return [piece for piece in pieces(html) if piece in whole or gapped.fullmatch(piece)]
