"""The queue and the log: what stands in them, claims that run out, pages of one cost, lines that stay."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.access.actors import SYSTEM
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.moderation import queries
from forum.moderation.models import Case, LogEntry
from forum.moderation.record import record
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
Browse = Callable[..., Surfer]


def test_a_case_shows_what_a_decision_needs(
    world: World, make: Factory, flag: Callable[..., TestResponse], browse: Browse, case_id: Callable[[], int]
) -> None:
    reply = make.reply(world.answer, world.asker, "That is <b>nonsense</b>, Ben.")
    flag(f"/p/{reply.id}", world.author, reason="rude", note="He shouts.")
    flag(f"/p/{reply.id}", reason="rude", address="203.0.113.9")
    page = browse(world.moderator).get(f"/moderation/cases/{case_id()}").text
    for words in (
        "How do I descale it?",
        "Use citric acid.",
        "nonsense",
        "He shouts.",
        "ben",
        "a guest",
        "Never warned",
    ):
        assert words in page, words
    assert "<b>nonsense" not in page
    keepers = browse(world.keeper).get(f"/moderation/cases/{case_id()}").text
    assert "He shouts." in keepers and "a guest" not in keepers
    assert 'href="/m/ben">ben</a> ·' not in keepers


def test_nothing_about_purchases_is_shown(
    world: World, flag: Callable[..., TestResponse], browse: Browse, case_id: Callable[[], int]
) -> None:
    flag(f"/m/{world.author.name}", world.asker)
    for path in (f"/moderation/cases/{case_id()}", "/m/ben/suspension"):
        main = browse(world.admin).get(path).text.split("<main", 1)[1]
        assert not re.search("purchas|bought|shop", main, re.IGNORECASE)


def test_one_case_a_thing(
    world: World, make: Factory, flag: Callable[..., TestResponse], browse: Browse, look: Look
) -> None:
    for member in (world.asker, make.member("cleo")):
        flag(f"/p/{world.answer.id}", member)
    assert look(lambda session: session.scalar(select(func.count(Case.id)))) == 1
    assert "2 reports" in browse(world.moderator).get("/moderation").text


def test_a_claim_is_seen_by_others_and_runs_out(
    world: World, flag: Callable[..., TestResponse], browse: Browse, case_id: Callable[[], int], look: Look
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)
    case = case_id()
    first, second = browse(world.moderator), browse(world.keeper)
    start = now()
    with time_machine.travel(start, tick=False):
        assert first.post(f"/moderation/cases/{case}/claim").status_code == 303
        assert "mo is looking at this" in second.get(f"/moderation/cases/{case}").text
        second.post(f"/moderation/cases/{case}/claim")
        second.post(f"/moderation/cases/{case}/dismissal")
        assert "mo is looking at this" in second.get(f"/moderation/cases/{case}").text
        assert look(lambda session: session.get_one(Case, case).state) == "open"
        assert "How do I" in first.get("/moderation?show=mine").text
        assert "How do I" not in second.get("/moderation?show=mine").text
    with time_machine.travel(start + dt.timedelta(minutes=15, seconds=1), tick=False):
        assert "mo is looking at this" not in second.get(f"/moderation/cases/{case}").text
        assert "How do I" not in first.get("/moderation?show=mine").text
        second.post(f"/moderation/cases/{case}/claim")
        assert look(lambda session: session.get_one(Case, case).claimed_by_id) == world.keeper.id
        second.post(f"/moderation/cases/{case}/claim/undo")
        assert look(lambda session: session.get_one(Case, case).claimed_by_id) is None


def test_what_does_harm_is_hidden_whoever_has_claimed_it(
    world: World, flag: Callable[..., TestResponse], browse: Browse, case_id: Callable[[], int], look: Look
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)
    browse(world.moderator).post(f"/moderation/cases/{case_id()}/claim")
    browse(world.keeper).post(f"/moderation/cases/{case_id()}/hiding", {"because": "unsafe"})
    assert look(lambda session: session.scalar(select(Case.state))) == "upheld"


@pytest.fixture
def many(world: World, app: Flask, make: Factory) -> list[int]:
    """More cases than a page holds, of all kinds."""
    posts = [make.answer(world.thread, world.author, f"Answer {number}") for number in range(5)]
    with app.app_context():
        with unit_of_work() as session:
            for number in range(queries.SIZE * 2 + 5):
                kind, target = ("post", posts[number % 5].id) if number % 3 else ("member", world.author.id)
                board = world.kettles.id if kind == "post" else None
                session.add(
                    Case(
                        target_kind=kind,
                        target_id=target,
                        board_id=board,
                        open_key=f"x:{number}",
                        flag_count=1,
                        opened_at=now() - dt.timedelta(hours=number // 3),
                    )
                )
            session.flush()
            found = list(session.scalars(select(Case.id).order_by(Case.opened_at, Case.id)))
        db.session.remove()
    return found


def test_pages_go_through_all_cases_once(world: World, many: list[int], browse: Browse) -> None:
    surfer, path, seen = browse(world.moderator), "/moderation", []
    for _page in range(5):
        text = surfer.get(path).text
        seen += [int(one) for one in re.findall(r'name="case" value="(\d+)"', text)]
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            break
        path = following.group(1).replace("&amp;", "&")
    assert seen == many
    assert surfer.get("/moderation?after=x").status_code == 404
    assert surfer.get("/moderation?show=x").status_code == 404


def test_the_queue_costs_the_same_whatever_its_length(
    world: World, many: list[int], browse: Browse, queries: Callable[[], Any]
) -> None:
    """Session and standing, site, boards beside; cases, reasons, posts, members, count of open ones."""
    surfer = browse(world.moderator)
    surfer.get("/moderation")
    with queries() as full:
        surfer.get("/moderation")
    assert len(full) <= 9, full
    with queries() as one:
        surfer.get(f"/moderation/cases/{many[1]}")
    assert len(one) <= 18, one


# The log --------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [update(LogEntry).values(reason="never"), delete(LogEntry)])
def test_the_log_cannot_be_edited(world: World, app: Flask, browse: Browse, look: Look, change: Any) -> None:
    browse(world.moderator).post(f"/t/{world.thread.id}/pin")
    with app.app_context():
        with pytest.raises(DatabaseError, match="cannot be edited"), unit_of_work() as session:
            session.execute(change)
        db.session.remove()
    assert look(lambda session: session.scalars(select(LogEntry.verb)).all()) == ["pin"]


def test_the_log_is_not_emptied(world: World, app: Flask, look: Look) -> None:
    """By TRUNCATE, of the log or of what it points to. (SQLite has none: its DELETE asks the trigger of rows.)"""
    with app.app_context():
        with unit_of_work() as session:
            record(session, SYSTEM, "pin", "thread", world.thread.id)
            if session.get_bind().dialect.name != "postgresql":
                return
        for statement in ("TRUNCATE moderation_log", "TRUNCATE member CASCADE"):
            with pytest.raises(DatabaseError, match="cannot be edited"), unit_of_work() as session:
                session.connection().exec_driver_sql(statement)
        db.session.remove()
    assert look(lambda session: session.scalar(select(LogEntry.verb))) == "pin"


def test_a_line_is_not_replaced(world: World, app: Flask, look: Look) -> None:
    with app.app_context():
        with unit_of_work() as session:
            entry = record(session, SYSTEM, "pin", "thread", world.thread.id).id
            if session.get_bind().dialect.name == "postgresql":
                return
        with pytest.raises(DatabaseError, match="cannot be edited"), unit_of_work() as session:
            session.connection().exec_driver_sql(
                "INSERT OR REPLACE INTO moderation_log (id, at, verb, target_kind, target_id, reason, details) "
                f"VALUES ({entry}, '2026-01-01', 'never', 'thread', 1, '', '{{}}')"
            )
        db.session.remove()
    assert look(lambda session: session.scalar(select(LogEntry.verb))) == "pin"


def test_the_log_is_read_by_who_and_what(world: World, browse: Browse) -> None:
    surfer = browse(world.moderator)
    surfer.post(f"/t/{world.thread.id}/closure", {"reason": "Round and round."})
    surfer.post("/m/ben/suspension", {"kind": "warning", "reason": "Please be kind."})
    browse(world.admin).post(f"/t/{world.thread.id}/pin")
    everything = surfer.get("/moderation/log").text
    assert all(words in everything for words in ("Round and round.", "Please be kind.", "pinned"))
    by = surfer.get("/moderation/log?by=ada").text.split("log-lines")[1]
    assert "pinned" in by and "locked" not in by
    about = surfer.get("/moderation/log?about=ben").text.split("log-lines")[1]
    assert "warned" in about and "pinned" not in about
    kind = surfer.get(f"/moderation/log?kind=thread&id={world.thread.id}").text.split("log-lines")[1]
    assert "locked" in kind and "warned" not in kind
    assert surfer.get("/moderation/log?before=x").status_code == 404


def test_a_long_log_is_paged_at_one_cost(world: World, app: Flask, browse: Browse, queries: Callable[[], Any]) -> None:
    with app.app_context():
        with unit_of_work() as session:
            for _line in range(120):
                record(session, SYSTEM, "pin", "thread", world.thread.id, board_id=world.kettles.id)
        db.session.remove()
    surfer = browse(world.moderator)
    surfer.get("/moderation/log")
    path, seen = "/moderation/log", 0
    while True:
        with queries() as sent:
            text = surfer.get(path).text
        assert len(sent) <= 7, sent
        seen += text.count('class="log-line"')
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            break
        path = following.group(1).replace("&amp;", "&")
    assert seen == 120
