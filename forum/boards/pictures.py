"""The pictures that a board can have: icons of the family, with the words that say what they show."""

from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l

PICTURES: dict[str, Text] = {
    "coffee": _l("A cup"),
    "cooking-pot": _l("A pot"),
    "droplets": _l("Drops"),
    "flame": _l("A flame"),
    "leaf": _l("A leaf"),
    "sprout": _l("A sprout"),
    "wrench": _l("A wrench"),
    "package": _l("A parcel"),
    "shopping-bag": _l("A bag"),
    "shirt": _l("A shirt"),
    "sofa": _l("A sofa"),
    "lightbulb": _l("A light bulb"),
    "plug": _l("A plug"),
    "cpu": _l("A chip"),
    "camera": _l("A camera"),
    "palette": _l("A palette"),
    "bike": _l("A bicycle"),
    "paw-print": _l("A paw"),
    "book-open": _l("A book"),
    "star": _l("A star"),
    "smile": _l("A smile"),
    "megaphone": _l("A megaphone"),
    "message-circle": _l("A speech bubble"),
}
