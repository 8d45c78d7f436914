"""The helpers' desk: what waits, claims, saved replies."""

from forum.access.actors import Actor
from forum.access.guardian.standing import may_write, staff
from forum.access.guardian.threads import may_reply
from forum.access.guardian.verdict import YES, Verdict
from forum.boards.models import Board
from forum.core.i18n import lazy_gettext as _l
from forum.threads.models import Thread


def may_use_desk(actor: Actor) -> Verdict:
    """See what waits, take it up, keep saved replies: whoever may write."""
    return may_write(actor)


def may_claim(actor: Actor, thread: Thread, board: Board) -> Verdict:
    """Say "I'm on it": whoever may answer, on an open question of somebody else's."""
    verdict = may_reply(actor, thread, board)
    if not verdict:
        return verdict
    if thread.kind != "question":
        return Verdict(_l("Only a question can be taken up."))
    if thread.author_id == actor.id:
        return Verdict(_l("This is your own question."))
    return Verdict(_l("This question is solved already.")) if thread.solved else YES


def may_keep_reply(actor: Actor, owner_id: int | None, shared: bool) -> Verdict:
    """Save, change and delete a saved reply: one's own; those for everybody are staff's."""
    verdict = may_use_desk(actor)
    if not verdict:
        return verdict
    if shared:
        return staff(actor)
    return YES if owner_id == actor.id else Verdict(_l("Only the member can change this."))
