"""Any order of votes, marks, purchases, refunds, bans and deletions: what is kept = recounted = a simple model."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import Forbidden
from forum.members.models import Member
from forum.reputation.helpfulness import Tally, helpfulness, weight_of
from forum.threads import actions, owning, queries, state
from forum.threads.models import Post, Thread, Vote
from forum.threads.recounting import recount_votes
from tests.conftest import days_ago
from tests.factory import Factory
from tests.sampling import REQUIRE_ALL
from tests.threads.owning import deliver, sold_on

VOTERS = 4
EXAMPLES = 100 if REQUIRE_ALL else 15  # as for the ledger
WHO = st.integers(0, VOTERS - 1)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("vote"), WHO, st.sampled_from([1, 1, 1, 0, -1])),
        st.tuples(st.just("work"), WHO), st.tuples(st.just("unwork"), WHO),
        st.tuples(st.just("buy"), WHO), st.tuples(st.just("refund"), WHO),
        st.tuples(st.just("ban"), WHO, st.booleans()),
        st.tuples(st.just("endorse"), st.booleans()), st.tuples(st.just("delete"), st.booleans()),
    ),
    min_size=1, max_size=25,
)


@dataclass
class Said:
    """What one voter said and owns, in the model. `came_with`: the up vote was made by saying that it worked.

    A vote that is void stays so whatever its giver says anew.
    """

    value: int = 0
    weight: int = 100
    worked: bool = False
    came_with: bool = False
    orders: int = 0
    owns: bool = False
    void: bool = False


class Place:
    """A question about a kettle with one answer, half a year later, and four voters of rank."""

    def __init__(self, session: Session, ids: dict[str, Any]) -> None:
        self.session, self.ids = session, ids
        self.said = [Said() for _voter in range(VOTERS)]
        self.endorsed = False

    def act(self, act: tuple[Any, ...]) -> None:
        """One act, by the product's actions and in the model."""
        getattr(self, act[0])(*act[1:])
        self.session.flush()

    def _actor(self, who: int) -> Any:
        return load_actor(self.session, self.ids["voters"][who])

    def _post(self) -> Post:
        staff = load_actor(self.session, self.ids["staff"])
        return queries.visible_post(self.session, staff, self.ids["answer"])

    def _gone(self) -> bool:
        return self._post().is_gone

    def vote(self, who: int, value: int) -> None:
        if self._gone():
            return
        actions.vote(self.session, self._actor(who), self._post(), value, "wrong" if value < 0 else None)
        said = self.said[who]
        if said.value != value:
            said.weight = weight_of(owner=said.owns, accepted=0) if value else 100
            said.value, said.worked, said.came_with = value, False, False

    def work(self, who: int) -> None:
        said = self.said[who]
        if self._gone():
            return
        if not said.owns:
            with pytest.raises(Forbidden):
                actions.say_worked(self.session, self._actor(who), self._post())
            return
        actions.say_worked(self.session, self._actor(who), self._post())
        if said.value != 1 or said.void:
            said.value, said.weight, said.came_with = 1, weight_of(owner=True, accepted=0), True
        said.worked = True

    def unwork(self, who: int) -> None:
        if self._gone():
            return
        actions.unsay_worked(self.session, self._actor(who), self._post())
        said = self.said[who]
        if said.worked and said.came_with:
            said.value, said.weight = 0, 100
        said.worked = said.came_with = False

    def buy(self, who: int) -> None:
        said = self.said[who]
        said.orders += 1
        self._deliver(who, "order.paid")
        said.owns = True

    def refund(self, who: int) -> None:
        said = self.said[who]
        if said.orders:
            self._deliver(who, "order.refunded")
            said.owns = False

    def _deliver(self, who: int, kind: str) -> None:
        member = self.session.get_one(Member, self.ids["voters"][who])
        for order in range(1, self.said[who].orders + 1):
            if kind == "order.refunded" or order == self.said[who].orders:
                deliver(self.session, member, kind, str(order))
        owning.recheck(self.session, member.id)  # as the subscriber does

    def ban(self, who: int, is_void: bool) -> None:
        moment = now() if is_void else None
        self.session.execute(
            update(Vote).where(Vote.voter_id == self.ids["voters"][who]).values(voided_at=moment)
        )
        self.session.expire_all()
        recount_votes(self.session, Vote.voter_id == self.ids["voters"][who])
        self.said[who].void = is_void and self._exists(who)

    def _exists(self, who: int) -> bool:
        voter = self.ids["voters"][who]
        return self.session.scalar(select(Vote.id).where(Vote.voter_id == voter)) is not None

    def endorse(self, endorsed: bool) -> None:
        if not self._gone():
            actions.endorse(
                self.session, load_actor(self.session, self.ids["staff"]), self._post(), endorsed=endorsed
            )
            self.endorsed = endorsed

    def delete(self, gone: bool) -> None:
        state.set_deleted(self.session, self._post(), self.ids["staff"], deleted=gone)

    def check(self) -> None:
        """Kept = model, and recounting finds nothing."""
        counted = [said for said in self.said if not said.void]
        ups, downs = ([one for one in counted if one.value == value] for value in (1, -1))
        tally = Tally(
            len(ups), len(downs), sum(one.weight for one in ups), sum(one.weight for one in downs),
            sum(one.worked and one.owns for one in ups),
        )
        post = self._post()
        kept = Tally(post.up_count, post.down_count, post.up_weight, post.down_weight, post.worked_count)
        assert kept == tally
        age = post.created_at - self.session.get_one(Thread, post.thread_id).created_at
        assert post.helpfulness == helpfulness(tally, endorsed=self.endorsed, age=age)
        assert state.recount_thread(self.session, post.thread_id) == {}


@pytest.fixture
def ids(make: Factory, session: Session) -> dict[str, Any]:
    """The people and things, committed once for all runs."""
    board = make.board()
    answer = make.answer(make.thread(board, make.member()), make.member())
    voters = [make.member(rank="branch", points=500) for _voter in range(VOTERS)]
    sold_on(session, session.get_one(Board, board.id))
    session.get_one(Thread, answer.thread_id).created_at = days_ago(180)
    session.commit()
    return {"answer": answer.id, "voters": [one.id for one in voters], "staff": make.member(role="moderator").id}


@given(acts=ACTS)
@example(acts=[("vote", 0, 1), ("ban", 0, True), ("vote", 0, -1), ("ban", 0, False)])
@example(acts=[("buy", 0), ("work", 0), ("ban", 0, True), ("work", 0), ("unwork", 0), ("ban", 0, False)])
@settings(max_examples=EXAMPLES,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_order(session: Session, ids: dict[str, Any], acts: list[tuple[Any, ...]]) -> None:
    place = Place(session, ids)
    try:
        for act in acts:
            place.act(act)
            place.check()
    finally:
        session.rollback()
        session.expunge_all()
