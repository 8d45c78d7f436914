"""Reads of saved replies: one's own, and staff's for everybody."""

from dataclasses import dataclass

from sqlalchemy import Integer, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.core.errors import NotFound
from forum.core.i18n import gettext as _
from forum.desk import placeholders
from forum.desk.models import SavedReply
from forum.desk.state import MOST_REPLIES
from forum.members.models import Member
from forum.threads.models import Thread

BEGINNING = 160  # characters of a saved reply in a list


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A saved reply; in a list `body` is only how it begins. `shared`: staff's, for everybody."""

    id: int
    title: str
    body: str
    shared: bool


_PARTS = [
    select(SavedReply.id, SavedReply.title, func.substr(SavedReply.body, 1, BEGINNING), SavedReply.shared)
    .where(condition).order_by(SavedReply.title, SavedReply.id).limit(MOST_REPLIES)
    for condition in (
        and_(SavedReply.owner_id == bindparam("owner_id", type_=Integer), SavedReply.shared.is_(False)),
        SavedReply.shared.is_(True),
    )
]  # fmt: skip
_USABLE = union_all(*(select(*part.subquery().c) for part in _PARTS))  # built once (decision 068)


def replies(session: Session, viewer: Actor) -> list[ReplyRow]:
    """The saved replies that the viewer can use: their own, then staff's for everybody; by name."""
    rows = session.execute(_USABLE, {"owner_id": viewer.id})
    return sorted((ReplyRow(*row) for row in rows), key=lambda one: (one.shared, one.title.casefold(), one.id))


def reply(session: Session, viewer: Actor, reply_id: int) -> ReplyRow:
    """One that the viewer can use.

    Raises:
        NotFound: it is somebody else's own, or not there.
    """
    found = session.execute(
        select(SavedReply.id, SavedReply.title, SavedReply.body, SavedReply.shared)
        .where(SavedReply.id == reply_id, or_(SavedReply.shared.is_(True), SavedReply.owner_id == viewer.id))
    ).one_or_none()
    if found is None or viewer.id is None:
        raise NotFound(_("There is no such saved reply."))
    return ReplyRow(*found)


def filled(session: Session, viewer: Actor, reply_id: int, thread: Thread) -> str:
    """A saved reply with what stands for its placeholders in a thread (loaded with its board for the viewer).

    Raises:
        NotFound: there is no such reply for the viewer.
    """
    asker = session.get_one(Member, thread.author_id)
    name = _("someone who left") if asker.erased_at is not None else asker.label
    values = {"asker": name, "board": thread.board.title, "title": thread.title, "me": viewer.label}
    return placeholders.fill(reply(session, viewer, reply_id).body, values)
