"""Reading the mail that was written into files: what a community without a mail server has sent."""

import datetime as dt
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from forum.core.errors import NotFound

NEWEST = 100
LONGEST = 1024 * 1024  # bytes of one mail that are read
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_AFTER = ".,;:!?)]}"  # signs that end a sentence rather than an address


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail in the list."""

    name: str
    to: str
    subject: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `text` is its plain words, as pieces: (words, None) and (address, address)."""

    line: MailLine
    sender: str
    text: list[tuple[str, str | None]]


def mails(folder: Path) -> list[MailLine]:
    """The newest hundred, the newest first. The names of the files sort by time."""
    if not folder.is_dir():
        return []
    files = sorted((path for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True)
    parser = BytesHeaderParser(policy=policy.default)
    found = []
    for path in files[:NEWEST]:
        with path.open("rb") as file:
            found.append(_line(path.stem, parser.parse(file)))
    return found


def mail(folder: Path, name: str) -> Mail:
    """One mail by the name of its file, without the ending.

    Raises:
        NotFound: there is none.
    """
    path = folder / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    message = message_from_bytes(path.read_bytes()[:LONGEST], policy=policy.default)
    return Mail(_line(name, message), str(message.get("From", "")), pieces(_plain(message)))


def pieces(text: str) -> list[tuple[str, str | None]]:
    """`text` cut into words and web addresses; whoever draws it escapes both."""
    found: list[tuple[str, str | None]] = []
    start = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_AFTER)
        if match.start() > start:
            found.append((text[start:match.start()], None))
        found.append((address, address))
        start = match.start() + len(address)
    if start < len(text):
        found.append((text[start:], None))
    return found


def _plain(message: EmailMessage) -> str:
    """The plain part; nothing where there is none, or none that can be read."""
    body = message.get_body(("plain",))
    try:
        return str(body.get_content()) if body is not None else ""
    except (LookupError, UnicodeError):  # a character set that there is not
        return ""


def _line(name: str, message: EmailMessage) -> MailLine:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except (TypeError, ValueError):
        at = None
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=dt.UTC)
    return MailLine(name, str(message.get("To", "")), str(message.get("Subject", "")), at)
