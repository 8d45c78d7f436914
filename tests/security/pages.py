"""Reads a whole page as a browser would and says what in it is not ours: tags, attributes, addresses, scripts."""

import json
import re
from html.parser import HTMLParser

# `noscript` and `template` are of our own pages; what people type may not hold them (tests/content).
MARK = "x9q"  # in each hostile text: never a part of a tag's or an attribute's name
TAGS = {
    "a", "abbr", "article", "aside", "b", "blockquote", "body", "br", "button", "caption", "code", "dd", "del",
    "details", "dialog", "div", "dl", "dt", "em", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "head", "header", "hr", "html", "i", "img", "input", "ins", "kbd", "label", "legend", "li", "link",
    "main", "menu", "meta", "nav", "ol", "optgroup", "option", "output", "p", "pre", "progress", "q", "s", "samp",
    "script", "section", "select", "small", "span", "strong", "sub", "summary", "sup", "svg", "table", "noscript",
    "template", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "u", "ul", "use", "var",
    "figcaption", "rect",
}  # fmt: skip
ADDRESSES = {"href", "src", "action", "formaction", "poster", "cite", "background", "xlink:href", "data", "ping"}
FORBIDDEN = {"style", "srcdoc", "formaction", "ping", "srcset", "http-equiv"}
# The one button that sends its form elsewhere, and the widths of uploaded pictures.
OURS = {
    "formaction": re.compile(r"/uploads(\?page=/[a-z0-9/%.-]+)?"),
    "srcset": re.compile(r"/u/[0-9a-f]{32}/\d+ \d+w(, /u/[0-9a-f]{32}/\d+ \d+w)*"),
}


def faults(html: str, *, mail: bool = False) -> list[str]:
    """What must not stand in a page (or in a mail, whose styles are inline). Empty when all is well."""
    reader = _Reader(mail)
    reader.feed(html)
    reader.close()
    return reader.faults


def words(html: str) -> str:
    """All that the page says: its text, and the texts of its fields, with single blanks."""
    reader = _Reader(False)
    reader.feed(html)
    reader.close()
    return " ".join(" ".join(reader.said).split())


class _Reader(HTMLParser):
    def __init__(self, mail: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.said: list[str] = []
        self.mail = mail
        self._data = ""  # of which script: "json" where it holds data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._must(tag in TAGS or (self.mail and tag == "style"), f"tag {tag}")
        for name, value in given.items():
            self._attribute(tag, name, value)
        if tag == "script":
            data = given.get("type") == "application/ld+json"
            self._data = "json" if data else ""
            self._must(data or given.get("src", "").startswith("/static/dist/"), f"script {given}")
        if tag in ("img", "use", "link") and not self.mail:
            source = given.get("src") or given.get("href") or ""
            ours = source.startswith("/") or given.get("rel") == "canonical"
            self._must(ours and not source.startswith("//"), f"{tag} from {source}")
        self.said += [value for name, value in given.items() if name in ("value", "content", "title")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._data = ""

    def handle_data(self, data: str) -> None:
        if self._data == "json":
            json.loads(data)
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self._must(MARK not in data, f"comment {data}")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        self._must(not name.startswith("on"), f"{tag}[{name}]")
        self._must(MARK not in name and re.fullmatch(r"[a-zA-Z][a-zA-Z0-9:.-]*", name) is not None, f"{tag}[{name!r}]")
        ours = name in OURS and not self.mail and OURS[name].fullmatch(value) is not None
        self._must(name not in FORBIDDEN or ours or (self.mail and name in ("style", "http-equiv")), f"{tag}[{name}]")
        if name in ADDRESSES:
            self._must(leads_somewhere_safe(value), f"{tag}[{name}]={value!r}")

    def _must(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def leads_somewhere_safe(value: str) -> bool:
    """No scheme but http, https and mailto, read as browsers read it: controls, tabs and line ends dropped."""
    seen = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(0x21)))))
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", seen)
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto")
