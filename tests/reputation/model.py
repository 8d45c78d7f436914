"""Reputation once more, as simply as it can be said: what the ledger must come out equal to.

Knows nothing of lines, settling or SQL: it takes all votes, acceptances and so on as they are in
the end, and adds up. Written from the rules in words.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from forum.reputation.formulas import Numbers
from forum.reputation.rules import Ruleset


@dataclass
class PostState:
    """A post: who wrote it, in which thread, of which kind, and whether it can be seen."""

    id: int
    author: int
    thread: int
    kind: str
    gone: bool = False


@dataclass
class ThreadState:
    """A thread: who asked, of which kind, whether it can be seen, and which answer is accepted since when by whom."""

    id: int
    asker: int
    kind: str
    gone: bool = False
    accepted: int | None = None
    accepted_at: dt.datetime | None = None
    accepted_by: int | None = None


@dataclass
class VoteState:
    """A vote: when it was first cast, and what it says now."""

    id: int
    giver: int
    post: int
    at: dt.datetime
    value: int = 0
    void: bool = False
    worked: bool = False  # its giver owns the product and says so


@dataclass
class OrderState:
    """An order and what became of it."""

    paid_on: dt.date
    member: int | None = None
    paid: bool = False
    cancelled: bool = False
    bought: int = 0
    refunded: int = 0


@dataclass
class Model:
    """The whole community."""

    rules: Ruleset
    posts: dict[int, PostState] = field(default_factory=dict)
    threads: dict[int, ThreadState] = field(default_factory=dict)
    votes: dict[tuple[int, int], VoteState] = field(default_factory=dict)
    orders: dict[int, OrderState] = field(default_factory=dict)
    awards: dict[int, tuple[int, int, dt.datetime, bool]] = field(default_factory=dict)
    endorsed: dict[int, dt.datetime] = field(default_factory=dict)  # by post: since when
    visits: set[tuple[int, dt.date]] = field(default_factory=set)
    joined: dict[int, dt.datetime] = field(default_factory=dict)
    upheld: dict[int, list[dt.date]] = field(default_factory=dict)
    _at_rest: dict[tuple[int, int], int] | None = None

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """While nothing happens: what each vote brings is worked out once, not for each member."""
        self._at_rest = self.counted()
        try:
            yield
        finally:
            self._at_rest = None

    def there(self, post: PostState) -> bool:
        """Whether a post can be seen."""
        return not post.gone and not self.threads[post.thread].gone

    def worth(self, vote: VoteState) -> int:
        """What a vote would bring the author if there were no caps."""
        post, points = self.posts[vote.post], self.rules.points
        if vote.void or vote.giver == post.author or not self.there(post):
            return 0
        full = 0
        if post.kind == "answer" and vote.value == 1 and vote.worked:
            full = max(points.answer_up, points.worked_for_me)
        elif post.kind == "answer":
            full = {1: points.answer_up, -1: points.answer_down, 0: 0}[vote.value]
        elif post.kind == "opening" and vote.value == 1:
            asks = self.threads[post.thread].kind == "question"
            full = points.question_up if asks else points.discussion_up
        return self.part(full, vote)

    def part(self, points: int, vote: VoteState) -> int:
        """What the age of the giver's account leaves of a vote's points."""
        voters, joined = self.rules.voters, self.joined.get(vote.giver)
        days = (vote.at - joined) / dt.timedelta(days=1) if joined is not None else 10_000
        if days < voters.after_days:
            return 0
        if days >= voters.full_after_days or points == 0:
            return points
        part = abs(points) * voters.young_percent // 100
        return -part if points < 0 else max(part, 1 if voters.young_percent else 0)

    def counted(self) -> dict[tuple[int, int], int]:
        """What each vote brings after the caps on pairs and openings."""
        if self._at_rest is not None:
            return self._at_rest
        caps = self.rules.caps
        in_time = sorted(self.votes.items(), key=lambda item: (item[1].at, item[1].id))
        of_pair: defaultdict[tuple[int, int, dt.date], int] = defaultdict(int)
        of_opening: defaultdict[int, int] = defaultdict(int)
        counted = {}
        for key, vote in in_time:
            worth, post = self.worth(vote), self.posts[vote.post]
            if worth == 0:
                continue
            pair = (vote.giver, post.author, vote.at.date())
            of_pair[pair] += 1
            if of_pair[pair] > caps.votes_of_giver_a_day:
                continue
            if post.kind == "opening":
                cap = caps.question if self.threads[post.thread].kind == "question" else caps.discussion
                worth = min(worth, cap - of_opening[post.id])
                of_opening[post.id] += worth
            if worth:
                counted[key] = worth
        return counted

    def acceptances(self) -> list[tuple[int, int, int, dt.date]]:
        """What is in force: (author, asker, who accepted, UTC day)."""
        found = []
        for thread in self.threads.values():
            if thread.accepted is None or thread.kind != "question" or thread.accepted_at is None:
                continue
            post = self.posts[thread.accepted]
            if post.thread == thread.id and post.kind == "answer" and self.there(post) \
                    and thread.accepted_by is not None and post.author not in (thread.asker, thread.accepted_by):
                found.append((post.author, thread.asker, thread.accepted_by, thread.accepted_at.date()))
        return found

    def points(self, member: int, since: dt.date = dt.date.min) -> int:
        """A member's sum of points, before base and floor; of the months that begin on a day or later."""
        events: list[tuple[dt.datetime, int, int | None, int, bool]] = []  # when, tie-breaker, giver, points, a vote
        for key, worth in self.counted().items():
            vote = self.votes[key]
            if self.posts[vote.post].author == member:
                events.append((vote.at, vote.id, vote.giver, worth, True))
            if vote.giver == member and worth < 0:
                events.append((vote.at, vote.id, None, self.rules.points.down_given, True))
        midnight = dt.time(tzinfo=dt.UTC)
        for author, asker, by, day in self.acceptances():
            moment = dt.datetime.combine(day, midnight)
            if author == member:
                events.append((moment, 0, by, self.rules.points.answer_accepted, False))
            if asker == member and by == asker:
                events.append((moment, 0, author, self.rules.points.accepting, False))
        by_month: defaultdict[str, int] = defaultdict(int)
        for whose, points, at, undone in self.awards.values():
            if whose == member and not undone:
                by_month[f"{at:%Y-%m}"] += points
        for post_id, at in self.endorsed.items():
            post = self.posts[post_id]
            asks = self.threads[post.thread].kind == "question"
            if post.author == member and post.kind == "answer" and asks and self.there(post):
                by_month[f"{at:%Y-%m}"] += self.rules.points.endorsed
        events = self._after_day_cap(events)
        total = 0
        for month in {f"{event[0]:%Y-%m}" for event in events} | set(by_month):
            if month < f"{since:%Y-%m}":
                continue
            total += self._month([event for event in events if f"{event[0]:%Y-%m}" == month], by_month[month])
        return total

    def _after_day_cap(
        self, events: list[tuple[dt.datetime, int, int | None, int, bool]]
    ) -> list[tuple[dt.datetime, int, int | None, int, bool]]:
        """Take points from the latest up votes of a day, one by one, until its net is within the cap."""
        left = [list(event) for event in sorted(events, key=lambda event: (event[0], event[1]))]
        for day in {event[0].date() for event in events}:
            votes = [event for event in left if event[0].date() == day and event[4]]
            while sum(event[3] for event in votes) > self.rules.caps.day_net:
                next(event for event in reversed(votes) if event[3] > 0)[3] -= 1
        return [(at, id, giver, points, is_vote) for at, id, giver, points, is_vote in left]

    def _month(self, events: list[tuple[dt.datetime, int, int | None, int, bool]], awarded: int) -> int:
        """A month's points when no giver may have more than their share."""
        caps = self.rules.caps
        of_giver: defaultdict[int, int] = defaultdict(int)
        cost = 0
        for _at, _id, giver, points, _is_vote in events:
            if giver is None:
                cost += points
            else:
                of_giver[giver] += points
        given = [points for points in of_giver.values() if points > 0]
        lost = cost + sum(points for points in of_giver.values() if points < 0) + min(0, awarded)
        rest = max(0, awarded)
        everything = rest + sum(given)
        if everything < caps.giver_share_from:
            return everything + lost
        best = 0
        for level in range(max([0, *given]) + 1):
            total = rest + sum(min(points, level) for points in given)
            if all(100 * min(points, level) <= caps.giver_share_percent * total for points in given):
                best = max(best, total)
        return max(best, caps.giver_share_from - 1) + lost

    def accepted(self, member: int) -> int:
        """How many answers of the member are accepted."""
        return sum(author == member for author, *_rest in self.acceptances())

    def helped(self, member: int) -> int:
        """How many different askers the member helped: an answer accepted, or voted up with a vote that counts."""
        askers = {asker for author, asker, *_rest in self.acceptances() if author == member}
        for key, worth in self.counted().items():
            post = self.posts[self.votes[key].post]
            if worth > 0 and post.kind == "answer" and post.author == member:
                askers.add(self.threads[post.thread].asker)
        return len(askers - {member})

    def purchases(self, member: int, since: dt.date = dt.date.min) -> int:
        """How many paid orders of which anything is not refunded; paid on a day or later."""
        return sum(
            order.paid_on >= since and order.member == member and order.paid and not order.cancelled
            and order.refunded < order.bought
            for order in self.orders.values()
        )

    def days(self, member: int) -> int:
        """On how many UTC days the member was here."""
        return sum(whose == member for whose, _day in self.visits)

    def earned(self, member: int, today: dt.date) -> Numbers:
        """All numbers of a member on a day; what no rank asks for is 0."""
        since = (today - dt.timedelta(days=self.rules.windows.recent_days)).replace(day=1)
        upheld = [day for day in self.upheld.get(member, ()) if day >= since]
        asked = self.rules.measures
        return Numbers(
            points=self.rules.total(self.points(member)), days=self.days(member), accepted=self.accepted(member),
            helped=self.helped(member), purchases=self.purchases(member),
            points_recent=self.points(member, since) if "points_recent" in asked else 0,
            joined_days=(today - self.joined[member].date()).days if "joined_days" in asked else 0,
            purchases_recent=self.purchases(member, since) if "purchases_recent" in asked else 0,
            flags=len(upheld) if "flags" in asked else 0,
        )


@dataclass
class Ladder:
    """Where one member stands, looked at every day: up at once, down after the days of grace, warned before."""

    rank: str
    falls_on: dt.date | None = None
    named: dt.date | None = None
    warnings: list[dt.date] = field(default_factory=list)
    falls: list[dt.date] = field(default_factory=list)

    def look(self, rules: Ruleset, earned: str, today: dt.date) -> None:
        """What the rules say today."""
        grace = dt.timedelta(days=rules.grace_days)
        if rules.place(earned) >= rules.place(self.rank) or not rules.grace_days:
            self.rank, self.falls_on = earned, None
            return
        if self.falls_on is None:
            self.falls_on = max(today, self.named or today) + grace
        if self.named != self.falls_on and today >= self.falls_on - grace:
            self.falls_on = self.named = max(self.falls_on, today + grace)
            self.warnings.append(today)
        elif today >= self.falls_on and self.named == self.falls_on:
            self.rank, self.falls_on = earned, None
            self.falls.append(today)
