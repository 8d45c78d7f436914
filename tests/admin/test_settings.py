"""What the community manager sets, and reading the mail in files."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from config import Settings
from forum.admin import going_live
from forum.admin.outbox import mail, mails, pieces
from forum.core.errors import NotFound
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
PAGES = ("/manage", "/manage/demo", "/manage/outbox", "/manage/outbox/x")


def test_management_is_for_the_manager(make: Factory, browse: Browse) -> None:
    """Guests sign in, members and moderators are refused."""
    for address in PAGES:
        assert browse().get(address).status_code == 303
        assert browse(make.member()).get(address).status_code == 403
        assert browse(make.member(role="moderator")).get(address).status_code == 403
    assert browse(make.member(role="moderator")).post("/manage", {"name": "Mine"}).status_code == 403
    assert browse(make.member(role="moderator")).post("/manage/demo/undo").status_code == 403


def test_the_name_is_on_every_page(make: Factory, browse: Browse) -> None:
    """At once; the line under it is for guests on the home page."""
    admin = browse(make.member(role="admin"))
    assert admin.post("/manage", {"name": "Fern & Kettle", "tagline": " Slow \n coffee "}).status_code == 303
    assert "Fern &amp; Kettle" in browse().get("/boards").get_data(as_text=True)
    assert 'content="Slow coffee"' in browse().get("/").get_data(as_text=True)
    form = admin.get("/manage").get_data(as_text=True)
    assert 'value="Fern &amp; Kettle"' in form and 'value="Slow coffee"' in form
    assert admin.post("/manage", {"name": "Other", "tagline": ""}).status_code == 303
    assert "Slow coffee" not in browse().get("/").get_data(as_text=True)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "\u200b \x00"}, {"name": "x" * 41}, {"tagline": "x" * 161}])
def test_what_is_wrong_is_said(make: Factory, browse: Browse, wrong: dict[str, str]) -> None:
    """422; what was typed is kept, what was set stays."""
    admin = browse(make.member(role="admin"))
    answer = admin.post("/manage", {"name": "Kept", "tagline": "Kept too"} | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "field-error" in page and "Kept" in page
    assert "Kept" not in browse().get("/boards").get_data(as_text=True)


def folder(app: Flask) -> Path:
    """The folder of the mail under test."""
    found = Path(unquote(urlsplit(app.config["SETTINGS"].mail_url).path))
    found.mkdir(exist_ok=True)
    return found


def put(place: Path, name: str, **headers: str) -> None:
    """A mail with a plain and an HTML part."""
    message = EmailMessage()
    usual = {"To": "ada@example.org", "From": "laurel@example.org", "Subject": "Hello"}
    for header, value in (usual | headers).items():
        message[header] = value
    message.set_content("Open http://localhost/confirm/abc_1. <b>Not bold</b>\n")
    message.add_alternative("<p>HTML <script>alert(1)</script></p>", subtype="html")
    (place / f"{name}.eml").write_bytes(message.as_bytes())


def test_mail_in_files_is_read(app: Flask, make: Factory, browse: Browse) -> None:
    """The newest first; plain words only, with addresses as links; never the HTML."""
    place = folder(app)
    put(place, "20260101T000000.000000Z-aaaa", Subject="Older")
    put(place, "20260102T000000.000000Z-bbbb", Subject="Newer <i>", Date="Fri, 02 Jan 2026 08:00:00 +0000")
    (place / ".half.part").write_text("")
    admin = browse(make.member(role="admin"))
    page = admin.get("/manage/outbox").get_data(as_text=True)
    assert page.index("Newer &lt;i&gt;") < page.index("Older") and "ada@example.org" in page
    text = admin.get("/manage/outbox/20260102T000000.000000Z-bbbb").get_data(as_text=True)
    assert 'href="http://localhost/confirm/abc_1"' in text and "&lt;b&gt;Not bold&lt;/b&gt;" in text
    assert "alert(1)" not in text


@pytest.mark.parametrize(
    "name", ["..", "../secret_key", "..%2fsecret_key", "/etc/passwd", "%2e%2e%2fx", ".hidden", "no", "x" * 300, "a\nb"]
)
def test_only_mail_is_read(app: Flask, make: Factory, browse: Browse, name: str) -> None:
    """Names that are none of a mail in the folder are not found, whatever they look like."""
    place = folder(app)
    (place.parent / "secret.eml").write_text("secret")
    assert browse(make.member(role="admin")).get(f"/manage/outbox/{name}").status_code in (404, 308)
    with pytest.raises(NotFound):
        mail(place, name)
    with pytest.raises(NotFound):
        mail(place, "../secret")


def test_without_mail_in_files_there_is_no_such_page(
    app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a server it is not there, and nothing leads to it."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], mail_url="smtp://mail.example"))
    admin = browse(make.member(role="admin"))
    assert admin.get("/manage/outbox").status_code == 404
    assert admin.get("/manage/outbox/x").status_code == 404
    assert "/manage/outbox" not in admin.get("/manage").get_data(as_text=True)


def test_odd_mail_does_no_harm(app: Flask, tmp_path: Path) -> None:
    """Files that are no mail, without headers, with broken dates or bytes."""
    assert mails(tmp_path / "none") == []
    (tmp_path / "a.eml").write_bytes(b"")
    (tmp_path / "b.eml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.eml").write_bytes(b"Date: never\nSubject: =?utf-8?b?//8=?=\nContent-Type: text/html\n\n<p>x</p>")
    (tmp_path / "d.eml").write_bytes(b"Content-Type: text/plain; charset=klingon\n\nx")
    assert [line.name for line in mails(tmp_path)] == ["d", "c", "b", "a"]
    assert all(mail(tmp_path, name).text == [] for name in "acd") and mail(tmp_path, "b")


def test_addresses_in_words() -> None:
    """The sign that ends the sentence is no part of the address."""
    assert pieces("See http://a/b. Or (https://c/d)!") == [
        ("See ", None), ("http://a/b", "http://a/b"), (". Or (", None), ("https://c/d", "https://c/d"), (")!", None),
    ]
    assert pieces("javascript:alert(1)") == [("javascript:alert(1)", None)]


def test_the_demos_published_passwords_are_warned_of(app: Flask, make: Factory, browse: Browse) -> None:
    """On /manage until they are gone, with what to do; at the start only where others can come in."""
    settings = app.config["SETTINGS"]
    public = replace(settings, base_url="https://community.example")

    def warned(chosen: Settings) -> str | None:
        with app.app_context():
            words = going_live.warning(db.session(), chosen)
            db.session.remove()
        return words

    admin = browse(make.member("chief", role="admin"))
    assert "demo-warning" not in admin.get("/manage").text and warned(public) is None
    demo = browse(make.member("nele", role="admin", is_demo=True, password_hash="x"))
    make.member("extra", is_demo=True)
    page = admin.get("/manage").text
    assert "The passwords of nele are published" in page and 'href="/manage/demo"' in page
    assert "so do this signed in as yourself" in page
    told = warned(public)
    assert told is not None and "nele" in told and "extra" not in told and "https://community.example" in told
    assert warned(settings) is None
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Member).where(Member.name == "chief").values(role="member"))
        db.session.remove()
    assert "your own is made in the same step" in demo.get("/manage").text
