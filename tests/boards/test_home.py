"""The home page: streams, what stands beside them, the first days, and what it costs."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, load_actor
from forum.boards.actions import join_board
from forum.boards.home import forget_medians
from forum.boards.models import Board
from forum.boards.queries import FOLLOWED, nav_boards
from forum.chat.models import ChatMessage, Room
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.threads import streams
from forum.threads.models import Post, Thread, ThreadRead
from tests.boards.planting import plant
from tests.boards.test_streams import SMALL
from tests.conftest import tables_read
from tests.factory import Factory
from tests.plans import explained, sent
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Counting = Callable[[], AbstractContextManager[list[str]]]


def write(app: Flask, work: Callable[[Session], object]) -> None:
    """Do `work` in a unit of work of its own."""
    with app.app_context():
        with unit_of_work() as session:
            work(session)
        db.session.remove()


def answer_after(app: Flask, ids: list[int], author: Member, minutes: int) -> None:
    """An answer in each of the threads, so many minutes after the question."""

    def work(session: Session) -> None:
        for id in ids:
            thread = session.get_one(Thread, id)
            thread.answer_count = 1
            session.get_one(Board, thread.board_id).version += 1  # a post raises it
            session.add(Post(
                thread_id=id, author_id=author.id, kind="answer", position=1, body_source="So.", body_html="<p>So.</p>",
                renderer_version=1, created_at=thread.created_at + dt.timedelta(minutes=minutes),
            ))

    write(app, work)
    forget_medians()


def say(app: Flask, slug: str, author: Member, words: str, board: Board | None = None) -> None:
    """A room with one message."""

    def work(session: Session) -> None:
        on = board.id if board else None
        room = Room(slug=slug, title=slug.capitalize(), board_id=on, last_n=1, created_at=now())
        session.add(room)
        session.flush()
        session.add(ChatMessage(
            room_id=room.id, n=1, seq=1, author_id=author.id, client_id=slug, body_source=words,
            body_html=f"<p>{words}</p>", created_at=now(),
        ))

    write(app, work)


def test_streams_have_tabs(app: Flask, make: Factory, browse: Browse) -> None:
    """Latest, unanswered with its count, top; each with its threads."""
    board, author = make.board(), make.member()
    plant(app, board, author, 2, title="Waiting here")
    plant(app, board, author, 1, title="Solved here", answer_count=2, solved=True, score=9)
    latest = browse().get("/").get_data(as_text=True)
    assert "Waiting here" in latest and "Solved here" in latest
    assert 'Unanswered <span class="tab-count">2</span>' in latest
    unanswered = browse().get("/?stream=unanswered").get_data(as_text=True)
    assert "Waiting here" in unanswered and "Solved here" not in unanswered
    top = browse().get("/?stream=top").get_data(as_text=True)
    assert "Solved here" in top and "Waiting here" not in top
    assert 'href="/?stream=top&amp;span=week" aria-current="true">This week</a>' in top


@pytest.mark.parametrize("path", ["/?stream=top", "/b/kettles?show=top", "/b/kettles?kind=question&show=top"])
def test_a_community_that_moved_in_has_a_top(app: Flask, make: Factory, browse: Browse, path: str) -> None:
    """What was liked years ago, and which days are shown; the others are a word away, page after page."""
    board, author = make.board("kettles"), make.member()
    plant(app, board, author, 25, title="Long ago", score=5, created_at=now() - dt.timedelta(days=900))
    plant(app, board, author, 2, title="Last winter", score=1, created_at=now() - dt.timedelta(days=200))
    guest, links = browse(), path.replace("&", "&amp;") + "&amp;span="
    page = guest.get(path).text
    assert "Long ago" in page and f'href="{links}all" aria-current="true">All time</a>' in page
    rest = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    more = guest.get(rest).text
    assert more.count('class="thread-row"') == 7 and "Last winter" in more and "span=all\" aria-current" in more
    year = guest.get(f"{path}&span=year").text
    assert "Last winter" in year and "Long ago" not in year and f'href="{links}year" aria-current="true"' in year
    month = guest.get(f"{path}&span=month").text
    assert "Last winter" not in month and f'href="{links}month" aria-current="true"' in month and links + "all" in month
    assert guest.get(f"{path}&span=century").status_code == 404


def test_a_page_leads_to_the_next(app: Flask, make: Factory, browse: Browse) -> None:
    """The pager's address gives the rest, and says so when there is none."""
    plant(app, make.board(), make.member(), 25)
    page = browse().get("/").get_data(as_text=True)
    address = page.split('rel="next" href="')[1].split('"')[0]
    rest = browse().get(address.replace("&amp;", "&")).get_data(as_text=True)
    assert rest.count('class="thread-row"') == 5
    assert 'rel="next"' not in rest and 'rel="prev" href="/"' in rest
    assert "That is all" in browse().get("/?before=1.1").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["stream=best", "before=x", "stream=top&before=1.2", "stream=unanswered&before=9.1.1"]
)
def test_addresses_of_no_page(make: Factory, browse: Browse, query: str) -> None:
    """Not found, for guests and members."""
    assert browse().get(f"/?{query}").status_code == 404
    assert browse(make.member()).get(f"/?{query}").status_code == 404


