"""Pictures that were uploaded here, as Markdown names them (`![words](/u/ID)`) and as a page draws them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_PICTURES = 60
"""Pictures of one text that are looked up; the ruleset allows far fewer."""

BOX = (680, 600)
"""What a picture may take of a page, in CSS pixels: the width of the text, and a height that leaves words in sight."""

_ID = r"/u/[0-9a-f]{32}"
_FOUND = re.compile(rf"{_ID}(?![0-9a-f/])")
_ADDRESS = re.compile(rf"^{_ID}$")
_SRCSET = re.compile(rf"^({_ID})/\d{{1,4}} \d{{1,4}}w(?:, \1/\d{{1,4}} \d{{1,4}}w){{0,5}}$")
_SIZES = re.compile(r"^min\(\d{1,4}px, 100vw\)$")
_LENGTH = re.compile(r"^[1-9]\d{0,3}$")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a picture is, in pixels, and the widths that it is kept in (the last one is the largest)."""

    width: int
    height: int
    widths: tuple[int, ...]


def find_pictures(source: str) -> tuple[str, ...]:
    """The addresses of pictures that a text may show, each once."""
    return tuple(dict.fromkeys(match[0] for match in _FOUND.finditer(source)))[:MAX_PICTURES]


def is_picture(address: str) -> bool:
    """Whether this is the address of an uploaded picture."""
    return _ADDRESS.match(address) is not None


def drawn(address: str, shape: Shape) -> Mapping[str, str]:
    """The attributes by which a page keeps a place of the right size for a picture and chooses a fitting width."""
    scale = min(1.0, BOX[0] / shape.width, BOX[1] / shape.height)
    width, height = max(1, round(shape.width * scale)), max(1, round(shape.height * scale))
    return {
        "width": str(width),
        "height": str(height),
        "srcset": ", ".join(f"{address}/{one} {one}w" for one in shape.widths),
        "sizes": f"min({width}px, 100vw)",
    }


def allowed(name: str, value: str) -> bool:
    """Whether an `img` may have this value of width, height, srcset or sizes: what `drawn` writes, nothing else."""
    pattern = {"srcset": _SRCSET, "sizes": _SIZES}.get(name, _LENGTH)
    return pattern.match(value) is not None
