"""Saved replies: one's own and staff's for everybody, with placeholders, put into an answer with or without script."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import insert, select

from forum.core.clock import now
from forum.desk import placeholders
from forum.desk.models import SavedReply
from forum.members.models import Member
from forum.threads.models import Post
from tests.desk.acting import read, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
WORDS = "Hello {asker}, on {board} we ask {title} often. Yours, {me}"


def keep(surfer: Surfer, title: str = "Hello", body: str = WORDS, **more: str) -> int:
    """Save one; gives the status."""
    return surfer.post("/desk/replies", {"title": title, "body": body, **more}).status_code


def test_made_changed_and_deleted(app: Flask, make: Factory, browse: Browse) -> None:
    """One's own, through the pages; nobody else's desk shows it, and nobody else can touch it."""
    ann, ben = browse(make.member("ann")), browse(make.member("ben"))
    assert keep(ann) == 303
    (id,) = read(app, select(SavedReply.id))
    assert "Hello" in ann.get("/desk/replies").get_data(as_text=True)
    assert "Hello" not in ben.get("/desk/replies").get_data(as_text=True)
    assert "{asker}" in ann.get(f"/desk/replies/{id}").get_data(as_text=True)
    for answer in (
        ben.get(f"/desk/replies/{id}"), ben.post(f"/desk/replies/{id}", {"title": "x", "body": "y"}),
        ben.post(f"/desk/replies/{id}/deletion"), ben.get(f"/desk/replies/{id}/filled?thread=1"),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert ann.post(f"/desk/replies/{id}", {"title": "Hi", "body": "Hi {asker}"}).status_code == 303
    assert read(app, select(SavedReply.title, SavedReply.body)) == [("Hi", "Hi {asker}")]
    assert ann.post(f"/desk/replies/{id}/deletion").status_code == 303
    assert read(app, select(SavedReply.id)) == []


def test_those_for_everybody_are_staffs(app: Flask, make: Factory, browse: Browse) -> None:
    """A moderator makes one, another changes it, members use it and cannot change it."""
    mod, other, member = make.member(role="moderator"), make.member(role="moderator"), make.member("ann")
    assert keep(browse(member), shared="1") == 403
    assert read(app, select(SavedReply.id)) == []
    assert keep(browse(mod), "Warranty", shared="1") == 303
    (id,) = read(app, select(SavedReply.id))
    surfer = browse(member)
    page = surfer.get("/desk/replies").get_data(as_text=True)
    assert "Warranty" in page and f"/desk/replies/{id}" not in page
    assert surfer.get(f"/desk/replies/{id}").status_code == 403
    assert surfer.post(f"/desk/replies/{id}", {"title": "x", "body": "y"}).status_code == 403
    assert surfer.post(f"/desk/replies/{id}/deletion").status_code == 403
    assert browse(other).post(f"/desk/replies/{id}", {"title": "Repairs", "body": "y"}).status_code == 303
    assert read(app, select(SavedReply.title, SavedReply.shared)) == [("Repairs", True)]


@pytest.mark.parametrize(
    ("title", "body", "says"),
    [
        ("", "x", "Give it a name"), ("x" * 81, "x", "Give it a name"), ("a", "", "Write something first"),
        ("a", "x" * 20_001, "too long"), ("a", "Dear {name}, from {shop}", "Nothing stands for {name}, {shop}."),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    app: Flask, make: Factory, browse: Browse, title: str, body: str, says: str
) -> None:
    """422 with the sentence at its field; what was typed stands in the form again."""
    answer = browse(make.member()).post("/desk/replies", {"title": title, "body": body})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422 and says in page and body in page
    assert read(app, select(SavedReply.id)) == []


def test_fifty_and_no_more(app: Flask, make: Factory, browse: Browse) -> None:
    """The fifty-first is refused in words; shared ones count apart."""
    mod = make.member(role="moderator")
    row = {"owner_id": mod.id, "shared": False, "body": "x", "created_at": now(), "changed_at": now()}
    write(app, lambda s: s.execute(insert(SavedReply), [{**row, "title": f"T{n}"} for n in range(50)]))
    refused = browse(mod).post("/desk/replies", {"title": "One more", "body": "x"})
    assert refused.status_code == 409
    assert "There are 50 already" in refused.get_data(as_text=True) and "One more" in refused.get_data(as_text=True)
    assert keep(browse(mod), "One more", shared="1") == 303


@pytest.fixture
def told(app: Flask, make: Factory, browse: Browse) -> tuple[Surfer, Member, int, int]:
    """Ann with a saved reply, and a question of Newt's: her browser, herself, the thread and the reply."""
    ann = make.member("ann", shown_name="Ann A.")
    thread = make.thread(make.board("kettles", title="Kettles"), make.member("newt"), title="Is {me} in it?")
    assert keep(browse(ann)) == 303
    (reply,) = read(app, select(SavedReply.id))
    return browse(ann), ann, thread.id, reply


FILLED = "Hello newt, on Kettles we ask Is {me} in it? often. Yours, Ann A."


def test_filled_for_the_thread(told: tuple[Surfer, Member, int, int], make: Factory, browse: Browse) -> None:
    """What a title holds is not filled again; only for threads that one may see."""
    surfer, ann, thread, reply = told
    answer = surfer.get(f"/desk/replies/{reply}/filled?thread={thread}")
    assert answer.mimetype == "text/plain" and answer.get_data(as_text=True) == FILLED
    closed = make.thread(make.board(see_rank="bough"), make.member(rank="bough"))
    for wrong in (str(closed.id), "", "x", "²", "99999999999"):
        assert surfer.get(f"/desk/replies/{reply}/filled?thread={wrong}").status_code == 404
    assert browse().get(f"/desk/replies/{reply}/filled?thread={thread}").status_code == 303
    assert ann.id


def test_put_into_an_answer_without_script(
    app: Flask, told: tuple[Surfer, Member, int, int], make: Factory, browse: Browse
) -> None:
    """Each stands beside the toolbar as a button of the form, which comes back filled, and nothing is posted yet."""
    surfer, _ann, thread, reply = told
    page = surfer.get(f"/t/{thread}/-", follow_redirects=True).get_data(as_text=True)
    button = re.search(r'<button class="menu-item"[^>]*name="insert"[^>]*>', page)
    assert button and f'value="{reply}"' in button[0] and "formnovalidate" in button[0]
    answer = surfer.post(f"/t/{thread}/replies", {"body": "First this.", "insert": str(reply)})
    assert answer.status_code == 200
    text = unescape(answer.get_data(as_text=True))
    assert f"First this.\n\n{FILLED}</textarea>" in text
    assert read(app, select(Post.id).where(Post.thread_id == thread, Post.kind == "answer")) == []
    for wrong in ("", "0", "x", "999"):
        assert surfer.post(f"/t/{thread}/replies", {"body": "a", "insert": wrong}).status_code == 404
    assert "insert" not in browse(make.member()).get(f"/t/{thread}/-", follow_redirects=True).get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "filled", "wrong"),
    [
        ("{asker}", "A", []), ("{{asker}} {0} {a b} { me }", "{{asker}} {0} {a b} { me }", []),
        ("{me}{title}", "M{asker}", []), ("{Asker} {x} {x}", "{Asker} {x} {x}", ["Asker", "x"]),
    ],
)
def test_placeholders(text: str, filled: str, wrong: list[str]) -> None:
    """Single words in single braces, and nothing else."""
    assert placeholders.fill(text, {"asker": "A", "me": "M", "title": "{asker}", "board": "B"}) == filled
    assert placeholders.unknown(text) == wrong
