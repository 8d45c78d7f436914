"""T1, T3, T32: whatever is typed into whatever field, pages and mail hold it as words, never as markup or code."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask

from forum.core.errors import Invalid
from forum.members import names
from tests.content import safe_html
from tests.factory import Factory
from tests.mails import html
from tests.security.hostile import BODIES, IMAGE, SCRIPT, TYPED, Hostile
from tests.security.pages import faults, leads_somewhere_safe, words
from tests.surfing import Surfer


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (IMAGE, ("guest", "author", "admin")), pytest.param(SCRIPT, ("admin",), marks=pytest.mark.slow),
        (TYPED, ("moderator",)),
    ],
    ids=["markup", "script", "templates"],
)
def test_every_page_shows_it_as_words(
    app: Flask, make: Factory, mails: Callable[[], list[EmailMessage]], text: str, roles: tuple[str, ...]
) -> None:
    """Only our tags and attributes, no handlers, no addresses of other schemes; the words come out as typed."""
    hostile = Hostile(app, make, text)
    assert hostile.refused == ["/settings"]  # the shown name: nothing else was refused, so all of it is there
    for role in roles:
        hand, seen = hostile.hands[role], ""
        for path in hostile.pages():
            answer = hand.get(path)
            if answer.mimetype == "text/html":
                page = answer.get_data(as_text=True)
                assert not faults(page), (role, path, faults(page))
                seen += words(page)
        assert " ".join(text.split()) in seen
        assert "49 <class" not in seen
    sessions = hostile.joined.get("/settings/sessions").get_data(as_text=True)
    assert not faults(sessions)
    drawn = [mail for mail in mails() if mail.is_multipart()]
    assert {mail["To"] for mail in drawn} >= {"ann@example.org", "newcomer@example.org"}
    for mail in drawn:
        assert not faults(html(mail), mail=True), mail["Subject"]
        assert "\n" not in mail["Subject"]


def test_words_come_out_as_typed_where_they_belong(app: Flask, make: Factory) -> None:
    """T32: each place says exactly what was typed, so nothing was evaluated on the way."""
    hostile = Hostile(app, make, TYPED)
    there, admin = hostile.there, hostile.hands["admin"]
    values = there.values
    for path in (
        f"/t/{there.thread.id}/-", "/boards", f"/b/{values['board']}", f"/m/{there.author.name}", "/manage",
        f"/moderation/cases/{values['case_id'] + 1}", "/moderation/log", f"/chat/{values['chat:slug']}", "/chat/lobby",
    ):
        page = admin.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert TYPED in words(page.get_data(as_text=True)), path
    kept = hostile.hands["author"].get(hostile.kept).get_data(as_text=True)
    assert TYPED in words(kept)


def test_the_preview_is_as_safe_as_the_post(app: Flask, make: Factory) -> None:
    """What the preview answers holds the tags of posts only."""
    hand = Surfer(app, make.member("mia", rank="bough"))
    for body in BODIES:
        answer = hand.post("/preview", {"body": body}, fragment=True)
        if answer.status_code == 200:
            inside = answer.get_data(as_text=True)
            assert not faults(inside), body
            prose = inside.partition(">")[2].rpartition("<")[0] if inside.lstrip().startswith("<div") else inside
            assert not safe_html.faults(prose), (body, prose)


@pytest.mark.parametrize(
    "name", [IMAGE, SCRIPT, TYPED, "<b>", "a'b", 'a"b', "a&b", "a/b", "../x", "a\x00b", "a\r\nb", "{{x}}"]
)
def test_no_handle_holds_marks(app: Flask, name: str) -> None:
    """Names stand in addresses, mail and sockets: they hold letters and digits only."""
    with app.test_request_context(), pytest.raises(Invalid):
        names.handle(name)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<p onclick=x>", "p[onclick]"), ("<x9q>", "tag x9q"),
        ("<a href='java\nscript:x'>", "a[href]='java\\nscript:x'"),
        ("<script>x</script>", "script {}"), ("<img src=//e>", "img from //e"), ("<p style=x>", "p[style]"),
        ("<iframe>", "tag iframe"), ("<button formaction=//e>", "button[formaction]"),
        ("<img src=/a srcset='//e 1x'>", "img[srcset]"), ("<base href=x>", "tag base"),
    ],
)  # fmt: skip
def test_the_reader_sees_faults(html: str, fault: str) -> None:
    """The measure itself: what it must not let pass."""
    assert fault in faults(html)


def test_the_reader_knows_addresses() -> None:
    """Read as browsers do."""
    assert not leads_somewhere_safe("\x01 jAva\tscript:1")
    assert leads_somewhere_safe("/p/1") and leads_somewhere_safe("#a") and leads_somewhere_safe("https://e.example")
