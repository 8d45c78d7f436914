"""Bodies from elsewhere, made into what is stored here by the product's one renderer.

Nobody is mentioned: a name after @ meant somebody of the source, and nobody is called for what was said years ago.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from itertools import count

from forum.content import markdown
from forum.content.limits import MAX_POST, TooComplex
from forum.content.plain import plain_text
from forum.content.sanitize import clean
from forum.core.network import own_host
from forum.integrations.importers.html_markdown import to_markdown
from forum.integrations.importers.records import Body

_LINE_BREAK = re.compile(r"<br\s*+/?>[ \t]*+\n?", re.IGNORECASE)
_COMMENT = re.compile(r"^<!--.*?-->[ \t]*\n?", re.MULTILINE)
_PAIR = re.compile(r"<(b|strong|i|em|strike|s|del|kbd)>([^<>\n]+)</\1>", re.IGNORECASE)
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "strike": "~~", "s": "~~", "del": "~~", "kbd": "`"}
_SMALL = re.compile(r"</?(?:sub|sup)\s*>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|ol|ul)\s*+>[ \t]*+", re.IGNORECASE)
_ITEM = re.compile(r"\n?<li\s*+>[ \t]*+", re.IGNORECASE)
_CODE = re.compile(  # between backticks, fenced, or indented after a blank line
    r"(?<!`)`++[^`\n]++`++|^(?:```|~~~)[\s\S]*?^(?:```|~~~)[ \t]*$|(?:\A|(?<=\n\n))(?:(?: {4}|\t)[^\n]*(?:\n|\Z))+",
    re.MULTILINE,
)
_CODE_PLACE = re.compile("\x01([0-9]+)\x02")  # control characters, which no text has here any more
_HEADING = re.compile(r"^(#{1,6})(?=[^#\s])", re.MULTILINE)
_HAS_HEADING = re.compile(r"<h[1-6]>")
_LINK = re.compile(r'<a\s[^<>]*?href="([^"<>]*)"[^<>]*>([^<>\n]*)</a>', re.IGNORECASE)
_PICTURE = re.compile(r"<img\s[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'(src|alt)="([^"<>]*)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A body as it is stored. `plain` says that it had to be shown without its marks."""

    source: str
    html: str
    text: str
    version: int
    plain: bool = False


def make(body: Body, anchor: str) -> Text:
    """Render a body; `anchor` is unique on the site.

    Markdown where there is some, else the HTML turned into Markdown. What the renderer refuses (too long, too deep)
    goes through the sanitizer as HTML, and as its bare words if that refuses too.
    """
    source = readable(body.markdown if body.markdown is not None else to_markdown(body.html or ""))
    if _HAS_HEADING.search(body.html or ""):  # as it was shown there: some needed no blank after the sign
        source = _HEADING.sub(r"\1 ", source)
    try:
        done = markdown.render(source, anchor=anchor, host=own_host())
        return Text(source, done.html, done.text, markdown.RENDERER_VERSION)
    except TooComplex:
        return _without_renderer(source, body.html)


def readable(markdown_source: str) -> str:
    """Markdown as it is stored: plain line ends, nothing that no database keeps, and the few tags of HTML that other
    sites let people type written as Markdown says them."""
    plain = markdown_source.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(one for one in plain if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs"))
    if "<" not in text:
        return text.strip("\n")
    codes = [code[0] for code in _CODE.finditer(text)]
    number = count()
    text = _tags_as_marks(_CODE.sub(lambda _code: f"\x01{next(number)}\x02", text))
    return _CODE_PLACE.sub(lambda place: codes[int(place[1])], text).strip("\n")


def _tags_as_marks(text: str) -> str:
    text = _COMMENT.sub("", text)
    text = _PAIR.sub(lambda pair: f"{_MARKS[pair[1].lower()]}{pair[2].strip()}{_MARKS[pair[1].lower()]}", text)
    text = _SMALL.sub("", text)
    text = _LINK.sub(lambda link: f"[{link[2]}]({link[1]})", text)
    text = _PICTURE.sub(_picture, text)
    text = _ITEM.sub("\n- ", text.replace("</li>", ""))
    return _LINE_BREAK.sub("  \n", _BLOCK.sub("\n\n", text))


def _picture(tag: re.Match[str]) -> str:
    values = {name.lower(): value for name, value in _ATTRIBUTE.findall(tag[0])}
    return f"![{values.get('alt', '')}]({values.get('src', '')})"


def _without_renderer(source: str, given: str | None) -> Text:
    try:
        safe = clean(given if given is not None else _paragraphs(source))
    except TooComplex:
        safe = clean(_paragraphs(source[:MAX_POST]))
    return Text(source, safe, plain_text(safe), markdown.RENDERER_VERSION, plain=True)


def _paragraphs(source: str) -> str:
    return "".join(f"<p>{html.escape(part)}</p>" for part in source.split("\n\n") if part.strip())
