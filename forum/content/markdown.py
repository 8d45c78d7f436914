"""Markdown as people type it → HTML that is safe to show and the same for every viewer.

Beyond CommonMark's usual marks: tables, ``` fences with colour, `- [ ]` tasks, `[^1]` footnotes, `~~deleted~~`,
`||spoiler||` and `>!` spoiler blocks, `> [@name](/p/12) wrote:` quotes, bare addresses, `@handle`, `#board`, `:smile:`.
Tags that are typed are shown as typed.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markdown import Markdown

from forum.content.budget import within_budget
from forum.content.extensions import build
from forum.content.inline import Context
from forum.content.limits import MAX_CHAT, MAX_POST, check
from forum.content.mentions import find_boards, find_mentions
from forum.content.pictures import Shape
from forum.content.plain import plain_text
from forum.content.sanitize import clean, readable

RENDERER_VERSION: int = 2
"""Raised whenever the same source would give other HTML, so that stored HTML is rendered anew."""

_NOBODY: Mapping[str, str] = MappingProxyType({})
_NO_PICTURES: Mapping[str, Shape] = MappingProxyType({})
_EXTERNAL = re.compile(r'<a [^>]*?href="https?:', re.IGNORECASE)


@dataclass(frozen=True)
class Rendered:
    """A text ready to be stored.

    `text` is what a reader reads, without marks and with "…" for what a spoiler covers: for excerpts and search.
    `mentions` holds canonical names of the members named outside quotes, `boards` the slugs linked, each once and in
    order. `links` counts links to other hosts, `images` the pictures shown; `pictures` holds the addresses of the
    uploaded ones among them.
    """

    html: str
    text: str
    mentions: tuple[str, ...]
    boards: tuple[str, ...]
    links: int
    images: int
    pictures: tuple[str, ...]


def render(
    source: str,
    *,
    members: Mapping[str, str] = _NOBODY,
    boards: Mapping[str, str] = _NOBODY,
    pictures: Mapping[str, Shape] = _NO_PICTURES,
    anchor: str = "",
    host: str = "",
) -> Rendered:
    """A post. Raises `TooComplex` (see `limits`) past 20,000 characters or when it would cost too much.

    `members` maps folded handles (`mentions.find_mentions`) to canonical names, `boards` folded slugs to titles; others
    stay plain text. `pictures` maps addresses of uploaded pictures (`pictures.find_pictures`) to their sizes; of others
    the alternative text stays. `anchor`, for example `p12`, makes the ids of footnotes unique on a page of many posts;
    without it they are unique in this text only. `host` is this site's own: links to it become paths.
    """
    return _render(source, MAX_POST, members, boards, pictures, anchor, host, chat=False)


def render_chat(
    source: str, *, members: Mapping[str, str] = _NOBODY, boards: Mapping[str, str] = _NOBODY, host: str = ""
) -> Rendered:
    """A chat message: as `render`, but 2,000 characters, line breaks kept, no headings, tables, footnotes and rules."""
    return _render(source, MAX_CHAT, members, boards, _NO_PICTURES, "", host, chat=True)


def _render(
    source: str,
    maximum: int,
    members: Mapping[str, str],
    boards: Mapping[str, str],
    pictures: Mapping[str, Shape],
    anchor: str,
    host: str,
    *,
    chat: bool,
) -> Rendered:
    source = readable(source)
    check(source, maximum)

    # Only what was found before is linked, so that no name is linked that nobody could have looked up.
    known = {handle: members[handle] for handle in find_mentions(source) if handle in members}
    there = {slug: boards[slug] for slug in find_boards(source) if slug in boards}

    def work() -> Rendered:
        context, parser = _take_parser(chat)
        context.start(known, there, pictures, anchor, host)
        html = clean(parser.reset().convert(source))
        _parsers()[chat] = (context, parser)
        return _rendered(html, context)

    return within_budget(work)


def _rendered(html: str, context: Context) -> Rendered:
    return Rendered(
        html=html,
        text=plain_text(html),
        mentions=tuple(context.mentions),
        boards=tuple(context.linked_boards),
        links=len(_EXTERNAL.findall(html)),
        images=html.count("<img "),
        pictures=tuple(context.shown),
    )


_local = threading.local()


def _take_parser(chat: bool) -> tuple[Context, Markdown]:
    """This thread's parser. It is put back after use, so that one left half-way by an error is never used again."""
    parser = _parsers().pop(chat, None)
    if parser is None:
        context = Context()
        return context, build(context, chat=chat)
    return parser


def _parsers() -> dict[bool, tuple[Context, Markdown]]:
    parsers: dict[bool, tuple[Context, Markdown]] | None = getattr(_local, "parsers", None)
    if parsers is None:
        parsers = _local.parsers = {}
    return parsers
