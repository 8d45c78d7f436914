"""The last walk over a parsed text: headings, quotes, links, pictures, tables and ids as this site wants them."""

import html
import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from forum.content import pictures
from forum.content.inline import Context
from forum.content.sanitize import ID_PREFIX, safe_url

_HEADING = re.compile(r"^h[1-6]$")
_POST = re.compile(r"^/p/\d+$")
_WROTE = re.compile(r"^\s*(?:wrote|写道|说)?\s*[:：]?[ \t]*(?:\n|$)")
_IN_ID = re.compile(r"[^\w-]+")
_PAGE_HEADINGS = 2
"""A post stands under the page's h1 and h2, so its own headings begin at h3."""


class Finish(Treeprocessor):
    """Runs when all marks are parsed and unescaped."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def run(self, root: Element) -> None:
        """Change the tree in place and note the mentions that stand outside quotes."""
        self._headings(root)
        self._quotes(root)
        self._walk(root, in_quote=False, in_link=False)

    def _headings(self, root: Element) -> None:
        """Levels start at h3 and never skip one on the way down."""
        level = _PAGE_HEADINGS
        for element in root.iter():
            if isinstance(element.tag, str) and _HEADING.match(element.tag):
                level = min(int(element.tag[1]) + _PAGE_HEADINGS, level + 1, 6)
                element.tag = f"h{level}"

    def _quotes(self, root: Element) -> None:
        """`> [@name](/p/12) wrote:` → the quote's first paragraph names its source, the words after it go."""
        for quote in root.iter("blockquote"):
            first = next(iter(quote), None)
            if first is None or first.tag != "p" or (first.text or "").strip() or len(first) == 0:
                continue
            link = first[0]
            told = _WROTE.match(link.tail or "")
            if link.tag == "a" and told and (link.text or "").startswith("@") and _POST.match(link.get("href", "")):
                quote.set("class", "quote")
                _split_source(quote, first, link, told)

    def _walk(self, element: Element, *, in_quote: bool, in_link: bool) -> None:
        for index, child in enumerate(list(element)):
            self._one(element, index, child, in_quote=in_quote, in_link=in_link)
            self._walk(child, in_quote=in_quote or child.tag == "blockquote", in_link=in_link or child.tag == "a")

    def _one(self, parent: Element, index: int, child: Element, *, in_quote: bool, in_link: bool) -> None:
        if "id" in child.attrib:
            child.set("id", self._id(child.attrib["id"]))
        if child.tag == "a":
            self._link(child, in_quote=in_quote)
        elif child.tag == "img":
            self._picture(child, in_link=in_link)
        elif child.tag in ("td", "th"):
            align = child.attrib.pop("align", "")
            if align in ("center", "right"):
                child.set("class", f"align-{align}")
        elif child.tag == "table" and parent.get("class") != "table-wrap":
            _wrap(parent, index, child)

    def _link(self, link: Element, *, in_quote: bool) -> None:
        kind = link.get("class", "")
        href = _plain(link.get("href", ""))
        name = link.attrib.pop("name", None)
        if name is not None and not in_quote:
            self.context.mentions[name] = None
        if kind.startswith("footnote"):
            link.attrib.pop("title", None)
            link.set("href", "#" + self._id(href.removeprefix("#")))
            return
        address = self._address(href)
        if address is None:
            link.tag = "span"
            link.attrib.clear()
        else:
            link.set("href", address)

    def _picture(self, picture: Element, *, in_link: bool) -> None:
        """A picture of this site stays; one from elsewhere becomes a link, since pages load nothing foreign."""
        source = self._address(_plain(picture.get("src", "")))
        alt, tail = picture.get("alt", ""), picture.tail
        if source is not None and pictures.is_picture(source):
            self._uploaded(picture, source, alt, in_link=in_link)
            return
        if source is not None and source.startswith("/"):
            picture.set("src", source)
            picture.set("alt", alt)
            return
        picture.clear()
        picture.tail = tail
        picture.text = alt or source or ""
        picture.tag = "span"
        if source is not None and not in_link:
            picture.tag = "a"
            picture.set("href", source)

    def _uploaded(self, picture: Element, address: str, alt: str, *, in_link: bool) -> None:
        """An uploaded picture gets its size, and a link to itself in full; of one that is gone the words stay."""
        shape, title, tail = self.context.pictures.get(address), picture.get("title"), picture.tail
        picture.clear()
        picture.tail = tail
        if shape is None:
            picture.tag, picture.text = "span", alt
            return
        self.context.shown[address] = None
        attributes = {"src": address, "alt": alt, **pictures.drawn(address, shape)}
        if title:
            attributes["title"] = title
        if in_link or not alt.strip():  # a link needs words, for those who hear the page
            picture.attrib.update(attributes)
            return
        picture.tag = "a"
        picture.set("href", address)
        picture.append(Element("img", attributes))

    def _address(self, href: str) -> str | None:
        """A safe address; one on this very host loses scheme and host."""
        url = safe_url(f"https://{href}" if href.startswith("www.") else href)
        if url is None or not self.context.host or not url.lower().startswith("http"):
            return url
        parts = urlsplit(url)
        if parts.netloc.casefold() != self.context.host:
            return url
        local = url.split("://", 1)[1][len(parts.netloc) :] or "/"
        return safe_url(local if local.startswith("/") else f"/{local}") or url

    def _id(self, own: str) -> str:
        anchor = f"{self.context.anchor}-" if self.context.anchor else ""
        return f"{ID_PREFIX}{_IN_ID.sub('_', anchor + own)[:100]}"


def _plain(href: str) -> str:
    """An address without entities; mail addresses come written in Markdown's own stand-in for "&"."""
    return html.unescape(href.replace(AMP_SUBSTITUTE, "&"))


def _split_source(quote: Element, first: Element, link: Element, told: re.Match[str]) -> None:
    rest = (link.tail or "")[told.end() :]
    link.tail = None
    first.remove(link)
    source = Element("p", {"class": "quote-by"})
    source.append(link)
    source.tail = "\n"
    quote.insert(0, source)
    first.text = rest
    if not rest.strip() and len(first) == 0:
        quote.remove(first)


def _wrap(parent: Element, index: int, table: Element) -> None:
    """A wide table scrolls inside a box that the keyboard reaches."""
    parent.remove(table)
    box = Element("div", {"class": "table-wrap", "tabindex": "0"})
    box.tail, table.tail = table.tail, None
    box.append(table)
    parent.insert(index, box)