def test_my_boards_is_for_who_joined_any(app: Flask, make: Factory, browse: Browse) -> None:
    """A tab of its own; guests who ask for it get the latest of all."""
    member, author = make.member(), make.member()
    mine, other = make.board("mine"), make.board("other")
    plant(app, mine, author, 1, title="On mine")
    plant(app, other, author, 1, title="On other")
    surfer = browse(member)
    assert "My boards" not in surfer.get("/").get_data(as_text=True)
    surfer.post("/b/mine/membership")
    page = surfer.get("/?boards=mine").get_data(as_text=True)
    assert "My boards" in page and "Boards I joined" in page
    assert "On mine" in page and "On other" not in page
    assert "On other" in browse().get("/?boards=mine").get_data(as_text=True)


def test_boards_beside(make: Factory, browse: Browse) -> None:
    """The liveliest for guests and for who joined none; those joined for others; never one that is not open."""
    member = make.member()
    make.board("open")
    make.board("secret", see_rank="staff")
    make.board("joined")
    for surfer in (browse(), browse(member)):
        page = surfer.get("/ranks").get_data(as_text=True)
        page = page if "side-nav" in page else surfer.get("/boards").get_data(as_text=True)
        assert 'href="/b/open"' in page and 'href="/b/secret"' not in page
    surfer = browse(member)
    surfer.post("/b/joined/membership")
    beside = surfer.get("/").get_data(as_text=True).split("Boards I joined")[1].split("</nav>")[0]
    assert "/b/joined" in beside and "/b/open" not in beside


def test_what_is_new_is_counted_beside_the_board(app: Flask, make: Factory, browse: Browse) -> None:
    """Threads that one opened and others wrote in since; read, gone or answered by oneself, they count no more."""
    board, other, reader, author = make.board("kettles"), make.board("tea"), make.member(), make.member()
    known, mine, gone = (make.thread(board, author) for _ in range(3))
    make.thread(board, author), make.thread(other, author)  # never opened: not counted, it would be all
    surfer = browse(reader)
    surfer.post("/b/kettles/membership"), surfer.post("/b/tea/membership")
    for thread in (known, mine, gone):
        surfer.post(f"/t/{thread.id}/read", {"value": str(thread.opening_id)}, fragment=True)
    assert "nav-unread" not in surfer.get("/").get_data(as_text=True)

    answer = make.answer(known, author)
    make.answer(mine, reader), make.answer(gone, author)
    write(app, lambda session: session.execute(update(Thread).where(Thread.id == gone.id).values(deleted_at=now())))
    page = surfer.get("/").get_data(as_text=True)
    assert page.count('class="nav-unread"') == 1
    assert 'class="nav-unread" aria-label="1 new">1<' in page.split('href="/b/kettles"')[1].split("</a>")[0]
    assert "nav-unread" not in browse(author).get("/").get_data(as_text=True)
    surfer.post(f"/t/{known.id}/read", {"value": str(answer.id)}, fragment=True)
    assert "nav-unread" not in surfer.get("/").get_data(as_text=True)


