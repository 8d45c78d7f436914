"""Imported members: nobody's account yet, with a handle of their own and the name they had."""

from collections.abc import Iterable
from zlib import crc32

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.integrations.importers import handles, keys, texts
from forum.integrations.importers.keys import Key
from forum.integrations.importers.records import Author, Person
from forum.integrations.importers.run import Run
from forum.members.models import Member
from forum.members.names import name_key

KIND = "member"
NOBODY = "former member"


def write(run: Run, people: list[Person]) -> None:
    """Take these people, or what is new about them."""
    with run.reading() as session:
        news = keys.News(session, run.name, KIND, people)
    todo, known = news.todo, news.known
    if not todo:
        return
    about = {one.id: texts.make(one.about, f"im{one.id}") for one in todo}
    with run.writing(len(todo)) as session:
        free, rows = handles.Handles(session, ((one.name, one.id) for one in todo)), []
        for one in todo:
            if one.id in known:
                member = session.get_one(Member, known[one.id].row_id)
                _change(session, member, one, about[one.id], free, was_gone=known[one.id].gone)
            else:
                rows.append(_values(run.name, one, about[one.id], free))
        added = _insert(session, rows)
        keys.add(session, run.name, KIND, {
            one.id: news.key(one, row_id) for one, row_id in zip(news.new, added, strict=True)
        })
        keys.change(session, run.name, KIND, {
            one.id: news.key(one, known[one.id].row_id) for one in todo if one.id in known
        })


def authors(session: Session, name: str, wanted: Iterable[Author]) -> dict[Author, int]:
    """The members that authors are here. Who has no account in the source gets a member by their name alone."""
    everybody = set(wanted)
    found = keys.members(session, name, (one.id for one in everybody if one.id is not None))
    known = {one: found[one.id] for one in everybody if one.id is not None and one.id in found}
    by_name = {one: _alone(one) for one in everybody if one not in known}
    named = keys.members(session, name, (f"~{alone}"[:120] for alone in by_name.values()))
    missing = sorted({alone for alone in by_name.values() if f"~{alone}"[:120] not in named})
    if missing:
        free = handles.Handles(session, ((alone, _number(alone)) for alone in missing))
        rows = [_nameless(name, alone, free) for alone in missing]
        added = {f"~{alone}"[:120]: row_id for alone, row_id in zip(missing, _insert(session, rows), strict=True)}
        keys.add(session, name, KIND, {id: Key(row_id) for id, row_id in added.items()})
        named |= added
    return known | {one: named[f"~{alone}"[:120]] for one, alone in by_name.items()}


def forget(session: Session, member_id: int) -> None:
    """Somebody is not in the source any more: a row without a name stays. Who was claimed here stays as they are."""
    member = session.get_one(Member, member_id)
    if member.merged_into_id is not None:
        return
    member.name = member.name_key = f"erased-{member.id}"
    member.shown_name = member.shown_key = None
    member.about_source = member.about_html = ""
    member.erased_at = now()


def _alone(author: Author) -> str:
    return author.name or (f"user{author.id}" if author.id is not None else NOBODY)


def _values(source: str, one: Person, about: texts.Text, free: handles.Handles) -> dict[str, object]:
    return {
        **_names(one.name, one.id, free), "joined_at": one.joined_at, "last_seen_at": one.seen_at,
        "about_source": about.source, "about_html": about.html, "external_source": source, "external_id": one.id,
    }


def _nameless(source: str, name: str, free: handles.Handles) -> dict[str, object]:
    """A member for a name that has no account in the source; the name is all there is."""
    return {
        **_names(name, _number(name), free), "joined_at": now(), "last_seen_at": None,
        "about_source": "", "about_html": "", "external_source": source, "external_id": None,
    }


def _number(name: str) -> str:
    """What stands behind a name that another bears, for somebody without an id."""
    return f"x{crc32(name.encode())}"


def _names(name: str, id: str, free: handles.Handles, but: int = 0) -> dict[str, object]:
    handle, shown = free.give(name, id, but=but), handles.as_shown(name)
    shown = None if shown == handle else shown
    return {
        "name": handle, "name_key": name_key(handle), "shown_name": shown,
        "shown_key": name_key(shown) if shown else None, "hue": handles.hue_of(name),
    }


def _insert(session: Session, rows: list[dict[str, object]]) -> list[int]:
    if not rows:
        return []
    statement = insert(Member).returning(Member.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _change(
    session: Session, member: Member, one: Person, about: texts.Text, free: handles.Handles, *, was_gone: bool
) -> None:
    """What is new about somebody. Who claimed their profile, or left, says themselves what there is about them."""
    if member.merged_into_id is not None or (member.erased_at is not None and not was_gone):
        return
    if was_gone or (member.shown_name or member.name) != (handles.as_shown(one.name) or member.name):
        for column, value in _names(one.name, one.id, free, but=member.id).items():
            setattr(member, column, value)
    member.erased_at = None
    member.joined_at, member.last_seen_at = one.joined_at, one.seen_at
    member.about_source, member.about_html = about.source, about.html
    session.flush()
