"""Telling a member, as the system does: a notice behind the bell, and its number on open pages after the commit."""

from functools import partial
from typing import Unpack

from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.core.unit_of_work import after_commit
from forum.notifications import actions
from forum.realtime.push import push_to_member


def tell(session: Session, member_id: int, kind: str, event_key: str, **about: Unpack[actions.About]) -> None:
    """Tell a member of an event, once for each key; the arguments are those of `actions.tell`."""
    unread = actions.tell(session, SYSTEM, member_id, kind, event_key, **about)
    if unread is not None:
        after_commit(session, partial(push_to_member, member_id, "notice", {"unread": unread}))


def take_away(session: Session, event_key: str, most: int | None = None) -> None:
    """Take away the notices of a key, at most so many: what they tell of is gone."""
    for member_id, unread in actions.take_away(session, SYSTEM, event_key, most):
        after_commit(session, partial(push_to_member, member_id, "notice", {"unread": unread}))
