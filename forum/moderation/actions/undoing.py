"""Taking back an act of moderation, from its line in the log. A redaction has no way back; all else has."""

from collections.abc import Callable

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.chat.state import record_change
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.moderation import hiding, triage
from forum.moderation.actions import duplicates, fairness, ranks, sanctions, steering
from forum.moderation.closing import reopen
from forum.moderation.log import visible_entries
from forum.moderation.models import LogEntry
from forum.moderation.queries import thread_to_steer
from forum.moderation.record import record
from forum.moderation.targets import Target, target_of
from forum.purchases.actions import put_product_back
from forum.threads import endorsing, ideas, state
from forum.threads.actions import edit_post
from forum.threads.models import PostRevision, Thread
from forum.trades.models import TradeRating
from forum.trades.state import set_withdrawn

Undoer = Callable[[Session, Actor, LogEntry], None]


def undo(session: Session, actor: Actor, entry_id: int) -> LogEntry:
    """Take back the act of this line, exactly: what followed from it follows from its undoing.

    Raises:
        NotFound: there is no such line for the actor.
        Conflict: it has no way back, is taken back already, or something has changed since.
    """
    own = and_(LogEntry.actor_id == actor.id, LogEntry.verb.in_(triage.VERBS))
    entry = session.scalar(select(LogEntry).where(LogEntry.id == entry_id, or_(visible_entries(actor), own)))
    if entry is None:
        raise NotFound
    own_triage = entry.actor_id == actor.id and entry.verb in triage.VERBS
    guardian.require(guardian.may_undo(actor, entry.board_id, own_triage=own_triage), actor)
    undoer = UNDOERS.get(entry.verb)
    if undoer is None:
        raise Conflict(_l("This cannot be taken back."))
    if session.scalar(select(LogEntry.id).where(LogEntry.undoes_id == entry.id)):
        raise Conflict(_l("This is taken back already."))
    undoer(session, actor, entry)
    return record(
        session, actor, f"undo_{entry.verb}", entry.target_kind, entry.target_id, board_id=entry.board_id,
        undoes_id=entry.id,
    )


def _changed_since() -> Conflict:
    return Conflict(_l("Something has changed since. Look at it as it is now."))


def _target(session: Session, actor: Actor, entry: LogEntry) -> Target:
    reader = triage.reader_of(actor, entry.board_id)
    target = target_of(session, reader, entry.target_kind, entry.target_id, lock=True)
    guardian.require(triage.verdict_on(session, actor, target), actor)
    return target


def _undo_hide(session: Session, actor: Actor, entry: LogEntry) -> None:
    target = _target(session, actor, entry)
    now_hidden = hiding.was(target)
    if now_hidden is None or now_hidden["reason"] != entry.reason:
        raise _changed_since()
    hiding.put_back(session, actor, target, entry.details.get("was"))
    reopen(session, entry.details.get("case_id"))


def _undo_restore(session: Session, actor: Actor, entry: LogEntry) -> None:
    target = _target(session, actor, entry)
    if target.is_hidden:
        raise _changed_since()
    hiding.put_back(session, actor, target, entry.details.get("was"))
    reopen(session, entry.details.get("case_id"))


def _undo_delete(session: Session, actor: Actor, entry: LogEntry) -> None:
    target = _target(session, actor, entry)
    if not target.is_deleted:
        raise _changed_since()
    if target.post is not None:
        state.set_deleted(session, target.post, actor.id, deleted=False)
    elif target.message is not None:
        target.message.deleted_at = target.message.deleted_by_id = None
        record_change(session, target.message)
    reopen(session, entry.details.get("case_id"))


def _undo_undelete(session: Session, actor: Actor, entry: LogEntry) -> None:
    target = _target(session, actor, entry)
    if target.post is None or target.is_deleted:
        raise _changed_since()
    state.set_deleted(session, target.post, actor.id, deleted=True)


def _undo_edit(session: Session, actor: Actor, entry: LogEntry) -> None:
    """What it said before is said again; both versions stay in its history."""
    post, number = _target(session, actor, entry).post, entry.details.get("revision")
    before = session.scalar(
        select(PostRevision).where(PostRevision.post_id == entry.target_id, PostRevision.number == number)
    )
    if post is None or before is None or post.revision_count != number:
        raise _changed_since()
    tags = before.tags.split(",") if before.tags is not None else None
    try:
        edit_post(
            session, actor, post, body=before.body_source, title=before.title, tags=tags, product=before.product
        )
    except Invalid:  # the product is not offered here any more
        raise _changed_since() from None


def _undo_endorse(session: Session, actor: Actor, entry: LogEntry) -> None:
    target, was = _target(session, actor, entry), entry.verb == "unendorse"
    post, thread, board = target.post, target.thread, target.board
    if post is None or thread is None or board is None or post.endorsed == was:
        raise _changed_since()
    guardian.require(guardian.may_endorse(actor, post, thread, board), actor)
    endorsing.set_endorsed(session, post, actor.id or 0, endorsed=was)


