"""HTML from anywhere → HTML made of the few tags and attributes listed here.

Two sanitizers stand behind each other (bleach, then nh3), and neither meets hostile input unguarded: sizes are
capped first, nh3 brings the text into well-formed shape, its depth is counted, then bleach reads it, then nh3 again.
"""

import html
import re
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import bleach
import nh3

from forum.content import pictures
from forum.content.codestyle import TOKEN_CLASSES
from forum.content.limits import TOO_LONG, TOO_NESTED, TooComplex

ID_PREFIX = "u-"
"""Ids in what people write begin so; the pages' own never do, so that neither can take the other's place."""

MAX_HTML = 600_000
"""Longest HTML that is read, in characters: 20,000 typed ones come to some 300,000 at most."""

MAX_TAGS = 25_000
MAX_ENTITIES = 40_000
"""bleach reads some 20,000 of either in a second."""

MAX_DEPTH = 100
"""bleach takes quadratic time in the depth of tags (14 s for 100 kB of opening tags)."""

MAX_FORMATTING = 100_000
"""Cap on (formatting tags with attributes) x (tags): HTML parsers repeat each of the former in each new block."""

LINK_REL = "nofollow ugc noopener"

TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
"""None makes the parser read another language, as svg, math, style, noscript, title, textarea, xmp or template do."""

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "title", "class"}),
    "blockquote": frozenset({"class"}),
    "details": frozenset({"class"}),
    "div": frozenset({"class", "tabindex"}),
    "img": frozenset({"src", "alt", "title", "loading", "decoding", "width", "height", "srcset", "sizes"}),
    "input": frozenset({"type", "disabled", "checked"}),
    "li": frozenset({"class", "id"}),
    "ol": frozenset({"start"}),
    "p": frozenset({"class"}),
    "pre": frozenset({"tabindex"}),
    "span": frozenset({"class", "tabindex"}),
    "sup": frozenset({"id"}),
    "td": frozenset({"class", "colspan", "rowspan"}),
    "th": frozenset({"class", "colspan", "rowspan"}),
}
"""Attributes by tag. `rel` is written at the very end, so that nobody chooses it."""

CLASSES: Mapping[str, frozenset[str]] = {
    "a": frozenset({"mention", "board-link", "footnote-ref", "footnote-backref"}),
    "blockquote": frozenset({"quote"}),
    "details": frozenset({"spoiler"}),
    "div": frozenset({"code", "footnote", "table-wrap"}),
    "li": frozenset({"task"}),
    "p": frozenset({"quote-by"}),
    "span": TOKEN_CLASSES | {"spoiler"},
    "td": frozenset({"align-center", "align-right"}),
    "th": frozenset({"align-center", "align-right"}),
}

_FIXED = {
    "img": {"loading": "lazy", "decoding": "async"},
    "input": {"type": "checkbox", "disabled": ""},
    "pre": {"tabindex": "0"},
}
_RENAMED = {"h1": "h3", "h2": "h4"}
_VOID = frozenset({"br", "hr", "img", "input"})

