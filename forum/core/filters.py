"""How templates say times and counts."""

import datetime as dt
import re
from functools import lru_cache

from babel.dates import format_datetime, format_timedelta
from flask import Flask
from flask_babel import get_locale

from forum.content.tongues import tongue
from forum.content.trust import attribute, trusted
from forum.core.clock import beginning, now
from forum.core.i18n import figure, label, language, npgettext, page_language, parted, pgettext, sentences, short_figure
from forum.core.i18n import gettext as _

RELATIVE_FOR = dt.timedelta(days=30)  # older moments are said as a date
MINUTE, HOUR, DAY, WEEK = (
    dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
)
_MONTH_OR_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")


def ago(moment: dt.datetime) -> str:
    """A moment in few words: "now", "3 min", "2 days", "14 Mar 2025". The script goes on with the same words."""
    passed = now() - moment
    if passed < MINUTE:
        return _("now")
    if passed < HOUR:
        return _("{n} min").format(n=passed // MINUTE)
    if passed < DAY:
        return _("{n} h").format(n=passed // HOUR)
    if passed < WEEK:
        return npgettext("ago", "%(num)s day", "%(num)s days", passed // DAY)
    if passed < RELATIVE_FOR:
        return npgettext("ago", "%(num)s week", "%(num)s weeks", passed // WEEK)
    return short_date(moment)


def span(time: dt.timedelta) -> str:
    """A length of time in words: "3 hours"; at least a minute."""
    words: str = format_timedelta(max(time, dt.timedelta(minutes=1)), threshold=1.5, locale=get_locale())
    return words


def fulltime(moment: dt.datetime) -> str:
    """The whole time, for hovering and for readers."""
    return _fulltime(moment, language())


@lru_cache(4096)  # the twenty moments of a page are those of the next one who reads it
def _fulltime(moment: dt.datetime, _language: str) -> str:
    time = _said(moment, pgettext("date", "d MMMM y, HH:mm"))
    return _("%(time)s UTC", time=time)


def short_date(moment: dt.datetime) -> str:
    """ "14 Mar 2025": a day in the middle of a sentence."""
    return _short_date(moment.date(), language())


@lru_cache(4096)
def _short_date(day: dt.date, _language: str) -> str:
    return _said(beginning(day), pgettext("date", "d MMM y"))


def day_in_words(day: dt.date) -> str:
    """ "Sunday, 22 November 2026"."""
    return _said(beginning(day), pgettext("date", "EEEE, d MMMM y"))


def date_in_words(day: dt.date) -> str:
    """ "22 November 2026"."""
    return _said(beginning(day), pgettext("date", "d MMMM y"))


def month_and_year(moment: dt.datetime) -> str:
    """ "March 2024"."""
    return _said(moment, pgettext("date", "MMMM y"))


def planned(words: str) -> str:
    """When something is planned for, as typed; a month or a day in figures ("2027-03") in the reader's language."""
    found = _MONTH_OR_DAY.fullmatch(words)
    if found is None:
        return words
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return words
    return date_in_words(day) if found[3] else month_and_year(beginning(day))


def _said(moment: dt.datetime, pattern: str) -> str:
    """A moment by a pattern of Unicode's; patterns are translated like all words, since their order differs."""
    return format_datetime(moment, pattern, locale=get_locale())


def iso(moment: dt.datetime) -> str:
    """ISO 8601 in UTC, for machines."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken(text: str) -> str:
    """The attribute `lang` of what somebody wrote, where it is in another language than the page; "" is any other."""
    found = tongue(text)
    if found is None or found == language():
        return ""
    return attribute("lang", page_language(found) if found else "")


def register(app: Flask) -> None:
    """Give the filters to the templates."""
    app.jinja_env.filters.update(
        ago=ago, span=span, fulltime=fulltime, iso=iso, day=day_in_words, date=date_in_words,
        count=short_figure, figure=figure, month=month_and_year, trusted=trusted, label=label,
        parted=parted, sentences=sentences, spoken=spoken, short_date=short_date,
        planned=planned,
    )
