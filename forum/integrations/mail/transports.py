"""Where mail goes: into a folder as files (`file://`), or to a server (`smtp://`, `smtps://`)."""

import secrets
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from forum.core.clock import now

TIMEOUT = 20  # seconds: a server that is slower is tried again later
Transport = Callable[[EmailMessage], None]


def transport(mail_url: str) -> Transport:
    """What sends a message by `mail_url` (checked at the start to be file, smtp or smtps)."""
    if urlsplit(mail_url).scheme == "file":
        folder = mail_folder(mail_url)
        return lambda message: _write(folder, message)
    return lambda message: _submit(mail_url, message)


def mail_folder(mail_url: str) -> Path:
    """The folder of a `file://` address."""
    return Path(unquote(urlsplit(mail_url).path))


def _write(folder: Path, message: EmailMessage) -> None:
    """One file a message, named by time so that they sort, and there only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{now():%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
    unfinished = folder / f".{name}.part"
    unfinished.write_bytes(message.as_bytes())
    unfinished.rename(folder / f"{name}.eml")


def _submit(mail_url: str, message: EmailMessage) -> None:
    """Hand the message to a server; over smtp:// encrypted as soon as the server offers it."""
    parts = urlsplit(mail_url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
