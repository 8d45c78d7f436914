"""What a file is, by its content and before any of its pixels are read. Its name and its stated type count for nothing.

Only the header is believed and only as far as it refuses: more pixels than `MOST_PIXELS`, more frames than
`MOST_FRAMES`, a kind that is not on the
list, two readers that do not agree. What is taken is decoded in a job and written anew (see `encoding`), so that
nothing of the file itself is ever sent to a browser.
"""

import io
import math
from dataclasses import dataclass
from typing import BinaryIO

import filetype
from PIL import Image

from forum.core.errors import Invalid
from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000  # a phone's photograph has 12 million; 25 take 100 MB while they are worked on
KINDS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF"}  # by filetype's word: Pillow's
MOST_FRAMES = 1_000  # forty seconds of film; of what moves only the first frame is shown anyway
MOST_BLOCKS = 100_000  # pieces of a GIF: a full one has some 21,000 in 5 MB, and each is one step of the count
_HEAD = 262  # bytes that filetype looks at
_SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # Pillow's own guard, should another path ever lead to it


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a picture that can be taken: its upright size, and whether it moves."""

    width: int
    height: int
    moves: bool


def inspect(file: BinaryIO) -> Facts:
    """Look at an uploaded file; it is left at its beginning.

    Raises:
        Invalid: not a picture of ours, or too large; the sentence says what to do.
    """
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not length:
        raise _refusal(_l("Choose a picture first."))
    if length > MOST_BYTES:
        raise _refusal(
            _l("This picture is %(size)s MB; 5 MB is the most. Save it smaller, or cut out the part that matters.",
               size=math.ceil(length / 1024 / 102.4) / 10)
        )
    head = file.read(_HEAD)
    file.seek(0)
    kind = filetype.guess_extension(head)
    if kind not in KINDS:
        raise _refusal(_l("This is not a picture that can be shown. JPEG, PNG, WebP, GIF and AVIF work."))
    declared = _webp_canvas(head) if kind == "webp" else None
    if declared is not None and declared[0] * declared[1] > MOST_PIXELS:
        raise _too_many_pixels()
    if kind == "gif" and _gif_frames(file.read()) > MOST_FRAMES:
        raise _too_many_frames()
    file.seek(0)
    facts = _read_header(file, KINDS[kind])
    file.seek(0)
    if facts.width * facts.height > MOST_PIXELS:
        raise _too_many_pixels()
    return facts


def orientation(image: Image.Image) -> int:
    """How a camera was held, from 1 (upright) to 8, as far as the header says."""
    raw = image.info.get("exif")
    if not isinstance(raw, bytes):
        return 1
    exif = Image.Exif()
    try:
        exif.load(raw)
        value = exif.get(0x0112, 1)
    except Exception:  # whatever a broken block of EXIF makes of the reader: the picture is taken as it lies
        return 1
    return value if value in range(1, 9) else 1


def _read_header(file: BinaryIO, kind: str) -> Facts:
    try:
        with Image.open(file, formats=[kind]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _too_many_pixels()
            if kind != "GIF" and getattr(image, "n_frames", 1) > MOST_FRAMES:
                raise _too_many_frames()
            moves = bool(getattr(image, "is_animated", False))
            if orientation(image) in _SIDEWAYS:
                width, height = height, width
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow's readers raise what they like at what strangers send
        raise _refusal(_l("This picture is damaged and cannot be read. Save it anew and try again.")) from error
    return Facts(width, height, moves)


def _webp_canvas(head: bytes) -> tuple[int, int] | None:
    """The canvas that an extended WebP declares. Pillow's reader asks for memory of its size before it tells it.

    RFC 9649, section 2.7: 24 bits of width minus one at byte 24, of height minus one at byte 27.
    """
    if head[12:16] != b"VP8X":
        return None
    return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1


def _gif_frames(content: bytes) -> int:
    """How many frames a GIF has, as far as `MOST_FRAMES`. Nothing is unpacked: blocks say how long they are.

    GIF89a, sections 18 to 25: a header of 13 bytes and a table of colors, then extensions ("!" and a label) and frames
    ("," with 9 bytes, a table of colors, a size of codes), each followed by blocks until one of length 0.
    """
    at, frames, blocks = 13 + _color_table(content, 10), 0, 0
    while at < len(content) and content[at : at + 1] != b";":
        if content[at : at + 1] == b",":
            frames += 1
            at += 11 + _color_table(content, at + 9)
        elif content[at : at + 1] == b"!":
            at += 2
        else:  # noise, which readers pass over
            at, blocks = at + 1, blocks + 1
            if blocks > MOST_BLOCKS:
                return MOST_FRAMES + 1
            continue
        while at < len(content) and content[at]:
            at, blocks = at + content[at] + 1, blocks + 1
            if blocks > MOST_BLOCKS:
                return MOST_FRAMES + 1
        at += 1
        if frames > MOST_FRAMES:
            break
    return frames


def _color_table(content: bytes, at: int) -> int:
    """The bytes of the table of colors that the flags at this place announce."""
    flags = content[at] if at < len(content) else 0
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _too_many_frames() -> Invalid:
    return _refusal(
        _l("This moving picture has more than 1,000 frames. Only the first is shown here: save that one as a picture.")
    )


def _too_many_pixels() -> Invalid:
    return _refusal(_l("This picture has more than 25 million pixels. Save it smaller and try again."))


def _refusal(words: Text) -> Invalid:
    return Invalid({"picture": words})
