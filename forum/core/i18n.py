"""Strings for people: gettext for every room, from Flask-Babel; the languages there are and their figures."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask_babel import force_locale, get_locale
from flask_babel.speaklater import LazyString

from config import ROOT

Text = str | LazyString
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}  # each by its own name
DEFAULT = "en"
_TAGS = {"zh": "zh-Hans"}  # what stands in <html lang>, where it is not the code itself
# From which number on a count is said in short, and with which sign: Chinese counts in ten thousands.
_SHORT: Mapping[str, tuple[tuple[int, str], ...]] = {
    "en": ((1_000_000, "M"), (1_000, "k")),
    "zh": ((100_000_000, "亿"), (10_000, "万")),
}
# What stands between the words of a plain list, and between sentences.
_BETWEEN: Mapping[str, tuple[str, str]] = {"en": (", ", " "), "zh": ("、", "")}
_LARGEST_WRITTEN = 10**20  # Babel fails somewhat beyond it; such a number comes in a file of rules that is wrong
_LONGEST_WISH = 400  # characters of an Accept-Language that are read; browsers send under 100

__all__ = ["DEFAULT", "LANGUAGES", "Text", "browser_language", "catalogue", "figure", "gettext", "in_language",
           "joined", "label", "language", "lazy_gettext", "ngettext", "npgettext", "page_language", "parted",
           "pgettext", "sentences", "short_figure"]


@lru_cache(maxsize=512)
def browser_language(accept: str | None) -> str:
    """The language that a browser asks for by its Accept-Language: the most wanted of those there are, else English.

    Any kind of Chinese (zh-CN, zh-Hans, zh-TW) is "zh". Of equals the first one counts.
    """
    best, wanted = DEFAULT, 0.0
    for part in (accept or "")[:_LONGEST_WISH].split(","):
        tag, *details = (piece.strip().lower() for piece in part.split(";"))
        code, much = tag.split("-")[0], _quality(details)
        if code in LANGUAGES and much > wanted:
            best, wanted = code, much
    return best


def _quality(details: list[str]) -> float:
    """How much a language is wanted, from 0 to 1; 1 when nothing is said, 0 when it makes no sense."""
    for detail in details:
        name, _, value = detail.partition("=")
        if name.strip() == "q":
            try:
                much = float(value)
            except ValueError:
                return 0.0
            return much if 0 <= much <= 1 else 0.0
    return 1.0


def language() -> str:
    """The two-letter language in force ("en" where there is no request)."""
    locale: Locale | None = get_locale()
    return locale.language if locale else DEFAULT


def page_language(code: str | None = None) -> str:
    """What stands in `<html lang>`: "en", "zh-Hans". Of the language in force unless another is named."""
    code = code or language()
    return _TAGS.get(code, code)


def label(names: Mapping[str, str], code: str | None = None) -> str:
    """The label of a rank, badge or perk from its `{en, zh}` map: in the language in force unless one is named."""
    return names.get(code or language()) or names["en"]


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Say what is said inside in the language of `code`: words that another person than the asking one will read."""
    with force_locale(code if code in LANGUAGES else DEFAULT):
        yield


# Words ----------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def catalogue(code: str) -> NullTranslations:
    """What is said in a language; in one without a catalog, as the source says it."""
    return Translations.load(str(ROOT / "translations"), [code])


def gettext(message: str, **values: Any) -> str:
    """A message in the language in force, `values` put into its `%(name)s`."""
    said: str = catalogue(language()).ugettext(message)
    return said % values if values else said


def pgettext(context: str, message: str, **values: Any) -> str:
    """As gettext, of a message that has more than one meaning."""
    said: str = catalogue(language()).upgettext(context, message)
    return said % values if values else said


def npgettext(context: str, singular: str, plural: str, number: int, **values: Any) -> str:
    """As ngettext, of a message that has more than one meaning; `%(num)s` is the plain number."""
    said: str = catalogue(language()).unpgettext(context, singular, plural, number)
    return said % {"num": number, **values}


def lazy_gettext(message: str, **values: Any) -> LazyString:
    """A message that is put into a language when it is shown."""
    return LazyString(gettext, message, **values)


# Figures and lists ----------------------------------------------------------------------------


def ngettext(singular: str, plural: str, number: int, **values: Any) -> str:
    """The form of a message for `number`; in it `%(num)s` is the number as people write it: 3,500."""
    words: str = catalogue(language()).ungettext(singular, plural, number)
    return words % {"num": figure(number), **values}


def figure(number: int) -> str:
    """A number as people write it: 3,500; one that nobody reads any more, beyond what is formatted, as it is."""
    if -1_000 < number < 1_000 or abs(number) >= _LARGEST_WRITTEN:
        return str(number)
    return str(format_decimal(number, locale=language()))


def short_figure(number: int) -> str:
    """A count in few characters: 940, 1.2k, 18k, 3.4M; in Chinese 9400, 1.2万."""
    for size, sign in _SHORT.get(language(), _SHORT[DEFAULT]):
        if abs(number) >= size:
            tenths = abs(number) * 10 // size
            short = f"{tenths / 10:.1f}".removesuffix(".0") if tenths < 100 else str(tenths // 10)
            return ("-" if number < 0 else "") + short + sign
    return str(number)


def parted(words: Iterable[object]) -> str:
    """Words side by side, without an "and": tags, names."""
    return _BETWEEN.get(language(), _BETWEEN[DEFAULT])[0].join(map(str, words))


def sentences(said: Iterable[object]) -> str:
    """Sentences one after the other."""
    return _BETWEEN.get(language(), _BETWEEN[DEFAULT])[1].join(str(one) for one in said if one)


def joined(phrases: Iterable[str]) -> str:
    """Phrases as a list in words: "a, b, and c"."""
    return str(format_list(list(phrases), locale=language()))
