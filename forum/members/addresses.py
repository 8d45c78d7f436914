"""E-mail addresses as people type them."""

import re

from forum.core.errors import Invalid
from forum.core.i18n import lazy_gettext as _l

LONGEST = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
# The form that browsers check (HTML, "valid e-mail address"), so that page and server agree.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def address(raw: str, field: str = "email") -> str:
    """The address in `raw`, without spaces around it.

    Raises:
        Invalid: it cannot be one; the error is said on `field`.
    """
    text = raw.strip()
    local = text.partition("@")[0]
    tidy = not (local.startswith(".") or local.endswith(".") or ".." in local)
    if len(text) > LONGEST or not _ADDRESS.fullmatch(text) or not tidy:
        raise Invalid({field: _l("Please write the whole address, like name@example.com.")})
    return text
