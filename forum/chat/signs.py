"""The few signs with which a message can be answered: a key, an icon of the family, a word."""

from dataclasses import dataclass

from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. `key` is what is stored and sent."""

    key: str
    icon: str
    word: Text


SIGNS = (
    Sign("thanks", "heart", _l("Thanks")),
    Sign("agree", "check", _l("Agreed")),
    Sign("smile", "smile", _l("Made me smile")),
)
SIGN_KEYS = tuple(sign.key for sign in SIGNS)
