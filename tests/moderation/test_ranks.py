"""The community manager holds a member at a rank: with a reason, an end, and a way back."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.reputation import ledger, maintenance, visits
from forum.reputation.jobs import slide_standings
from forum.reputation.models import Award, MemberStanding
from tests.factory import Factory

FORM = {"rank": "bough", "days": "7", "reason": "You wrote the manual of the old kettle."}


def _rank(app: Flask, member_id: int) -> str:
    with app.app_context():
        return db.session.get_one(MemberStanding, member_id).rank_key


def test_a_rank_is_held_read_of_and_ends(
    app: Flask, make: Factory, browse: Callable[..., Any], drain: Callable[[], None]
) -> None:
    """Up, against the numbers; the member reads rank, day and reason; after the end the numbers decide."""
    admin, member = make.member("boss", role="admin"), make.member("ada")
    page = browse(admin).get("/m/ada")
    assert 'href="/m/ada/rank"' in page.text
    assert browse(admin).post("/m/ada/rank", FORM).status_code == 303
    drain()
    assert _rank(app, member.id) == "bough"
    notices = browse(member).get("/notifications").text
    assert "The team keeps your rank at Bough" in notices and FORM["reason"] in notices
    assert "You are Bough now" not in notices
    with app.app_context():
        assert maintenance.verify(db.session()) == []
    with time_machine.travel(now() + dt.timedelta(days=8), tick=False):
        with app.app_context():
            slide_standings()
        assert _rank(app, member.id) == "seed"


def test_while_held_one_reads_when_the_ladder_goes_on(
    app: Flask, make: Factory, browse: Callable[..., Any]
) -> None:
    """Held below or above what the numbers give: the day and the rank that they give then, and no next rank before."""
    admin, member = make.member("boss", role="admin"), make.member("ada")
    with app.app_context(), unit_of_work() as session:
        award = Award(member_id=member.id, kind="staff_grant", points=5, created_at=now())
        session.add(award)
        ledger.settle_award(session, award)
        for day in range(2):
            visits.record_visit(session, member.id, today() - dt.timedelta(days=day))
    own = browse(member)
    assert "Twig</strong>" in own.get("/m/ada/ledger").text
    for rank in ("bough", "seed"):
        assert browse(admin).post("/m/ada/rank", {**FORM, "rank": rank}).status_code == 303
        for path in ("/m/ada/ledger", "/m/ada", "/ranks"):
            ahead = own.get(path).text.split('data-standing="next"')[1].split("</div>")[0]
            assert f"The team holds you at {rank.title()} until" in ahead and FORM["reason"] in ahead, path
            assert "After that your numbers alone say your rank: as they are now, Sprout." in ahead
            assert "next-rank-head" not in ahead and "bar-track" not in ahead
    with time_machine.travel(now() + dt.timedelta(days=8), tick=False):
        with app.app_context():
            slide_standings()
        assert "Twig</strong>" in browse(member).get("/m/ada/ledger").text


def test_it_is_taken_back_from_the_log(
    app: Flask, make: Factory, browse: Callable[..., Any], drain: Callable[[], None]
) -> None:
    """Once; a later hold is not touched by taking an earlier one back. What is behind the bell goes along."""
    admin, member = make.member("boss", role="admin"), make.member("ada")
    hand, own = browse(admin), browse(member)

    def told() -> list[str]:
        drain()
        return re.findall(r"The team keeps your rank at (\w+)", own.get("/notifications").text)

    hand.post("/m/ada/rank", FORM)
    assert told() == ["Bough"]
    hand.post("/m/ada/rank", {**FORM, "rank": "twig"})
    with app.app_context():
        held = select(LogEntry.id).where(LogEntry.verb == "hold_rank").order_by(LogEntry.id)
        entries = db.session.scalars(held).all()
    hand.post(f"/moderation/log/{entries[0]}/undo")
    assert _rank(app, member.id) == "twig"
    assert told() == ["Twig"]
    hand.post(f"/moderation/log/{entries[1]}/undo")
    assert _rank(app, member.id) == "seed"
    assert told() == []
    with app.app_context():
        assert db.session.get_one(Member, member.id).unread_notices == 0


def test_a_choice_that_is_none_is_said_in_plain_words(make: Factory, browse: Callable[..., Any]) -> None:
    """What no list offers, be it no number at all, in both languages; wherever one chooses."""
    hand, chinese = browse(make.member("boss", role="admin")), {"Accept-Language": "zh"}
    make.member("ada")
    sanction = {"kind": "silence", "reason": "Again.", "days": "long"}
    make.board()
    board = {"title": "Kettles", "description": "", "hue": "2", "picture": "", "category": "shelf"}
    for path, form in (
        ("/m/ada/rank", {**FORM, "days": "long"}), ("/m/ada/rank", {**FORM, "days": "9000"}),
        ("/m/ada/rank", {**FORM, "rank": "tree"}), ("/m/ada/suspension", sanction),
        ("/boards/new", board),
    ):
        refused = hand.post(path, form)
        assert refused.status_code == 422 and "Choose one of the list." in refused.text, (path, form)
        assert "coerce" not in refused.text and "Not a valid" not in refused.text
        assert "请从列表中选择一项。" in hand.post(path, form, headers=chinese).text


def test_who_may_and_what_is_missing(app: Flask, make: Factory, browse: Callable[..., Any]) -> None:
    """The community manager alone, for members, with a reason and a rank that there is."""
    admin, moderator = make.member("boss", role="admin"), make.member("mo", role="moderator")
    member = make.member("ada")
    assert "/m/ada/rank" not in browse(moderator).get("/m/ada").text
    assert "/m/mo/rank" not in browse(admin).get("/m/mo").text
    assert browse(moderator).post("/m/ada/rank", FORM).status_code == 403
    assert browse(admin).post("/m/mo/rank", FORM).status_code == 403
    for wrong in ({"reason": ""}, {"rank": "tree"}, {"days": "9000"}):
        refused = browse(admin).post("/m/ada/rank", {**FORM, **wrong})
        assert refused.status_code == 422, wrong
    assert _rank(app, member.id) == "seed"
