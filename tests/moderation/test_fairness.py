"""The fairness report: rings are found, honest people are not; cases are dismissed and voided, all of it undone."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.jobs import tidy_members
from forum.members.models import Member, MemberNetwork
from forum.moderation.jobs import find_patterns
from forum.moderation.models import FairnessCase, FairnessMember, LogEntry
from forum.reputation import commands, maintenance, rulesets
from forum.reputation.reckoning import reckon
from forum.threads import actions as threads
from forum.threads.models import Acceptance, Post, Thread, Vote
from forum.threads.recounting import recount_thread
from tests.factory import Factory
from tests.moderation.test_undo import differences, picture
from tests.reputation.populated import write
from tests.reputation.populations import DAYS, Ballot, with_ring, without_ring
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


@contextmanager
def writing(app: Flask) -> Iterator[Session]:
    with app.app_context():
        with unit_of_work() as session:
            yield session
        db.session.remove()


def read(app: Flask, what: Callable[[Session], Any]) -> Any:
    with app.app_context():
        found = what(db.session())
        db.session.remove()
    return found


def look_for_patterns(app: Flask) -> None:
    with app.app_context():
        find_patterns()
        db.session.remove()


def cases(app: Flask) -> list[tuple[str, str, frozenset[int]]]:
    """(pattern, state, members) of each case."""

    def rows(session: Session) -> list[tuple[str, str, frozenset[int]]]:
        return [
            (case.pattern, case.state, frozenset(session.scalars(
                select(FairnessMember.member_id).where(FairnessMember.case_id == case.id)
            )))
            for case in session.scalars(select(FairnessCase).order_by(FairnessCase.id))
        ]

    found: list[tuple[str, str, frozenset[int]]] = read(app, rows)
    return found


def trade(one: int, other: int, days: range, board: int = 2) -> list[Ballot]:
    """Two who give each other two votes a day."""
    return [Ballot(*pair, board, day) for day in days for pair in ((one, other), (other, one)) for _vote in range(2)]


@pytest.fixture
def lately() -> dt.datetime:
    """Where thirty simulated days begin that ended just now."""
    return now() - dt.timedelta(days=DAYS + 1)


def test_ten_who_vote_for_each_other_end_under_the_cap_and_on_the_report(app: Flask, lately: dt.datetime) -> None:
    """Thirty days at the limit among honest people: at most 200 a day each, one case, exactly these ten."""
    population = with_ring("clique", 1)
    with writing(app) as session:
        ids = write(session, population.ballots, lately)
        maintenance.rebuild(session)
        ring = frozenset(ids[number] for number in population.ring)
        numbers = reckon(session, rulesets.in_force(session), ring).numbers
        assert 0 < max(one.points for one in numbers.values()) <= 200 * (DAYS + 1)
    look_for_patterns(app)
    assert cases(app) == [("ring", "open", ring)]


def test_honest_heavy_users_are_on_no_report(app: Flask, lately: dt.datetime) -> None:
    """Ten who answer nearly everything and vote a lot, a niche of eight, friends and fans: nobody is accused."""
    with writing(app) as session:
        write(session, without_ring(1).ballots, lately)
    look_for_patterns(app)
    assert cases(app) == []


@pytest.fixture
def pair(app: Flask, lately: dt.datetime) -> dict[int, int]:
    """An honest community with two who trade votes; ids by number. The ledger is settled."""
    with writing(app) as session:
        ids = write(session, without_ring(2).ballots[:1500] + trade(900, 901, range(12)), lately)
        maintenance.rebuild(session)
    with writing(app) as session:
        for thread_id in session.scalars(select(Thread.id)).all():
            recount_thread(session, thread_id)
    return ids


def test_the_same_pattern_is_one_case(app: Flask, pair: dict[int, int], lately: dt.datetime) -> None:
    """Found again it is seen again, no more; found with a third member it has grown."""
    look_for_patterns(app)
    two = frozenset((pair[900], pair[901]))
    assert cases(app) == [("mutual", "open", two)]
    look_for_patterns(app)
    assert cases(app) == [("mutual", "open", two)]
    with writing(app) as session:
        third = Member(name="third", name_key="third", joined_at=lately)
        session.add(third)
        session.flush()
        _trade_with(session, third.id, pair[901], lately)
        three = two | {third.id}
    look_for_patterns(app)
    assert cases(app) == [("ring", "open", three)]


def _trade_with(session: Session, new: int, known: int, start: dt.datetime) -> None:
    """A new member and a known one give each other sixteen votes in eight days."""
    for number, post in enumerate(session.scalars(select(Post).where(Post.author_id == known).limit(16)).all()):
        at = start + dt.timedelta(days=number // 2)
        answer = Post(thread_id=post.thread_id, author_id=new, kind="answer", body_source="So.", body_html="<p>So.</p>",
                      renderer_version=1, created_at=start)
        session.add(answer)
        session.flush()
        session.add_all([
            Vote(post_id=post.id, voter_id=new, value=1, created_at=at, changed_at=at),
            Vote(post_id=answer.id, voter_id=known, value=1, created_at=at, changed_at=at),
        ])


def test_a_dismissed_case_comes_back_only_with_new_evidence(
    app: Flask, pair: dict[int, int], browse: Browse, make: Factory
) -> None:
    """The same votes again: it stays dismissed. Half as many again since: it is open."""
    look_for_patterns(app)
    moderator = browse(make.member("mod", role="moderator"))
    case_id = read(app, lambda session: session.scalar(select(FairnessCase.id)))
    answer = moderator.post(f"/moderation/fairness/{case_id}/dismissal", {"reason": "Twins who know kettles."})
    assert answer.status_code == 303
    look_for_patterns(app)
    assert [case[1] for case in cases(app)] == ["dismissed"]
    with writing(app) as session:
        case = session.get_one(FairnessCase, case_id)
        assert case.decided_at is not None
        case.decided_at = now() - dt.timedelta(days=26)  # of their twelve days eight have come since
    look_for_patterns(app)
    assert [case[1] for case in cases(app)] == ["open"]


def _void(surfer: Surfer, case_id: int) -> int:
    data = {"why": "exchanged", "note": "Two a day, nobody else."}
    return surfer.post(f"/moderation/fairness/{case_id}/voiding", data).status_code


def test_voiding_reverses_exactly_and_comes_back_exactly(
    app: Flask, pair: dict[int, int], browse: Browse, make: Factory, drain: Callable[[], None]
) -> None:
    """Scores and points go; the ledger says that the team withheld them, not whose votes they were; undo is exact."""
    look_for_patterns(app)
    moderator = browse(make.member("mod", role="moderator"))
    case_id = read(app, lambda session: session.scalar(select(FairnessCase.id)))
    before = read(app, picture)
    assert _void(moderator, case_id) == 303
    drain()
    after = read(app, picture)
    changed = differences(before, after)
    points = {name: value["reputation"] for name, value in after.items() if name.startswith("MemberStanding")}
    assert points[f"MemberStanding ({pair[900]},)"] == points[f"MemberStanding ({pair[901]},)"] == 0
    assert sum(name.startswith("Vote") for name in changed) == 48
    assert read(app, lambda session: app.test_cli_runner().invoke(commands.verify).exit_code) == 0
    surfer = browse(read(app, lambda session: session.get_one(Member, pair[900])))
    ledger = surfer.get("/m/p900/ledger").get_data(as_text=True)
    assert "The team withheld the points." in ledger
    assert "Votes were given in exchange for votes." in ledger
    assert "p901" not in ledger
    bell = surfer.get("/notifications").get_data(as_text=True)
    assert "Some votes that you gave or received no longer count" in bell
    assert "p901" not in bell
    entry = read(app, lambda session: session.scalar(select(LogEntry.id).where(LogEntry.verb == "void_votes")))
    look_for_patterns(app)
    assert [case[1] for case in cases(app)] == ["voided"]  # what is voided is no evidence any more
    assert moderator.post(f"/moderation/log/{entry}/undo").status_code == 303
    drain()
    assert differences(before, read(app, picture)) == {}
    assert read(app, lambda session: app.test_cli_runner().invoke(commands.verify).exit_code) == 0
    assert "no longer count" not in surfer.get("/notifications").get_data(as_text=True)
    assert [case[1] for case in cases(app)] == ["open"]


def test_a_voided_vote_does_not_count_when_it_is_given_again(app: Flask, pair: dict[int, int], browse: Browse,
                                                           make: Factory) -> None:
    look_for_patterns(app)
    case_id = read(app, lambda session: session.scalar(select(FairnessCase.id)))
    _void(browse(make.member("mod", role="moderator")), case_id)

    def score(session: Session) -> tuple[int, int]:
        found: tuple[int, int] = session.execute(
            select(Post.id, Post.score).join(Vote, Vote.post_id == Post.id).where(Vote.voter_id == pair[901])
            .order_by(Post.id).limit(1)
        ).one()
        return found

    post_id, before = read(app, score)
    with writing(app) as session:
        session.get_one(Member, pair[901]).confirmed_at = now()
    for value in (0, 1):
        with writing(app) as session:
            threads.vote(session, load_actor(session, pair[901]), session.get_one(Post, post_id), value)
    assert read(app, score) == (post_id, before)


def test_who_may_see_and_decide(app: Flask, pair: dict[int, int], browse: Browse, make: Factory) -> None:
    """Members and board moderators see nothing; a moderator who is in a case does not decide it, the manager does."""
    look_for_patterns(app)
    case_id = read(app, lambda session: session.scalar(select(FairnessCase.id)))
    page = f"/moderation/fairness/{case_id}"
    for surfer in (browse(make.member("ann", rank="branch")), browse()):
        for path in ("/moderation/fairness", page):
            assert surfer.get(path).status_code in (303, 403)
    with writing(app) as session:
        session.get_one(Member, pair[900]).role = "moderator"
        session.get_one(Member, pair[900]).confirmed_at = now()
    own = browse(read(app, lambda session: session.get_one(Member, pair[900])))
    assert "Another moderator decides about your votes." in own.get(page).get_data(as_text=True)
    assert own.post(f"{page}/voiding", {"why": "exchanged", "note": "x"}).status_code == 403
    assert own.post(f"{page}/dismissal", {"reason": "x"}).status_code == 403
    moderator = browse(make.member("mod", role="moderator"))
    shown = moderator.get(page).get_data(as_text=True)
    for words in ("Two who vote for each other", "48 votes between them", "p900", "p901", "They fall on 12 days"):
        assert words in shown, words
    assert moderator.post(f"{page}/voiding", {"why": "exchanged", "note": ""}).status_code == 422
    assert moderator.post(f"{page}/voiding", {"why": "because", "note": "x"}).status_code == 422
    assert moderator.post(f"{page}/dismissal", {"reason": "Twins."}).status_code == 303
    assert _void(moderator, case_id) == 303  # decided already: said on the page, nothing done
    assert [case[1] for case in cases(app)] == ["dismissed"]


def test_acceptances_among_two_are_found_and_voided(
    app: Flask, pair: dict[int, int], browse: Browse, make: Factory, lately: dt.datetime
) -> None:
    """The asker's word stays on the page; the points go, and come back."""
    with writing(app) as session:
        board_thread = session.scalars(select(Post.thread_id).limit(1)).one()
        asker, helper, *others = pair[900], pair[30], *list(pair.values())[40:80]
        _accepted(session, board_thread, [(asker, helper)] * 8, lately)
        _accepted(session, board_thread, [(others[n], others[(n * 7 + 3) % 40]) for n in range(40)] * 3, lately)
        maintenance.rebuild(session)
    look_for_patterns(app)
    found = [case for case in cases(app) if case[0] == "acceptances"]
    assert found == [("acceptances", "open", frozenset((asker, helper)))]
    moderator = browse(make.member("mod", role="moderator"))
    case_id = read(app, lambda session: session.scalar(
        select(FairnessCase.id).where(FairnessCase.pattern == "acceptances")
    ))
    before = read(app, picture)
    assert _void(moderator, case_id) == 303
    after = read(app, picture)
    standing = f"MemberStanding ({helper},)"
    assert before[standing]["accepted"] - after[standing]["accepted"] == 8
    assert [name for name in differences(before, after) if name.startswith(("Thread", "Post"))] == []
    entry = read(app, lambda session: session.scalar(select(LogEntry.id).where(LogEntry.verb == "void_votes")))
    assert moderator.post(f"/moderation/log/{entry}/undo").status_code == 303
    assert differences(before, read(app, picture)) == {}


