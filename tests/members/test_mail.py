"""Mail: files, a server, and what the messages look like."""

import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask

from forum.admin.queries import Site
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.mail.message import Drawn, build_message
from forum.integrations.mail.rendering import draw
from forum.integrations.mail.transports import transport
from forum.notifications.mail import queue_mail

Mails = Callable[[], list[EmailMessage]]
DRAWN = Drawn("Hello, 小明", "Words\n", "<p>Words</p>")


def message(mail_url: str = "file:///nowhere") -> EmailMessage:
    """A message to send."""
    return build_message("mia@example.org", "Fern & Kettle", DRAWN, mail_url, "https://c.example", {"X-One": "1"})


def test_files_are_whole_private_and_sorted_by_time(tmp_path: Path) -> None:
    """One .eml a message, under a name that says when."""
    send = transport(f"file://{tmp_path}/out%20box")
    for _time in range(3):
        send(message())
    files = sorted((tmp_path / "out box").iterdir())
    assert len(files) == 3
    assert all(file.suffix == ".eml" for file in files)
    read = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert read["Subject"] == "Hello, 小明"
    assert read["From"] == "Fern & Kettle <noreply@c.example>"
    assert read["X-One"] == "1"


class Kept(Message):
    """Keeps what a server was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[object] = []

    def handle_message(self, message: object) -> None:
        """Keep it."""
        self.messages.append(message)


@pytest.fixture
def server() -> Iterator[Controller]:
    """A mail server on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Kept(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def test_a_server_is_handed_the_message(server: Controller) -> None:
    """Over SMTP; the sender's address may be chosen in MAIL_URL."""
    url = f"smtp://127.0.0.1:{server.port}?from=hello@c.example"
    transport(url)(message(url))
    (taken,) = server.handler.messages
    assert taken["X-MailFrom"] == "hello@c.example"
    assert taken["To"] == "mia@example.org"


def test_a_server_out_of_reach_is_an_oserror() -> None:
    """So that the job is tried again."""
    with pytest.raises(OSError):
        transport("smtp://127.0.0.1:9")(message())


def test_a_mail_has_words_and_the_look_of_the_product(app: Flask) -> None:
    """Plain text beside HTML; styles inlined, dark by media query; nothing fetched from elsewhere; names escaped."""
    with app.app_context():
        values = {
            "name": "<b>Mia</b>", "link": "http://localhost/confirm/x", "site": Site("Fern & Kettle"),
            "base_url": "http://localhost", "lang": "en",
        }
        drawn = draw("confirm", values, "en")
    assert drawn.subject == "Confirm your address for Fern & Kettle"
    assert "Welcome, <b>Mia</b>" in drawn.text
    assert "http://localhost/confirm/x" in drawn.text
    assert "&lt;b&gt;Mia" in drawn.html
    assert '<a class="button" href="http://localhost/confirm/x" style="' in drawn.html
    assert "prefers-color-scheme: dark" in drawn.html
    assert "src=" not in drawn.html
    assert "<link" not in drawn.html


@pytest.mark.parametrize("template", sorted(
    path.stem for path in Path("templates/mail").glob("*.txt") if path.stem in {
        "confirm", "new_address", "reset", "taken", "address_changed", "password_changed", "suspended"
    }
))
def test_every_mail_can_be_drawn(app: Flask, template: str) -> None:
    """Both halves, with a subject of one line."""
    with app.app_context():
        values = dict.fromkeys(("name", "link", "handle", "sign_in", "reset", "until", "reason"), "http://localhost/a")
        drawn = draw(template, {**values, "site": Site(), "base_url": "http://localhost", "lang": "en"}, "en")
    assert drawn.subject
    assert "\n" not in drawn.subject
    assert "%(" not in drawn.text + drawn.html
    assert "--\nLaurel, http://localhost" in drawn.text


def test_a_queued_mail_is_sent_once(app: Flask, mails: Mails) -> None:
    """By its key."""
    for _time in range(2):
        with app.app_context():
            with unit_of_work() as session:
                queue_mail(session, "mia@example.org", "password_changed", {"name": "mia"}, unique_key="k")
            db.session.remove()
    assert [mail["To"] for mail in mails()] == ["mia@example.org"]
