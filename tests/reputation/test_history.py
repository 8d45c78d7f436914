"""Ledgers as they are read: filters, what it came to after each line, the months, caps in words, and what it costs."""

import datetime as dt
import itertools
import random
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import Actor, load_actor
from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import history, leaderboard, ledger, rulesets, running_totals
from forum.reputation.history import Narrowed
from forum.reputation.line_words import AWARDS, GROUPS, groups_in_words, line_in_words, note_of_line
from forum.reputation.models import Award, HelpingTotal, LedgerLine, RulesetVersion
from forum.reputation.rules import read
from forum.threads.models import Vote
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.plans import explained, touched
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
FIRST = dt.date(2024, 2, 27)
KINDS = {"answer_up": 10, "answer_down": -2, "answer_accepted": 15, "question_up": 5, "discussion_up": 1, "day_cap": -7}


def write_lines(session: Session, member_id: int, count: int, days: int) -> None:
    """`count` lines of all kinds over so many days, in no order of days, with the totals that follow."""
    chance = random.Random(7)
    names = list(KINDS)
    rows = []
    for number in range(count):
        kind = names[number % len(names)]
        rows.append({
            "member_id": member_id, "axis": "reputation", "kind": kind, "points": KINDS[kind], "source_kind": "vote",
            "source_id": str(number), "event_day": FIRST + dt.timedelta(days=chance.randrange(days)), "generation": 1,
            "created_at": now(),
        })
    session.execute(insert(LedgerLine), rows)
    leaderboard.rebuild(session, 1, [[member_id]])
    session.commit()


def true_totals(session: Session, member_id: int) -> dict[int, int]:
    """After each line, by simple adding: the lines in the order of their days."""
    lines = select(LedgerLine.id, LedgerLine.points).where(LedgerLine.member_id == member_id)
    total, totals = 0, {}
    for id, points in session.execute(lines.order_by(LedgerLine.event_day, LedgerLine.id)):
        total += points
        totals[id] = max(0, total)
    return totals


def walk(session: Session, viewer: Actor, member_id: int, **which: str) -> Iterator[history.Line]:
    """All lines of all pages."""
    before = ""
    while True:
        page = history.page(session, viewer, member_id, Narrowed(before=before, **which), today())
        yield from page.lines
        before = page.before
        if not before:
            return


def test_totals_are_true_under_every_filter(make: Factory, session: Session) -> None:
    """Each line once, in the order of days, with what all lines up to it amount to, whatever is left out."""
    helper = make.member()
    write_lines(session, helper.id, 400, 70)
    viewer, totals = load_actor(session, helper.id), true_totals(session, helper.id)
    whole = list(walk(session, viewer, helper.id))
    assert [line.id for line in whole] == list(reversed(totals))
    assert {line.id: line.total for line in whole} == totals
    for group, kinds in GROUPS.items():
        found = list(walk(session, viewer, helper.id, group=group))
        said = {line_in_words(kind, KINDS.get(kind, 1)) for kind in kinds}
        wanted = [line.id for line in whole if line.words in said]
        assert [line.id for line in found] == wanted, group
        assert all(line.total == totals[line.id] for line in found)
    for month in ("2024-02", "2024-03", "2024-05"):
        found = list(walk(session, viewer, helper.id, month=month))
        assert [line.id for line in found] == [line.id for line in whole if f"{line.day:%Y-%m}" == month]
        assert all(line.total == totals[line.id] for line in found)
        both = list(walk(session, viewer, helper.id, month=month, group="answers"))
        assert {line.id for line in both} < {line.id for line in found}
        assert all(line.total == totals[line.id] for line in both)