def test_counts_beside_read_a_bounded_piece_of_an_index(app: Flask, make: Factory, session: Session) -> None:
    """Whoever has read for years pays for the threads opened last alone."""
    board, reader = make.board(), make.member()
    ids = plant(app, board, make.member(), 300)
    write(app, lambda session: session.execute(insert(ThreadRead), [
        {"member_id": reader.id, "thread_id": id, "post_id": id, "read_at": now() - dt.timedelta(days=90)} for id in ids
    ]))
    session.execute(text("ANALYZE thread_read"))
    actor = load_actor(session, reader.id)
    join_board(session, actor, session.get_one(Board, board.id))
    session.flush()
    with sent() as seen:
        assert [one.unread for one in nav_boards(session, actor)] == [FOLLOWED]
    (statement, values), = seen
    plan = explained(session, statement, values, SMALL)
    assert "ix_thread_read_newest" in plan and "SCAN thread_read" not in plan, plan


def test_what_was_liked_is_counted_from_an_index_of_its_own(app: Flask, make: Factory, session: Session) -> None:
    """A week of many threads that nobody voted for yet costs nothing."""
    plant(app, make.board(), make.member(), 300, score=lambda n: int(n % 100 == 0))
    session.execute(text("ANALYZE thread"))
    with sent() as seen:
        streams.span_of(session, GUEST)
    (statement, values), = seen
    plan = explained(session, statement, values, SMALL)
    # With as few as here PostgreSQL may take those liked at any time, by score.
    assert "ix_thread_liked" in plan or re.search("ix_thread_(board_)?top", plan), plan


def test_the_median_is_honest(app: Flask, make: Factory, browse: Browse) -> None:
    """Said from five answered questions on, when half of all were answered; an answer by the asker is none."""
    board, asker, helper = make.board(), make.member(), make.member()
    ids = plant(app, board, asker, 5)
    answer_after(app, ids[:4], helper, 30)
    assert "Half of all questions" not in browse().get("/").get_data(as_text=True)
    answer_after(app, ids[4:], helper, 180)
    assert "first answer within 30 minutes" in browse().get("/").get_data(as_text=True)
    more = plant(app, board, asker, 4)
    forget_medians()
    assert "first answer within 3 hours" in browse().get("/").get_data(as_text=True)
    answer_after(app, more, asker, 1)
    assert "first answer within 3 hours" in browse().get("/").get_data(as_text=True)
    plant(app, board, asker, 2)
    forget_medians()
    assert "Half of all questions" not in browse().get("/").get_data(as_text=True)


def test_no_median_is_said_where_nothing_is_left(app: Flask, make: Factory, browse: Browse) -> None:
    """The figure is kept for a minute; a community that was emptied in it does not boast with what is gone."""
    admin = browse(make.member("mira", role="admin"))
    answer_after(app, plant(app, make.board(), make.member(), 5), make.member(), 30)
    assert "first answer within 30 minutes" in admin.get("/").get_data(as_text=True)
    write(app, lambda session: session.execute(update(Thread).values(deleted_at=now())))
    page = admin.get("/").get_data(as_text=True)
    assert "Your community is ready" in page and "Half of all questions" not in page


