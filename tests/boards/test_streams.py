"""Lists of threads: what is in them, in which order, page after page, and what they cost."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, load_actor
from forum.boards import actions, home
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.core.unit_of_work import unit_of_work
from forum.threads import listing, streams
from forum.threads.models import Thread, ThreadRead
from tests.boards.planting import plant
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.plans import explained, sent

Read = Callable[[Session, str], listing.Page]


def walk(session: Session, read: Read) -> list[int]:
    """The ids of all pages, in order."""
    ids: list[int] = []
    before = ""
    while True:
        page = read(session, before)
        assert len(page.rows) <= listing.SIZE
        ids += [row.id for row in page.rows]
        if page.next is None:
            return ids
        assert len(page.rows) == listing.SIZE
        before = page.next


def test_latest_pages_meet_without_gap_or_double(app: Flask, make: Factory, session: Session) -> None:
    """Every thread once, the last active first."""
    ids = plant(app, make.board(), make.member(), 45)
    assert walk(session, lambda s, before: streams.latest(s, GUEST, before)) == ids[::-1]


def test_pages_meet_when_many_share_a_moment(app: Flask, make: Factory, session: Session) -> None:
    """The id decides between threads of the same moment."""
    moment = now()
    ids = plant(app, make.board(), make.member(), 50, last_activity_at=moment, created_at=moment, score=7)
    assert walk(session, lambda s, before: streams.latest(s, GUEST, before)) == ids[::-1]
    assert walk(session, lambda s, before: streams.unanswered(s, GUEST, before)) == ids
    assert walk(session, lambda s, before: streams.top(s, GUEST, before)) == ids[::-1]


def test_unanswered_has_newcomers_first_then_who_waits_longest(app: Flask, make: Factory, session: Session) -> None:
    """And neither what is answered, locked, a duplicate, a discussion, nor on an archived board."""
    board, author = make.board(), make.member()
    ids = plant(app, board, author, 50, asked_as_newcomer=lambda n: n % 3 == 0)
    plant(app, board, author, 2, answer_count=1)
    plant(app, board, author, 2, locked_at=now())
    plant(app, board, author, 2, duplicate_of_id=ids[0])
    plant(app, board, author, 2, kind="discussion")
    plant(app, make.board(archived_at=now()), author, 2)
    newcomers = [id for n, id in enumerate(ids) if n % 3 == 0]
    others = [id for n, id in enumerate(ids) if n % 3]
    assert walk(session, lambda s, before: streams.unanswered(s, GUEST, before)) == newcomers + others
    here = walk(session, lambda s, before: streams.unanswered(s, GUEST, before, boards=(board.id,)))
    assert here == newcomers + others


@pytest.mark.parametrize("span", streams.SPANS)
def test_top_is_by_score_within_its_span(app: Flask, make: Factory, session: Session, span: str) -> None:
    """A week, a month, a year, all time; on the home page and on a board alike. Nothing that nobody voted for."""
    board, moment = make.board(), now()
    ages = [n * 5 for n in range(120)]  # up to 595 days

    def old(n: int) -> dt.datetime:
        return moment - dt.timedelta(days=ages[n])

    ids = plant(app, board, make.member(), 120, score=lambda n: n % 30, created_at=old)
    plant(app, make.board(see_rank="staff"), make.member(), 3, score=99)
    days = streams.SPANS[span]
    expected = [(n % 30, id) for n, id in enumerate(ids) if n % 30 and (days is None or ages[n] < days.days)]
    in_order = [id for _score, id in sorted(expected, reverse=True)]
    assert walk(session, lambda s, before: streams.top(s, GUEST, before, span=span)) == in_order
    here = walk(session, lambda s, before: streams.of_board(s, GUEST, board.id, show="top", span=span, before=before))
    assert here == in_order


Ages = list[float]


@pytest.mark.parametrize(("ages", "shown"), [
    ([], "week"),  # nobody voted yet
    ([1, 1, 2], "week"),  # all there ever was
    ([1] * 10 + [400] * 30, "week"),
    ([1] * 9 + [20] + [400] * 30, "month"),
    ([1] * 9 + [200] + [400] * 30, "year"),
    ([1] * 3 + [20] * 3, "month"),
    ([1] * 9 + [400] * 30, "all"),
    ([400] * 30, "all"),  # moved in years ago
])
def test_the_top_shows_the_fewest_days_with_enough(
    app: Flask, make: Factory, session: Session, ages: Ages, shown: str
) -> None:
    """Ten threads, or as many as there ever were; what nobody voted for, is gone or is elsewhere does not count."""
    board, author, moment = make.board(), make.member(), now()

    def old(n: int) -> dt.datetime:
        return moment - dt.timedelta(days=ages[n])

    if ages:
        plant(app, board, author, len(ages), score=1, created_at=old, kind="discussion")
    plant(app, board, author, 12)
    plant(app, board, author, 12, score=3, deleted_at=now())
    plant(app, make.board(see_rank="staff"), author, 12, score=3)
    assert streams.span_of(session, GUEST) == shown
    assert streams.span_of(session, GUEST, boards=[board.id], kind="discussion") == shown
    assert streams.span_of(session, GUEST, boards=[board.id], kind="question") == "week"
    assert streams.span_of(session, GUEST, asked="year") == "year"
    assert streams.span_of(session, GUEST, asked="year", before="30.5.5") == "month"
    for wrong in ({"asked": "day"}, {"before": "8.5.5"}, {"before": "7.5"}):
        with pytest.raises(NotFound):
            streams.span_of(session, GUEST, **wrong)


def test_gone_threads_are_in_no_list(app: Flask, make: Factory, session: Session) -> None:
    """Deleted, hidden, waiting for a confirmation: not even for staff or their author."""
    board, author = make.board(), make.member()
    plant(app, board, author, 1, deleted_at=now())
    plant(app, board, author, 1, hidden_at=now(), hidden_by_id=author.id)
    plant(app, board, author, 1, awaits_confirmation=True)
    admin = make.member(role="admin")
    for who in (GUEST, load_actor(session, author.id), load_actor(session, admin.id)):
        assert streams.latest(session, who).rows == []
        assert streams.unanswered(session, who).rows == []
        assert streams.of_board(session, who, board.id).rows == []
        assert streams.of_member(session, who, author.id).rows == []


def test_boards_that_are_not_open_are_in_no_list(app: Flask, make: Factory, session: Session) -> None:
    """A board of a rank, of staff: only for who reaches it."""
    author = make.member()
    open_, twigs, staff = make.board(), make.board(see_rank="twig"), make.board(see_rank="staff")
    ids = [plant(app, board, author, 1)[0] for board in (open_, twigs, staff)]
    people = {"seed": make.member(), "twig": make.member(rank="twig"), "moderator": make.member(role="moderator")}
    seen = {"guest": GUEST} | {name: load_actor(session, member.id) for name, member in people.items()}
    expected = {"guest": 1, "seed": 1, "twig": 2, "moderator": 3}
    for name, who in seen.items():
        assert {row.id for row in streams.latest(session, who).rows} == set(ids[: expected[name]]), name
        assert {row.id for row in streams.unanswered(session, who).rows} == set(ids[: expected[name]]), name


def test_filters_of_a_board(app: Flask, make: Factory, session: Session) -> None:
    """Kinds, solved and unsolved, top; pinned ones apart, on the first page of the plain list only."""
    board, author = make.board(), make.member()
    questions = plant(app, board, author, 30, solved=lambda n: n % 2 == 0, score=lambda n: n)
    talks = plant(app, board, author, 3, kind="discussion", reply_count=2)
    pinned = plant(app, board, author, 1, pinned_at=now())

    def read(**words: str) -> list[int]:
        return walk(session, lambda s, before: streams.of_board(s, GUEST, board.id, before=before, **words))

    assert set(read()) == {*questions, *talks}
    assert read(kind="discussion") == talks[::-1]
    assert read(kind="question") == questions[::-1]
    assert read(kind="question", show="solved") == questions[::2][::-1]
    assert read(kind="question", show="unsolved") == [*pinned, *questions[1::2][::-1]]
    assert read(kind="question", show="top") == questions[:0:-1]
    first = streams.of_board(session, GUEST, board.id)
    assert [row.id for row in first.pinned or []] == pinned
    assert streams.of_board(session, GUEST, board.id, before=first.next or "").pinned == []
    assert {row.answers for row in streams.of_board(session, GUEST, board.id, kind="discussion").rows} == {2}


def test_my_boards(app: Flask, make: Factory, session: Session) -> None:
    """The latest of the boards that one joined, and nothing else."""
    member, author = make.member(), make.member()
    one, two, other = make.board(), make.board(), make.board()
    wanted = plant(app, one, author, 15) + plant(app, two, author, 15)
    plant(app, other, author, 3)
    with unit_of_work() as writing:
        joining = load_actor(writing, member.id)
        for board in (one, two):
            actions.join_board(writing, joining, writing.get_one(Board, board.id))
    actor = load_actor(session, member.id)
    mine = walk(session, lambda s, before: streams.latest(s, actor, before, mine=True))
    assert set(mine) == set(wanted) and len(mine) == 30
    assert streams.latest(session, load_actor(session, author.id), mine=True).rows == []


def test_what_is_new_to_the_viewer(app: Flask, make: Factory, session: Session) -> None:
    """A thread that one read is marked when somebody else wrote since; one that one never opened is not."""
    member, other = make.member(), make.member()
    board = make.board()
    opened, unopened = plant(app, board, other, 2)
    with unit_of_work() as writing:
        writing.add(ThreadRead(member_id=member.id, thread_id=opened, post_id=1, read_at=now() - dt.timedelta(days=9)))
    rows = {row.id: row.unread for row in streams.latest(session, load_actor(session, member.id)).rows}
    assert rows == {opened: True, unopened: False}
    with unit_of_work() as writing:
        writing.get_one(Thread, opened).last_author_id = member.id
    rows = {row.id: row.unread for row in streams.latest(session, load_actor(session, member.id)).rows}
    assert rows == {opened: False, unopened: False}


NONSENSE = [
    "x", ".", "..", "1", "1.", ".1", "1.2.3.4", "-1.2", "1.-", "9" * 17 + ".1", "1." + "9" * 10, "1.99999999999",
    "1.1e5",
    "1.0x1", "\u0661.\u0662", "0.1.1\x00", "' OR 1=1 --", "nan.1", "2.1.1", "1.1.1.1", "0", "0.", "\ud800.1", "1.1\n",
]


@pytest.mark.parametrize("before", NONSENSE)
def test_a_cursor_that_is_none_is_not_found(make: Factory, session: Session, before: str) -> None:
    """Whatever stands in the address: a page or "not found", never an error of ours."""
    board = make.board()
    for read in (
        lambda: streams.latest(session, GUEST, before),
        lambda: streams.unanswered(session, GUEST, before),
        lambda: streams.top(session, GUEST, before),
        lambda: streams.of_board(session, GUEST, board.id, before=before),
        lambda: streams.of_board(session, GUEST, board.id, show="top", before=before),
        lambda: streams.of_member(session, GUEST, 1, before=before),
    ):
        try:
            read()
        except NotFound:
            session.rollback()


def test_words_that_are_none_are_not_found(make: Factory, session: Session) -> None:
    """A kind or a filter that there is not."""
    board = make.board()
    for words in ({"kind": "poem"}, {"show": "best"}, {"kind": "question'--"}):
        with pytest.raises(NotFound):
            streams.of_board(session, GUEST, board.id, **words)


# Cost -----------------------------------------------------------------------------------------


READS: dict[str, Callable[[Session, Any, int], Any]] = {
    "latest": lambda s, who, board: streams.latest(s, who, streams.latest(s, who).next or ""),
    "unanswered": lambda s, who, board: streams.unanswered(s, who, streams.unanswered(s, who).next or ""),
    "board": lambda s, who, board: streams.of_board(s, who, board),
    "questions": lambda s, who, board: streams.of_board(s, who, board, kind="question"),
    "solved": lambda s, who, board: streams.of_board(s, who, board, kind="question", show="solved"),
    "unsolved": lambda s, who, board: streams.of_board(s, who, board, kind="question", show="unsolved"),
    "waiting here": lambda s, who, board: streams.of_board(s, who, board, kind="question", show="unanswered"),
    **{
        f"top of {span}": lambda s, who, board, span=span: streams.top(
            s, who, streams.top(s, who, span=span).next or "", span=span
        )
        for span in streams.SPANS
    },
    **{
        f"top here of {span}": lambda s, who, board, span=span: streams.of_board(s, who, board, show="top", span=span)
        for span in streams.SPANS
    },
    "top questions": lambda s, who, board: streams.of_board(s, who, board, kind="question", show="top"),
    "top questions of a year": lambda s, who, board: streams.of_board(
        s, who, board, kind="question", show="top", span="year"
    ),
    "which top": lambda s, who, board: streams.span_of(s, who),
    "which top here": lambda s, who, board: streams.span_of(s, who, boards=[board, board + 1], kind="question"),
    "ideas": lambda s, who, board: streams.of_board(s, who, board, kind="idea"),
    "most wanted": lambda s, who, board: streams.of_board(s, who, board, kind="idea", show="top"),
    "planned ideas": lambda s, who, board: streams.of_board(s, who, board, kind="idea", show="planned"),
    "with those below": lambda s, who, board: streams.of_board(s, who, board, below=(board + 1, board + 2)),
    "waiting below": lambda s, who, board: streams.of_board(s, who, board, show="unanswered", below=(board + 1,)),
}


THREADS = 2100
SMALL = ("seqscan", "mergejoin", "hashjoin")  # with many threads PostgreSQL would not take these ways


@pytest.fixture
def forest(app: Flask, make: Factory) -> int:
    """Three boards with many threads; the id of one."""
    author = make.member()
    boards = [make.board() for _ in range(3)]
    for board in boards:
        plant(
            app, board, author, THREADS // 3, solved=lambda n: n % 5 == 0, score=lambda n: n % 7,
            answer_count=lambda n: n % 4, asked_as_newcomer=lambda n: n % 6 == 0,
            kind=lambda n: ("discussion", "question", "question", "idea")[n % 4],
            idea_state=lambda n: "planned" if n % 8 == 3 else None,
        )
    return boards[0].id


@pytest.mark.parametrize("name", READS)
def test_lists_come_from_an_index(forest: int, session: Session, name: str) -> None:
    """No table of threads is read through, and none is sorted but the one page."""
    with sent() as seen:
        READS[name](session, GUEST, forest)
    main = [pair for pair in seen if " LIMIT " in pair[0] and "thread" in pair[0]]
    assert main
    for statement, values in main:
        assert_served(explained(session, statement, values, SMALL))


def test_the_median_of_waiting_reads_the_newest_questions(forest: int, session: Session) -> None:
    """Not all that there ever were: the index by the moment is followed until there are enough."""
    with sent() as seen:
        home.median_wait(session, GUEST)
    [(statement, values)] = [pair for pair in seen if "min(post.created_at)" in pair[0]]
    plan = explained(session, statement, values, SMALL)
    assert "ix_thread_created" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan
    # No index of kinds can serve it, whatever a planner that knows how many there are of each would think of it.
    assert re.search(r"\(thread\.kind = \S+\) IS (1|true)", statement), statement


def assert_served(plan: str) -> None:
    """Threads are found by an index, in its order; what is sorted is the page, and the few tags of each thread."""
    lines = plan.splitlines()
    if DATABASE == "sqlite":
        assert not [line for line in lines if line.startswith("SCAN thread") and "USING" not in line], plan
        pages = plan.count("SEARCH thread USING INTEGER PRIMARY KEY")
        tags = plan.count("CORRELATED SCALAR SUBQUERY")
        assert plan.count("USE TEMP B-TREE") <= pages + tags, plan
        return
    for line in lines:
        assert "Seq Scan on thread" not in line, plan
        counted = re.search(r" on thread.*\(actual rows=([0-9.]+) loops=([0-9.]+)\)", line)
        assert counted is None or float(counted[1]) * float(counted[2]) <= THREADS / 10, plan


@pytest.mark.parametrize("size", [3, 300])
def test_a_list_is_three_queries(
    app: Flask, make: Factory, session: Session, size: int, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Rows with their tags, the faces of all rows, and for members what they read; however many there are."""
    member, board = make.member(), make.board()
    faces = [make.member().id for _ in range(6)]
    plant(app, board, make.member(), size, people_count=6, faces=lambda n: faces[n % 3 : n % 3 + 4])
    actor = load_actor(session, member.id)
    streams.latest(session, actor)
    for who, most in ((GUEST, 2), (actor, 3)):
        with queries() as seen:
            streams.latest(session, who)
        assert len(seen) == most, seen
        with queries() as seen:
            streams.unanswered(session, who)
        assert len(seen) == most, seen
