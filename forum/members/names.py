"""Names that nobody can mistake for another's: what a name may hold, and the key under which it is unique.

A handle stands in addresses and after `@`; a shown name may hold spaces. Both are NFKC. The key is the
confusable skeleton of Unicode Technical Standard 39 (section 4) over the case-folded name, with the
data of the package confusable-homoglyphs.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from confusable_homoglyphs import categories
from confusable_homoglyphs.confusables import confusables_data

from forum.core.errors import Invalid
from forum.core.i18n import lazy_gettext as _l

_alias: Callable[[str], str | None] = categories.alias
SHORTEST, LONGEST = 2, 30  # of a handle: what still fits beside a post on a phone
LONGEST_SHOWN = 40
_HANDLE = re.compile(r"\w(?:[\w.-]*\w)?")
_SEPARATORS = re.compile(r"[\s._-]+")
# Scripts that people write together (UTS 39, "highly restrictive"); anything else together is a trick.
_TOGETHER = (
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)
_OF_ALL_SCRIPTS = frozenset({"COMMON", "INHERITED"})
_LETTER_MARKS = "々ー"  # modifier letters that are part of ordinary words; the others are ornaments
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")  # letters by category, yet invisible
_SKELETON_ROUNDS = 3  # folding a look-alike may give a capital that has a look-alike itself

# Names that would speak for the community or mean more than one person. Compared without separators.
RESERVED = (
    "admin", "administrator", "administration", "moderator", "moderators", "mod", "mods", "staff", "team",
    "support", "help", "helper", "helpdesk", "service", "security", "system", "root", "owner", "manager",
    "community", "official", "laurel", "guest", "guests", "anonymous", "nobody", "someone", "everyone", "everybody",
    "all", "here", "channel", "online", "member", "members", "user", "users", "deleted", "erased", "removed",
    "unknown", "webmaster", "postmaster", "hostmaster", "abuse", "noreply", "mailer", "daemon", "bot", "robot",
    "info", "contact", "sales", "shop", "store", "billing", "settings", "me", "you", "null", "undefined", "none",
)


def handle(raw: str, *, reserved: bool = False) -> str:
    """The handle that `raw` stands for, in NFKC; with `reserved` also one kept for the community.

    Raises:
        Invalid: too short or long, characters that a handle cannot hold, scripts mixed, or reserved.
    """
    name = unicodedata.normalize("NFKC", raw.strip())
    if not SHORTEST <= len(name) <= LONGEST:
        raise Invalid({"name": _l("Please choose a name of 2 to 30 characters.")})
    if not _HANDLE.fullmatch(name) or not all(character in "._-" or _is_plain(character) for character in name):
        raise Invalid(
            {"name": _l("A name holds letters and digits, with dots, hyphens or underscores between them.")}
        )
    _refuse_tricks(name, "name")
    if not reserved:
        _refuse_reserved(name, "name")
    return name


def shown(raw: str) -> str | None:
    """The name to be shown that `raw` stands for, in NFKC with single spaces; None when it is empty.

    Raises:
        Invalid: too long, characters that cannot be seen or that turn the text, scripts mixed, or reserved.
    """
    name = " ".join(unicodedata.normalize("NFKC", raw).split())
    if not name:
        return None
    if len(name) > LONGEST_SHOWN:
        raise Invalid({"shown_name": _l("Please keep it to 40 characters.")})
    letters = any(unicodedata.category(character)[0] == "L" for character in name)
    if not letters or not all(character in " ._-'’·" or _is_plain(character) for character in name):
        raise Invalid({"shown_name": _l("A name holds letters, digits and spaces, and a few marks such as . - '")})
    _refuse_tricks(name, "shown_name")
    _refuse_reserved(name, "shown_name")
    return name


def name_key(name: str) -> str:
    """The key under which a name is unique: equal for names that look the same (never shown to anyone)."""
    text = unicodedata.normalize("NFKC", name)
    for _round in range(_SKELETON_ROUNDS):
        folded = unicodedata.normalize("NFD", text.casefold())
        text = "".join(map(_look, folded))
    return unicodedata.normalize("NFC", text)[:120]


def _refuse_tricks(name: str, field: str) -> None:
    scripts = {_script(character) for character in name} - _OF_ALL_SCRIPTS
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        raise Invalid({field: _l("Please write a name in one script, not several mixed.")})
    if unicodedata.category(name[0])[0] == "M" or re.search(r"[\u0300-\u036f]{2}", unicodedata.normalize("NFC", name)):
        raise Invalid({field: _l("That name has marks that cannot be shown well.")})


def _refuse_reserved(name: str, field: str) -> None:
    if _SEPARATORS.sub("", name_key(name)) in _reserved():
        raise Invalid({field: _l("That name is kept for the community itself.")})


def _is_plain(character: str) -> bool:
    """A letter, an ASCII digit, or a mark that belongs to a letter."""
    if character in _FILLERS:
        return False
    if character in _LETTER_MARKS:
        return True
    category = unicodedata.category(character)
    return category in ("Lu", "Ll", "Lt", "Lo", "Mn", "Mc") or (category == "Nd" and character.isascii())


def _script(character: str) -> str:
    return str(_alias(character) or "UNKNOWN")


@cache
def _reserved() -> frozenset[str]:
    return frozenset(name_key(name) for name in RESERVED)


@cache
def _look(character: str) -> str:
    """What a case-folded character looks like, in lower or upper case.

    A capital I looks like a small l, so i, l and 1 are one; a Cyrillic т looks like t only as a
    capital, and handles are compared whatever their case, so the capital decides there.
    """
    if character in "il1|":
        return "l"
    capital = character.upper()
    if not character.isascii() and len(capital) == 1 and _prototype(capital).isascii():
        return _prototype(capital).casefold()
    return _prototype(character).casefold()


@cache
def _prototype(text: str) -> str:
    """The prototype of the standard's table: the one that all of its look-alikes point to.

    The package lists both directions: a look-alike has one entry, its prototype; a prototype has all
    of its look-alikes. A pair of one each is symmetric there, and the smaller stands for both.
    """
    entries = confusables_data.get(text)
    if not entries or len(entries) > 1:
        return text
    other: str = entries[0]["c"]
    if len(confusables_data[other]) > 1:
        return other
    return min(text, other, key=lambda form: (not form.isascii(), form))
