"""What open pages hear of events. Each is told after the commit, in the order of the outbox, once."""

from collections.abc import Sequence
from functools import partial

from flask import current_app
from sqlalchemy.orm import Session

from forum.chat import queries
from forum.chat.queries import MessageRow
from forum.chat.wire import as_wire
from forum.core.i18n import LANGUAGES, in_language
from forum.core.i18n import gettext as _
from forum.core.unit_of_work import after_commit, after_commit_together
from forum.events.catalogue import (
    AccessChanged,
    ClaimChanged,
    MemberSanctioned,
    MessageChanged,
    RankChanged,
    SessionsEnded,
    StandingsChanged,
)
from forum.extensions import db, socketio
from forum.members.models import Member
from forum.realtime import connections
from forum.realtime.connections import NAMESPACE, chat_room, thread_room
from forum.realtime.push import push_to_member
from forum.realtime.recheck import recheck_everywhere
from forum.reputation import rulesets


def on_message_changed(session: Session, event: MessageChanged, key: str) -> None:
    """Tell a room of one change. The words are those of the moment of telling, under the number of the change."""
    del key
    after_commit_together(session, _tell_rooms, event)


def _tell_rooms(changes: Sequence[MessageChanged]) -> None:
    """Tell of all changes that were committed together: they are read at once."""
    session = db.session()
    rows = queries.messages(session, sorted({change.message_id for change in changes}))
    for change in changes:
        row = rows.get(change.message_id)
        if row is not None:
            _tell_room(row, change.seq)


def _tell_room(row: MessageRow, seq: int) -> None:
    everywhere = current_app.config["SETTINGS"].redis_url  # who listens through other processes is not known here
    for language in LANGUAGES if everywhere else connections.languages(row.room):
        with in_language(language):
            told = as_wire(row, seq)
        socketio.emit("chat:message", told, to=chat_room(row.room, language), namespace=NAMESPACE)


def on_claim_changed(session: Session, event: ClaimChanged, key: str) -> None:
    """Tell pages that show a thread that somebody took it up or let go of it; each asks for what it may see."""
    del key
    told = {"thread": event.thread_id}
    room = thread_room(event.thread_id)
    after_commit(session, partial(socketio.emit, "desk:claim", told, to=room, namespace=NAMESPACE))


def on_rank_changed(session: Session, event: RankChanged, key: str) -> None:
    """Tell a member of their new rank, in words only the first time they reach it, and see what it opens or closes."""
    del key
    rank = rulesets.current(session).rank(event.new)
    member = session.get_one(Member, event.member_id)
    with in_language(member.reads):
        told = {
            "key": rank.key,
            "label": rank.name,
            "leaves": rank.leaves,
            "up": event.up,
            "text": _("You are a %(rank)s now.", rank=rank.name) if event.up and event.celebrated else "",
        }
    after_commit(session, partial(push_to_member, event.member_id, "rank", told))
    after_commit(session, partial(recheck_everywhere, event.member_id))


def on_standings_changed(session: Session, event: StandingsChanged, key: str) -> None:
    """Have the open pages of these members (nobody named: of everybody) ask anew for what they show of a standing.

    Nothing of the standing itself is sent: each page shows what its own member may read.
    """
    del key
    for member_id in event.member_ids:
        after_commit(session, partial(push_to_member, member_id, "standing", {}))
    if not event.member_ids:
        after_commit(session, partial(socketio.emit, "standing", {}, namespace=NAMESPACE))


def on_member_changed(session: Session, event: SessionsEnded | MemberSanctioned | AccessChanged, key: str) -> None:
    """Close the sockets of sessions that ended, and leave the rooms that are no longer open."""
    del key
    after_commit(session, partial(recheck_everywhere, event.member_id))
