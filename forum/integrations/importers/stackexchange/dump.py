"""Reading the files of a dump, row by row, without ever trusting what is in them."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from forum.core.i18n import gettext as _
from forum.integrations.importers.source import Unreadable

FILES = ("Posts", "Users", "Votes", "Comments", "Tags", "Badges", "PostHistory")
Row = dict[str, str]

_TAG = re.compile(r"[^<>|]+")


def check_files(folder: Path) -> None:
    """Raise `Unreadable` unless all files of a dump are there."""
    if not folder.is_dir():
        raise Unreadable(_("%(path)s is not a folder.", path=folder))
    missing = [f"{name}.xml" for name in FILES if not (folder / f"{name}.xml").is_file()]
    if missing:
        raise Unreadable(_("%(path)s is not a whole dump: %(files)s is missing.", path=folder, files=missing[0]))


def rows(folder: Path, name: str) -> Iterator[Row]:
    """The rows of one file as dictionaries, in bounded memory.

    Raises:
        Unreadable: not well-formed, or with entities or a document type, which no dump has.
    """
    path = folder / f"{name}.xml"
    try:
        with path.open("rb") as file:
            root = None
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if root is None:
                    root = element
                elif event == "end":
                    if element.tag == "row":
                        yield dict(element.attrib)
                    root.clear()
    except DefusedXmlException:
        raise Unreadable(_("%(file)s holds a document type or entities, which no dump has.", file=path.name)) from None
    except (ParseError, UnicodeDecodeError, OSError) as error:
        raise Unreadable(_("%(file)s cannot be read: %(why)s.", file=path.name, why=error)) from None


def moment(text: str) -> dt.datetime:
    """A moment as dumps write it, in UTC without saying so.

    Raises:
        Unreadable: it is none.
    """
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    except ValueError:
        raise Unreadable(_("%(text)s is not a date.", text=text[:40])) from None


def need(row: Row, name: str, file: str) -> str:
    """A value that each row of a file has.

    Raises:
        Unreadable: it is missing.
    """
    try:
        return row[name]
    except KeyError:
        raise Unreadable(
            _("A row of %(file)s.xml (%(id)s) has no %(name)s.", file=file, id=row.get("Id", "?"), name=name)
        ) from None


def number(row: Row, name: str) -> int:
    """A whole number; 0 where there is none.

    Raises:
        Unreadable: something else stands there.
    """
    try:
        return int(row.get(name, "0"))
    except ValueError:
        raise Unreadable(_("%(text)s is not a whole number.", text=row[name][:40])) from None


def tag_names(text: str) -> tuple[str, ...]:
    """Tags as `<a><b>` or, since 2024, as `|a|b|`."""
    return tuple(_TAG.findall(text))
