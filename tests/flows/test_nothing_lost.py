"""Whatever form was filled in while the session ended: after signing in it is there again, as it was."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]

WORDS = 'Typed & not "lost"'
# The form's page and where it is sent; what is typed beside its long field; who may use it
FORMS: dict[str, tuple[str, str, str, dict[str, str], str]] = {
    "answer": ("/t/1/how-does-it-work", "/t/1/replies", "body", {}, "member"),
    "question": ("/b/kettles/new", "/b/kettles/new", "body", {"title": "Why does it hum?"}, "member"),
    "edit": ("/p/1/revision", "/p/1/revision", "body", {}, "author"),
    "profile": ("/settings", "/settings", "about", {"hue": "3", "theme": "", "locale": ""}, "author"),
    "claim": ("/settings/claims", "/settings/claims", "words", {"name": "old-name"}, "member"),
    "saved reply": ("/desk/replies", "/desk/replies", "body", {"title": "Hello"}, "member"),
    "hiding": ("/p/1/hiding", "/p/1/hiding", "reason", {"because": ""}, "moderator"),
    "redaction": ("/p/1/redaction", "/p/1/redaction", "body", {"title": "How does it work?"}, "moderator"),
    "sanction": ("/m/ana/suspension", "/m/ana/suspension", "reason", {"kind": "silence", "days": "30"}, "moderator"),
    "board": ("/b/kettles/edit", "/b/kettles/edit", "description", {"title": "Kettles", "hue": "3"}, "moderator"),
    "shelf": ("/categories/new", "/categories/new", "title", {}, "moderator"),
    "community": ("/manage", "/manage", "tagline", {"name": "Tea for All"}, "admin"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_back_as_it_was(make: Factory, browse: Browse, name: str) -> None:
    """It is sent without a session; the page that one comes back to has every word in its place."""
    page, address, field, more, who = FORMS[name]
    board, author = make.board("kettles"), make.member("ana")
    make.thread(board, author)
    people = {"author": author, "member": make.member()}
    person = people.get(who) or make.member(role=who)
    sent = browse().post(address, {field: WORDS, **more}, headers={"Referer": f"http://localhost{page}"})
    assert sent.status_code == 303
    back = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    surfer = browse(person)
    before, shown = surfer.get(page), surfer.get(back)
    assert (before.status_code, shown.status_code) == (200, 200)
    text = unescape(shown.get_data(as_text=True))
    assert WORDS in text and WORDS not in unescape(before.get_data(as_text=True))
    for one in ("title", "name"):
        assert one not in more or f'value="{more[one]}"' in text
    for one in ("kind", "days"):
        assert one not in more or re.search(rf'<(?:option selected|input checked)[^>]* value="{more[one]}"', text), one


def test_what_was_kept_is_for_its_own_page(make: Factory, browse: Browse) -> None:
    """On another page with a field of that name nothing is filled in."""
    guest, member = browse(), browse(make.member())
    sent = guest.post("/settings", {"about": WORDS}, headers={"Referer": "http://localhost/settings"})
    back = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    token = parse_qs(urlsplit(back).query)["kept"][0]
    assert WORDS in unescape(member.get(back).get_data(as_text=True))
    assert WORDS not in unescape(member.get(f"/desk/replies?kept={token}").get_data(as_text=True))
