"""Hiding a post or a message and showing it again, whichever room it is in. Parts that actions are made of."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.chat import state as chat_state
from forum.core.errors import Conflict
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import ContentHidden
from forum.events.publish import publish
from forum.moderation.targets import Target
from forum.threads import state as threads_state

Was = dict[str, Any]


def hide(session: Session, actor: Actor, target: Target, reason: str) -> None:
    """Hide it for the reason, which its author reads; what is hidden already gets the new reason.

    Raises:
        Conflict: a member cannot be hidden.
    """
    _set(session, actor.id, target, hidden=True, reason=reason)
    publish(session, ContentHidden(target.kind, target.id, target.author_id, reason))


def show(session: Session, actor: Actor, target: Target) -> None:
    """Show it again, exactly as it was."""
    if target.is_hidden:
        _set(session, actor.id, target, hidden=False, reason="")


def was(target: Target) -> Was | None:
    """What an undo needs to hide it again as it is hidden now; None when it is not hidden."""
    row = target.post or target.message
    if row is None or row.hidden_at is None:
        return None
    by_id = target.post.hidden_by_id if target.post is not None else None
    return {"at": row.hidden_at.isoformat(), "by_id": by_id, "reason": row.hidden_reason or ""}


def put_back(session: Session, actor: Actor, target: Target, state: Was | None) -> None:
    """Make it as hidden as it was when `was` looked; nobody is told anew."""
    if state is None:
        show(session, actor, target)
        return
    _set(session, state["by_id"], target, hidden=True, reason=state["reason"])
    moment = dt.datetime.fromisoformat(state["at"])
    for row in (target.post, target.message, target.thread if target.post and target.post.kind == "opening" else None):
        if row is not None:
            row.hidden_at = moment
    session.flush()


def _set(session: Session, by_id: int | None, target: Target, *, hidden: bool, reason: str) -> None:
    if target.post is not None:
        threads_state.set_hidden(session, target.post, by_id, reason if hidden else None)
    elif target.message is not None:
        chat_state.set_message_hidden(session, target.message, by_id, reason if hidden else None)
    else:
        raise Conflict(_l("A member cannot be hidden: warn, silence or suspend them."))
