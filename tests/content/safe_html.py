"""Reads HTML as a browser would and says what in it is not on the list. Written apart from the sanitizer on purpose."""

import re
from html.parser import HTMLParser

ALLOWED = {
    "a": {"href", "title", "class", "rel"},
    "blockquote": {"class"},
    "details": {"class"},
    "div": {"class", "tabindex"},
    "img": {"src", "alt", "title", "loading", "decoding", "width", "height", "srcset", "sizes"},
    "input": {"type", "disabled", "checked"},
    "li": {"class", "id"},
    "ol": {"start"},
    "p": {"class"},
    "pre": {"tabindex"},
    "span": {"class", "tabindex"},
    "sup": {"id"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan"},
}
PLAIN = {
    "b",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "label",
    "q",
    "s",
    "samp",
    "strong",
    "sub",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
}


def faults(html: str) -> list[str]:
    """What a page must not hold: foreign tags, attributes, addresses, ids. Empty when all is well."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.faults


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED and tag not in PLAIN:
            self.faults.append(f"tag {tag}")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        given = dict(attrs)
        if tag == "a" and re.match(r"\s*https?:", given.get("href") or "", re.IGNORECASE):
            self._must(given.get("rel") == "nofollow ugc noopener", "rel")
        if tag == "input":
            self._must(given.get("type") == "checkbox" and "disabled" in given, "input")

    def handle_comment(self, data: str) -> None:
        self.faults.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("declaration")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        self._must(name in ALLOWED.get(tag, set()), f"{tag}[{name}]")
        if name in ("href", "src"):
            self._must(address_is_safe(value), f"{name}={value!r}")
        if name == "srcset":
            own = r"/u/[0-9a-f]{32}/\d+ \d+w"
            self._must(re.fullmatch(rf"{own}(, {own})*", value) is not None, f"srcset={value!r}")
        if name in ("width", "height", "sizes"):
            self._must(re.fullmatch(r"\d+|min\(\d+px, 100vw\)", value) is not None, f"{name}={value!r}")
        if name == "id":
            self._must(value.startswith("u-"), f"id={value!r}")
        if name == "class":
            self._must(re.fullmatch(r"[a-z0-9 -]+", value) is not None, f"class={value!r}")

    def _must(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def address_is_safe(value: str) -> bool:
    """The WHATWG URL parser's view: blanks and controls around, tabs and line ends anywhere are dropped."""
    seen = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(0x21)))))
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", seen)
    if scheme:
        kind = scheme[1].lower()
        return kind == "mailto" or (kind in ("http", "https") and re.match(r"[^:]*://[^/\\@?#]", seen) is not None)
    return seen.startswith("#u-") or re.match(r"/(?![/\\])", seen) is not None
