"""What badges are counted by: named functions over what others decided about somebody's contributions.

A measure yields facts; the different `key`s of a member (and occasion) are counted, the earliest first, so that it is
known when a number was reached. Only what counts now is a fact: votes taken back, voided, on what is gone or for
oneself are not.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.sources import AcceptanceFact, VoteFact, read_acceptances, read_votes
from forum.threads.models import IdeaChange, Post, Thread, Vote

NEWCOMER = dt.timedelta(days=30)  # since joining: the first month, in which people decide whether to stay
SOON = dt.timedelta(days=7)  # within which somebody comes back to say that an answer worked
WAITED = dt.timedelta(days=7)  # without an answer: by then most questions elsewhere are given up

UP = ("answer_up", "worked_for_me")  # an up vote on an answer, with or without an owner's "this worked for me"


class Fact(NamedTuple):
    """Something that somebody else decided. Facts of one member, occasion and key count once."""

    member_id: int
    key: int
    at: dt.datetime
    post_id: int | None = None  # the contribution, where each one counts by itself

    @property
    def occasion(self) -> str:
        """What the badge would be for: the post, or nothing where everything counts together."""
        return str(self.post_id) if self.post_id is not None else ""


class Circumstances(NamedTuple):
    """What an accepted answer stood in. `waited`: nobody had answered for a week."""

    board_id: int
    answered_at: dt.datetime
    asked_at: dt.datetime
    asker_joined_at: dt.datetime
    waited: bool


class Evidence:
    """What others thought of the contributions of some members.

    Args:
        post_ids: only of these contributions.
        voided_too: as if what was voided counted.
    """

    def __init__(
        self, session: Session, member_ids: Sequence[int], post_ids: Sequence[int] | None = None, *,
        voided_too: bool = False,
    ) -> None:
        self.session, self.member_ids, self.post_ids = session, list(member_ids), post_ids
        self.voided_too = voided_too

    @cached_property
    def votes(self) -> list[VoteFact]:
        """Up votes by others that count."""
        which = [Post.author_id.in_(self.member_ids), Vote.value == 1]
        if self.post_ids is not None:
            which.append(Post.id.in_(self.post_ids))
        found = read_votes(self.session, rulesets.current(self.session).voters, *which)
        if self.voided_too:
            found = [vote._replace(voided=False) for vote in found]
        return [vote for vote in found if vote.kind is not None and vote.share]

    @cached_property
    def accepted(self) -> list[AcceptanceFact]:
        """Acceptances of their answers, by others to others' questions."""
        found = self._acceptances(Post.author_id)
        return [one for one in found if one.author_id not in (one.asker_id, one.by_id)]

    @cached_property
    def solved(self) -> list[AcceptanceFact]:
        """Acceptances of others' answers to their questions."""
        return [one for one in self._acceptances(Thread.author_id) if one.author_id != one.asker_id]

    def _acceptances(self, of: InstrumentedAttribute[int]) -> list[AcceptanceFact]:
        found = read_acceptances(self.session, of.in_(self.member_ids))
        return [one for one in found if one.stands and (self.voided_too or not one.voided)]

    def circumstances(self, acceptances: Sequence[AcceptanceFact]) -> Mapping[int, Circumstances]:
        """What the accepted answers stood in, by the answer's id."""
        asker, earlier, asked = aliased(Member), aliased(Post), aliased(Thread)
        early = exists(
            select(earlier.id).join(asked, asked.id == earlier.thread_id).where(
                earlier.thread_id == Post.thread_id, earlier.kind == "answer",
                earlier.created_at < Post.created_at,
                earlier.deleted_at.is_(None), earlier.hidden_at.is_(None), earlier.author_id != asked.author_id,
            )
        )
        rows = self.session.execute(
            select(Post.id, Thread.board_id, Post.created_at, Thread.created_at, asker.joined_at, early)
            .join(Thread, Thread.id == Post.thread_id).join(asker, asker.id == Thread.author_id)
            .where(Post.id.in_([one.post_id for one in acceptances]))
        )
        return {
            row[0]: Circumstances(*row[1:5], waited=not row[5] and row[2] - row[3] >= WAITED) for row in rows
        }


Measure = Callable[[Evidence], Iterator[Fact]]


def accepted_by(evidence: Evidence) -> Iterator[Fact]:
    """Different members whose questions the member's answers solved."""
    for one in evidence.accepted:
        yield Fact(one.author_id, one.asker_id, one.at)


