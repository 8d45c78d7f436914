"""What people thought of what was said: votes, acceptances, and who came by on which day."""

import datetime as dt

from sqlalchemy import insert, select

from forum.integrations.demo.chance import share
from forum.integrations.demo.people import PEOPLE
from forum.integrations.demo.speaking import Spoken
from forum.integrations.demo.world import World
from forum.members.models import Member, MemberVisit
from forum.purchases.queries import owns
from forum.threads.models import Acceptance, Endorsement, Vote

HORIZON = dt.timedelta(days=24)  # nearly all votes come within these days; people arrive by search later
WORKED = 0.35  # of those who vote an accepted answer up, so many had just tried it
HURRY = 2.4  # most of them early
VOTERS = {person.name: person.visits for person in PEOPLE if person.visits > 0.1}


def vote(world: World, spoken: list[Spoken]) -> None:
    """Everybody's votes, in the order in which they were cast."""
    votes: list[tuple[dt.datetime, str, Spoken, int]] = []
    for one in spoken:
        number = one.said.up if one.said else one.topic.up
        against = one.said.down if one.said else ()
        others = [name for name in VOTERS if name != one.author and name not in against and _sees(name, one)]
        chosen = _some(others, number, _words(one))
        votes += [(_moment(world, name, one), name, one, 1) for name in chosen]
        votes += [(_moment(world, name, one), name, one, -1) for name in against]
    for moment, name, one, value in sorted(votes, key=lambda cast: cast[0]):
        world.session.add(Vote(
            post_id=one.row.id, voter_id=world.members[name], value=value, created_at=moment, changed_at=moment,
            reason="wrong" if value < 0 else None,
        ))
        world.did(name, moment)
    world.session.flush()


def accept(world: World, spoken: list[Spoken]) -> None:
    """The askers accept what solved it, some hours after they read it."""
    for one in spoken:
        if one.said is None or not one.said.accepted:
            continue
        asker = one.topic.author
        wait = dt.timedelta(hours=1 + 20 * share("accept", _words(one)))
        moment = min(one.at + wait, one.at + (world.now - one.at) * 0.8)
        world.session.add(Acceptance(
            thread_id=one.home.id, post_id=one.row.id, by_id=world.members[asker], created_at=moment
        ))
        one.home.accepted_post_id = one.row.id
        world.did(asker, moment)
    world.session.flush()


def say_it_worked(world: World, spoken: list[Spoken]) -> None:
    """Of those who voted an accepted answer up some say that it worked, hours later; the shop endorses the best one.

    Where the thread is about a product only its owners say so.
    """
    accepted = {one.row.id: one for one in spoken if one.said is not None and one.said.accepted}
    ups = select(Vote).where(Vote.post_id.in_(accepted), Vote.value == 1).order_by(Vote.id)
    for vote in world.session.scalars(ups):
        home = accepted[vote.post_id].home
        owner = owns(world.session, vote.voter_id, home)
        willing = owner or (owner is None and share("worked", str(vote.id)) < WORKED)
        if vote.voter_id != home.author_id and willing:
            vote.worked_at, vote.by_owner = min(vote.created_at + dt.timedelta(hours=9), world.now), owner
    staff = next(person.name for person in PEOPLE if person.role != "member")
    others = [one for one in accepted.values() if one.author != staff]
    best = max(others, key=lambda one: (one.said.up if one.said else 0, -one.row.id))
    world.session.add(Endorsement(
        post_id=best.row.id, by_id=world.members[staff], created_at=min(best.at + dt.timedelta(days=2), world.now)
    ))
    world.session.flush()


def come_by(world: World) -> None:
    """The days on which people were here: when they did something, and by their habit."""
    rows: list[dict[str, object]] = []
    for person in PEOPLE:
        days = {moment.date() for moment in world.acts[person.name]}
        first, today = world.joined[person.name].date(), world.now.date()
        for number in range((today - first).days):
            if share("visit", person.name, number) < person.visits:
                days.add(today - dt.timedelta(days=number + 1))
        rows += [{"member_id": world.members[person.name], "day": day} for day in sorted(days)]
        member = world.session.get_one(Member, world.members[person.name])
        member.last_seen_at = max(*world.acts[person.name], _habit(world, max(days)))
    world.session.execute(insert(MemberVisit), rows)


def _habit(world: World, day: dt.date) -> dt.datetime:
    """A moment of this day, before now."""
    return min(dt.datetime.combine(day, dt.time(7, 40), dt.UTC), world.now)


def _some(names: list[str], number: int, words: str) -> list[str]:
    """`number` of the names; who is here often votes often."""
    return sorted(names, key=lambda name: share("votes", name, words) / (0.05 + VOTERS[name]))[:number]


def _sees(name: str, one: Spoken) -> bool:
    """The upstairs table is for a few only."""
    return one.topic.board != "upstairs" or name in ("sofia", "jun", "mara", "nele", "piet")


def _words(one: Spoken) -> str:
    return one.said.body if one.said else one.topic.title


def _moment(world: World, name: str, one: Spoken) -> dt.datetime:
    """When somebody voted: after it was said and after they joined, more likely soon."""
    start = max(one.at, world.joined[name])
    span = min(HORIZON, world.now - start)
    return start + dt.timedelta(seconds=span.total_seconds() * share("moment", name, _words(one)) ** HURRY)
