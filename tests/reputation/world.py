"""A small community, at once in the database and in the simple model, and everything that can happen in it."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from forum.boards.models import Board, Category
from forum.core.clock import now, today
from forum.members import merging
from forum.members.models import Member
from forum.moderation.models import Case
from forum.purchases.models import ShopConnection, ShopOrder, ShopOrderLine
from forum.reputation import holding, ledger, maintenance, rulesets, standings, visits
from forum.reputation.formulas import Numbers
from forum.reputation.holding import Hold
from forum.reputation.models import Award, LedgerLine, RulesetVersion
from forum.reputation.reckoning import reckon
from forum.reputation.rules import Ruleset, read
from forum.threads.models import Acceptance, Endorsement, Post, Thread, Vote
from tests.reputation.model import Model, OrderState, PostState, ThreadState, VoteState

START = dt.datetime(2026, 2, 26, 0, 30, tzinfo=dt.UTC)  # two days before a month ends
PEOPLE = 6


def tight_rules() -> Ruleset:
    """The rules of `laurel` with caps so low that a handful of votes meets all of them."""
    data = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    data["caps"] = {
        "day_net": 25, "votes_of_giver_a_day": 2, "giver_share_percent": 40, "giver_share_from": 30,
        "question": 8, "discussion": 2,
    }
    data["points"] |= {"worked_for_me": 13, "endorsed": 7}
    return read(data)


class World:
    """Six members, two questions with answers, one discussion, two orders, one award."""

    def __init__(self, session: Session, rules: Ruleset) -> None:
        self.session = session
        self.model = Model(rules)
        session.add(RulesetVersion(
            name="test", data=rules.model_dump(mode="json", exclude_none=True), published_at=now(), generation=1
        ))
        self.people = [self._member(number) for number in range(PEOPLE)]
        self.threads: list[Thread] = []
        self.posts: list[Post] = []
        self.orders: list[ShopOrder] = []
        self.awards: list[Award] = []
        board = self._board()
        for asker, kind, answers in ((0, "question", (1, 1, 2, 3)), (1, "question", (0, 0, 2)), (2, "discussion", ())):
            self._thread(board, asker, kind, answers)
        connection = ShopConnection(name="shop", provider="generic", created_at=START)
        session.add(connection)
        session.flush()
        for number in range(2):
            self._order(connection.id, number)
        session.flush()

    # Making it ------------------------------------------------------------------------------

    def _member(self, number: int) -> Member:
        name = f"person{number}"
        member = Member(name=name, name_key=name, joined_at=START, confirmed_at=START)
        self.session.add(member)
        self.session.flush()
        self.model.joined[member.id] = START
        return member

    def _board(self) -> Board:
        category = Category(slug="all", title="All")
        self.session.add(category)
        self.session.flush()
        board = Board(category_id=category.id, slug="kettles", title="Kettles")
        self.session.add(board)
        self.session.flush()
        return board

    def _thread(self, board: Board, asker: int, kind: str, answers: tuple[int, ...]) -> None:
        thread = Thread(
            board_id=board.id, author_id=self.people[asker].id, kind=kind, title="How?", slug="how",
            created_at=START, last_activity_at=START,
        )
        self.session.add(thread)
        self.session.flush()
        self.threads.append(thread)
        self.model.threads[thread.id] = ThreadState(thread.id, thread.author_id, kind)
        self._post(thread, asker, "opening", 0)
        for position, author in enumerate(answers, 1):
            self._post(thread, author, "answer", position)

    def _post(self, thread: Thread, author: int, kind: str, position: int) -> None:
        post = Post(
            thread_id=thread.id, author_id=self.people[author].id, kind=kind, position=position, body_source="So.",
            body_html="<p>So.</p>", renderer_version=1, created_at=START,
        )
        self.session.add(post)
        self.session.flush()
        self.posts.append(post)
        self.model.posts[post.id] = PostState(post.id, post.author_id, thread.id, kind)

    def _order(self, connection_id: int, number: int) -> None:
        order = ShopOrder(
            connection_id=connection_id, order_hash=f"hash{number}", created_at=START, changed_at=START
        )
        self.session.add(order)
        self.session.flush()
        self.session.add(ShopOrderLine(order_id=order.id, sku="kettle", paid=0, refunded=0))
        self.orders.append(order)
        self.model.orders[order.id] = OrderState(START.date())

    # What can happen --------------------------------------------------------------------------

    def vote(self, giver: int, post_number: int, value: int, hours: int) -> None:
        """Cast, change or take back a vote; `hours` says when it was first cast."""
        post, voter = self.posts[post_number % len(self.posts)], self.people[giver]
        vote = self.session.scalars(
            select(Vote).where(Vote.post_id == post.id, Vote.voter_id == voter.id)
        ).one_or_none()
        if vote is None:
            at = START + dt.timedelta(hours=hours)
            vote = Vote(post_id=post.id, voter_id=voter.id, value=value, created_at=at, changed_at=at)
            self.session.add(vote)
            self.session.flush()
            self.model.votes[voter.id, post.id] = VoteState(vote.id, voter.id, post.id, at, value)
        vote.value = self.model.votes[voter.id, post.id].value = value
        if value != 1:
            vote.worked_at = vote.by_owner = None
            self.model.votes[voter.id, post.id].worked = False
        ledger.settle_vote(self.session, vote)

    def work(self, giver: int, post_number: int, worked: bool, hours: int) -> None:
        """An owner says of an answer that it worked, or takes that back; either way the vote is up."""
        post, voter = self.posts[post_number % len(self.posts)], self.people[giver]
        self.vote(giver, post_number, 1, hours)
        vote = self.session.scalars(select(Vote).where(Vote.post_id == post.id, Vote.voter_id == voter.id)).one()
        vote.worked_at, vote.by_owner = (vote.changed_at, True) if worked else (None, None)
        self.model.votes[voter.id, post.id].worked = worked
        ledger.settle_vote(self.session, vote)

    def endorse(self, post_number: int, endorsed: bool, hours: int) -> None:
        """The shop stands behind a post, or no longer."""
        post = self.posts[post_number % len(self.posts)]
        at = START + dt.timedelta(hours=hours)
        held = self.session.scalars(select(Endorsement).where(Endorsement.post_id == post.id)).one_or_none()
        held = held or Endorsement(post_id=post.id, created_at=at)
        self.session.add(held)
        self.model.endorsed.pop(post.id, None)
        held.undone_at = None if endorsed else now()
        if endorsed:
            held.created_at = self.model.endorsed[post.id] = at
        ledger.settle_endorsement(self.session, held)

    def void(self, giver: int, is_void: bool) -> None:
        """Void the votes that a member has given, as for a ban with that effect; or let them count again."""
        voter = self.people[giver]
        moment = now() if is_void else None
        self.session.execute(update(Vote).where(Vote.voter_id == voter.id).values(voided_at=moment))
        for state in self.model.votes.values():
            if state.giver == voter.id:
                state.void = is_void
        ledger.settle_votes_of(self.session, voter)

    def accept(self, thread_number: int, answer_number: int | None, by: int | None, hours: int) -> None:
        """Accept the n-th answer (or none any more), by the asker or by somebody else."""
        thread = self.threads[thread_number]
        state = self.model.threads[thread.id]
        answers = [post for post in self.posts if post.thread_id == thread.id and post.kind != "opening"]
        touched = list(self.session.scalars(
            select(Acceptance).where(Acceptance.thread_id == thread.id, Acceptance.undone_at.is_(None))
        ))
        for held in touched:
            held.undone_at = now()
        thread.accepted_post_id = state.accepted = None
        if answer_number is not None:
            post = answers[answer_number % len(answers)]
            at = START + dt.timedelta(hours=hours)
            by_id = thread.author_id if by is None else self.people[by].id
            found = self.session.scalars(select(Acceptance).where(Acceptance.post_id == post.id)).one_or_none()
            acceptance = found or Acceptance(thread_id=thread.id, post_id=post.id, created_at=at)
            acceptance.created_at, acceptance.by_id, acceptance.undone_at = at, by_id, None
            self.session.add(acceptance)
            touched.append(acceptance)
            thread.accepted_post_id = post.id
            state.accepted, state.accepted_at, state.accepted_by = post.id, at, by_id
        ledger.settle_acceptances(self.session, touched)

    def remove(self, post_number: int, is_gone: bool, hidden: bool) -> None:
        """Delete or hide a post, or bring it back."""
        post = self.posts[post_number % len(self.posts)]
        post.deleted_at = now() if is_gone and not hidden else None
        post.hidden_at = now() if is_gone and hidden else None
        self.model.posts[post.id].gone = is_gone
        ledger.settle_post(self.session, post)

    def remove_thread(self, thread_number: int, is_gone: bool) -> None:
        """Delete a thread, or bring it back."""
        thread = self.threads[thread_number]
        thread.deleted_at = now() if is_gone else None
        self.model.threads[thread.id].gone = is_gone
        ledger.settle_thread(self.session, thread)

    def turn(self, post_number: int, is_answer: bool) -> None:
        """Turn an answer into a reply, or back."""
        post = self.posts[post_number % len(self.posts)]
        if post.kind != "opening":
            post.kind = self.model.posts[post.id].kind = "answer" if is_answer else "reply"
            ledger.settle_post(self.session, post)

    def turn_thread(self, thread_number: int, kind: str) -> None:
        """Turn a question into a discussion, or back."""
        thread = self.threads[thread_number]
        thread.kind = self.model.threads[thread.id].kind = kind
        ledger.settle_thread(self.session, thread)

    def order(self, number: int, member: int | None, paid: bool, cancelled: bool, refunded: int) -> None:
        """An order became so: the last of some messages, which may have come in any order."""
        order = self.orders[number]
        line = self.session.scalars(select(ShopOrderLine).where(ShopOrderLine.order_id == order.id)).one()
        order.member_id = None if member is None else self.people[member].id
        order.paid_at = START if paid else None
        order.cancelled_at = START if cancelled else None
        line.paid, line.refunded = (2 if paid else 0), refunded
        self.model.orders[order.id] = OrderState(START.date(), order.member_id, paid, cancelled, line.paid, refunded)
        ledger.settle_purchase(self.session, order)

    def award(self, member: int, points: int, undo_last: bool) -> None:
        """Give points by hand, or take the last ones given back."""
        if undo_last and self.awards:
            award = self.awards.pop()
            award.undone_at = now()
        else:
            award = Award(
                member_id=self.people[member].id, kind="staff_grant", points=points,
                created_at=START + dt.timedelta(days=len(self.awards)),
            )
            self.session.add(award)
            self.awards.append(award)
        ledger.settle_award(self.session, award)
        undone = award.undone_at is not None
        self.model.awards[award.id] = (award.member_id, award.points, award.created_at, undone)

    def visit(self, member: int, day: int) -> None:
        """A member was here on a day."""
        date = START.date() + dt.timedelta(days=day)
        visits.record_visit(self.session, self.people[member].id, date)
        self.model.visits.add((self.people[member].id, date))

    def uphold(self, member: int, day: dt.date) -> None:
        """A report about a member was found right; the case is one of its own."""
        whose = self.people[member].id
        moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
        self.session.add(Case(
            target_kind="member", target_id=whose, state="upheld", opened_at=moment, closed_at=moment, flag_count=1
        ))
        self.session.flush()
        self.model.upheld.setdefault(whose, []).append(day)
        ledger.settle_standings(self.session, [whose])

    def import_profile(self) -> None:
        """A profile from an import, with an answer in each question and an award."""
        ghost = self._member(PEOPLE)
        ghost.external_source, ghost.external_id, ghost.confirmed_at = "old", "1", None
        self.people.append(ghost)
        for thread in self.threads[:2]:
            self._post(thread, PEOPLE, "answer", 9)

    def merge(self, into: int) -> None:
        """The imported profile turns out to be a member's; what is theirs is that member's from now on."""
        ghost, member = self.people[PEOPLE], self.people[into]
        if ghost.merged_into_id is not None:
            return
        merging.merge(self.session, ghost, member)
        for post in self.model.posts.values():
            post.author = member.id if post.author == ghost.id else post.author
        for thread in self.model.threads.values():
            thread.asker = member.id if thread.asker == ghost.id else thread.asker
            thread.accepted_by = member.id if thread.accepted_by == ghost.id else thread.accepted_by
        for number, (whose, *award) in self.model.awards.items():
            self.model.awards[number] = (member.id if whose == ghost.id else whose, *award)

    def act(self, act: tuple[Any, ...]) -> None:
        """One of the above, by name."""
        getattr(self, act[0])(*act[1:])

    # What must hold ---------------------------------------------------------------------------

    def check(self) -> None:
        """Lines = standings = model, and the command that verifies agrees."""
        self.session.flush()
        rules = rulesets.in_force(self.session)
        held = standings.read(self.session, [member.id for member in self.people])
        with self.model.at_rest():
            self._compare(rules, held)
        assert maintenance.verify(self.session) == []

    def _compare(self, rules: rulesets.InForce, held: dict[int, standings.Held]) -> None:
        lines = LedgerLine
        rows = self.session.execute(
            select(lines.member_id, func.sum(lines.points))
            .where(lines.axis == "reputation", lines.generation == rules.generation).group_by(lines.member_id)
        )
        sums = {row[0]: row[1] for row in rows}
        for member in self.people:
            expected = self.model.earned(member.id, today())
            assert sums.get(member.id, 0) == self.model.points(member.id), member.name
            nobody = standings.Held(Numbers(rules.ruleset.total(0)), Hold(rules.ruleset.ranks[0].key))
            standing = held.get(member.id, nobody)
            assert standing.numbers == replace(expected, joined_days=0), member.name
            assert holding.is_right(rules.ruleset, rules.ruleset.rank_for(expected), standing.hold, now()), member.name

    def standings(self) -> dict[int, Numbers]:
        """Everybody's numbers."""
        ids = [member.id for member in self.people]
        return reckon(self.session, rulesets.in_force(self.session), ids).numbers