def test_a_months_cap_is_told_once_at_its_end(make: Factory, session: Session) -> None:
    """However many lines it has, it is one row after everything else of the month, and each total follows on the one
    below, from page to page and under every filter."""
    helper = make.member()
    write_lines(session, helper.id, 200, 70)
    for first, points in ((FIRST.replace(day=1), -4), (dt.date(2024, 3, 1), -9), (dt.date(2024, 4, 1), 0)):
        session.execute(insert(LedgerLine), [
            {"member_id": helper.id, "axis": "reputation", "kind": "month_cap", "points": part, "generation": 1,
             "source_kind": "month_cap", "source_id": f"{first:%Y-%m}", "event_day": first, "created_at": now()}
            for part in (points - 8, 5, 3)
        ])
    session.execute(update(LedgerLine).where(LedgerLine.source_id == "0").values(points=1_000, event_day=FIRST))
    leaderboard.rebuild(session, 1, [[helper.id]])
    session.commit()
    viewer = load_actor(session, helper.id)
    whole = list(walk(session, viewer, helper.id))
    caps = [line for line in whole if line.of_month]
    assert [(line.day, line.points) for line in caps] == [(dt.date(2024, 3, 31), -9), (dt.date(2024, 2, 29), -4)]
    assert len(whole) == 200 + len(caps)
    held = session.scalar(select(HelpingTotal.points).where(
        HelpingTotal.member_id == helper.id, HelpingTotal.period == "all", HelpingTotal.board_id == 0))
    assert whole[0].total == held
    for line, below in itertools.pairwise(whole):
        assert below.total == line.total - line.points
    assert [line.day for line in whole] == sorted((line.day for line in whole), reverse=True)
    totals = {(line.day, line.id): line.total for line in whole}
    filters: list[dict[str, str]] = [{"group": group} for group in GROUPS]
    filters += [{"month": "2024-02", "group": group} for group in ("", "caps", "answers")]
    for which in (*filters, {"month": "2024-03"}):
        found = list(walk(session, viewer, helper.id, **which))
        assert all(line.total == totals[line.day, line.id] for line in found), which
        told = [line for line in found if line.of_month]
        months = [line for line in caps if f"{line.day:%Y-%m}" == which.get("month", f"{line.day:%Y-%m}")]
        assert told == (months if which.get("group") in (None, "", "caps") else []), which
    assert [line.of_month for line in history.latest(session, viewer, helper.id, 3)] == [False] * 3


def test_two_who_voted_for_each_other_read_what_the_month_withheld(
    app: Flask, browse: Browse, make: Factory
) -> None:
    """Through the page: seventeen votes of one giver, then one row for all that the month's cap took."""
    helper, giver = make.member("helper"), make.member()
    board = make.board()
    for number in range(17):
        answer = make.answer(make.thread(board, giver), helper)
        at = dt.datetime(2026, 3, 2 + number, 12, tzinfo=dt.UTC)
        with app.app_context(), unit_of_work() as session:
            vote = Vote(post_id=answer.id, voter_id=giver.id, value=1, created_at=at, changed_at=at)
            session.add(vote)
            ledger.settle_vote(session, vote)
    page = browse(helper).get("/m/helper/ledger").get_data(as_text=True)
    lines = page.split('data-standing="lines"')[1]
    assert [int(total) for total in re.findall(r"Total after it: </span>(\d+)", lines)] == [
        99, *range(170, 0, -10)]
    assert lines.count("so 71 of this month were withheld") == lines.count("of this month were withheld") == 1
    assert lines.index("March 2026</h2>") < lines.index("Answer voted up")
    caps = browse(helper).get("/m/helper/ledger?kind=caps").get_data(as_text=True)
    assert caps.count("of this month were withheld") == 1 and "Nothing of this kind" not in caps


def test_months_are_what_the_lines_of_a_month_amount_to(make: Factory, session: Session) -> None:
    """From the first line's month to this one, and at least a year for the plot."""
    helper = make.member()
    write_lines(session, helper.id, 60, 40)
    page = history.page(session, load_actor(session, helper.id), helper.id, Narrowed(), today())
    assert page.months[0].key == "2024-02" and page.months[-1].key == f"{today():%Y-%m}"
    lines = list(walk(session, load_actor(session, helper.id), helper.id))
    for month in page.months:
        assert month.points == sum(line.points for line in lines if f"{line.day:%Y-%m}" == month.key)
    assert len(page.plotted) == history.PLOTTED
    early = history.page(session, load_actor(session, helper.id), helper.id, Narrowed(), FIRST)
    assert len(early.plotted) == history.LEAST_PLOTTED and early.plotted[0].key == "2023-05"


