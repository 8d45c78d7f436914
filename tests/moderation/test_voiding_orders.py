"""Bans, the fairness report, a merge and the voters, in any order: a vote counts while nothing is against it."""

import random
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor, load_actor
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.members.merging import merge
from forum.members.models import Member
from forum.members.names import name_key
from forum.moderation.actions import fairness, sanctions, undoing
from forum.moderation.models import FairnessCase, FairnessMember, Sanction
from forum.reputation import maintenance
from forum.threads import actions as threads
from forum.threads.models import Post, Vote
from tests.factory import Factory
from tests.moderation.test_undo import differences, picture
from tests.sampling import always

STEPS = 30
Pair = tuple[int, int]


class Town:
    """Five members who answered a question each, all of whom vote; the causes against each vote, as a simple model."""

    def __init__(self, session: Session, admin: Actor, posts: dict[int, int], imported: Pair) -> None:
        self.session, self.admin, self.posts, self.imported = session, admin, posts, imported
        self.members = sorted(set(posts.values()) - {imported[0]})
        self.values: dict[Pair, int] = {}  # by (voter, post)
        self.causes: dict[Pair, set[object]] = {}
        self.undo: dict[object, int] = {}  # by cause, the line of the log

    def vote(self, voter: int, post: int, value: int) -> None:
        """Cast or take back, unless it is one's own or the voter is banned."""
        if self.posts[post] == voter or ("ban", voter) in self.undo:
            return
        given = threads.vote(self.session, load_actor(self.session, voter), self.session.get_one(Post, post), value)
        if given is not None:
            self.values[voter, post] = value
            self.causes.setdefault((voter, post), set())

    def ban(self, member: int) -> None:
        """A year's suspension: it voids without being asked to; or the end of it."""
        cause = ("ban", member)
        if self._taken_back(cause):
            return
        name = self.session.get_one(Member, member).name
        entry = sanctions.sanction(self.session, self.admin, name, kind="suspension", reason="Ring.", days=365)
        self._against(cause, entry.id, [vote for vote in self.values if vote[0] == member])

    def void(self, case_id: int, members: frozenset[int]) -> None:
        """What some members gave each other counts no more; or does again."""
        cause = ("case", case_id)
        if self._taken_back(cause):
            return
        entry = fairness.void(self.session, self.admin, case_id, "exchanged", "Ring.")
        among = [vote for vote in self.values if vote[0] in members and self.posts[vote[1]] in members]
        self._against(cause, entry.id, among)

    def merge(self) -> None:
        """An imported profile becomes one with a member, once and for good."""
        gone, into = self.imported
        if gone not in self.posts.values():
            return
        own = [vote for vote in self.values if vote[0] == into and self.posts[vote[1]] == gone]
        merge(self.session, self.session.get_one(Member, gone), self.session.get_one(Member, into))
        self._against("merge", 0, own)
        self.undo.pop("merge")
        self.posts = {post: into if author == gone else author for post, author in self.posts.items()}

    def check(self) -> None:
        """Rows, scores and ledger agree with the model."""
        self.session.expire_all()
        rows = {(vote.voter_id, vote.post_id): vote.voided_at for vote in self.session.scalars(select(Vote))}
        against = {vote for vote, causes in self.causes.items() if causes}
        assert {vote for vote, voided in rows.items() if voided} == against
        for post in self.session.scalars(select(Post).where(Post.id.in_(self.posts))):
            counted = [value for vote, value in self.values.items() if vote[1] == post.id and not self.causes[vote]]
            assert post.score == sum(counted)
        assert maintenance.verify(self.session) == []

    def _against(self, cause: object, entry: int, votes: list[Pair]) -> None:
        self.undo[cause] = entry
        for vote in votes:
            self.causes[vote].add(cause)

    def _taken_back(self, cause: object) -> bool:
        if cause not in self.undo:
            return False
        undoing.undo(self.session, self.admin, self.undo.pop(cause))
        for against in self.causes.values():
            against.discard(cause)
        return True


@pytest.fixture
def town(app: Flask, make: Factory) -> Iterator[Town]:
    admin, asker = make.member("ada", role="admin"), make.member("asker")
    board = make.board("kettles")
    people = [make.member(f"ring{number}") for number in range(5)]
    posts = {}
    for person in people:
        thread = make.thread(board, asker)
        posts[make.answer(thread, person).id] = person.id
    with app.app_context(), unit_of_work() as session:
        old = Member(name="old", name_key=name_key("old"), joined_at=now(), external_source="elsewhere")
        session.add(old)
        session.flush()
        session.get_one(Post, min(posts)).author_id = posts[min(posts)] = old.id
        ids = [person.id for person in people]
        for members in (ids[:3], ids[1:]):
            evidence = {"givers": members, "receivers": members, "since": "2020-01-01T00:00:00+00:00", "pairs": [],
                        "days": [], "seen": 20, "expected": 1.0, "lift": 20.0}
            case = FairnessCase(pattern="ring", score=50, evidence=evidence, first_seen_at=now(), last_seen_at=now())
            session.add(case)
            session.flush()
            session.add_all(FairnessMember(case_id=case.id, member_id=member) for member in members)
        session.flush()
        yield Town(session, load_actor(session, admin.id), posts, (old.id, people[4].id))


@pytest.mark.parametrize("seed", always(range(6), 0, 1))
def test_any_order_of_voiding_and_taking_back(town: Town, seed: int) -> None:
    """Votes, bans, two cases that overlap, a merge; in the end all is taken back, and only the merge is left."""
    chance = random.Random(seed)
    cases = {
        case.id: frozenset(case.evidence["givers"]) for case in town.session.scalars(select(FairnessCase)).all()
    }
    people = [member for member in {*town.members, town.imported[1]} if member != town.imported[0]]
    for step in range(STEPS):
        act = chance.random()
        if step < 8 or act < 0.5:
            town.vote(chance.choice(people), chance.choice(list(town.posts)), chance.choice((1, 1, 0)))
        elif act < 0.7:
            town.ban(chance.choice(people))
        elif act < 0.95:
            town.void(*chance.choice(list(cases.items())))
        else:
            town.merge()
        if step % 3 == 0:
            town.check()
    for cause in list(town.undo):
        assert town._taken_back(cause)
    town.check()
    assert {cause for against in town.causes.values() for cause in against} <= {"merge"}
    assert town.session.scalars(select(Sanction).where(Sanction.lifted_at.is_(None))).all() == []


def test_two_causes_leave_exactly_what_was_there(town: Town) -> None:
    """Ban, void, unban, unvoid, and the other way round: each ends where it began."""
    voter, posts = town.members[1], list(town.posts)
    for post in posts:
        for person in town.members:
            town.vote(person, post, 1)
    town.session.flush()
    case = town.session.scalars(select(FairnessCase)).first()
    assert case is not None
    members = frozenset(case.evidence["givers"])
    before = picture(town.session)
    for order in ("bvbv", "bvvb", "vbbv", "vbvb"):
        for act in order:
            if act == "b":
                town.ban(voter)
            else:
                town.void(case.id, members)
            town.check()
        assert differences(before, picture(town.session)) == {}
