"""The words of a rendered text."""

import html as entities
import re

_PIECE = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>[^>]*)>|[^<]+")
_ALT = re.compile(r' alt="([^"]*)"')
_BLANK_LINES = re.compile(r"\s*\n\s*")
_BLANKS = re.compile(r" {2,}")
_VOID = frozenset({"br", "hr", "img", "input"})
_LINES = frozenset(
    [
        "blockquote",
        "br",
        "dd",
        "details",
        "dt",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "p",
        "pre",
        "summary",
        "table",
        "tr",
    ]
)
_CELLS = frozenset({"td", "th"})
_COVERED = 'class="spoiler"'
_FOOTNOTE_MARKS = ("footnote-ref", "footnote-backref")


def plain_text(html: str) -> str:
    """The words of HTML that `clean` made, a line for each block, with "…" for what a spoiler covers."""
    words: list[str] = []
    hidden = 0
    for piece in _PIECE.finditer(html):
        name = piece["name"]
        if hidden:
            if name and name not in _VOID:
                hidden += -1 if piece["end"] else 1
        elif name is None:
            words.append(piece[0] if piece[0].strip() else " ")
        elif _COVERED in piece["rest"] or any(mark in piece["rest"] for mark in _FOOTNOTE_MARKS):
            hidden = 1
            words.append(_cover(name) if _COVERED in piece["rest"] else "")
        else:
            words.append(_stands_for(name, piece["rest"], ended=bool(piece["end"])))
    text = entities.unescape("".join(words)).replace("\xa0", " ")
    return _BLANKS.sub(" ", _BLANK_LINES.sub("\n", text)).strip()


def _stands_for(name: str, rest: str, *, ended: bool) -> str:
    """What a tag leaves in the text: a line end, a blank, a picture's words, or nothing."""
    if name == "img":
        alt = _ALT.search(rest)
        return alt[1] if alt else ""
    if name in _LINES and (ended or name in _VOID):
        return "\n"
    return " " if name in _CELLS and ended else ""


def _cover(name: str) -> str:
    return "…\n" if name == "details" else "…"