def test_every_kind_has_a_group_and_words() -> None:
    """What the ledger can hold on the axis Helping is found under one filter, but what the team gives goes as award."""
    grouped = [kind for kinds in GROUPS.values() for kind in kinds]
    assert len(set(grouped)) == len(grouped)
    assert {word for word, _name in groups_in_words()} == set(GROUPS)
    for kind in grouped:
        assert not line_in_words(kind, 1).startswith("Points given"), kind
    points = set(type(rulesets.preset("laurel").points).model_fields)
    assert points <= set(grouped)


def test_caps_say_which_and_how_much(make: Factory, session: Session) -> None:
    """A cap's line says what was withheld, and what counts after all; a line that was cut says so."""
    rules = rulesets.preset("laurel")
    day = dt.date(2026, 3, 2)
    assert note_of_line(rules, "day_cap", -30, day) == (
        "Votes bring at most 200 points a day, so 30 of this day were withheld.", "cap-day")
    assert "30 points of this day that were withheld count after all" in note_of_line(rules, "day_cap", 30, day)[0]
    note, rule = note_of_line(rules, "month_cap", -12, day)
    assert "no more than 40% of them count from any one member, so 12 of this month were withheld" in note
    assert rule == "cap-share"
    assert "one question brings at most 25 points" in note_of_line(rules, "question_up", 3, day)[0]
    assert note_of_line(rules, "question_up", 5, day) == note_of_line(rules, "answer_up", -10, day) == ("", "")
    young = read(rules.model_dump(mode="json", exclude_none=True)
                 | {"voters": {"after_days": 0, "full_after_days": 2, "young_percent": 50}})
    assert note_of_line(young, "answer_up", 5, day) == (
        "Counts in part: it came from somebody who had just joined.", "voters")
    assert note_of_line(young, "answer_up", 10, day) == ("", "")


def test_what_was_capped_is_on_the_page(app: Flask, browse: Browse, make: Factory) -> None:
    """Through the page: awards that fill the day leave a line that explains itself and leads to its rule."""
    helper = make.member("helper")
    rules = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    with app.app_context():
        with unit_of_work() as session:
            data = rules | {"awards": {"suggested_edit": {"in_day": True}}}
            session.add(RulesetVersion(name="test", data=data, published_at=now(), generation=1))
        with unit_of_work() as session:
            for _number in range(3):
                award = Award(member_id=helper.id, kind="suggested_edit", points=90, created_at=now())
                session.add(award)
                ledger.settle_award(session, award)
        db.session.remove()
    rulesets.forget()
    own = browse(helper)
    page = own.get("/m/helper/ledger").get_data(as_text=True)
    assert "so 70 of this day were withheld" in page and 'href="/ranks#cap-day"' in page
    assert 'id="cap-day"' in own.get("/ranks").get_data(as_text=True)
    caps = own.get("/m/helper/ledger?kind=caps").get_data(as_text=True)
    assert "were withheld" in caps and "suggested edit was taken" not in caps
    awards = own.get(f"/m/helper/ledger?kind={AWARDS}").get_data(as_text=True)
    assert "suggested edit was taken" in awards and "were withheld" not in awards
    other = own.get("/m/helper/ledger?kind=questions").get_data(as_text=True)
    assert "Nothing of this kind happened then." in other


def test_the_plot_is_told_to_readers_too(browse: Browse, make: Factory, session: Session) -> None:
    """The bars come with a table of the same figures; months can be chosen."""
    helper = make.member("helper")
    write_lines(session, helper.id, 60, 40)
    page = browse(helper).get("/m/helper/ledger").get_data(as_text=True)
    plot = page.split("Points by month</h2>")[1]
    assert "<svg" in plot and "<table>" in plot and 'value="2024-03"' in page