def _accepted(session: Session, like: int, pairs: list[tuple[int, int]], at: dt.datetime) -> None:
    """For each pair a question by the first with an accepted answer by the second."""
    board = session.get_one(Thread, like).board_id
    for asker, helper in pairs:
        thread = Thread(board_id=board, author_id=asker, kind="question", title="And this?", slug="this",
                        created_at=at, last_activity_at=at, solved=True)
        session.add(thread)
        session.flush()
        answer = Post(thread_id=thread.id, author_id=helper, kind="answer", body_source="So.", body_html="<p>So.</p>",
                      renderer_version=1, created_at=at, accepted=True)
        session.add(answer)
        session.flush()
        thread.accepted_post_id = answer.id
        session.add(Acceptance(thread_id=thread.id, post_id=answer.id, by_id=asker, created_at=at))


def test_accounts_from_one_network_are_told_apart_by_keyed_hashes_that_end(app: Flask, browse: Browse) -> None:
    """Who joins from a public address leaves a hash, not the address; ninety days later it is gone."""
    for name, address in (("una", "93.184.216.34"), ("duo", "93.184.216.99"), ("tre", "127.0.0.1")):
        data = {"name": name, "email": f"{name}@example.org", "password": "a long enough phrase"}
        assert browse().post("/join", data, environ_overrides={"REMOTE_ADDR": address}).status_code == 303
    hashes = read(app, lambda session: session.scalars(select(MemberNetwork.network_hash)).all())
    assert len(hashes) == 2
    assert len(set(hashes)) == 1
    assert "93.184" not in hashes[0]
    assert len(hashes[0]) == 64
    with writing(app) as session:
        for row in session.scalars(select(MemberNetwork).limit(1)):
            row.seen_at = now() - dt.timedelta(days=91)
    with app.app_context():
        tidy_members()
    assert len(read(app, lambda session: session.scalars(select(MemberNetwork.network_hash)).all())) == 1
