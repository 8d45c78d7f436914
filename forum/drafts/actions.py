"""Writes of drafts: keep what is typed, and let it go once it is sent, discarded or too old."""

import datetime as dt
import re
from collections.abc import Mapping

from sqlalchemy import Integer, String, Table, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.database import Base
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.drafts.models import Draft
from forum.drafts.queries import KNOWN, version_of
from forum.threads import queries as threads

LASTS = dt.timedelta(days=90)
MOST = 100  # of one member; more is a notebook
# Each as long as its form takes, with room for one that is being shortened.
LENGTHS = {"title": 300, "body": 25_000, "tags": 300, "kind": 20, "board": 80, "product": 120}
WORDS = ("title", "body", "tags")  # without any of these there is nothing to keep
NEW_THREAD = "new-thread"
_DRAFTS: Table = Base.metadata.tables[Draft.__tablename__]
_DISCARD = delete(_DRAFTS).where(
    _DRAFTS.c.member_id == bindparam("who", type_=Integer), _DRAFTS.c.place == bindparam("at", type_=String)
)
_PLACE = re.compile(r"(t|p|details|edit)-([0-9]{1,9})", re.ASCII)


def save(session: Session, actor: Actor, place: str, typed: Mapping[str, str], base: int) -> int:
    """Keep what is typed in a place; returns its version, 0 when nothing is kept there (any more).

    The newest wins. Where it does not go on from what is kept (`base`: the version that the writer knew), that is
    kept beside it, to be offered. What went on from a draft that is gone meanwhile (sent in another tab) is not kept:
    whoever types on says so with `base` 0.

    Raises:
        NotFound: no such place, or not open to the member.
        Invalid: too long.
        Conflict: they keep too many.
        TooMany: too often.
    """
    guardian.require(guardian.may_keep_drafts(actor), actor)
    ratelimit.take("draft", actor.id)
    thread_id = _thread_of(session, actor, place)
    fields = {name: typed[name] for name in LENGTHS if typed.get(name)}
    if any(len(text) > LENGTHS[name] for name, text in fields.items()):
        raise Invalid({"body": _("That is too long to be kept here.")})
    if not any(fields.get(name, "").strip() for name in WORDS):
        discard(session, actor, place)
        return 0
    held = _held(session, actor, place)
    if held is None:
        return 0 if base else _begin(session, actor, place, thread_id, fields)
    if held.version != base and held.fields != fields:
        held.other_fields = held.fields
    held.fields, held.thread_id, held.saved_at = fields, thread_id, now()
    held.version += 1
    session.flush()
    return held.version


def discard(session: Session, actor: Actor, place: str) -> None:
    """Let a draft go: it was sent, or is not wanted. Again is harmless."""
    guardian.require(guardian.may_keep_drafts(actor), actor)
    session.execute(_DISCARD, {"who": actor.id, "at": place})


def sent(session: Session, actor: Actor, place: str, form: Mapping[str, str]) -> None:
    """Let go what a form has sent, and nothing else that was typed in its place.

    The draft goes if the form knew it (it names its version) or says the same. The other of two that met stays, as the
    draft, unless it says the same too.
    """
    guardian.require(guardian.may_keep_drafts(actor), actor)
    held = _held(session, actor, place)
    if held is None:
        return
    going = held.version == version_of(form.get(KNOWN)) or _same(held.fields, form)
    if held.other_fields is not None and _same(held.other_fields, form):
        held.other_fields = None
    if going and held.other_fields is None:
        discard(session, actor, place)
    elif going and held.other_fields is not None:
        held.fields, held.other_fields, held.version = held.other_fields, None, held.version + 1
    session.flush()


def purge(session: Session, actor: Actor) -> None:
    """Let go what nobody came back to for 90 days."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    session.execute(delete(Draft).where(Draft.saved_at < now() - LASTS))


def _begin(session: Session, actor: Actor, place: str, thread_id: int | None, fields: dict[str, str]) -> int:
    if (session.scalar(select(func.count()).where(Draft.member_id == actor.id)) or 0) >= MOST:
        raise Conflict(_("You keep %(num)s drafts already. Discard some, and new ones are kept again.", num=MOST))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {"member_id": actor.id, "place": place, "thread_id": thread_id, "fields": fields, "saved_at": now()}
    if session.execute(
        dialect.insert(Draft).values(**values).on_conflict_do_nothing().returning(Draft.id)
    ).first() is None:  # another tab was a moment faster
        held = _held(session, actor, place)
        if held is not None:
            held.other_fields, held.fields, held.version = held.fields, fields, held.version + 1
            session.flush()
            return held.version
    return 1


def _held(session: Session, actor: Actor, place: str) -> Draft | None:
    statement = select(Draft).where(Draft.member_id == actor.id, Draft.place == place).with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def _same(kept: Mapping[str, str], form: Mapping[str, str]) -> bool:
    """Whether a form says what is kept; a browser sends its lines with other ends."""
    return all(
        kept.get(name, "").strip() == form.get(name, "").replace("\r\n", "\n").strip() for name in WORDS
    )


def _thread_of(session: Session, actor: Actor, place: str) -> int | None:
    """The thread that a place is in; None for a new one.

    Raises:
        NotFound: there is no such place for the actor.
    """
    if place == NEW_THREAD:
        return None
    found = _PLACE.fullmatch(place)
    if found is None:
        raise NotFound
    number = int(found[2])
    if found[1] in ("t", "details"):
        return threads.visible_thread(session, actor, number).id
    return threads.visible_post(session, actor, number).thread_id
