"""The message itself: headers that cannot be broken out of, plain text, and HTML beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import parse_qs, urlsplit

from forum.core.clock import now

_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the templates said."""

    subject: str
    text: str
    html: str


def build_message(
    to: str, sender_name: str, drawn: Drawn, mail_url: str, base_url: str, headers: Mapping[str, str]
) -> EmailMessage:
    """A message in plain text and HTML, from the community to one address.

    Whatever a name or a title holds, it stays in its header: line breaks and other controls become spaces.
    """
    sender = _sender(mail_url, base_url)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(drawn.subject)[:LONGEST_SUBJECT]
    message["From"] = Address(display_name=one_line(sender_name), addr_spec=sender)
    message["To"] = Address(addr_spec=one_line(to))
    message["Date"] = format_datetime(now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers by machines
    for name, value in headers.items():
        message[one_line(name)] = one_line(value)
    message.set_content(drawn.text)
    message.add_alternative(drawn.html, subtype="html")
    return message


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters."""
    return _CONTROLS.sub(" ", text).strip()


def _sender(mail_url: str, base_url: str) -> str:
    """The address that mail comes from: `?from=` of MAIL_URL, else noreply at the site's own host."""
    given = parse_qs(urlsplit(mail_url).query).get("from", [""])[0]
    return given or f"noreply@{urlsplit(base_url).hostname or 'localhost'}"
