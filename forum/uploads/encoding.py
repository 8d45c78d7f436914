"""A picture written anew as WebP, in each of its sizes: only its pixels are kept, of its first frame."""

import io
from collections.abc import Iterator

from PIL import Image, ImageCms

from forum.uploads.inspection import KINDS, MOST_PIXELS, orientation
from forum.uploads.sizes import sizes

QUALITY = 82  # above it files grow faster than anybody sees
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Undecodable(Exception):
    """The file cannot be read as a picture after all."""


def encode(original: bytes, width: int, height: int) -> Iterator[tuple[int, bytes]]:
    """(width, WebP) for each size of an upright picture of `width` × `height`, the largest first.

    The picture is turned as its EXIF says and its colors become those of every screen (sRGB); EXIF, places, comments,
    color profiles and further frames are left behind.

    Raises:
        Undecodable: it is damaged.
    """
    try:
        image = _decoded(original, width, height)
    except Exception as error:  # Pillow's readers raise what they like at what strangers send
        raise Undecodable from error
    for size in reversed(sizes(width, height)):
        # From the next larger size: three quick steps rather than three long ones, and as fine to the eye.
        image = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        file = io.BytesIO()
        image.save(file, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
        yield size[0], file.getvalue()


def _decoded(original: bytes, width: int, height: int) -> Image.Image:
    image: Image.Image
    with Image.open(io.BytesIO(original), formats=list(KINDS.values())) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Undecodable
        turned = orientation(opened)
        largest = sizes(width, height)[-1]
        opened.draft(None, largest if turned < 5 else (largest[1], largest[0]))  # JPEG: decode no more than is needed
        profile = opened.info.get("icc_profile")
        opened.load()
        image = _in_common_colors(opened, profile)
    return image.transpose(_TURNS[turned]) if turned in _TURNS else image


def _in_common_colors(image: Image.Image, profile: object) -> Image.Image:
    see_through = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if see_through else "RGB"
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits of gray: the upper eight
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if isinstance(profile, bytes) and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            common = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, given, common, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert(mode)
        return converted if converted is not None else image.convert(mode)
    return image.convert(mode)
