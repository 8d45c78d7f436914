"""What two members can do about a deal or mentoring: propose, agree, decline, rate, reply; and what moderators can.

A rating is blind: whoever may still rate never knows what the other one said. That is why one can rate only until the
other's rating shows, and why the agreement's row is held while somebody rates.
"""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.content.lines import one_line
from forum.core import ratelimit
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import Text
from forum.core.i18n import gettext as _
from forum.events.catalogue import ProposalTakenBack, TradeHappened
from forum.events.publish import publish
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.moderation.record import record
from forum.threads.models import Post, Thread
from forum.threads.queries import visible_thread
from forum.trades.models import KINDS, TradeAgreement, TradeRating
from forum.trades.state import BLIND, WORDS, is_shown, set_withdrawn

AT_ONCE = 200  # members told in one transaction


def propose(session: Session, actor: Actor, thread_id: int, *, kind: str, name: str) -> TradeAgreement:
    """Propose a deal or mentoring to somebody who takes part in the thread.

    Raises:
        NotFound: the thread is not there, or not open to the actor.
        Invalid: by field, what to change.
        Forbidden, Unauthenticated: as the guardian says.
        Conflict: the two have agreed (or one has declined) in this thread already.
        TooMany: five proposals a day.
    """
    thread = visible_thread(session, actor, thread_id)
    guardian.require(guardian.may_agree_here(actor, thread, thread.board), actor)
    partner = session.scalar(select(Member).where(Member.name == name))
    problems: dict[str, Text] = {}
    if kind not in KINDS:
        problems["kind"] = _("Choose a deal or mentoring.")
    if partner is None or not _takes_part(session, actor, thread, partner):
        problems["name"] = _("Choose somebody who wrote in this thread.")
    if problems or partner is None:
        raise Invalid(problems)
    guardian.require(guardian.may_propose(actor, thread, thread.board, partner), actor)
    ratelimit.take("agreement", actor.id)
    low, high = sorted((actor.id or 0, partner.id))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(TradeAgreement).values(
        thread_id=thread.id, kind=kind, proposer_id=actor.id, partner_id=partner.id, low_id=low, high_id=high,
        proposed_at=now(),
    )
    made = session.scalar(insert.on_conflict_do_nothing().returning(TradeAgreement.id))
    if made is None:
        raise Conflict(_("Something was proposed between you two in this thread already."))
    publish(session, TradeHappened(made, "proposed", made, partner.id, actor.id))
    return session.get_one(TradeAgreement, made)


def _takes_part(session: Session, actor: Actor, thread: Thread, partner: Member) -> bool:
    wrote = visible.posts(actor).with_only_columns(Post.id).where(
        Post.thread_id == thread.id, Post.author_id == partner.id, Post.deleted_at.is_(None), Post.hidden_at.is_(None)
    )
    return session.scalar(wrote.limit(1)) is not None


def answer(session: Session, actor: Actor, agreement_id: int, *, agreed: bool) -> TradeAgreement:
    """Agree to what was proposed, or decline it.

    Raises:
        NotFound: there is no such proposal between the actor and another, in a thread that they may read.
        Forbidden: not the one who was asked, or answered already.
    """
    agreement, _thread = _held(session, actor, agreement_id)
    state = "agreed" if agreed else "declined"
    if actor.id == agreement.partner_id and agreement.state == state:
        return agreement  # pressed twice: it is as they want it
    guardian.require(guardian.may_answer(actor, agreement), actor)
    agreement.state, agreement.answered_at = state, now()
    publish(
        session, TradeHappened(agreement.id, agreement.state, agreement.id, agreement.proposer_id, actor.id)
    )
    session.flush()
    return agreement


def take_back(session: Session, actor: Actor, agreement_id: int) -> int:
    """Take back what one proposed, as long as it is not answered. Returns the thread's id.

    Raises:
        NotFound, Forbidden: as for answering.
    """
    agreement, thread = _held(session, actor, agreement_id)
    guardian.require(guardian.may_take_back(actor, agreement), actor)
    session.delete(agreement)
    publish(session, ProposalTakenBack(agreement_id))
    session.flush()
    return thread.id


