"""The badges of a draft: pure functions, as in `editing`. A badge is named by its place, counted from 0."""

import copy
import re
import unicodedata

from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.reputation.badge_rules import FAMILIES
from forum.reputation.typed import Data, Form, listed, new_key, number, put, text

FIELDS = ("key", "labels.en", "labels.zh", "about.en", "about.zh", "measure", "level", "family")
LONGEST_KEY = 36  # of one made from a name: leaves room for a number behind it


def badges_of(data: Data) -> list[Data]:
    """The badges of the draft."""
    return listed(data.get("badges"))


def place_of(data: Data, place: int, key: str) -> int:
    """Where the badge stands that a form shows; another manager may have moved it since.

    Raises:
        NotFound: it is not in the draft any more.
    """
    keys = [str(one.get("key") or "") for one in badges_of(data)]
    if 0 <= place < len(keys) and key in ("", keys[place]):
        return place
    if key and key in keys:
        return keys.index(key)
    raise NotFound(_("This badge is not in the draft any more."))


def with_badge(data: Data, place: int, form: Form) -> Data:
    """The badge as the form says; what the form does not carry stays."""
    found = copy.deepcopy(data)
    badges = found["badges"] = badges_of(found)
    badge = badges[place]
    for name in FIELDS:
        if name in form:
            put(badge, name.split("."), text(form[name]))
    if "least" in form:  # a box that is not ticked is not sent, so it goes with its neighbour
        badge["least"], badge["repeat"] = number(form["least"]), "repeat" in form
    return found


def add_badge(data: Data, name: str, family: str) -> Data:
    """One more badge, the last of its family, to be filled in. Its key is made of its name, where that has letters."""
    found = copy.deepcopy(data)
    badges = found["badges"] = badges_of(found)
    name = text(name) or _("New badge")
    badges.append({
        "key": new_key(badges, _as_key(name)), "labels": {"en": name, "zh": name}, "about": {"en": None, "zh": None},
        "level": "bronze", "family": family if family in FAMILIES else "craft", "measure": "answer_thanks", "least": 5,
        "repeat": False,
    })
    return found


def _as_key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:LONGEST_KEY].strip("_")


def remove_badge(data: Data, place: int) -> Data:
    """Without one badge. Who has it keeps it."""
    found = copy.deepcopy(data)
    found["badges"] = [badge for at, badge in enumerate(badges_of(found)) if at != place]
    return found


def move_badge(data: Data, place: int, step: int) -> Data:
    """The badge in the place of the one before it (-1) or after it (1) in its family; at an end it stays."""
    found = copy.deepcopy(data)
    badges = found["badges"] = badges_of(found)
    other = neighbor(found, place, step)
    badges[place], badges[other] = badges[other], badges[place]
    return found


def neighbor(data: Data, place: int, step: int) -> int:
    """The place of the badge before (-1) or after (1) one in its family; at an end its own."""
    badges = badges_of(data)
    family = [at for at, badge in enumerate(badges) if badge.get("family") == badges[place].get("family")]
    to = family.index(place) + step
    return family[to] if 0 <= to < len(family) else place
