"""A text's language is marked where it differs from the page's."""

import pytest
from flask import Flask

from forum.content.tongues import is_chinese, tongue
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("水温 93 °C，用 Fern 手冲壶", "zh"), ("How often?", "en"), ("Ça se détartre à l'acide citrique", "en"),
        ("お湯の温度は何度ですか", ""), ("Как часто?", ""), ("93 °", None), ("", None),
    ],
)  # fmt: skip
def test_latin_letters_are_taken_for_english(text: str, found: str | None) -> None:
    """Of the languages that the interface speaks; other scripts are another language, and no letters none."""
    assert tongue(text) == found


def test_only_the_difference_is_said(app: Flask) -> None:
    """Nothing is said where page and text agree, or where there is nothing to tell it by."""
    with app.app_context():
        with in_language("en"):
            assert [*map(spoken, ("水流总是太快", "Too fast", "42"))] == [' lang="zh-Hans"', "", ""]
        with in_language("zh"):
            assert [*map(spoken, ("水流总是太快", "Too fast", "42", "Как?"))] == ["", ' lang="en"', "", ' lang=""']
