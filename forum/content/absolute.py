"""HTML that leaves the site (mail, feeds): local links are made whole, and characters that XML forbids left out."""

import re

_LOCAL = re.compile(r'\b(href|src)="/')
# What XML 1.0 cannot hold, in whatever form: controls, surrogates, two non-characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def absolute(html: str, base_url: str) -> str:
    """Stored HTML with its local addresses under `base_url`."""
    return _LOCAL.sub(rf'\1="{base_url}/', html)


def for_xml(text: str) -> str:
    """The text without what no XML document may hold."""
    return _NOT_XML.sub("", text)
