"""Templates with their words in them: no look-up of what is fixed, and kept marks that are never another's."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from markupsafe import Markup

from forum.core.i18n import in_language
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("zh", "登录")])
def test_fixed_words_are_not_looked_up(
    app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    """A thread, its board and home are drawn in each language without one call of gettext by a template."""
    author, board = make.member(), make.board()
    thread = make.thread(board, author)
    make.answer(thread, make.member())
    paths = [f"/t/{thread.id}/{thread.slug}", f"/b/{board.slug}", "/"]
    asked: list[str] = []
    monkeypatch.setitem(app.jinja_env.globals, "_", lambda message, **_values: asked.append(message))
    for member in (None, author):
        surfer = browse(member)
        for path in paths:
            page = surfer.get(path, headers={"Accept-Language": language})
            assert page.status_code == 200
            if member is None:
                assert word in page.text
    assert asked == []


def test_kept_marks_tell_markup_from_text(app: Flask) -> None:
    """What was made of trusted HTML is not given out for the same letters as plain text, nor the other way round."""
    with app.app_context(), in_language("en"):
        marks = app.jinja_env.get_template("components/marks.html").module
        assert "<b>x</b>" in marks.chip("staff", Markup("<b>x</b>"))  # type: ignore[attr-defined]
        assert "<b>" not in marks.chip("staff", "<b>x</b>")  # type: ignore[attr-defined]
        assert "<b>x</b>" in marks.chip("staff", Markup("<b>x</b>"))  # type: ignore[attr-defined]


def test_a_kept_row_goes_with_the_time(app: Flask, make: Factory, browse: Browse) -> None:
    """A thread that nobody touched is said to be older by and by; and at once otherwise when something is new of it."""
    thread = make.thread(make.board(), make.member("ann"), title="Scale in the spout")
    surfer = browse(make.member("lin"))
    said = []
    for hours in (0, 3, 3, 30):
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours), tick=False):
            drawing = surfer.get("/").text
        said.append(re.findall(r'data-behaviour="ago">([^<]*)<', drawing.partition("Scale in the spout")[2])[0])
    assert said == ["now", "3 h", "3 h", "1 day"]
    make.answer(thread, make.member("otto"))
    row = surfer.get("/").text.partition("Scale in the spout")[2].partition("</article>")[0]
    assert '<span class="count-label">answer</span>' in row


def test_each_language_has_its_own_marks(app: Flask) -> None:
    """The same count is said in two languages, one after the other."""
    drawn = {}
    for language in ("en", "zh", "en"):
        with app.app_context(), in_language(language):
            drawn[language] = str(app.jinja_env.get_template("components/marks.html").module.short(12_345))  # type: ignore[attr-defined]
    assert "12k" in drawn["en"]
    assert "1.2万" in drawn["zh"]
