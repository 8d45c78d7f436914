"""Reckoning up: counters, the ledger and the standings follow from what was said, thought and bought."""

import datetime as dt

from sqlalchemy import delete, func, insert, select, update

from forum.access.actors import SYSTEM
from forum.badges import actions as badges
from forum.boards.models import Board
from forum.events.catalogue import AnswerAccepted, PostCreated
from forum.events.models import OutboxEvent
from forum.events.publish import publish
from forum.integrations.demo.speaking import Spoken
from forum.integrations.demo.world import World
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.purchases.models import ShopOrder
from forum.reputation import leaderboard, rebuilding, standings
from forum.reputation.models import LedgerLine, MemberStanding
from forum.reputation.reckoning import reckon
from forum.reputation.rulesets import in_force
from forum.threads.models import Acceptance, Endorsement, Post, Thread, Vote
from forum.threads.state import recount_thread

TOLD_DAYS = 9.0  # what happened since then is behind the bell
NEWS_DAYS = 2.0  # and what happened since then, unread


def count(world: World) -> None:
    """Counters of threads, posts, boards and members, by the same recounting that repairs them."""
    session = world.session
    for thread_id in session.scalars(select(Thread.id).order_by(Thread.id)).all():
        recount_thread(session, thread_id)
    threads = select(func.count()).where(Thread.board_id == Board.id).scalar_subquery()
    newest = select(func.max(Thread.last_activity_at)).where(Thread.board_id == Board.id).scalar_subquery()
    posts = select(func.count()).where(Post.author_id == Member.id).scalar_subquery()
    loose = {"synchronize_session": False}
    session.execute(update(Board).values(thread_count=threads, last_activity_at=newest), execution_options=loose)
    session.execute(update(Member).values(post_count=posts), execution_options=loose)
    session.expire_all()


def settle(world: World) -> None:
    """The ledger and the standings by the rules; no rank is given by hand. Nobody is told of old rises.

    Written in bulk, as a rebuild does, which yields the same lines as settling each vote would.
    """
    session = world.session
    rules = in_force(session)
    ids = sorted(world.members.values())
    held = standings.lock(session, ids)
    session.execute(delete(LedgerLine))
    rebuilding.write_sources(session, rules, ids)
    rebuilding.write_caps(session, rules, ids)
    found = reckon(session, rules, ids)
    standings.write(session, rules.ruleset, held, found.numbers, found.leaving)
    leaderboard.rebuild(session, rules.generation, [ids])
    _date_lines(world)
    session.execute(delete(OutboxEvent))


def _date_lines(world: World) -> None:
    """Each line gets the moment of what it stands for, and the lines the order of their moments.

    The ledger was written a moment ago; it is read from the newest line back.
    """
    session = world.session
    moments: dict[tuple[str, str], dt.datetime | None] = {}
    sources = (("vote", Vote.id, Vote.created_at), ("acceptance", Acceptance.id, Acceptance.created_at),
               ("endorsement", Endorsement.id, Endorsement.created_at), ("order", ShopOrder.id, ShopOrder.paid_at))
    for kind, id_column, moment_column in sources:
        for source_id, moment in session.execute(select(id_column, moment_column)):
            moments[kind, str(source_id)] = moment
    columns = [column for column in LedgerLine.__table__.columns if column.name not in ("id", "created_at")]
    lines = [dict(row._mapping) for row in session.execute(select(*columns).order_by(LedgerLine.id))]
    for line in lines:
        end = dt.datetime.combine(line["event_day"], dt.time(23, 59, 59), dt.UTC)
        line["created_at"] = moments.get((line["source_kind"], line["source_id"])) or min(end, world.now)
    session.execute(delete(LedgerLine))
    session.execute(insert(LedgerLine), sorted(lines, key=lambda line: line["created_at"]))
    last = select(func.max(LedgerLine.created_at)).where(LedgerLine.member_id == MemberStanding.member_id)
    session.execute(
        update(MemberStanding).values(rank_since=func.coalesce(last.scalar_subquery(), MemberStanding.rank_since)),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def give_badges(world: World) -> None:
    """What everybody has earned so far, each with the moment at which it was; nobody is told of old ones."""
    walk = badges.keep_rules(world.session, SYSTEM)
    while walk is not None and badges.go_on(world.session, SYSTEM, walk.id, tell=False):
        world.session.flush()


def announce(world: World, spoken: list[Spoken]) -> None:
    """Publish what was said and accepted in the last days, so that those concerned find it behind their bell."""
    since = world.before(days=TOLD_DAYS)
    for one in spoken:
        if one.said is not None and one.at > since:
            publish(world.session, PostCreated(one.row.id, one.home.id, one.row.author_id))
    accepted = select(Acceptance).where(Acceptance.created_at > since).order_by(Acceptance.created_at)
    for acceptance in world.session.scalars(accepted):
        publish(world.session, AnswerAccepted(acceptance.post_id, acceptance.thread_id, acceptance.by_id))
    world.session.flush()


def date_notices(world: World) -> None:
    """Notices get the moment of what they tell, in that order; those older than two days were read."""
    session = world.session
    said = {row[0]: row[1] for row in session.execute(select(Post.id, Post.created_at))}
    accepted = {row[0]: row[1] for row in session.execute(select(Acceptance.post_id, Acceptance.created_at))}
    columns = [column for column in Notice.__table__.columns if column.name != "id"]
    notices = [dict(row._mapping) for row in session.execute(select(*columns))]
    for notice in notices:
        told = accepted if notice["kind"] == "accepted" else said
        notice["created_at"] = moment = told.get(notice["post_id"], world.now)
        notice["read_at"] = moment + (world.now - moment) / 4 if moment < world.before(days=NEWS_DAYS) else None
    session.execute(delete(Notice))
    if notices:
        session.execute(insert(Notice), sorted(notices, key=lambda notice: notice["created_at"]))
    unread = select(func.count()).where(Notice.member_id == Member.id, Notice.read_at.is_(None)).scalar_subquery()
    session.execute(update(Member).values(unread_notices=unread), execution_options={"synchronize_session": False})
