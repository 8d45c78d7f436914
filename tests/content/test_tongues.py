"""A text's language is marked where it differs from the page's."""

import pytest
from flask import Flask

from forum.content.tongues import is_chinese
from forum.core.filters import spoken
from forum.core.i18n import in_language


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("刚买了细嘴壶，注水的时候总是一下子冲出来。", True), ("水温 93 °C，用 Fern 手冲壶", True), ("好", True),
        ("How often should I descale it?", False), ("I met 小林 at the workshop yesterday, we had tea.", False),
        ("お湯の温度は何度ですか", False), ("", False), ("93 °C", False), ("x" * 300 + "中文" * 300, False),
    ],
)  # fmt: skip
def test_chinese_is_known_by_its_beginning(text: str, chinese: bool) -> None:
    """Latin terms in a Chinese sentence are usual; a Chinese name in an English one is no Chinese."""
    assert is_chinese(text) is chinese


def test_only_the_difference_is_said(app: Flask) -> None:
    """English on a Chinese page is "another language"; nothing is said where page and text agree."""
    with app.app_context():
        with in_language("en"):
            assert (spoken("水流总是太快"), spoken("Too fast")) == (' lang="zh-Hans"', "")
        with in_language("zh"):
            assert (spoken("水流总是太快"), spoken("Too fast")) == ("", ' lang=""')
