"""What stands in the place of a picture whose job is not done: transparent gray, in light and in dark, of its size.

A browser that has loaded an image goes by the image's own shape, so a smaller one would make the page jump twice.
"""

import base64

# A lossless WebP of one color. Such a stream has no bits for its pixels, so it is whole for every size; the size stands
# in 14 bits each, minus one, then a bit that says that it is see-through (RFC 9649, section 3.4).
_START, _END = map(base64.b64decode, ("UklGRh4AAABXRUJQVlA4TBEAAAAv", "B1DAAhawKIGI6H8AAA=="))
_SEE_THROUGH = 1 << 28


def placeholder(width: int, height: int) -> bytes:
    """A WebP of this size (up to 16,384 a side), some 40 bytes long."""
    return _START + ((width - 1) | (height - 1) << 14 | _SEE_THROUGH).to_bytes(4, "little") + _END
