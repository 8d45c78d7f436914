"""Numbers, dates, lists and plural forms, as each language has them."""

import datetime as dt

import pytest
from flask import Flask

from forum.core import filters
from forum.core.clock import now
from forum.core.i18n import figure, in_language, joined, label, ngettext, page_language, parted, sentences, short_figure

MOMENT = dt.datetime(2026, 3, 14, 9, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "0", "0"), (940, "940", "940"), (1_000, "1k", "1000"), (1_290, "1.2k", "1290"), (9_999, "9.9k", "9999"),
        (10_000, "10k", "1万"), (12_345, "12k", "1.2万"), (123_456, "123k", "12万"), (3_400_000, "3.4M", "340万"),
        (120_000_000, "120M", "1.2亿"), (-1_500, "-1.5k", "-1500"),
    ],
)  # fmt: skip
def test_counts_are_short(app: Flask, number: int, english: str, chinese: str) -> None:
    """English counts in thousands, Chinese in ten thousands; never more than there is."""
    with app.app_context():
        with in_language("en"):
            assert short_figure(number) == english
        with in_language("zh"):
            assert short_figure(number) == chinese


def test_the_whole_figure_is_there_for_readers(app: Flask) -> None:
    """Behind a short count stands the full one; where nothing is shortened, it is not said twice."""
    with app.app_context(), in_language("zh"):
        macro = app.jinja_env.get_template("components/marks.html").module
        drawn = str(macro.short(12_345))  # type: ignore[attr-defined]
        assert 'aria-hidden="true">1.2万' in drawn
        assert '<span class="visually-hidden">12,345</span>' in drawn
        assert str(macro.short(940)) == "940"  # type: ignore[attr-defined]


def test_moments_and_dates(app: Flask) -> None:
    """Relative for a month, then a date in the order of the language."""
    past = {
        "now": 20, "3 min": 200, "5 h": 18_059, "1 day": 86_400, "6 days": 6 * 86_400 + 5, "3 weeks": 23 * 86_400,
    }  # fmt: skip
    with app.app_context():
        with in_language("en"):
            assert {filters.ago(now() - dt.timedelta(seconds=one)) for one in past.values()} == set(past)
            assert filters.ago(MOMENT - dt.timedelta(days=400)) == "7 Feb 2025"
            assert filters.fulltime(MOMENT) == "14 March 2026, 09:05 UTC"
            assert filters.month_and_year(MOMENT) == "March 2026"
            assert filters.day_in_words(MOMENT.date()) == "Saturday, 14 March 2026"
        with in_language("zh"):
            said = [filters.ago(now() - dt.timedelta(seconds=one)) for one in past.values()]
            assert said == ["刚刚", "3分钟前", "5小时前", "1天前", "6天前", "3周前"]
            assert filters.ago(MOMENT - dt.timedelta(days=400)) == "2025年2月7日"
            assert filters.fulltime(MOMENT) == "2026年3月14日 09:05（UTC时间）"
            assert filters.month_and_year(MOMENT) == "2026年3月"
            assert filters.day_in_words(MOMENT.date()) == "2026年3月14日星期六"


def test_plural_forms(app: Flask) -> None:
    """Two in English, one in Chinese; the number is written as people write it."""
    with app.app_context():
        with in_language("en"):
            said = [ngettext("%(num)s thread", "%(num)s threads", number) for number in (0, 1, 2, 12_345)]
            assert said == ["0 threads", "1 thread", "2 threads", "12,345 threads"]
        with in_language("zh"):
            said = [ngettext("%(num)s thread", "%(num)s threads", number) for number in (0, 1, 2, 12_345)]
            assert said == ["0个主题", "1个主题", "2个主题", "12,345个主题"]


def test_lists_sentences_and_labels(app: Flask) -> None:
    """What stands between words is part of a language."""
    with app.app_context():
        with in_language("en"):
            assert (joined("abc"), parted("ab"), sentences(["A.", "", "B."])) == ("a, b, and c", "a, b", "A. B.")
            assert (figure(3_500), label({"en": "Twig", "zh": "嫩枝"}), page_language()) == ("3,500", "Twig", "en")
        with in_language("zh"):
            assert (joined("abc"), parted("ab"), sentences(["甲。", None, "乙。"])) == ("a、b和c", "a、b", "甲。乙。")
            assert (figure(3_500), label({"en": "Twig", "zh": "嫩枝"}), page_language()) == ("3,500", "嫩枝", "zh-Hans")
        with in_language("tlh"):
            assert page_language() == "en"
        assert page_language("zh") == "zh-Hans"