def helped(evidence: Evidence) -> Iterator[Fact]:
    """Different members to whose questions an answer was given that somebody voted up or that was accepted."""
    yield from accepted_by(evidence)
    for vote in evidence.votes:
        if vote.kind in UP and vote.asker_id != vote.author_id:
            yield Fact(vote.author_id, vote.asker_id, vote.at)


def solved_by(evidence: Evidence) -> Iterator[Fact]:
    """Different members who solved a question of the member's."""
    for one in evidence.solved:
        yield Fact(one.asker_id, one.author_id, one.at)


def came_back(evidence: Evidence) -> Iterator[Fact]:
    """Different members whom the asker told in person, within a week of the answer, that it worked."""
    own = [one for one in evidence.solved if one.by_id == one.asker_id]
    around = evidence.circumstances(own)
    for one in own:
        if one.post_id in around and one.at - around[one.post_id].answered_at <= SOON:
            yield Fact(one.asker_id, one.author_id, one.at)


def boards(evidence: Evidence) -> Iterator[Fact]:
    """Different boards on which an answer of the member was accepted."""
    around = evidence.circumstances(evidence.accepted)
    for one in evidence.accepted:
        if one.post_id in around:
            yield Fact(one.author_id, around[one.post_id].board_id, one.at)


def newcomers(evidence: Evidence) -> Iterator[Fact]:
    """Different members who asked within their first month and accepted (or had accepted) the member's answer."""
    around = evidence.circumstances(evidence.accepted)
    for one in evidence.accepted:
        here = around.get(one.post_id)
        if here is not None and here.asked_at - here.asker_joined_at <= NEWCOMER:
            yield Fact(one.author_id, one.asker_id, one.at)


def waited(evidence: Evidence) -> Iterator[Fact]:
    """Different members whose question nobody had answered for a week, until the member's answer solved it."""
    around = evidence.circumstances(evidence.accepted)
    for one in evidence.accepted:
        if one.post_id in around and around[one.post_id].waited:
            yield Fact(one.author_id, one.asker_id, one.at)


def ideas_done(evidence: Evidence) -> Iterator[Fact]:
    """Ideas that the shop carried out."""
    said = select(func.max(IdeaChange.created_at)).where(
        IdeaChange.thread_id == Thread.id, IdeaChange.state == "done", IdeaChange.undone_at.is_(None),
        IdeaChange.by_id != Thread.author_id,
    )
    rows = evidence.session.execute(
        select(Thread.author_id, Thread.id, said.scalar_subquery()).where(
            Thread.author_id.in_(evidence.member_ids), Thread.kind == "idea", Thread.idea_state == "done",
            Thread.deleted_at.is_(None), Thread.hidden_at.is_(None),
        )
    )
    for author_id, thread_id, at in rows:
        if at is not None:
            yield Fact(author_id, thread_id, at)


def answer_thanks(evidence: Evidence) -> Iterator[Fact]:
    """For each answer: the different members who voted it up."""
    return _votes(evidence, *UP)


def question_shared(evidence: Evidence) -> Iterator[Fact]:
    """For each question: the different members who have it too."""
    return _votes(evidence, "question_up")


def discussion_thanks(evidence: Evidence) -> Iterator[Fact]:
    """For each discussion or idea: the different members who thanked for it or want it."""
    return _votes(evidence, "discussion_up")


def above_accepted(evidence: Evidence) -> Iterator[Fact]:
    """For each answer beside which another's is the accepted one with fewer up votes: who voted it up."""
    chosen = aliased(Post)
    posts = {vote.post_id for vote in evidence.votes if vote.kind in UP}
    better = set(evidence.session.scalars(
        select(Post.id).join(Thread, Thread.id == Post.thread_id)
        .join(chosen, chosen.id == Thread.accepted_post_id)
        .where(
            Post.id.in_(posts), chosen.id != Post.id, chosen.accepted.is_(True), chosen.author_id != Post.author_id,
            Post.up_count > chosen.up_count,
        )
    ))
    return (fact for fact in answer_thanks(evidence) if fact.post_id in better)


def _votes(evidence: Evidence, *kinds: str) -> Iterator[Fact]:
    for vote in evidence.votes:
        if vote.kind in kinds:
            # Imported votes name nobody, but each is a different person's: one cannot vote twice on a post anywhere.
            yield Fact(vote.author_id, vote.voter_id or -vote.id, vote.at, vote.post_id)


BY_NAME: Mapping[str, Measure] = {
    measure.__name__: measure
    for measure in (
        accepted_by, helped, solved_by, came_back, boards, newcomers, waited, ideas_done, answer_thanks,
        question_shared, discussion_thanks, above_accepted,
    )
}
