"""Moderation: who flags, decides, sanctions, reads the queue."""

from collections.abc import Collection

from forum.access.actors import Actor
from forum.access.guardian.boards import may_see_board
from forum.access.guardian.standing import admin, by_rank, may_be_here, may_moderate, may_write, staff
from forum.access.guardian.verdict import YES, Verdict
from forum.access.privileges import Privilege
from forum.boards.models import Board
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member


def may_decide(actor: Actor, board_id: int | None, author_id: int) -> Verdict:
    """Decide on something that was flagged: who moderates there, not about one's own; the community manager always."""
    verdict = may_moderate(actor, board_id)
    if verdict and actor.id == author_id and not actor.is_admin:
        return Verdict(_l("Another moderator decides about what you wrote."))
    return verdict


def may_triage(actor: Actor, author: Member, *, looks_after: bool, board: Board | None) -> Verdict:
    """Decide on a flagged post or message by rank: not about one's own, nor about what those who keep order wrote.

    Args:
        looks_after: whether the author moderates the board that it is on.
        board: where it is; none for the lobby.
    """
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if board is not None and not may_see_board(actor, board):
        return Verdict(_l("This board is not open to you."))
    if author.id == actor.id:
        return Verdict(_l("Somebody else decides about what you wrote."))
    if author.role != "member" or looks_after:
        return Verdict(_l("What moderators write is for moderators to decide on."))
    return by_rank(actor, Privilege.TRIAGE)


def may_lift_hold(actor: Actor, board_id: int | None) -> Verdict:
    """Show again what flags alone have hidden: moderators, and those whose rank opens it."""
    return YES if actor.moderates(board_id) else by_rank(actor, Privilege.LIFT_HOLDS)


def may_see_queue(actor: Actor) -> Verdict:
    """The queue: staff, board moderators (their boards), and by rank those who triage (what they may read)."""
    verdict = may_be_here(actor)
    if not verdict:
        return verdict
    return YES if actor.sees_queue else Verdict(_l("This is for moderators."))


def may_read_log(actor: Actor) -> Verdict:
    """The log of moderation: staff, and board moderators (their boards). It tells of sanctions: not for a rank."""
    verdict = may_be_here(actor)
    if not verdict:
        return verdict
    return YES if actor.is_staff or actor.moderated else Verdict(_l("This is for moderators."))


def may_undo(actor: Actor, board_id: int | None, *, own_triage: bool) -> Verdict:
    """Take an act of moderation back: who moderates there; those who triage, what they themselves decided."""
    if own_triage and not actor.moderates(board_id):
        verdict = may_write(actor)
        return by_rank(actor, Privilege.TRIAGE) if verdict else verdict
    return may_moderate(actor, board_id)


def may_flag(actor: Actor, author_id: int | None) -> Verdict:
    """Anybody, guests too; not one's own."""
    if actor.is_suspended:
        return Verdict(_l("Your account is suspended for now."))
    if actor.id is not None and author_id == actor.id:
        return Verdict(_l("You cannot report your own post; you can delete it."))
    return YES


def may_redact(actor: Actor, board_id: int | None) -> Verdict:
    """Purge words for good: staff only, since it cannot be undone."""
    del board_id
    return staff(actor)


def may_hold_rank(actor: Actor, member: Member) -> Verdict:
    """Hold a member at a rank: the community manager. Staff stand outside the ladder."""
    verdict = admin(actor)
    if verdict and member.role != "member":
        return Verdict(_l("Staff have no rank to hold."))
    return verdict


def may_sanction(actor: Actor, member: Member) -> Verdict:
    """Warn, silence, suspend: staff; an admin for moderators; nobody for themselves or an admin."""
    if not actor.is_staff:
        return Verdict(_l("This is for moderators."))
    if member.id == actor.id:
        return Verdict(_l("You cannot sanction yourself."))
    if member.role == "admin" and not actor.is_system:
        return Verdict(_l("The community manager cannot be sanctioned."))
    if member.role == "moderator" and not actor.is_admin:
        return Verdict(_l("Only the community manager can sanction a moderator."))
    return YES


def may_see_fairness(actor: Actor) -> Verdict:
    """The report of suspicious patterns: staff alone, since it says who voted for whom."""
    return may_moderate(actor, None)


def may_decide_fairness(actor: Actor, members: Collection[int]) -> Verdict:
    """Dismiss or void a pattern: staff, not about their own votes; the community manager always."""
    verdict = may_see_fairness(actor)
    if verdict and actor.id in members and not actor.is_admin:
        return Verdict(_l("Another moderator decides about your votes."))
    return verdict