# What it costs ---------------------------------------------------------------------------------

MANY = 20_000


@pytest.fixture
def long_ledger(make: Factory, session: Session) -> Member:
    """A member with very many lines over eight years, all of one kind but for a few awards, among others' lines."""
    helper, other = make.member("helper"), make.member()
    start, moment = dt.date(2018, 1, 1), now()
    rows = [
        {"member_id": helper.id if number % 3 else other.id, "axis": "reputation",
         "kind": "bounty_won" if number % 3_001 == 1 else "answer_up", "points": 10, "source_kind": "vote",
         "source_id": str(number), "event_day": start + dt.timedelta(days=number % 2_900), "generation": 1,
         "created_at": moment}
        for number in range(MANY)
    ]
    for from_row in range(0, MANY, 10_000):
        session.execute(insert(LedgerLine), rows[from_row:from_row + 10_000])
    session.add(Award(member_id=helper.id, kind="bounty_won", points=10, created_at=moment))
    leaderboard.rebuild(session, 1, [[helper.id, other.id]])
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
    return helper


def test_a_page_is_a_stretch_of_an_index(session: Session, long_ledger: Member) -> None:
    """Whatever the filter and however far back: no sort, no scan, and on PostgreSQL few rows touched."""
    middle, id = f"{dt.date(2022, 5, 4):%Y%m%d}", MANY // 2
    for kind, which, index in (
        ("", Narrowed(), "ix_ledger_line_member"),
        ("", Narrowed(before=f"{middle}.{id}"), "ix_ledger_line_member"),
        ("", Narrowed(month="2021-06"), "ix_ledger_line_"),
        ("bounty_won", Narrowed(), "ix_ledger_line_kind"),
        ("answer_up", Narrowed(month="2021-06", before=f"20210615.{id}"), "ix_ledger_line_"),
        ("day_cap", Narrowed(), "ix_ledger_line_kind"),
    ):
        plan = explained(session, history.keys(1, long_ledger.id, "reputation", kind, which, 31))
        assert index in plan, plan
        if DATABASE == "sqlite":
            assert "TEMP B-TREE" not in plan and "SCAN" not in plan, plan
        else:
            assert "Seq Scan" not in plan, plan
            assert touched(plan) <= 400, plan
    for which in (Narrowed(), Narrowed(month="2021-06"), Narrowed(before=f"{middle}.{id}")):
        plan = explained(session, history.month_caps(1, long_ledger.id, which, [], 31))
        assert "ix_ledger_line_kind" in plan and "Seq Scan" not in plan and "SCAN ledger_line" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
    plan = explained(session, running_totals.periods_of(long_ledger.id, [f"2021-{month:02}" for month in range(1, 13)]))
    assert "pk_helping_total" in plan or "sqlite_autoindex_helping_total" in plan or "PRIMARY KEY" in plan, plan


def test_a_page_makes_as_many_queries_of_a_long_ledger(
    browse: Browse, long_ledger: Member, session: Session,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """A fixed number, and the totals of the last page are true as well."""
    own = browse(long_ledger)
    own.get("/m/helper/ledger")
    for path in ("/m/helper/ledger", "/m/helper/ledger?before=20180301.100", "/m/helper/ledger?kind=awards",
                 "/m/helper/ledger?kind=answers&month=2020-02"):
        with queries() as seen:
            assert own.get(path).status_code == 200
        assert len(seen) <= 11, "\n".join(seen)
    page = history.page(session, load_actor(session, long_ledger.id), long_ledger.id,
                        Narrowed(before="20180103.90000"), today())
    totals = true_totals(session, long_ledger.id)
    assert page.lines and all(line.total == totals[line.id] for line in page.lines)
    held = select(HelpingTotal.points).where(HelpingTotal.member_id == long_ledger.id, HelpingTotal.period == "all",
                                             HelpingTotal.board_id == 0)
    assert session.scalar(held) == max(totals.values())
