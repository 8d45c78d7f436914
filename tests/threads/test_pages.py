"""Pages of threads: what is on them, in which order, and how many queries they cost."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, load_actor
from forum.core.errors import NotFound
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.threads import actions, queries, state, views
from forum.threads.conversations import conversation_page
from forum.threads.models import Post, Thread, ThreadRead
from forum.threads.rows import LEVELS, every
from tests.conftest import tables_read
from tests.factory import Factory
from tests.surfing import Surfer
from tests.threads.building import fill_answers, fill_replies

Watch = Callable[[], AbstractContextManager[list[str]]]
Browse = Callable[..., Surfer]


@pytest.mark.parametrize("length", [5, 500])
def test_a_page_costs_the_same_whatever_its_length(
    make: Factory, browse: Browse, app: Flask, request: pytest.FixtureRequest, length: int
) -> None:
    watch: Watch = request.getfixturevalue("queries")
    ana, board = make.member("ana"), make.board()
    question, talk = make.thread(board, ana, tags=("tag",)), make.thread(board, ana, kind="discussion")
    with app.app_context():
        fill_answers(question.id, ana.id, length)
        fill_answers(talk.id, ana.id, length, kind="reply")
        fill_replies(question.opening_id or 0, ana.id, length)
    for thread in (question, talk):
        path = f"/t/{thread.id}/{thread.slug}"
        guest, member = browse(), browse(make.member())
        guest.get(path), member.get(path)
        with watch() as seen:
            assert guest.get(path).status_code == 200
        # thread with board, opening and author; first level; first replies; tags; and the site's settings
        assert len(seen) <= 6, tables_read(seen)
        with watch() as seen:
            assert member.get(path).status_code == 200
        # and the session with its member, the member's votes, the marks of the frame
        assert len(seen) <= 10, tables_read(seen)


def test_conversations_and_permanent_links_cost_the_same(
    make: Factory, browse: Browse, app: Flask, request: pytest.FixtureRequest
) -> None:
    watch: Watch = request.getfixturevalue("queries")
    ana = make.member("ana")
    thread = make.thread(make.board(), ana)
    with app.app_context():
        deep = fill_replies(thread.opening_id or 0, ana.id, 60, chain=True)
    guest = browse()
    for post_id in (deep[0], deep[30], deep[59]):
        with watch() as seen:
            place = guest.get(f"/p/{post_id}").headers["Location"]
        assert len(seen) <= 4, tables_read(seen)
        with watch() as seen:
            assert guest.get(place).status_code == 200
        assert len(seen) <= 7, tables_read(seen)


def test_answers_come_by_acceptance_then_helpfulness_then_time(session: Session, make: Factory) -> None:
    ana = make.member("ana")
    thread = make.thread(make.board(), ana)
    posts = [make.answer(thread, make.member()) for _ in range(4)]
    with unit_of_work() as writing:
        for post, helpful in zip(posts, (0, 300, 700, 0), strict=True):
            found = writing.get_one(Post, post.id)
            found.helpfulness, found.score = helpful, 1
        actions.accept_answer(writing, load_actor(writing, ana.id), writing.get_one(Post, posts[3].id))
    page = queries.thread_page(session, GUEST, thread.id)
    assert page.best is not None and page.best.post.id == posts[3].id
    assert [node.post.id for node in page.others] == [posts[2].id, posts[1].id, posts[0].id]


def test_without_votes_no_answer_is_called_the_best(session: Session, make: Factory) -> None:
    thread = make.thread(make.board(), make.member())
    make.answer(thread, make.member())
    page = queries.thread_page(session, GUEST, thread.id)
    assert page.best is None and len(page.others) == 1


def test_pages_of_answers_go_through_all_of_them_once(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    for helpful, number in ((900, 3), (0, 50), (500, 25)):
        fill_answers(thread.id, ana.id, number, helpfulness=helpful)
    seen: list[int] = []
    after: int | None = None
    for _page in range(10):
        page = queries.thread_page(session, GUEST, thread.id, after=after)
        rows = [node.post for node in ([page.best] if page.best else []) + page.others]
        seen += [row.id for row in rows]
        after = page.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 78
    order = session.query(Post.id).filter(Post.kind == "answer").order_by(
        Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id
    )
    assert seen == [row.id for row in order]


def test_a_page_opened_from_an_answer_begins_with_it(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    fill_answers(thread.id, ana.id, 60)
    last = session.query(Post.id).order_by(Post.id.desc()).first()
    assert last is not None
    page = queries.thread_page(session, GUEST, thread.id, start=last.id)
    assert not page.first and [node.post.id for node in page.others] == [last.id]


def test_pages_of_a_discussion(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana, kind="discussion")
    fill_answers(thread.id, ana.id, 45, kind="reply")
    assert [len(queries.thread_page(session, GUEST, thread.id, number=one).others) for one in (1, 2, 3)] == [20, 20, 5]
    with pytest.raises(NotFound):
        queries.thread_page(session, GUEST, thread.id, number=4)
    post = session.query(Post).filter(Post.position == 31).one()
    page = queries.thread_page(session, GUEST, thread.id, start=post.id)
    assert page.number == 2 and post.id in [node.post.id for node in page.others]


def test_a_conversation_of_sixty_levels_can_be_read_to_its_end(make: Factory, browse: Browse, app: Flask) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, ana)
    with app.app_context():
        chain = fill_replies(answer.id, ana.id, 60, chain=True)
        page = queries.thread_page(_session(), GUEST, thread.id)
        drawn = list(every([page.best or page.others[0]]))
    assert [node.post.id for node in drawn] == [answer.id, *chain[:LEVELS]]
    assert drawn[-1].deeper == 5
    guest, path = browse(), f"/t/{thread.id}/{thread.slug}"
    reached, here = set(chain[:LEVELS]), chain[LEVELS - 1]
    while here != chain[-1]:
        shown = guest.get(f"{path}/conversation/{here}").get_data(as_text=True)
        new = {int(found) for found in re.findall(r'id="p-(\d+)"', shown)} - reached
        assert new
        reached |= new
        here = max(reached)
    assert reached >= set(chain)


@pytest.mark.parametrize("chain", [True, False])
def test_a_permanent_link_leads_to_a_page_with_the_post(make: Factory, browse: Browse, app: Flask, chain: bool) -> None:
    ana = make.member()
    guest = browse()
    for kind in ("question", "discussion"):
        thread = make.thread(make.board(), ana, kind=kind)
        with app.app_context():
            fill_answers(thread.id, ana.id, 45, kind="answer" if kind == "question" else "reply")
            first_level = _session().query(Post.id).filter(Post.thread_id == thread.id, Post.position.is_not(None))
            tops = [row.id for row in first_level.order_by(Post.position)]
            below = fill_replies(tops[30], ana.id, 40, chain=chain) + fill_replies(thread.opening_id or 0, ana.id, 15)
        for post_id in (thread.opening_id, tops[0], tops[19], tops[20], tops[44], *below[::7], below[-1]):
            moved = guest.get(f"/p/{post_id}")
            assert moved.status_code == 302
            page, _hash, anchor = moved.headers["Location"].partition("#")
            assert anchor == f"p-{post_id}"
            assert f'id="{anchor}"' in guest.get(page).get_data(as_text=True), (kind, page)


def test_more_replies_are_read_in_order(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, ana)
    replies = fill_replies(answer.id, ana.id, 130)
    page = queries.thread_page(session, GUEST, thread.id)
    assert (page.others[0].more, page.others[0].size) == (120, 10)
    seen, after = replies[:10], page.others[0].last_index
    while after is not None:
        more = conversation_page(session, GUEST, thread.id, answer.id, after)
        seen = seen + [row.id for row in more.posts()]
        after = more.next_after
    assert seen == replies


def test_gone_posts_leave_a_tombstone_only_where_replies_hang(session: Session, make: Factory) -> None:
    ana, ben = make.member("ana"), make.member("ben")
    thread = make.thread(make.board(), ana)
    kept, dropped = make.answer(thread, ben), make.answer(thread, ben)
    reply = make.reply(kept, ana)
    leaf = make.reply(reply, ben)
    with unit_of_work() as writing:
        for post in (kept, dropped, leaf):
            state.set_hidden(writing, writing.get_one(Post, post.id), None, "for a reason")

    def shown(viewer_id: int | None) -> dict[int, str]:
        page = queries.thread_page(session, load_actor(session, viewer_id), thread.id)
        return {row.id: row.html for row in page.posts() if row.kind != "opening"}

    assert shown(None) == {kept.id: "", reply.id: reply.body_html}
    assert set(shown(ben.id)) == {kept.id, dropped.id, reply.id, leaf.id} and all(shown(ben.id).values())
    page = queries.thread_page(session, GUEST, thread.id)
    assert page.others[0].post.hidden_reason is None
    own = queries.thread_page(session, load_actor(session, ben.id), thread.id)
    assert own.others[0].post.hidden_reason == "for a reason"


def test_the_window_of_replies_is_not_filled_by_gone_ones(session: Session, make: Factory) -> None:
    ana = make.member()
    thread = make.thread(make.board(), ana)
    answer = make.answer(thread, ana)
    replies = fill_replies(answer.id, ana.id, 25)
    with unit_of_work() as writing:
        for post_id in replies[:9]:
            state.set_hidden(writing, writing.get_one(Post, post_id), None, "spam")
    page = queries.thread_page(session, GUEST, thread.id)
    assert [node.post.id for node in page.others[0].replies] == replies[9:19]
    assert page.others[0].more == 6


def test_addresses_with_wrong_words_lead_to_the_right_ones(make: Factory, browse: Browse) -> None:
    thread = make.thread(make.board(), make.member(), title="Which kettle, 哪个水壶?")
    guest = browse()
    for path in (f"/t/{thread.id}", f"/t/{thread.id}/wrong?page=1"):
        moved = guest.get(path)
        assert moved.status_code == 301
        assert guest.get(moved.headers["Location"]).status_code == 200
    for path in ("/t/99/x", "/p/99", f"/t/{2**40}/x", f"/p/{2**70}", f"/t/{thread.id}/{thread.slug}?from=99"):
        assert guest.get(path).status_code == 404, path


def test_views_are_counted_in_memory_and_written_together(session: Session, make: Factory, browse: Browse) -> None:
    views.flush_views()
    thread = make.thread(make.board(), make.member())
    for _time in range(3):
        browse().get(f"/t/{thread.id}/{thread.slug}")
    assert session.get_one(Thread, thread.id).view_count == 0
    assert views.flush_views() == 1
    session.rollback()
    assert session.get_one(Thread, thread.id).view_count == 3


def test_read_marks_never_go_back(make: Factory, browse: Browse, session: Session) -> None:
    thread = make.thread(make.board(), make.member())
    answer, elsewhere = make.answer(thread, make.member()), make.thread(make.board(), make.member())
    someone = make.member()
    reader = browse(someone)
    path = f"/t/{thread.id}/read"
    for value in (answer.id, thread.opening_id):
        assert reader.post(path, {"value": str(value)}, fragment=True).status_code == 204
    assert session.get_one(ThreadRead, (someone.id, thread.id)).post_id == answer.id
    for value in (elsewhere.opening_id, "x", ""):
        assert reader.post(path, {"value": str(value)}, fragment=True).status_code == 404


def _session() -> Session:
    return db.session()


def test_a_guest_with_the_same_problem_asks_in_one_press(make: Factory, browse: Browse) -> None:
    """Below the best answer stands Ask; it leads through the short form to the board's own form for questions."""
    board, ana = make.board("kettles"), make.member("ana")
    thread = make.thread(board, ana)
    answer = make.answer(thread, make.member())
    browse(ana).post(f"/p/{answer.id}/acceptance")
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    prompt = page.split("Same problem?")[1].split("</div>")[0]
    assert 'href="/join?next=/b/kettles/new"' in prompt and ">Ask</a>" in prompt
    assert f'href="/sign-in?next=/t/{thread.id}/' in prompt


def test_imported_authors_are_no_newcomers(app: Flask, make: Factory, browse: Browse) -> None:
    """Nobody claimed the profile yet, so its rank is the lowest; it was here before everybody all the same."""
    board, imported, new = make.board(), make.member(), make.member()
    threads = [make.thread(board, one) for one in (imported, new)]
    with app.app_context():
        with unit_of_work() as session:
            row = session.get_one(Member, imported.id)
            row.external_source, row.external_id, row.confirmed_at = "stackexchange", "7", None
        db.session.remove()
    pages = [browse().get(f"/t/{one.id}/{one.slug}").get_data(as_text=True) for one in threads]
    assert ["chip-newcomer" in page for page in pages] == [False, True]
