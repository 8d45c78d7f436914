"""Votes that stand and bring nothing: a ledger has no line of them, so its page says what became of them, by month.

Worked out from the votes as they are now, with the functions by which the ledger decides: a vote that is taken back or
voided is not among them. What is told are numbers and rules; who voted is not.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import visible
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.core.bulk import chunks
from forum.core.clock import beginning
from forum.core.i18n import figure, ngettext, sentences
from forum.core.months import first_day
from forum.reputation import words
from forum.reputation.models import LedgerLine
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import InForce, glance
from forum.reputation.sources import REPUTATION, VoteFact, counted, read_votes
from forum.threads.models import Post, Thread, Vote


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Votes that bring nothing for one reason, in words; `rule` is where on /ranks the reason is said.

    Title and post are there when they are on one opening that the reader may see.
    """

    words: str
    rule: str
    title: str | None = None
    post_id: int | None = None


@dataclass(slots=True)
class OfMonth:
    """Votes of a month that bring nothing: beyond an opening's cap, beyond a giver's day, by who had just joined."""

    beyond: Counter[tuple[int, str]] = field(default_factory=Counter)
    of_pair: int = 0
    young: int = 0

    @property
    def count(self) -> int:
        """How many, of all rules together."""
        return self.beyond.total() + self.of_pair + self.young


def by_month(session: Session, member_id: int, first: dt.date | None, end: dt.date) -> dict[dt.date, OfMonth]:
    """The votes on a member's posts that bring nothing, by the first day of the month (UTC) they were first cast in.

    Two queries, whatever there is; every vote of these months is read. Months are whole, so that the first votes of a
    giver on a day are all there.

    Args:
        first, end: from the first day of a month (None: from ever on) to before the first day of another.
    """
    rules = glance(session)
    ruleset = rules.ruleset
    since = () if first is None else (Vote.created_at >= beginning(first),)
    facts = read_votes(
        session, ruleset.voters, Post.author_id == member_id, Vote.value != 0, Vote.voided_at.is_(None), *since,
        Vote.created_at < beginning(end),
    )
    valued = [fact for fact in facts if fact.worth(ruleset.points)]
    first_ones = counted(valued, ruleset)
    months: defaultdict[dt.date, OfMonth] = defaultdict(OfMonth)
    for fact in _beyond(session, rules, member_id, [fact for fact in valued if fact.id in first_ones]):
        months[_month_of(fact)].beyond[fact.post_id, str(fact.kind)] += 1
    for fact in valued:
        months[_month_of(fact)].of_pair += fact.id not in first_ones
    for fact in facts:
        months[_month_of(fact)].young += bool(fact.share == 0 and fact._replace(share=100).worth(ruleset.points))
    return {first: votes for first, votes in months.items() if votes.count}


def in_words(session: Session, viewer: Actor, votes: OfMonth) -> Sequence[Uncounted]:
    """Those of a month, opening by opening and rule by rule. One query."""
    ruleset = glance(session).ruleset
    titles = _titles(session, viewer, votes.beyond)
    found = []
    for (post_id, kind), count in sorted(votes.beyond.items(), key=lambda item: (-item[1], item[0])):
        sentence, rule = _beyond_opening(ruleset, kind, count)
        found.append(Uncounted(sentence, rule, *titles.get(post_id, (None, None))))
    for count, say in ((votes.of_pair, _beyond_pair), (votes.young, _too_young)):
        if count:
            found.append(Uncounted(*say(ruleset, count)))
    return found


def _month_of(fact: VoteFact) -> dt.date:
    return first_day(fact.at.date())


def _beyond(
    session: Session, rules: InForce, member_id: int, facts: Iterable[VoteFact]
) -> list[VoteFact]:
    """Which of these votes are on an opening whose cap others fill: those of which the ledger has nothing."""
    caps = rules.ruleset.caps
    capped = [fact for fact in facts if fact.on_opening and fact.value > 0 and fact.opening_cap(caps) is not None]
    line = LedgerLine
    held = set[str]()
    for ids in chunks(sorted({fact.post_id for fact in capped})):
        held.update(session.scalars(
            select(line.source_id)
            .where(
                line.post_id.in_(ids), line.generation == rules.generation, line.source_kind == "vote",
                line.member_id == member_id, line.axis == REPUTATION,
            )
            .group_by(line.source_id).having(func.sum(line.points) != 0)
        ))
    return [fact for fact in capped if str(fact.id) not in held]


def _titles(
    session: Session, viewer: Actor, beyond: Iterable[tuple[int, str]]
) -> dict[int, tuple[str | None, int | None]]:
    """Title and post of openings, of those that the reader may see."""
    found: dict[int, tuple[str | None, int | None]] = {}
    for ids in chunks(sorted({post_id for post_id, _kind in beyond})):
        found.update(
            (id, (title, id)) for id, title in session.execute(
                select(Post.id, Thread.title)
                .join(Thread, Thread.id == Post.thread_id).join(Board, Board.id == Thread.board_id)
                .where(Post.id.in_(ids), visible.post_is_visible(viewer))
            )
        )
    return found


def _beyond_opening(ruleset: Ruleset, kind: str, count: int) -> tuple[str, str]:
    """So many votes on an opening bring nothing since others reached its cap; and the rule's place on /ranks."""
    if kind == "question_up":
        most = figure(ruleset.caps.question or 0)
        return ngettext("%(num)s more has this question; it brings at most %(count)s points.",
                        "%(num)s more have this question; it brings at most %(count)s points.", count,
                        count=most), "cap-opening"
    most = figure(ruleset.caps.discussion or 0)
    return ngettext("%(num)s more says thanks for this; it brings at most %(count)s points.",
                    "%(num)s more say thanks for this; it brings at most %(count)s points.", count,
                    count=most), "cap-opening"


def _beyond_pair(ruleset: Ruleset, count: int) -> tuple[str, str]:
    """So many votes do not count since their givers had given the member enough that day. Never says who."""
    most = figure(ruleset.caps.votes_of_giver_a_day or 0)
    return sentences([_do_not_count(count), words.pair_in_words(most)]), "cap-pair"


def _too_young(ruleset: Ruleset, count: int) -> tuple[str, str]:
    """So many votes do not count since who gave them had just joined. Never says who."""
    return sentences([_do_not_count(count), *words.voters_in_words(ruleset)]), "voters"


def _do_not_count(count: int) -> str:
    return ngettext("%(num)s vote does not count.", "%(num)s votes do not count.", count)
