"""HTML → the Markdown that says the same, for texts of which a source has no Markdown.

What it makes goes through the product's one renderer like everything people type, so nothing here has to be safe; it
has to be readable, and editable later.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from textwrap import indent

MAX_DEPTH = 30  # elements within each other; deeper ones are written flat
_AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = frozenset({
    "p", "div", "ul", "ol", "li", "blockquote", "pre", "table", "thead", "tbody", "tr", "dl", "dt", "dd", "hr",
    *_HEADINGS,
})
_DROPPED = frozenset({"script", "style", "head", "title"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr"})
_SIGNS = re.compile(r"([\\`*_\[\]<>|])")
_LINE_START = re.compile(r"^(#+|[-+]|\d+(?=[.)]))(?=[\s.)])")
_BLANKS = re.compile(r"\s+")


@dataclass(slots=True)
class _Node:
    tag: str
    values: dict[str, str] = field(default_factory=dict)
    children: "list[_Node | str]" = field(default_factory=list)


def to_markdown(html: str) -> str:
    """The Markdown for a piece of HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(_blocks(reader.root))


class _Reader(HTMLParser):
    """Reads elements into a tree; ends that nothing began, and beginnings that never end, do no harm."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag in ("p", "li") and self._open[-1].tag == tag:
            self._open.pop()
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < MAX_DEPTH:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        """It ends, and with it what was left open inside."""
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Text."""
        self._open[-1].children.append(data)


def _blocks(node: _Node) -> list[str]:
    """What is in an element as blocks: runs of words are paragraphs."""
    found: list[str] = []
    run: list[_Node | str] = []

    def paragraph() -> None:
        words = _inline(run).strip()
        run.clear()
        if words:
            found.append(_LINE_START.sub(r"\\\1" if words[0] in "#-+" else r"\1\\", words))

    for child in node.children:
        if isinstance(child, _Node) and child.tag in _BLOCKS:
            paragraph()
            found.extend(_block(child))
        else:
            run.append(child)
    paragraph()
    return found


def _block(node: _Node) -> list[str]:
    if node.tag == "hr":
        return ["---"]
    if node.tag in _HEADINGS:
        words = _inline(node.children).strip()
        return [f"{_HEADINGS[node.tag]} {words}"] if words else []
    if node.tag == "pre":
        code = _bare(node).strip("\n")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", code)), 3)
        return [f"{fence}\n{code}\n{fence}"]
    if node.tag == "blockquote":
        return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(_blocks(node)).split("\n"))]
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "tr":
        cells = [_inline(cell.children).strip() for cell in node.children if isinstance(cell, _Node)]
        return [" — ".join(filter(None, cells))]
    return _blocks(node)


def _list(node: _Node) -> list[str]:
    items, loose = list[str](), False
    for child in node.children:
        if isinstance(child, _Node):
            mark = f"{len(items) + 1}. " if node.tag == "ol" else "- "
            parts = _blocks(child) if child.tag == "li" else _block(child)
            loose = loose or any(isinstance(part, _Node) and part.tag == "p" for part in child.children)
            joint = "\n\n" if loose else "\n"
            items.append(mark + indent(joint.join(parts), " " * len(mark)).lstrip(" "))
    return ["\n".join(items)] if not loose else ["\n\n".join(items)]


def _inline(children: "list[_Node | str]") -> str:
    """Words with their marks, on one line but for line breaks."""
    parts = []
    for child in children:
        if isinstance(child, str):
            parts.append(_SIGNS.sub(r"\\\1", _BLANKS.sub(" ", child)))
        elif child.tag == "br":
            parts.append("  \n")
        elif child.tag == "img":
            parts.append(f"![{_flat(child.values.get('alt', ''))}]({_address(child.values.get('src', ''))})")
        elif child.tag in ("code", "kbd", "samp"):
            parts.append(_code(_BLANKS.sub(" ", _bare(child)).strip()))
        elif child.tag == "a":
            words, address = _inline(child.children), _address(child.values.get("href", ""))
            parts.append(f"[{words.strip()}]({address})" if address and words.strip() else words)
        elif child.tag not in _DROPPED:
            parts.append(_marked(_AROUND.get(child.tag, ""), _inline(child.children)))
    return "".join(parts)


def _marked(mark: str, words: str) -> str:
    """Words between marks, which may not stand beside a blank."""
    bare = words.strip()
    if not mark or not bare:
        return words
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return f"{before}{mark}{bare}{mark}{after}"


def _code(text: str) -> str:
    if not text:
        return ""
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    room = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{room}{text}{room}{ticks}"


def _bare(node: _Node) -> str:
    """The text of an element without any marks."""
    return "".join(child if isinstance(child, str) else _bare(child) for child in node.children)


def _flat(text: str) -> str:
    return _SIGNS.sub(r"\\\1", _BLANKS.sub(" ", text))


def _address(url: str) -> str:
    return url.strip().replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "").replace(">", "")
