"""Names from elsewhere made into handles that nobody can mistake for another's (SECURITY T30)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from zlib import crc32

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.members import names
from forum.members.models import HUES, Member

_BETWEEN = re.compile(r"[^\w.-]+")
_EDGES = "._-"
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class Handles:
    """Gives free handles to some people at once, each told by the name and the id that they have in the source.

    The name itself where it is free and may stand, with the id behind it where another bears it, else member-ID.
    """

    def __init__(self, session: Session, people: Iterable[tuple[str, str]]) -> None:
        self._tries = {(name, id): list(_tries(name, id)) for name, id in people}
        self._holders: dict[str, int] = {}
        for keys in chunks(sorted({names.name_key(one) for tries in self._tries.values() for one in tries})):
            rows = session.execute(select(Member.name_key, Member.id).where(Member.name_key.in_(keys)))
            self._holders.update((row[0], row[1]) for row in rows)

    def give(self, name: str, id: str, *, but: int = 0) -> str:
        """A handle that nobody but the member `but` bears; no one else gets it from here on."""
        for one in self._tries[name, id]:
            key = names.name_key(one)
            if self._holders.get(key, but) == but:
                self._holders[key] = but or -1
                return one
        raise Invalid({"name": _("There is no free name for %(name)s.", name=name)})


def as_shown(name: str) -> str | None:
    """The name as people read it beside posts: as it was, without what cannot be seen or turns the text.

    None where nothing readable is left, or scripts are mixed to look like something else: then the handle is shown.
    A name that would speak for the community says that it was imported.
    """
    plain = _visible(name)[:60].strip()
    if not plain:
        return None
    letters = "".join(one if one in " ._-'’·" or one.isalnum() else " " for one in plain)[: names.LONGEST_SHOWN]
    for shown, checked in ((plain, letters), (f"{plain[:48]} · imported", f"{letters[:28]} · imported")):
        try:
            names.shown(checked)
        except Invalid:
            continue
        return shown
    return None


def hue_of(name: str) -> int:
    """A color for the generated avatar, always the same one for a name."""
    return crc32(name.encode()) % HUES


def _tries(name: str, id: str) -> Iterator[str]:
    number = re.sub(r"\W", "", id) or "0"
    wanted = _as_handle(name)
    if wanted is not None:
        yield wanted
        yield f"{wanted[: names.LONGEST - len(number) - 1].rstrip(_EDGES)}-{number}"
    yield f"member-{number}"
    yield f"member-{number}-imported"


def _as_handle(name: str) -> str | None:
    text = _BETWEEN.sub("-", _visible(name))[: names.LONGEST].strip(_EDGES)
    for one in (text, slugify(name)[: names.LONGEST].strip(_EDGES)):
        if _stands(one):
            return names.handle(one)
    return None


def _visible(name: str) -> str:
    text = unicodedata.normalize("NFKC", name)
    return " ".join("".join(one for one in text if unicodedata.category(one) not in _UNSEEN).split())


def _stands(handle: str) -> bool:
    try:
        names.handle(handle)
    except Invalid:
        return False
    return True