def _undo_dismiss(session: Session, actor: Actor, entry: LogEntry) -> None:
    target = _target(session, actor, entry)
    before = entry.details.get("was")
    if before is not None:
        if target.is_hidden:
            raise _changed_since()
        hiding.put_back(session, actor, target, before)
    reopen(session, entry.details.get("case_id"))


def _thread(session: Session, actor: Actor, entry: LogEntry) -> Thread:
    return steering.moderated_thread(session, actor, entry.target_id)[1]


def _undo_lock(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = _thread(session, actor, entry)
    if thread.locked_at is None:
        raise _changed_since()
    state.set_locked(session, thread, None, locked=False)


def _undo_unlock(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = _thread(session, actor, entry)
    if thread.locked_at is not None:
        raise _changed_since()
    state.set_locked(session, thread, str(entry.details.get("reason") or "") or None)


def _undo_pin(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = _thread(session, actor, entry)
    if (thread.pinned_at is not None) != (entry.verb == "pin"):
        raise _changed_since()
    state.set_pinned(session, thread, pinned=entry.verb != "pin")


def _undo_move(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = _thread(session, actor, entry)
    if thread.board_id != entry.board_id:
        raise _changed_since()
    steering.move_back(session, actor, thread.id, int(entry.details["from"]), entry.details.get("product"))


def _undo_kind(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = _thread(session, actor, entry)
    if thread.kind != entry.details["to"]:
        raise _changed_since()
    state.change_kind(session, thread, str(entry.details["from"]))


def _undo_mark_duplicate(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = thread_to_steer(session, actor, entry.target_id)[0]
    if thread.duplicate_of_id is None:
        raise _changed_since()
    duplicates.let_go(session, actor, thread.id, list(entry.details.get("followed", [])))


def _undo_unmark_duplicate(session: Session, actor: Actor, entry: LogEntry) -> None:
    thread = thread_to_steer(session, actor, entry.target_id)[0]
    if thread.duplicate_of_id is not None:
        raise _changed_since()
    try:
        duplicates.point(session, actor, thread.id, int(entry.details["original"]))
    except Invalid:
        raise _changed_since() from None


def _undo_idea_state(session: Session, actor: Actor, entry: LogEntry) -> None:
    ideas.take_back(session, _thread(session, actor, entry), int(entry.details["change"]))


def _undo_turn(session: Session, actor: Actor, entry: LogEntry) -> None:
    post = _target(session, actor, entry).post
    if post is None or f"turn_into_{post.kind}" != entry.verb:
        raise _changed_since()
    if post.kind == "reply":
        state.turn_into_answer(session, post)
    else:
        state.turn_into_reply(session, post)


def _undo_sanction(session: Session, actor: Actor, entry: LogEntry) -> None:
    case_id = entry.details.get("case_id")
    sanctions.lift(session, actor, int(entry.details["sanction_id"]), case_id if isinstance(case_id, int) else None)


def _undo_pattern(session: Session, actor: Actor, entry: LogEntry) -> None:
    fairness.take_back(session, actor, int(entry.details["fairness_id"]), entry)


def _undo_withdrawal(session: Session, actor: Actor, entry: LogEntry) -> None:
    rating = session.get(TradeRating, int(entry.details["rating"]), with_for_update=True)
    if rating is None or rating.withdrawn_at is None:
        raise _changed_since()
    guardian.require(guardian.may_withdraw_rating(actor, rating, entry.board_id or 0), actor)
    set_withdrawn(session, rating, actor.id, None)


def _undo_product(session: Session, actor: Actor, entry: LogEntry) -> None:
    was, since = dict(entry.details["was"]), dict(entry.details["now"])
    put_product_back(session, actor, entry.target_id, was=was, since=since)


UNDOERS: dict[str, Undoer] = {
    "hide": _undo_hide,
    "hide_automatically": _undo_hide,
    "restore": _undo_restore,
    "delete": _undo_delete,
    "undelete": _undo_undelete,
    "dismiss": _undo_dismiss,
    "edit": _undo_edit,
    "endorse": _undo_endorse,
    "unendorse": _undo_endorse,
    "lock": _undo_lock,
    "unlock": _undo_unlock,
    "pin": _undo_pin,
    "unpin": _undo_pin,
    "move": _undo_move,
    "change_kind": _undo_kind,
    "mark_duplicate": _undo_mark_duplicate,
    "unmark_duplicate": _undo_unmark_duplicate,
    "idea_state": _undo_idea_state,
    "turn_into_reply": _undo_turn,
    "turn_into_answer": _undo_turn,
    "warn": _undo_sanction,
    "silence": _undo_sanction,
    "suspend": _undo_sanction,
    "hold_rank": ranks.let_go,
    "void_votes": _undo_pattern,
    "dismiss_pattern": _undo_pattern,
    "withdraw_rating": _undo_withdrawal,
    "change_product": _undo_product,
}
