"""Marks inside a line: `@handle`, `#board`, `||spoiler||`, and addresses."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString
from pymdownx.magiclink import MagiclinkPattern

from forum.content.mentions import BOARD, MAX_MENTIONS, MENTION, candidates, fold
from forum.content.pictures import Shape

SPOILER = r"\|\|([^\s|](?:[^|\n]|\|(?!\|))*)\|\|"

# Marks of Chinese and Japanese, which stand right before and after an address, without a blank.
_WIDE_MARKS = "\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_WIDE_LETTERS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
ADDRESS = rf"""(?i)(?<![^\s*_~^[('"\x03{_WIDE_MARKS}{_WIDE_LETTERS}])(?:(?:ht|f)tps?://|(?P<www>www\.))"""
_WHOLE = re.compile(rf"[^\s<{_WIDE_MARKS}]*")

_Found = tuple[Element | None, int | None, int | None]
_NOTHING: _Found = (None, None, None)


@dataclass
class Context:
    """What one rendering knows of the world around its text; replaced as a whole before each."""

    members: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Shape] = field(default_factory=dict)
    anchor: str = ""
    host: str = ""
    named: int = 0
    coloured: int = 0
    mentions: dict[str, None] = field(default_factory=dict)
    linked_boards: dict[str, None] = field(default_factory=dict)
    shown: dict[str, None] = field(default_factory=dict)

    def start(
        self,
        members: Mapping[str, str],
        boards: Mapping[str, str],
        pictures: Mapping[str, Shape],
        anchor: str,
        host: str,
    ) -> None:
        """Forget the last text and take what the next one needs."""
        self.members, self.boards, self.pictures = members, boards, pictures
        self.anchor, self.host = anchor, host.casefold()
        self.named = self.coloured = 0
        self.mentions, self.linked_boards, self.shown = {}, {}, {}


class _Mark(InlineProcessor, ABC):
    """A pattern that yields an element and how far it reaches."""

    # Markdown's own InlineProcessor breaks its base class's signature in the same way.
    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]
        """The element for a match with its start and end, or three times None to leave the text as it is."""
        return self.mark(m)

    @abstractmethod
    def mark(self, match: re.Match[str]) -> _Found:
        """As `handleMatch`."""


class MentionPattern(_Mark):
    """`@handle` of a known member → a link to their profile. The longest known beginning is taken."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, context: Context) -> None:
        super().__init__(MENTION)
        self.context = context

    def mark(self, match: re.Match[str]) -> _Found:
        """The link, or nothing when no member has such a name or enough were named already."""
        if self.context.named >= MAX_MENTIONS:
            return _NOTHING
        for candidate in candidates(match[1]):
            name = self.context.members.get(fold(candidate))
            if name is not None:
                self.context.named += 1
                link = _link("mention", f"/m/{quote(name, safe='')}", f"@{name}")
                link.set("name", name)
                return link, match.start(0), match.start(1) + len(candidate)
        return _NOTHING


class BoardPattern(_Mark):
    """`#slug` of a known board → a link that shows its title."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, context: Context) -> None:
        super().__init__(BOARD)
        self.context = context

    def mark(self, match: re.Match[str]) -> _Found:
        """The link, or nothing when there is no such board."""
        slug = fold(match[1])
        title = self.context.boards.get(slug)
        if title is None or len(self.context.linked_boards) >= MAX_MENTIONS:
            return _NOTHING
        self.context.linked_boards[slug] = None
        return _link("board-link", f"/b/{quote(slug, safe='')}", f"#{title}"), match.start(0), match.end(0)


class AddressPattern(MagiclinkPattern):
    """`https://…` → a link. In Chinese it follows a letter at once, and ends where a mark such as 。 begins."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(ADDRESS, md)
        self.config = {"hide_protocol": False}

    def handleMatch(self, m: re.Match[str], data: str) -> _Found:  # type: ignore[override]
        """The link with its start and end, or three times None."""
        whole = _WHOLE.match(data, m.end(0))
        found: _Found = super().handleMatch(m, data[: whole.end(0)] if whole else data)  # type: ignore[no-untyped-call]
        return found


class SpoilerPattern(_Mark):
    """`||text||` → a span that the style sheet covers until it is pointed at or focused."""

    def __init__(self) -> None:
        super().__init__(SPOILER)

    def mark(self, match: re.Match[str]) -> _Found:
        """The covered span; what stands inside is parsed as usual."""
        span = Element("span", {"class": "spoiler", "tabindex": "0"})
        span.text = match[1]
        return span, match.start(0), match.end(0)


def _link(kind: str, href: str, text: str) -> Element:
    link = Element("a", {"class": kind, "href": href})
    link.text = AtomicString(text)
    return link
