"""Agreements between two members and what they say of each other."""

from forum.access.actors import Actor
from forum.access.guardian.boards import may_see_board
from forum.access.guardian.standing import may_moderate, may_write
from forum.access.guardian.verdict import YES, Verdict
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member
from forum.threads.models import Thread
from forum.trades.models import TradeAgreement, TradeRating


def may_agree_here(actor: Actor, thread: Thread, board: Board) -> Verdict:
    """Propose a deal or mentoring in a thread: whoever may write, where the thread is there and the board is open."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if not may_see_board(actor, board):
        return Verdict(_l("This board is not open to you."))
    if thread.is_gone or thread.awaits_confirmation:
        return Verdict(_l("This thread is not open at present."))
    if board.archived_at is not None:
        return Verdict(_l("This board is archived: it can be read, but nothing new is added."))
    return YES


def may_propose(actor: Actor, thread: Thread, board: Board, partner: Member) -> Verdict:
    """With another member who is here: not with oneself, nor with an account that is gone or must wait."""
    verdict = may_agree_here(actor, thread, board)
    if not verdict:
        return verdict
    if partner.id == actor.id:
        return Verdict(_l("You cannot agree with yourself."))
    gone = partner.merged_into_id is not None or partner.erased_at is not None or partner.confirmed_at is None
    if gone or (partner.suspended_until is not None and partner.suspended_until > now()):
        return Verdict(_l("This member cannot take part at present."))
    return YES


def may_answer(actor: Actor, agreement: TradeAgreement) -> Verdict:
    """Agree or decline: the one who was asked, once."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if actor.id != agreement.partner_id:
        return Verdict(_l("Only the member who was asked can answer."))
    return YES if agreement.state == "proposed" else Verdict(_l("This was answered already."))


def may_take_back(actor: Actor, agreement: TradeAgreement) -> Verdict:
    """Take a proposal back that nobody has answered yet: who made it."""
    if actor.id is None or actor.id != agreement.proposer_id:
        return Verdict(_l("Only the member who proposed it can take it back."))
    return YES if agreement.state == "proposed" else Verdict(_l("This was answered already."))


def may_rate(actor: Actor, agreement: TradeAgreement) -> Verdict:
    """Each of the two, once they have agreed; whether they have rated already is for the action to see."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if not agreement.is_of(actor.id):
        return Verdict(_l("Only the two who agreed rate each other."))
    return YES if agreement.state == "agreed" else Verdict(_l("You can rate once you both have agreed."))


def may_reply_to_rating(actor: Actor, rating: TradeRating) -> Verdict:
    """The one whom it is about, once, while it stands."""
    verdict = may_write(actor)
    if not verdict:
        return verdict
    if actor.id != rating.rated_id:
        return Verdict(_l("Only the member whom it is about can reply."))
    if rating.withdrawn_at is not None:
        return Verdict(_l("A moderator has withdrawn this rating."))
    return YES if rating.reply is None else Verdict(_l("You have replied already."))


def may_withdraw_rating(actor: Actor, rating: TradeRating, board_id: int) -> Verdict:
    """Take a rating out of sight, with a reason: who keeps order where the two agreed, but neither of the two."""
    verdict = may_moderate(actor, board_id)
    if not verdict:
        return verdict
    if actor.id in (rating.rater_id, rating.rated_id):
        return Verdict(_l("Somebody else decides about ratings of yours."))
    return YES
