"""Boards, which are fixed at the first import, and tags."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.boards import actions as boards
from forum.boards.models import Board
from forum.core.i18n import gettext as _
from forum.integrations.importers import keys
from forum.integrations.importers.keys import Key, digest
from forum.integrations.importers.records import TagRecord
from forum.integrations.importers.run import Run
from forum.threads.models import Tag, ThreadTag
from forum.threads.writing import TAG_LENGTH, tag_slugs

BOARD, TAG = "board", "tag"
ELSE = "~else"  # the key of the board that takes what fits no other


class Places:
    """The boards of a source by its own keys."""

    def __init__(self, known: dict[str, int]) -> None:
        self._known = known

    def board_for(self, wanted: Iterable[str]) -> int:
        """The id of the first board of these that there is, else of the one for everything else."""
        return next((self._known[key] for key in wanted if key in self._known), self._known[ELSE])


def make_boards(run: Run) -> Places:
    """The boards of the source: made at the first import, the same ever after."""
    with run.reading() as session:
        known = _boards(session, run.name)
    if ELSE not in known:
        wanted = run.source.boards()
        with run.writing(len(wanted)) as session:
            shelf = boards.create_category(session, SYSTEM, title=_("Topics"))
            made = {}
            for hue, one in enumerate(wanted):
                board = boards.create_board(
                    session, SYSTEM, shelf, title=one.title[: boards.TITLE_LENGTH], description=one.description,
                    hue=hue * 5 % boards.HUES,
                )
                made[one.key] = Key(board.id)
            keys.add(session, run.name, BOARD, {**made, ELSE: made[wanted[-1].key]})
        with run.reading() as session:
            known = _boards(session, run.name)
    return Places(known)


def write_tags(run: Run, records: list[TagRecord]) -> None:
    """Take these tags."""
    with run.reading() as session:
        news = keys.News(session, run.name, TAG, records)
    if news.todo:
        with run.writing(len(news.todo)) as session:
            tag_ids(session, run.name, (one.id for one in news.todo))


def tag_ids(session: Session, source: str, names: Iterable[str]) -> dict[str, int]:
    """The tags that these names stand for; new ones are made. A synonym stands for what it points to.

    One that was redacted away here is made anew when a thread comes that bears it.
    """
    wanted = list(dict.fromkeys(names))
    known = keys.find(session, source, TAG, wanted)
    there = set(session.scalars(select(Tag.id).where(Tag.id.in_({key.row_id for key in known.values()}))))
    found = {name: key.row_id for name, key in known.items() if key.row_id in there}
    for name in wanted:
        if name not in found:
            if name in known:
                keys.drop(session, source, TAG, name)
            found[name] = _make_tag(session, source, name)
            keys.add(session, source, TAG, {name: Key(found[name], digest(TagRecord(name, name)))})
    synonyms = {row[0]: row[1] for row in session.execute(
        select(Tag.id, Tag.synonym_of_id).where(Tag.id.in_(set(found.values())), Tag.synonym_of_id.is_not(None))
    )}
    return {name: synonyms.get(id) or id for name, id in found.items()}


def forget_tag(session: Session, source: str, name: str, tag_id: int) -> None:
    """A tag is not in the source any more: it goes, unless something here bears it."""
    borne = session.scalar(select(ThreadTag.thread_id).where(ThreadTag.tag_id == tag_id).limit(1))
    meant = session.scalar(select(Tag.id).where(Tag.synonym_of_id == tag_id).limit(1))
    if borne is None and meant is None:
        session.execute(delete(Tag).where(Tag.id == tag_id))
    keys.drop(session, source, TAG, name)


def _boards(session: Session, source: str) -> dict[str, int]:
    """Those that are still there."""
    known = dict(keys.page(session, source, BOARD, "", 1000))
    there = set(session.scalars(select(Board.id).where(Board.id.in_({key.row_id for key in known.values()}))))
    return {name: key.row_id for name, key in known.items() if key.row_id in there}


def _make_tag(session: Session, source: str, name: str) -> int:
    """The tag of this name that there is already, else a new one: what are two tags there stays two here."""
    slug = next(iter(tag_slugs([_spelled(name)])), "")[:TAG_LENGTH] or "tag"
    there = session.scalar(select(Tag.id).where(Tag.slug == slug))
    if there is not None and slug == name and not keys.stands_for(session, source, TAG, there):
        return there
    number = 2
    base = slug
    while there is not None:
        slug = f"{base[: TAG_LENGTH - 4]}-{number}"
        there, number = session.scalar(select(Tag.id).where(Tag.slug == slug)), number + 1
    return session.scalars(insert(Tag).returning(Tag.id), [{"slug": slug}]).one()


def _spelled(name: str) -> str:
    """The signs that tell tags apart in words: c#, c++ and .net are c-sharp, c-plus-plus and dot-net."""
    dotted = f"dot-{name[1:]}" if name.startswith(".") else name
    return dotted.replace("#", "-sharp").replace("+", "-plus")
