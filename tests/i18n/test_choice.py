"""Which language somebody is answered in: their choice, else their browser's, else English."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.i18n import browser_language
from forum.extensions import db
from forum.members.models import Member
from tests.factory import Factory
from tests.surfing import Surfer

PROFILE = {"shown_name": "", "about": "", "interests": "", "hue": "1", "theme": ""}


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("zh-Hans-CN", "zh"), ("zh-TW, en;q=0.5", "zh"),
        ("ZH-hk", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"), ("fr, zh;q=0.3, en;q=0.2", "zh"), ("fr,de", "en"), ("", "en"), (None, "en"),
        ("en;q=0.5, zh;q=0.5", "en"), ("zh;q=0.5, en;q=0.5", "zh"), ("zh;q=0, en;q=0.1", "en"), ("*", "en"),
        ("zh;q=x", "en"), ("zh;q=9", "en"), ("zh;q=nan", "en"), (";;,,=;q", "en"), ("fr," * 1000 + "zh", "en"),
    ],
)  # fmt: skip
def test_the_browser_is_understood(accept: str | None, language: str) -> None:
    """Any kind of Chinese is Chinese; wishes count by their weight, then by their order; nonsense is English."""
    assert browser_language(accept) == language


def _lang(surfer: Surfer, path: str = "/boards", accept: str = "en") -> str:
    page = surfer.get(path, headers={"Accept-Language": accept}).get_data(as_text=True)
    return page.split('<html lang="')[1].split('"')[0]


def test_guests_read_what_their_browser_asks_for(app: Flask) -> None:
    """And so do members who chose nothing."""
    assert _lang(Surfer(app)) == "en"
    assert _lang(Surfer(app), accept="zh-TW") == "zh-Hans"


def test_a_member_reads_what_they_chose(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """Whatever the browser says, from the next page on; the word that it is kept is in the new language already."""
    mia = browse(make.member("mia"))
    assert _lang(mia, accept="zh") == "zh-Hans"
    answer = mia.post("/settings", {**PROFILE, "locale": "zh"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 303
    page = mia.get("/settings", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="zh-Hans"' in page
    assert "设置已保存。" in page
    assert '<option selected value="zh">中文</option>' in page
    assert _lang(mia, "/t/999999/x") == "zh-Hans"
    mia.post("/settings", {**PROFILE, "locale": "en"}, headers={"Accept-Language": "zh"})
    assert _lang(mia, accept="zh") == "en"
    mia.post("/settings", {**PROFILE, "locale": ""}, headers={"Accept-Language": "zh"})
    assert _lang(mia, accept="zh") == "zh-Hans"
    assert _lang(mia, accept="en") == "en"


def test_a_language_that_is_not_there_is_refused(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """Nothing of the form is kept then."""
    mia = browse(make.member("mia"))
    assert mia.post("/settings", {**PROFILE, "shown_name": "Mia M.", "locale": "tlh"}).status_code == 422
    with app.app_context():
        member = db.session.query(Member).filter_by(name="mia").one()
        assert (member.locale, member.shown_name) == (None, None)


def test_the_browser_of_a_member_is_remembered(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """For mail and notices, which know no browser; a choice stands above it."""
    mia = browse(make.member("mia"))

    def reads() -> str:
        with app.app_context():
            found = db.session.query(Member).filter_by(name="mia").one().reads
            db.session.remove()
        return found

    assert reads() == "en"
    mia.post("/here", headers={"Accept-Language": "zh-CN"})
    assert reads() == "zh"
    mia.post("/settings", {**PROFILE, "locale": "en"})
    assert reads() == "en"


def test_fragments_and_refusals_are_in_the_language_too(
    app: Flask, make: Factory, browse: Callable[..., Surfer]
) -> None:
    """What replaces a part of a page, and what a program is told."""
    thread = make.thread(make.board("kettles"), make.member("ann"))
    answer = make.answer(thread, make.member("otto"))
    mia = browse(make.member("mia", locale="zh", rank="sprout"))
    drawn = mia.post(f"/p/{answer.id}/vote", {"value": "1"}, fragment=True).get_data(as_text=True)
    assert "这个回答有帮助" in drawn
    ben = browse(make.member("ben", locale="zh", rank="sprout"))
    own = make.answer(thread, make.member("cleo", locale="zh", rank="sprout"))
    refused = ben.post(f"/p/{own.id}/deletion", fragment=True)
    assert refused.status_code == 403
    assert refused.get_data(as_text=True) == "只有作者或版主可以删除。"
    lost = Surfer(app).get("/nowhere", headers={"Accept": "application/json", "Accept-Language": "zh"})
    assert lost.json == {"status": 404, "code": "http_404", "detail": "这里什么都没有，或者没有对你开放。"}
