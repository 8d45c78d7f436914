"""A message as it travels over a socket: its facts, and the same fragment that the page draws."""

from dataclasses import asdict
from typing import Any

from flask import current_app

from forum.chat.queries import MessageRow, Person
from forum.chat.signs import SIGNS
from forum.core.filters import iso
from forum.core.i18n import label, language

Wire = dict[str, Any]


def as_wire(row: MessageRow, seq: int | None = None) -> Wire:
    """What a client gets of a message.

    `seq` is the change that is told; without it, the newest one of the message. Nothing in it depends on who
    reads it but the language in force.
    """
    return {
        "room": row.room,
        "n": row.n,
        "seq": row.seq if seq is None else seq,
        "id": row.id,
        "client_id": row.client_id,
        "author": person_as_wire(row.author, language()),
        "body": row.body,
        "body_html": row.body_html,
        "at": iso(row.at),
        "edited": row.edited,
        "deleted": row.deleted,
        "hidden": row.hidden,
        "reply_to": asdict(row.reply_to) if row.reply_to is not None else None,
        "reactions": [{"sign": one.sign, "names": list(one.names)} for one in row.reactions],
        "html": fragment(row),
    }


def person_as_wire(person: Person, code: str) -> Wire:
    """What a client gets of a person, for readers of a language."""
    return {**asdict(person), "rank": label(person.rank, code)}


def fragment(row: MessageRow) -> str:
    """A message drawn in the language in force; the same on the page, in an acknowledgement and in a broadcast."""
    return current_app.jinja_env.get_template("chat/_message.html").render(message=row, signs=SIGNS, following=False)
