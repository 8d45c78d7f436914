"""The two parts of a mail, as they are read."""

from email.message import EmailMessage


def plain(mail: EmailMessage) -> str:
    """The part without marks."""
    return _part(mail, "plain")


def html(mail: EmailMessage) -> str:
    """The page."""
    return _part(mail, "html")


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
