"""What reaches people beside their own pages is in their language: mail, notices, reasons."""

from collections.abc import Callable
from email.message import EmailMessage

from flask import Flask

from tests.factory import Factory
from tests.mails import html, plain
from tests.surfing import Surfer

Mails = Callable[[], list[EmailMessage]]


def _said(mail: EmailMessage) -> tuple[str, str, str]:
    return str(mail["Subject"]), plain(mail), html(mail)


def test_the_first_answer_is_mailed_in_the_askers_language(
    app: Flask, make: Factory, browse: Callable[..., Surfer], mails: Mails
) -> None:
    """Chosen, or the browser's of last time; the one who answers reads English."""
    board = make.board("kettles")
    for name, columns in (("lin", {"locale": "zh"}), ("mei", {"browser_locale": "zh"}), ("ann", {})):
        thread = make.thread(board, make.member(name, **columns), title="How do I descale it well?")
        otto = browse(make.member(f"otto-{name}", rank="sprout"))
        assert otto.post(f"/t/{thread.id}/replies", {"body": "With citric acid."}).status_code == 303
    sent = {str(mail["To"]): _said(mail) for mail in mails() if "otto" in str(mail["Subject"])}
    for address in ("lin@example.org", "mei@example.org"):
        subject, plain, html = sent[address]
        assert subject.endswith("回答了：How do I descale it well?")
        assert "解决了:" in plain or "解决了：" in plain
        assert "不再接收回答邮件" in plain
        assert '<html lang="zh-Hans"' in html
        assert "你收到这封邮件，是因为你提了问题。" in html
    assert sent["ann@example.org"][0] == "otto-ann answered: How do I descale it well?"


def test_mail_of_joining_is_in_the_language_of_the_page(app: Flask, mails: Mails) -> None:
    """Subject, words and the page's tag; the account remembers the browser."""
    surfer = Surfer(app)
    surfer.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    form = {"name": "小林", "email": "lin@example.org", "password": "three quiet words here"}
    assert surfer.post("/join", form).status_code == 303
    (mail,) = mails()
    subject, plain, html = _said(mail)
    assert subject == "验证你在Laurel的邮箱"
    assert "欢迎你，小林" in plain
    assert '<html lang="zh-Hans"' in html


def test_a_reason_reaches_its_author_in_their_language(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    """The moderator chose a ready sentence on an English page; the author reads it in Chinese."""
    thread = make.thread(make.board("kettles"), make.member("ann"))
    lin = make.member("lin", locale="zh", rank="sprout")
    answer = make.answer(thread, lin)
    moderator = browse(make.member("mod", role="moderator"))
    answered = moderator.post(f"/p/{answer.id}/hiding", {"because": "spam", "reason": ""})
    assert answered.status_code == 303
    drain()
    page = browse(lin).get("/notifications").get_data(as_text=True)
    assert "版主隐藏了你写的内容" in page
    assert "这段内容像是广告。" in page
