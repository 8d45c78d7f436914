"""Places in a draft of rules as the pages of the editor call them: by the names that people gave, not by keys."""

from forum.core.i18n import gettext as _
from forum.core.i18n import label, parted
from forum.reputation import faults, settings
from forum.reputation.line_words import kind_in_words
from forum.reputation.typed import Data, listed, mapping
from forum.reputation.words import privilege_in_words


def called(page: str, field: str, data: Data) -> str:
    """What is at a field of a page ("" for none) in words; "" where it is called as in a file."""
    kind, _slash, one = page.partition("/")
    match kind:
        case "points":
            return settings.label(field)
        case "ranks" if one:
            rank = next((rank for rank in listed(data.get("ranks")) if rank.get("key") == one), {})
            return _parts(faults.rank(_name(rank) or one), _part_of_rank(field))
        case "privileges" if field:
            word, _dot, part = field.partition(".")
            privilege = faults.privilege(privilege_in_words(word))
            return _parts(privilege, _("from so many points on") if part == "points" else "")
        case "perks" if field.startswith("perks."):
            at, _dot, part = field.removeprefix("perks.").partition(".")
            perk = mapping(data["perks"][int(at)]) if at.isdigit() else {}
            name = faults.perk(str(_name(perk) or perk.get("key") or at))
            return _parts(name, settings.part_in_words(part.replace(".", " ")))
        case "awards" if field:
            award, _dot, part = field.partition(".")
            return _parts(kind_in_words(award), settings.award_label(part) if part else "")
        case "badges" if one:
            badge = listed(data.get("badges"))[int(one) - 1]
            name = _("the badge “%(name)s”", name=_name(badge) or badge.get("key") or one)
            return _parts(name, settings.part_in_words(field.replace(".", " ")) if field else "")
    return ""


def _parts(*words: str) -> str:
    return parted(word for word in words if word)


def _name(thing: Data) -> str:
    return label({"en": "", **{key: str(name or "") for key, name in mapping(thing.get("labels")).items()}})


def _part_of_rank(field: str) -> str:
    """A field of a rank's page: its names, its leaves, a limit, a way or what a way asks for."""
    first, _dot, rest = field.partition(".")
    if first != "needs":
        return settings.label(field) if first == "limits" else settings.part_in_words(field.replace(".", " "))
    place, _dot, measure = rest.partition(".")
    if not place.isdigit():
        return ""
    way = _("way %(number)s", number=int(place) + 1)
    return _parts(way, settings.measure_label(measure)) if measure else way
