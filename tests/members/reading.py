"""What tests of accounts read: rows as they are stored, links in mail."""

import re
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import Select

from forum.extensions import db
from tests.mails import plain


def stored(app: Flask, statement: Select[Any]) -> list[Any]:
    """The first column of all rows, read in a context of its own (a request must not run inside another's)."""
    with app.app_context():
        found = list(db.session.scalars(statement))
        db.session.remove()
    return found


def link_in(mail: EmailMessage) -> str:
    """The path of the link with a secret in a mail's plain text."""
    found = re.search(r"http://localhost(/(?:confirm|reset)/\S+)", plain(mail))
    assert found, plain(mail)
    return found[1]
