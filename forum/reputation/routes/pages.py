"""Doors of the reputation room: the rules in words, the leaderboard, and a member's ledger."""

import datetime as dt
from collections.abc import Callable
from urllib.parse import quote

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor, initials
from forum.boards.queries import all_boards
from forum.core.clock import today
from forum.core.errors import NotFound
from forum.doors import Page, moved, needs, viewer
from forum.extensions import db
from forum.members.models import Member
from forum.members.queries import member_called
from forum.reputation import history, leaderboard, queries, rulesets, versions
from forum.reputation.line_words import groups_in_words
from forum.reputation.models import AXES
from forum.reputation.routes.blueprint import blueprint
from forum.reputation.routes.rules import NUMBER

PERIODS: dict[str, Callable[[dt.date], str]] = {
    "week": leaderboard.week_of, "month": leaderboard.month_of, "all": lambda _day: leaderboard.ALL_TIME,
}


@blueprint.get("/ranks")
@needs("public")
def ranks() -> Page:
    """What each rank needs and opens, what brings points, and how much counts."""
    session, asking = db.session(), viewer()
    climbs = asking.id is not None and not asking.is_staff
    own = queries.profile(session, asking.id) if climbs and asking.id is not None else None
    return render_template("reputation/ranks.html", page=queries.ranks_page(session), own=own)


@blueprint.get("/ranks/changes")
@needs("public")
def rule_changes() -> Page:
    """The published versions of the rules, the newest first, each with what it changed."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 10):
        raise NotFound
    found = versions.page(db.session(), int(before) if before else None, told=True)
    return render_template("reputation/changes.html", found=found, before=before)


@blueprint.get(f"/ranks/changes/{NUMBER}")
@needs("public")
def rule_change(number: int) -> Page:
    """One version of the rules, and what it changed: where the notice of a rank that followed leads."""
    found, changes = versions.with_changes(db.session(), number, told=True)
    return render_template("reputation/change.html", version=found, changes=changes)


@blueprint.get("/leaderboard")
@needs("public")
def leaders() -> Page:
    """Who helped most: this week, this month, of all time; everywhere or on one board."""
    session, asking = db.session(), viewer()
    period, slug = request.args.get("period", "week"), request.args.get("board", "")
    if period not in PERIODS:
        raise NotFound
    boards = all_boards(session, asking)
    board = next((one for one in boards if one.slug == slug), None)
    if slug and board is None:
        raise NotFound
    ruleset = rulesets.current(session)
    when, where = PERIODS[period](today()), board.id if board else leaderboard.EVERYWHERE
    is_before = False
    if period == "week":  # one that has just begun has no list of its own yet
        found, is_this = leaderboard.leaders_of_week(session, leaderboard.SHOWN, where)
        is_before = bool(found) and not is_this
        when = leaderboard.week_of(today() - dt.timedelta(days=7)) if is_before else when
    else:
        found = leaderboard.leaders(session, when, where)
    ever = bool(found or leaderboard.leaders(session, PERIODS["all"](today()), where))
    return render_template(
        "reputation/leaderboard.html", period=period, ever=ever, board=board, boards=boards, is_before=is_before,
        alone=board is not None and any(one.parent_id == board.id for one in boards),
        own=_own(session, asking, when, where, found, over=is_before),
        rows=[(leader, initials(leader.label), ruleset.rank(leader.rank_key)) for leader in found],
    )


def _own(
    session: Session, asking: Actor, period: str, board_id: int, found: list[leaderboard.Leader], *, over: bool
) -> dict[str, object] | None:
    """The viewer's own line, which nobody else sees; None for guests, staff, who is on the list or has no points.

    Args:
        over: whether the period is over, so that nothing can be missing any more.
    """
    if asking.id is None or asking.is_staff or any(leader.member_id == asking.id for leader in found):
        return None
    points = leaderboard.points_of(session, asking.id, period, board_id)
    if points <= 0:
        return None
    full = len(found) == leaderboard.SHOWN
    shown = session.scalar(select(Member.on_leaderboards).where(Member.id == asking.id))
    open_yet = full and shown and not over
    return {"points": points, "shown": shown, "missing": found[-1].points - points + 1 if open_yet else 0}


@blueprint.get("/m/<name>/ledger")
@needs("member")
def ledger(name: str) -> Page:
    """Every point of a member, for the member; moderators read it too, but not the purchases."""
    session, asking = db.session(), viewer()
    words = request.args
    which = history.Narrowed(
        words.get("axis", AXES[0]), words.get("kind", ""), words.get("month", ""), words.get("before", "")
    )
    if which.axis not in AXES or (which.axis != AXES[0] and (which.group or which.month)):
        raise NotFound
    person = member_called(session, name)
    if person.name != name:
        return moved(f"/m/{quote(person.name)}/ledger")
    guardian.require(guardian.may_read_ledger(asking, person), asking)
    if which.axis == "purchases":
        guardian.require(guardian.may_see_purchases(asking, person), asking)
    return render_template(
        "reputation/ledger.html", person=person, which=which, standing=queries.profile(session, person.id),
        page=history.page(session, asking, person.id, which, today()), groups=groups_in_words(),
        is_own=bool(guardian.may_see_purchases(asking, person)),
    )
