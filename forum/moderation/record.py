"""Writing to the log of moderation: one line an act, in the transaction of the act."""

from typing import Any

from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.core.clock import now
from forum.moderation.models import LogEntry

REASON_LENGTH = 500


def record(
    session: Session,
    actor: Actor,
    verb: str,
    target_kind: str,
    target_id: int,
    *,
    board_id: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    undoes_id: int | None = None,
) -> LogEntry:
    """Append one line to the log, and return it with its id. Call it in the action that it tells of.

    Args:
        actor: who acted; the system leaves the actor empty.
        verb: what was done, in the imperative ("hide", "lock", "suspend"); at most 40 characters.
        target_kind: "post", "message", "member", "thread", "board", "category" or "product".
        board_id: where it happened, so that a board's own moderators can read the line.
        reason: the words given for it; cut at 500 characters.
        details: plain values that an undo needs. Never any text of what was acted on.
        undoes_id: the line that this one takes back; a line can be taken back once.
    """
    entry = LogEntry(
        at=now(),
        actor_id=actor.id,
        verb=verb,
        target_kind=target_kind,
        target_id=target_id,
        board_id=board_id,
        reason=reason[:REASON_LENGTH],
        details=details or {},
        undoes_id=undoes_id,
    )
    session.add(entry)
    session.flush()
    return entry