def rate(session: Session, actor: Actor, agreement_id: int, *, value: int, words: str) -> TradeRating:
    """Say how it went, once. With the second rating both show; the first one alone shows after two weeks.

    Raises:
        NotFound, Forbidden: as for answering.
        Invalid: by field, what to change.
        Conflict: rated already, or the other's rating shows by now.
    """
    agreement, _thread = _held(session, actor, agreement_id)
    guardian.require(guardian.may_rate(actor, agreement), actor)
    problems: dict[str, Text] = {}
    if value not in (-1, 0, 1):
        problems["value"] = _("Choose positive, neutral or negative.")
    said = _sentence(words, problems, _("Say in a sentence how it went, in at most %(num)s characters.", num=WORDS))
    if problems:
        raise Invalid(problems)
    moment = now()
    there = {row.rater_id: row for row in session.scalars(
        select(TradeRating).where(TradeRating.agreement_id == agreement.id).with_for_update()
    )}
    if actor.id in there:
        raise Conflict(_("You have rated this already."))
    first = there.get(agreement.other(actor.id))
    if first is not None and first.shown_from <= moment:
        raise Conflict(_("The time to rate is over: what the other one said shows already."))
    ratelimit.take("rating", actor.id)
    rating = TradeRating(
        agreement_id=agreement.id, rater_id=actor.id, rated_id=agreement.other(actor.id), value=value, words=said,
        created_at=moment, shown_from=moment if first is not None else moment + BLIND, told=first is not None,
    )
    session.add(rating)
    session.flush()
    if first is None:
        publish(session, TradeHappened(agreement.id, "rated", rating.id, rating.rated_id, actor.id))
    else:
        first.shown_from, first.told = moment, True
        for one in (first, rating):
            publish(session, TradeHappened(agreement.id, "shown", one.id, one.rated_id, one.rater_id))
    session.flush()
    return rating


def reply(session: Session, actor: Actor, rating_id: int, *, words: str) -> TradeRating:
    """Reply once to what was said of oneself.

    Raises:
        NotFound: there is no such rating for the actor.
        Forbidden: it is about somebody else, withdrawn, or replied to already.
        Invalid: no words, or too many.
    """
    rating = _shown(session, actor, rating_id)[0]
    guardian.require(guardian.may_reply_to_rating(actor, rating), actor)
    problems: dict[str, Text] = {}
    said = _sentence(words, problems, _("Reply in at most %(num)s characters.", num=WORDS))
    if problems:
        raise Invalid(problems)
    ratelimit.take("rating", actor.id)
    rating.reply, rating.replied_at = said, now()
    publish(session, TradeHappened(rating.agreement_id, "replied", rating.id, rating.rater_id, actor.id))
    session.flush()
    return rating


def withdraw(session: Session, actor: Actor, rating_id: int, *, reason: str) -> LogEntry:
    """Take a rating out of sight, for a reason that its author reads; the log can take it back.

    Raises:
        NotFound: there is no such rating for the actor.
        Forbidden: the actor does not keep order there, or is one of the two.
        Invalid: without a reason.
        Conflict: it is withdrawn already.
    """
    rating, thread = _shown(session, actor, rating_id)
    guardian.require(guardian.may_withdraw_rating(actor, rating, thread.board_id), actor)
    words = " ".join(reason.split())
    if not 1 <= len(words) <= 500:
        raise Invalid({"reason": _("Give a reason, in at most 500 characters: the author reads it.")})
    if rating.withdrawn_at is not None:
        raise Conflict(_("This rating is withdrawn already."))
    set_withdrawn(session, rating, actor.id, words)
    return record(
        session, actor, "withdraw_rating", "member", rating.rater_id, board_id=thread.board_id, reason=words,
        details={"rating": rating.id},
    )


def tell_shown(session: Session, actor: Actor) -> int:
    """Tell those whose rating shows since its two weeks are over. Returns how many. The system does it."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    due = session.scalars(
        select(TradeRating).where(TradeRating.told.is_(False), is_shown(now())).order_by(TradeRating.shown_from)
        .limit(AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    for rating in due:
        rating.told = True
        publish(session, TradeHappened(rating.agreement_id, "shown", rating.id, rating.rated_id, rating.rater_id))
    session.flush()
    return len(due)


def _held(session: Session, actor: Actor, agreement_id: int) -> tuple[TradeAgreement, Thread]:
    """An agreement of the actor's in a thread that they may read, locked."""
    agreement = session.get(TradeAgreement, agreement_id, with_for_update=True, populate_existing=True)
    if agreement is None or not agreement.is_of(actor.id):
        raise NotFound
    return agreement, visible_thread(session, actor, agreement.thread_id)


def _shown(session: Session, actor: Actor, rating_id: int) -> tuple[TradeRating, Thread]:
    """A rating that shows, in a thread that the actor may read, locked."""
    rating = session.scalar(
        select(TradeRating).where(TradeRating.id == rating_id, is_shown(now())).with_for_update()
    )
    if rating is None:
        raise NotFound
    agreement = session.get_one(TradeAgreement, rating.agreement_id)
    return rating, visible_thread(session, actor, agreement.thread_id)


def _sentence(words: str, problems: dict[str, Text], otherwise: Text) -> str:
    said = one_line(words)
    if not 1 <= len(said) <= WORDS:
        problems["words"] = otherwise
    return said
