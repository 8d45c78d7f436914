"""Whatever form was filled in while the session ended, or became another one: it is there again, as it was."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from forum.members.models import Member
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


def _whose(make: Factory, who: str) -> Member:
    """Whoever may fill in the form, in a place where there is a thread."""
    board, author = make.board("kettles"), make.member("ana")
    make.thread(board, author)
    people = {"author": author, "member": make.member()}
    return people.get(who) or make.member(role=who)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_comes_back_as_it_was(make: Factory, browse: Browse, name: str) -> None:
    """It is sent without a session; the page that one comes back to has every word in its place."""
    page, address, field, more, who = FORMS[name]
    person = _whose(make, who)
    sent = browse().post(address, {field: WORDS, **more}, headers={"Referer": f"http://localhost{page}"})
    assert sent.status_code == 303
    back = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    surfer = browse(person)
    before, shown = surfer.get(page), surfer.get(back)
    assert before.status_code == 200 and WORDS not in unescape(before.text)
    _holds_what_was_typed(shown, more)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_an_older_sign_in_comes_back_as_it_was(make: Factory, browse: Browse, name: str) -> None:
    """Signed out and in again in another window: the old form does nothing, its page has every word in its place."""
    page, address, field, more, who = FORMS[name]
    surfer = browse(_whose(make, who))
    for stale in ({"csrf_token": "of-before"}, {}):
        sent = surfer.client.post(
            address, data={field: WORDS, **more, **stale}, headers={"Referer": f"http://localhost{page}"}
        )
        assert sent.status_code == 303 and sent.headers["Location"].startswith(f"{page}?kept=")
    shown = surfer.get(sent.headers["Location"])
    assert "please send it once more" in shown.text
    assert WORDS not in unescape(surfer.get(page).text)
    _holds_what_was_typed(shown, more)


def test_what_cannot_be_given_back_is_said(make: Factory, browse: Browse) -> None:
    """A button alone, words without a page to go back to, a script: the answer says that the form was out of date."""
    thread = make.thread(make.board("kettles"), make.member("ana"))
    client = browse(make.member()).client
    before = {"Referer": f"http://localhost/t/{thread.id}/{thread.slug}"}
    answers, vote = f"/t/{thread.id}/replies", f"/p/{thread.opening_id}/vote"
    for path, data, headers in (
        (answers, {}, before), (vote, {"value": "-1", "reason": WORDS}, {}),
        (answers, {"body": WORDS}, {**before, "X-Fragment": "1"}),
        (answers, {"body": WORDS}, {**before, "Accept": "application/json"}), (answers, {"body": "x" * 30_000}, before),
    ):
        answer = client.post(path, data=data, headers=headers)
        assert answer.status_code == 400 and "out of date" in answer.text, (data, headers)


def _holds_what_was_typed(shown: TestResponse, more: dict[str, str]) -> None:
    assert shown.status_code == 200
    text = unescape(shown.text)
    assert WORDS in text
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
