"""The plot of a profile: what anybody could count, month by month."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members import activity
from forum.members.models import Member
from forum.threads.models import Post
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
TODAY = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


def dated(app: Flask, post_id: int | None, moment: dt.datetime, **columns: object) -> None:
    """Let a post be of another time."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Post).where(Post.id == post_id).values(created_at=moment, **columns))
        db.session.remove()


def bars(browse: Browse, member: Member, viewer: Member | None = None) -> dict[str, int]:
    """What the page's table says, by month."""
    with time_machine.travel(TODAY, tick=False):
        page = browse(viewer).get(f"/m/{member.name}").text
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td>', page)
    drawn = re.findall(r"<title>([^<:]+): (\d+)</title>", page)
    assert rows == drawn
    return {label: int(count) for label, count in rows}


def test_each_month_counts_what_was_written_in_it(app: Flask, make: Factory, browse: Browse) -> None:
    """To the second, over the turn of the year; a month that ended a year ago is gone."""
    ann, ben = make.member("ann"), make.member("ben")
    thread = make.thread(make.board(), ann)
    assert bars(browse, ben) == {}
    for moment in (
        dt.datetime(2025, 3, 31, 23, 59, 59, tzinfo=dt.UTC), dt.datetime(2025, 4, 1, tzinfo=dt.UTC),
        dt.datetime(2025, 12, 31, 23, 59, 59, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), TODAY,
    ):
        answer = make.answer(thread, ben)
        dated(app, answer.id, moment)
    dated(app, make.reply(answer, ben).id, TODAY)
    dated(app, thread.opening_id, TODAY)
    shown = bars(browse, ben)
    assert len(shown) == 12 and (min(shown), [*shown][-1]) == ("April 2025", "March 2026")
    counted = {month: count for month, count in shown.items() if count}
    assert counted == {"April 2025": 1, "December 2025": 1, "January 2026": 1, "March 2026": 2}
    assert bars(browse, ann)["March 2026"] == 1


@pytest.mark.parametrize("why", ["closed board", "hidden", "deleted"])
def test_nobody_counts_what_not_everybody_may_read(app: Flask, make: Factory, browse: Browse, why: str) -> None:
    """Not even for those who may: the figure is the same for all."""
    ben, staff = make.member("ben"), make.member(role="moderator")
    board = make.board(see_rank="seed") if why == "closed board" else make.board()
    answer = make.answer(make.thread(board, staff), ben)
    gone = {"hidden": {"hidden_at": TODAY}, "deleted": {"deleted_at": TODAY}}.get(why, {})
    dated(app, answer.id, TODAY, **gone)
    for viewer in (None, ben, staff):
        assert bars(browse, ben, viewer) == {}


def test_it_is_one_stretch_of_an_index(
    session: Session, make: Factory, plan: Callable[[str, dict[str, object]], str]
) -> None:
    """Of the posts of one member, however many others there are."""
    member = make.member()
    starts = [dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in range(1, 13)]
    statement = activity.written(member.id, starts)
    text = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        assert "ix_post_" in plan(text, {})  # of empty tables one index is as good as another to it
    else:
        assert "ix_post_author" in plan(text, {})  # that one, or the one with the kind in it


def test_what_guests_cannot_read_is_not_counted(make: Factory, browse: Browse) -> None:
    """Not on a board for some ranks, nor on one below it."""
    ann, above = make.member("ann", rank="bough"), make.board("above", see_rank="bough")
    below = make.board("below", parent_id=above.id, above_see_rank="bough")
    for board in (above, below):
        make.thread(board, ann)
    assert "Questions, answers and replies" not in browse().get("/m/ann").text
    make.thread(make.board(), ann)
    assert "1 post in the last twelve months" in browse().get("/m/ann").text