# What browsers drop or change before they read an address: WHATWG URL, "basic URL parser", steps 1 to 3.
_TRIMMED = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
_OWN_ID = re.compile(rf"^{ID_PREFIX}[\w-]{{1,120}}$")
_SMALL_NUMBER = re.compile(r"^[0-9]{1,4}$")
_FORMATTING = re.compile(r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE)
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>(?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_PRE_LINES = re.compile(r"(<pre[^>]*>)\n+")
_FOREIGN = re.compile(r'<a(?=(?: [a-z]+="[^"]*")*? href="(?:https?|mailto):)', re.IGNORECASE)


def clean(text: str) -> str:
    """Safe HTML for any HTML: only `TAGS` and `ATTRIBUTES`, every address by `safe_url`. Idempotent.

    A picture from elsewhere becomes a link to it. Other tags vanish and their text stays (but for script and style).
    Raises `TooComplex`.
    """
    _guard(text)
    shaped = _SHAPER.clean(readable(text))
    _guard(shaped)
    shaped = _rewrite(shaped)
    return _FOREIGN.sub(f'<a rel="{LINK_REL}"', _settled(_bleach(shaped)))


def readable(text: str) -> str:
    """`text` with line ends as "\\n" and without control characters and lone surrogates, which HTML cannot hold."""
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def safe_url(url: str) -> str | None:
    """The address as it may stand in a link, or None when it may not.

    Allowed are http and https with a host and without a user's name in front of it, mailto, and paths of this site
    with a single "/" at the start. It is read as browsers read it: surrounding blanks and control characters, tabs and
    line breaks do not count; a backslash is a slash where the scheme or host is decided.
    """
    url = url.strip(_TRIMMED).translate(_DROPPED)
    if not url or _CONTROL.search(url):
        return None
    if url.startswith("/"):
        return None if url[1:2] in ("/", "\\") else url.replace("\\", "%5C")
    scheme = _SCHEME.match(url)
    if scheme is None:
        return None
    rest = url[scheme.end() :]
    match scheme[0].lower():
        case "mailto:":
            return url if "@" in rest else None
        case "http:" | "https:" if rest.startswith("//"):
            return _with_host(url)
        case _:
            return None


def _with_host(url: str) -> str | None:
    url = url.replace("\\", "%5C")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc or "%" in parts.netloc or port == 0:
        return None
    return url


def _guard(text: str) -> None:
    if len(text) > MAX_HTML or text.count("&") > MAX_ENTITIES:
        raise TooComplex(TOO_LONG)
    tags = text.count("<")
    if tags > MAX_TAGS or tags * len(_FORMATTING.findall(text)) > MAX_FORMATTING:
        raise TooComplex(TOO_NESTED)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value an attribute may have, or None to leave it out."""
    if name not in ATTRIBUTES.get(tag, ()):
        return None
    match name:
        case "href" if value.startswith("#"):
            return value if _OWN_ID.match(value[1:]) else None
        case "href" | "src":
            return safe_url(value)
        case "id":
            return value if _OWN_ID.match(value) else None
        case "class":
            return " ".join(word for word in value.split() if word in CLASSES[tag]) or None
        case "tabindex":
            return "0" if value == "0" else None
        case "start" | "colspan" | "rowspan":
            return value if _SMALL_NUMBER.match(value) else None
        case "width" | "height" | "srcset" | "sizes":
            return value if pictures.allowed(name, value) else None
        case "disabled" | "checked":
            return ""
        case "type" | "loading" | "decoding":
            return _FIXED[tag][name]
        case _:
            return value


def _cleaner(tags: frozenset[str], fixed: Mapping[str, Mapping[str, str]]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        link_rel=None,
        generic_attribute_prefixes=set(),
        set_tag_attribute_values=fixed,
        url_schemes={"http", "https", "mailto"},
        url_relative="pass_through",
    )


_SHAPER = _cleaner(TAGS | _RENAMED.keys(), {})
_FINAL = _cleaner(TAGS, _FIXED)
_local = threading.local()


def _allowed(tag: str, name: str, value: str) -> bool:
    """bleach hands values over with their entities still written out."""
    return _attribute(tag, name, html.unescape(value)) is not None


def _bleach(shaped: str) -> str:
    cleaner: bleach.Cleaner | None = getattr(_local, "cleaner", None)
    if cleaner is None:
        attributes: Callable[[str, str, str], bool] = _allowed
        cleaner = _local.cleaner = bleach.Cleaner(
            tags=TAGS, attributes=attributes, protocols={"http", "https", "mailto"}, strip=True
        )
    return cleaner.clean(shaped)


def _settled(text: str) -> str:
    """nh3 until nothing changes any more; what does not come to rest is shown as plain text."""
    for _ in range(6):
        result = _PRE_LINES.sub(r"\1", _FINAL.clean(text))
        if result == text:
            return result
        text = result
    return nh3.clean_text(text)


def _rewrite(shaped: str) -> str:
    """Foreign pictures to links, h1 and h2 to h3 and h4, in well-formed HTML. Raises `TooComplex` when too deep."""
    depth = links = 0

    def one(match: re.Match[str]) -> str:
        nonlocal depth, links
        name, step = match["name"], -1 if match["end"] else 1
        if name not in _VOID:
            depth += step
            links += step if name == "a" else 0
        if depth > MAX_DEPTH:
            raise TooComplex(TOO_NESTED)
        if name == "img":
            return _picture(match, in_link=links > 0)
        if name in _FIXED and not match["end"]:
            return _fixed(match)
        return f"<{match['end']}{_RENAMED[name]}>" if name in _RENAMED else match[0]

    return _TAG.sub(one, shaped)


def _fixed(match: re.Match[str]) -> str:
    """The tag with its fixed attributes in one order; nh3 would add them in any."""
    name = match["name"]
    attributes = dict(_ATTRIBUTE.findall(match["rest"])) | _FIXED[name]
    if name == "img":
        attributes.setdefault("alt", "")
    return f"<{name}" + "".join(f' {key}="{attributes[key]}"' for key in sorted(attributes)) + ">"


def _picture(match: re.Match[str], *, in_link: bool) -> str:
    attributes = dict(_ATTRIBUTE.findall(match["rest"]))
    source, alt = attributes.get("src", ""), attributes.get("alt", "")
    if source.startswith("/"):
        return _fixed(match)
    words = (alt or source).replace("<", "&lt;").replace(">", "&gt;")
    return words if in_link or not source else f'<a href="{source}">{words}</a>'
