"""What leaves the site (mail, feeds, what machines read): addresses made whole, and what XML forbids left out."""

import re
from urllib.parse import quote

_PICTURE = re.compile(r'<img\b[^>]*\bsrc="(/[^"/][^"]*)"')
_LOCAL = re.compile(r'\b(href|src)="/')
# What XML 1.0 cannot hold, in whatever form: controls, surrogates, two non-characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def whole(path: str, base_url: str) -> str:
    """The address of a page of ours, as machines compare it: in ASCII. What is quoted in `path` stays as it is."""
    return base_url + quote(path, safe="/?&=%")


def first_picture(html: str, base_url: str) -> str | None:
    """The address of the first of our own pictures in stored HTML."""
    found = _PICTURE.search(html)
    return whole(found[1], base_url) if found else None


def absolute(html: str, base_url: str) -> str:
    """Stored HTML with its local addresses under `base_url`."""
    return _LOCAL.sub(rf'\1="{base_url}/', html)


def for_xml(text: str) -> str:
    """The text without what no XML document may hold."""
    return _NOT_XML.sub("", text)