def test_chat_beside_is_for_members_who_may_see_the_room(app: Flask, make: Factory, browse: Browse) -> None:
    """The latest message of open rooms; nothing of a board that one may not see; nothing for guests."""
    author, member = make.member(), make.member()
    plant(app, make.board(), author, 1)
    assert "In chat" not in browse(member).get("/").get_data(as_text=True)
    say(app, "lobby", author, "Good morning")
    say(app, "hidden", author, "A secret", make.board(see_rank="staff"))
    page = browse(member).get("/").get_data(as_text=True)
    assert "Good morning" in page and "A secret" not in page
    assert "A secret" in browse(make.member(role="moderator")).get("/").get_data(as_text=True)
    assert "Good morning" not in browse().get("/").get_data(as_text=True)


def test_where_nobody_has_asked_nothing_is_answered(make: Factory, browse: Browse) -> None:
    """The stream of open questions says which of the two it is: none was asked, or all have an answer."""
    board, ann = make.board("tea"), make.member()
    assert "Nobody has asked yet" in browse().get("/?stream=unanswered").text
    make.thread(board, ann, kind="discussion")
    page = browse().get("/?stream=unanswered").text
    assert "Nobody has asked yet" in page and "Everything has an answer" not in page
    make.answer(make.thread(board, ann), make.member())
    page = browse().get("/?stream=unanswered").text
    assert "Everything has an answer" in page and "Nobody has asked yet" not in page


def test_an_empty_community_says_what_to_do(make: Factory, browse: Browse) -> None:
    """Steps for staff, who will answer for others; no zeros, no list of nobody."""
    admin, member = make.member("mira", role="admin"), make.member()
    first = browse(admin).get("/").get_data(as_text=True)
    assert "/manage" in first and "/boards/new" in first and "/ask" in first
    assert "just being planted" in browse().get("/").get_data(as_text=True)
    make.board()
    for page in (browse().get("/"), browse(member).get("/")):
        text = page.get_data(as_text=True)
        assert "mira" in text and "Ask the first question" in text
        main = text.split("<main")[1].split("</main>")[0]
        assert ">0<" not in main and "Helpers of the week" not in text and "Unanswered" not in text
    assert "/manage" not in browse(make.member(role="moderator")).get("/").get_data(as_text=True).split("<main")[1]


@pytest.mark.parametrize("size", [3, 300])
@pytest.mark.parametrize(
    "address",
    ["/", "/?stream=unanswered", "/?stream=top", "/?stream=top&span=year", "/b/kettles", "/b/kettles?kind=question",
     "/b/kettles?show=top", "/b/kettles?show=top&span=year"],
)
def test_cost(app: Flask, make: Factory, browse: Browse, queries: Counting, size: int, address: str) -> None:
    """A guest's page is made in at most 6 queries, a member's in at most 10, whatever there is."""
    board, author, member = make.board("kettles"), make.member(), make.member()
    faces = [author.id, *(make.member().id for _ in range(6))]
    plant(app, board, author, size, score=lambda n: n % 5, people_count=9, faces=lambda n: faces[n % 4 : n % 4 + 4])
    plant(app, board, author, 2, pinned_at=now(), people_count=2, faces=faces[:2])
    say(app, "lobby", author, "Hello")
    joined = browse(member)
    joined.post("/b/kettles/membership")
    for surfer, most in ((browse(), 6), (joined, 10)):
        surfer.get(address)
        with queries() as seen:
            assert surfer.get(address).status_code == 200
        assert len(seen) <= most, tables_read(seen)


def test_many_boards_cost_nothing_more(app: Flask, make: Factory, browse: Browse, queries: Counting) -> None:
    """The index, with 5 boards and with 200."""
    counts = []
    for number in (5, 200):
        first = make.board(f"one-{number}")

        def many(session: Session, number: int = number, category: int = first.category_id) -> None:
            session.execute(insert(Board), [
                {"category_id": category, "slug": f"b{number}-{n}", "title": f"B{n}"} for n in range(number)
            ])

        write(app, many)
        browse().get("/boards")
        with queries() as seen:
            assert browse().get("/boards").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6
