"""Files that people might upload, and the way they take."""

import io
import struct
import zlib
from typing import Any

from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from forum.extensions import db
from forum.integrations.storage import FolderStorage, storage_of
from forum.uploads.models import Picture
from tests.surfing import Surfer


def drawn(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and right half is blue."""
    image = Image.new(mode, size, "blue" if mode in ("RGB", "RGBA") else 40)
    if mode in ("RGB", "RGBA"):
        image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned(orientation: int, size: tuple[int, int] = (64, 48), place: bool = True) -> bytes:
    """A JPEG that a camera took sideways, with the place where it was taken in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Canary Cameras"
    if place:
        exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return drawn("JPEG", size, exif=exif.tobytes(), quality=95)


def moving(frames: int) -> bytes:
    """A GIF of many frames, small in bytes."""
    palette = b"\x00\x00\x00\xff\xff\xff"
    head = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + palette
    control = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    frame = control + b"\x2c" + struct.pack("<HHHHB", 0, 0, 2, 2, 0) + b"\x02\x03\x44\x02\x05\x00"
    return head + frame * frames + b"\x3b"


def declared_png(width: int, height: int) -> bytes:
    """A PNG of some bytes whose header declares a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def declared_webp(width: int, height: int) -> bytes:
    """An extended WebP of some bytes whose header declares a canvas."""
    canvas = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def upload(surfer: Surfer, content: bytes, name: str = "kettle.png", **form: str) -> TestResponse:
    """Send a file as the script does; the answer is JSON."""
    return send(surfer, "/uploads", form, content, name, {"Accept": "application/json", "X-Fragment": "1"})


def send(
    surfer: Surfer, path: str, form: dict[str, str], content: bytes, name: str = "kettle.png",
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """Send a form with a file in it, encoded here: Werkzeug's client would leave a temporary file open."""
    fields = {"csrf_token": surfer.csrf_token(), **form, "picture": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(fields)
    kind = f'multipart/form-data; boundary="{boundary}"'
    return surfer.client.post(path, data=body, content_type=kind, headers=headers or {})


def uploaded(surfer: Surfer, content: bytes | None = None) -> str:
    """The address of a picture that was just uploaded."""
    answer = upload(surfer, content or drawn())
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.json is not None
    return str(answer.json["address"])


def stored(app: Flask) -> list[str]:
    """The names of all files in the storage."""
    folder = storage_of(app.config["SETTINGS"].storage_url)
    assert isinstance(folder, FolderStorage)
    root = folder._root
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def rows(app: Flask) -> list[Picture]:
    """All pictures, oldest first."""
    with app.app_context():
        found = list(db.session.query(Picture).order_by(Picture.id))
        db.session.expunge_all()
        db.session.remove()
    return found
