"""The draft of the rules as the community manager has it: what is in it, and ways to fill it as the pages do."""

import io
import json
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from forum.extensions import db
from forum.reputation.rule_tables import RulesetDraft
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def drafted(app: Flask) -> tuple[int, dict[str, Any]]:
    """The draft's version and data."""
    with app.app_context():
        row = db.session.execute(select(RulesetDraft.version, RulesetDraft.data)).one()
        db.session.remove()
    return row[0], row[1]


def save(app: Flask, hand: Surfer, page: str, form: dict[str, str], status: int = 303) -> str:
    """Save a page of the editor, as the form shows the draft that is there; returns the page that follows."""
    answer = hand.post(f"/manage/rules/draft/{page}", {"version": str(drafted(app)[0]), **form})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return hand.get(f"/manage/rules/draft/{page}").get_data(as_text=True) if status == 303 else answer.get_data(
        as_text=True
    )


def begin_from_file(app: Flask, hand: Surfer, content: bytes | dict[str, Any], name: str = "mine.json") -> None:
    """The draft begun from a file, which holds this: bytes, or data as JSON."""
    file = io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())
    hand.post("/manage/rules/draft", {"version": str(drafted(app)[0]), "from": "file", "file": (file, name)})
