"""T19: texts that froze or crashed Markdown and bleach, through every door that takes text: refused or rendered."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM, load_actor
from forum.chat import actions as chat
from forum.chat.models import LOBBY
from forum.core.errors import Invalid
from forum.core.unit_of_work import unit_of_work
from tests.factory import Factory
from tests.surfing import Surfer

BOMBS = {
    "open brackets": "[" * 10_000,
    "open pictures": "![" * 10_000,
    "cdata": "<![CDATA[" * 2_222,
    "open tags": "<a " * 6_666,
    "one-line list": "- " * 500 + "a",
    "quotes": ">" * 19_990 + "a",
    "nested tags": "<div>" * 4_000,
    "too long": "a " * 60_000,
    "port": "[a](javascript:123) " * 900,
    "staircase": "\n".join(" " * (4 * level) + "- a" for level in range(98)),
}
TAKEN = (200, 303, 422)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_through_every_door(app: Flask, make: Factory, session: Session, bomb: str) -> None:
    """Preview, new thread, reply, edit, about, chat: 422, or it is drawn; never an error of ours."""
    member = make.member("mia", rank="bough")
    thread = make.thread(make.board("kettles"), member)
    answer = make.answer(thread, member)
    hand = Surfer(app, member)
    forms = {
        "/preview": {"body": bomb},
        "/b/kettles/new": {"title": "What does this do here?", "body": bomb, "kind": "question"},
        f"/t/{thread.id}/replies": {"body": bomb},
        f"/p/{answer.id}/revision": {"body": bomb},
        "/settings": {"about": bomb[:2_000], "hue": "1", "theme": "", "shown_name": "", "interests": ""},
    }
    for path, form in forms.items():
        assert hand.post(path, form).status_code in TAKEN, path
    with unit_of_work() as writing:
        chat.ensure_lobby(writing, SYSTEM)
    for text in (bomb, bomb[:2_000]):
        try:
            with unit_of_work() as writing:
                actor = load_actor(writing, member.id)
                chat.send_message(writing, actor, LOBBY, client_id=f"c{len(text)}", body=text)
        except Invalid as refusal:
            assert "body" in refusal.fields


@pytest.mark.parametrize("name", ["open brackets", "open pictures", "one-line list", "quotes", "too long"])
def test_these_are_refused_with_what_to_do(app: Flask, make: Factory, name: str) -> None:
    """422 with all that was typed still in the form."""
    member = make.member("mia", rank="bough")
    make.board("kettles")
    form = {"title": "A title to be kept as it is", "body": BOMBS[name], "kind": "question"}
    answer = Surfer(app, member).post("/b/kettles/new", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A title to be kept as it is" in page
    assert BOMBS[name][:400].replace(">", "&gt;") in page
