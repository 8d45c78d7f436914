"""The ledger: every point is a line, appended and never changed.

Each function here settles a source: it works out what the source yields *now* under the rules and
appends the difference to what its lines hold. Doing, undoing, deleting, restoring, hiding, banning,
refunding and replaying are therefore one mechanism, in any order, and calling twice changes
nothing. Call it inside the unit of work, after the row has changed, as the last step of an action:
standings are locked last, in the order of their ids. Nothing here commits.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.events.catalogue import VoidingChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.purchases.models import ShopOrder
from forum.reputation.models import Award, LedgerLine
from forum.reputation.rulesets import in_force
from forum.reputation.settlement import Settlement, begin
from forum.reputation.sources import (
    award_yields,
    read_acceptances,
    read_endorsements,
    read_orders,
)
from forum.threads.models import Acceptance, Endorsement, Post, Thread, Vote


def settle_vote(session: Session, vote: Vote) -> None:
    """A vote was cast, changed, taken back, voided, or counts again."""
    session.flush()
    author_id = session.get_one(Post, vote.post_id).author_id
    if vote.voter_id is None:
        settlement = begin(session, {author_id})
        settlement.votes(settlement.read_votes(Vote.id == vote.id))
    else:
        people, day = {author_id, vote.voter_id}, vote.created_at.date()
        settlement = begin(session, people)
        settlement.votes(settlement.read_pairs([vote.voter_id], author_id, day, day), whole=True)
    settlement.finish()


def settle_acceptance(session: Session, acceptance: Acceptance) -> None:
    """An answer was accepted, or an acceptance undone."""
    settle_acceptances(session, [acceptance])


def settle_acceptances(session: Session, acceptances: Sequence[Acceptance]) -> None:
    """Several acceptances at once: the one that was given up and the one that took its place."""
    session.flush()
    which = Acceptance.id.in_([acceptance.id for acceptance in acceptances])
    settlement = begin(session, lambda: _people_of_acceptances(session, which))
    _acceptances(settlement, which)
    settlement.finish()


def settle_endorsement(session: Session, endorsement: Endorsement) -> None:
    """The shop endorsed an answer, or no longer does."""
    session.flush()
    author_id = session.scalars(select(Post.author_id).where(Post.id == endorsement.post_id)).one()
    settlement = begin(session, lambda: {author_id})
    _endorsements(settlement, Endorsement.id == endorsement.id)
    settlement.finish()


def settle_post(session: Session, post: Post) -> None:
    """A post was deleted, hidden, brought back, moved, or turned into another kind."""
    _settle_posts(session, Post.id == post.id)


def settle_thread(session: Session, thread: Thread) -> None:
    """A thread was deleted, hidden, brought back, merged into, split off, or turned into another kind.

    Settles every post that it holds now.
    """
    _settle_posts(session, Post.thread_id == thread.id)


def settle_votes_of(session: Session, member: Member) -> None:
    """The votes that a member gave were voided, or count again."""
    settle_voided(session, Vote.voter_id == member.id)


def settle_voided(
    session: Session, votes: ColumnElement[bool], acceptances: ColumnElement[bool] | None = None
) -> None:
    """These votes, and these acceptances, were voided, or count again."""

    def concerned() -> set[int]:
        pairs = select(Post.author_id, Vote.voter_id).join(Vote, Vote.post_id == Post.id).where(votes).distinct()
        people = {id for row in session.execute(pairs) for id in row if id is not None}
        return people | (_people_of_acceptances(session, acceptances) if acceptances is not None else set())

    settlement = begin(session, concerned)
    settlement.votes(settlement.read_votes(votes))
    if acceptances is not None:
        _acceptances(settlement, acceptances)
    settlement.finish(recount=settlement.held)
    if settlement.held:
        publish(session, VoidingChanged(tuple(sorted(settlement.held))))


def settle_award(session: Session, award: Award) -> None:
    """Points were given by hand or by an import, or such points undone."""
    session.flush()
    settlement = begin(session, {award.member_id})
    _awards(settlement, Award.member_id == award.member_id, Award.kind == award.kind)
    settlement.finish()


def settle_purchase(session: Session, order: ShopOrder) -> None:
    """An order changed: paid, refunded, cancelled, matched to a member or to another one."""
    settle_purchases(session, [order])


def settle_purchases(session: Session, orders: Iterable[ShopOrder]) -> None:
    """Several orders at once: those that were found when an address was confirmed."""
    session.flush()
    ids = [order.id for order in orders]
    settlement = begin(session, lambda: _people_of_orders(session, ids))
    for some in chunks(ids):
        settlement.compare_by_id("order", read_orders(session, ShopOrder.id.in_(some)))
    settlement.finish()


def settle_standings(session: Session, member_ids: Iterable[int]) -> None:
    """Reckon the standings of these members anew, because of the time or of something that has no lines."""
    ids = set(member_ids)
    begin(session, lambda: ids).finish(recount=ids)


def settle_merged(session: Session, member: Member, gone: Member) -> None:
    """Everything of `gone` belongs to `member` now: their lines are reversed and written for the member.

    Whoever helped one of the two is counted anew, since two askers became one.
    """
    helpers = select(Post.author_id).join(Thread, Thread.id == Post.thread_id).where(Thread.author_id == member.id)
    settle_member(session, member, also={gone.id, *session.scalars(helpers.distinct())})


def settle_member(session: Session, member: Member, also: Iterable[int] = ()) -> None:
    """Settle everything that concerns a member; `also` are others whose standings are reckoned anew."""
    posts = Post.author_id == member.id
    settled = or_(posts, Vote.voter_id == member.id)
    accepted = or_(posts, Thread.author_id == member.id)
    orders = list(session.scalars(select(ShopOrder.id).where(ShopOrder.member_id == member.id)))

    def concerned() -> set[int]:
        votes = select(Post.author_id, Vote.voter_id).join(Vote, Vote.post_id == Post.id).where(settled)
        people = {id for row in session.execute(votes) for id in row if id is not None}
        people.update(_people_of_acceptances(session, accepted), _people_of_orders(session, orders))
        return {member.id, *also, *people}

    settlement = begin(session, concerned)
    settlement.votes(settlement.read_votes(settled))
    _acceptances(settlement, accepted)
    _endorsements(settlement, posts)
    _awards(settlement, Award.member_id == member.id)
    settlement.compare_by_id("order", read_orders(session, ShopOrder.member_id == member.id))
    settlement.finish(recount=settlement.held)


def _settle_posts(session: Session, which: ColumnElement[bool]) -> None:
    def concerned() -> set[int]:
        """The authors, all who ever voted one of them down (that costs them a point), and who holds lines."""
        authors = select(Post.author_id).where(which).distinct()
        people = set(session.scalars(authors))
        downs = select(Vote.voter_id).join(Post, Post.id == Vote.post_id).where(Vote.value < 0)
        givers = session.scalars(downs.where(Post.author_id.in_(authors)).distinct())
        people.update(id for id in givers if id is not None)
        lines = select(LedgerLine.member_id).join(Post, Post.id == LedgerLine.post_id)
        generation = in_force(session).generation
        people.update(session.scalars(lines.where(which, LedgerLine.generation == generation).distinct()))
        return people | _people_of_acceptances(session, which)

    settlement = begin(session, concerned)
    settlement.votes(settlement.read_votes(which))
    _acceptances(settlement, which)
    _endorsements(settlement, which)
    settlement.finish(recount=settlement.held)


def _acceptances(settlement: Settlement, which: ColumnElement[bool]) -> None:
    points = settlement.rules.ruleset.points
    facts = read_acceptances(settlement.session, which)
    settlement.askers.update((fact.post_id, fact.asker_id) for fact in facts)
    settlement.compare_by_id("acceptance", {fact.id: fact.yields(points) for fact in facts})


def _endorsements(settlement: Settlement, which: ColumnElement[bool]) -> None:
    points = settlement.rules.ruleset.points
    facts = read_endorsements(settlement.session, which)
    settlement.compare_by_id("endorsement", {fact.id: fact.yields(points) for fact in facts})


def _awards(settlement: Settlement, *which: ColumnElement[bool]) -> None:
    awards = settlement.session.scalars(select(Award).where(*which))
    settlement.compare_by_id("award", award_yields(settlement.rules.ruleset, awards))


def _people_of_acceptances(session: Session, which: ColumnElement[bool]) -> set[int]:
    facts = read_acceptances(session, which)
    return {fact.author_id for fact in facts} | {fact.asker_id for fact in facts}


def _people_of_orders(session: Session, ids: Sequence[int]) -> set[int]:
    """Who has the orders, and who had them."""
    people = set[int | None]()
    generation = in_force(session).generation
    for some in chunks(ids):
        people.update(session.scalars(select(ShopOrder.member_id).where(ShopOrder.id.in_(some))))
        people.update(session.scalars(
            select(LedgerLine.member_id).where(
                LedgerLine.generation == generation, LedgerLine.source_kind == "order",
                LedgerLine.source_id.in_([str(id) for id in some]),
            )
        ))
    return {id for id in people if id is not None}
