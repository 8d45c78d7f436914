"""What tests of accounts read: rows as they are stored, links in mail."""

import re
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import Select

from forum.extensions import db


def stored(app: Flask, statement: Select[Any]) -> list[Any]:
    """The first column of all rows, read in a context of its own (a request must not run inside another's)."""
    with app.app_context():
        found = list(db.session.scalars(statement))
        db.session.remove()
    return found


def link_in(mail: EmailMessage) -> str:
    """The path of the link with a secret in a mail's plain text."""
    found = re.search(r"http://localhost(/(?:confirm|reset)/\S+)", words_of(mail))
    assert found, words_of(mail)
    return found[1]


def words_of(mail: EmailMessage) -> str:
    """A mail's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
