"""Who takes part in a thread: what is kept agrees with a plain count, costs little, and is seen in the lists."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.members.merging import merge
from forum.members.models import Member
from forum.threads import actions, state
from forum.threads.models import Post, Thread
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.plans import explained
from tests.surfing import Surfer
from tests.threads.building import fill_answers

Browse = Callable[..., Surfer]
Queries = Callable[[], AbstractContextManager[list[str]]]
NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Finn")
ACTS = ("reply", "below", "hide", "show", "delete", "restore", "turn", "kind", "recount")


def plain(session: Session, thread_id: int) -> tuple[int, list[int]]:
    """How many wrote what is there, and the four who did so last, counted post by post."""
    seen: list[int] = []
    posts = session.scalars(select(Post).where(Post.thread_id == thread_id).order_by(Post.id.desc()))
    for post in posts:
        if not post.is_gone and post.author_id not in seen:
            seen.append(post.author_id)
    return len(seen), seen[:4]


def kept(session: Session, thread_id: int) -> tuple[int, list[int]]:
    """What the thread says."""
    thread = session.get_one(Thread, thread_id, populate_existing=True)
    return thread.people_count, thread.faces


def write(app: Flask, act: Callable[[Session], object]) -> None:
    """Do `act` in a unit of work."""
    with app.app_context(), unit_of_work() as session:
        act(session)


def crowd(make: Factory, names: Iterable[str] = NAMES) -> list[Member]:
    """People with these names."""
    return [make.member(name) for name in names]


@pytest.fixture
def people(make: Factory) -> list[int]:
    """The ids of six people."""
    return [person.id for person in crowd(make)]


def say(session: Session, thread_id: int, author_id: int, parent: int | None = None) -> None:
    """A reply to the thread, or to a post of it."""
    below = session.get_one(Post, parent) if parent else None
    actions.reply(
        session, load_actor(session, author_id), session.get_one(Thread, thread_id), body="So it is.", parent=below
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 20)), min_size=4, max_size=30))
def test_whatever_is_done_it_agrees_with_a_plain_count(
    make: Factory, people: list[int], session: Session, acts: list[tuple[str, int, int]]
) -> None:
    """After every single act: writing, hiding, deleting, bringing back, turning about."""
    thread = make.thread(make.board(), session.get_one(Member, people[0]))
    session.rollback()
    for act, who, which in acts:
        with unit_of_work() as writing:
            posts = writing.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id)).all()
            post = posts[which % len(posts)]
            if act in ("hide", "show"):
                state.set_hidden(writing, post, None, "why" if act == "hide" else None)
            elif act in ("delete", "restore"):
                state.set_deleted(writing, post, None, deleted=act == "delete")
            elif act == "kind":
                kind = ("question", "discussion")[which % 2]
                state.change_kind(writing, writing.get_one(Thread, thread.id), kind)
            elif act == "turn" and post.parent_id is not None:
                state.turn_into_answer(writing, post)
            elif act == "recount":
                assert state.recount_thread(writing, thread.id) == {}
            elif not (writing.get_one(Thread, thread.id).is_gone or (act == "below" and post.is_gone)):
                say(writing, thread.id, people[who], post.id if act == "below" else None)
        assert kept(session, thread.id) == plain(session, thread.id)
        session.rollback()


def test_a_recount_puts_it_right(app: Flask, make: Factory, session: Session) -> None:
    """And says what was wrong."""
    ada, ben = crowd(make, NAMES[:2])
    thread = make.thread(make.board(), ada)
    make.answer(thread, ben)
    write(app, lambda s: s.execute(update(Thread).values(people_count=7, faces=[])))
    with unit_of_work() as writing:
        assert state.recount_thread(writing, thread.id) == {
            f"thread {thread.id} people_count": (7, 2), f"thread {thread.id} faces": ([], [ben.id, ada.id]),
        }
    assert kept(session, thread.id) == (2, [ben.id, ada.id])


def test_two_who_become_one_are_one(app: Flask, make: Factory, session: Session) -> None:
    """An imported profile becomes a member who wrote in the same thread."""
    ada, ben, old = crowd(make, ("Ada", "Ben", "Bennie"))
    write(app, lambda s: s.execute(update(Member).where(Member.id == old.id).values(
        external_source="elsewhere", external_id="7", confirmed_at=None
    )))
    thread, other = (make.thread(make.board(), author) for author in (ada, old))
    for author in (ben, ada):
        make.answer(thread, author)
    with unit_of_work() as writing:
        writing.add(Post(
            thread_id=thread.id, author_id=old.id, kind="answer", position=9, body_source="So.", body_html="<p>So.</p>",
            renderer_version=1, created_at=now(),
        ))
        writing.flush()
        assert set(state.recount_thread(writing, thread.id)) >= {f"thread {thread.id} people_count"}
    assert kept(session, thread.id) == (3, [old.id, ada.id, ben.id])
    session.rollback()
    write(app, lambda s: merge(s, s.get_one(Member, old.id), s.get_one(Member, ben.id)))
    assert kept(session, thread.id) == plain(session, thread.id) == (2, [ben.id, ada.id])
    assert kept(session, other.id) == (1, [ben.id])


def test_writing_asks_only_where_more_take_part_than_have_a_face(
    make: Factory, browse: Browse, queries: Queries
) -> None:
    """One statement more for who has no face; for everybody else none."""
    people = crowd(make)
    thread = make.thread(make.board("kettles"), people[0], kind="discussion")
    for person in people:
        make.answer(thread, person)

    def cost(person: Member) -> int:
        surfer = browse(person)
        surfer.post("/b/kettles/membership")  # their first act of the day counts a visit
        with queries() as seen:
            assert surfer.post(f"/t/{thread.id}/replies", {"body": "The same here, and more."}).status_code == 303
        return len(seen)

    cost(people[5])
    cost(people[0])
    with_a_face, without = cost(people[0]), cost(people[1])
    assert without == with_a_face + 1


@pytest.mark.parametrize("path", ["/", "/b/kettles", "/m/Ada"])
def test_rows_show_the_faces(app: Flask, make: Factory, browse: Browse, path: str) -> None:
    """Up to four, the latest first, how many more there are, and the same in words; in the reader's language."""
    people = crowd(make)
    thread = make.thread(make.board("kettles"), people[0], title="A question that many know")
    page = browse().get(path).text
    assert "A question that many know" in page and "faces" not in page  # the one who asked is named already
    make.answer(thread, people[1])
    page = browse().get(path).text
    assert 'aria-label="Ben and Ada took part"' in page and "faces-more" not in page
    last = [make.answer(thread, person) for person in people[2:]][-1]
    page = browse().get(path).text
    assert 'aria-label="Finn, Emil and 4 more took part"' in page
    faces = page.split('<span class="faces"')[1].split("</p>")[0]
    assert faces.count('class="avatar avatar-s') == 4
    places = [faces.index(f">{letters}</span>") for letters in ("FI", "EM", "DO", "CL")]
    assert places == sorted(places)
    assert "+2</span>" in faces
    assert 'aria-label="Finn、Emil和另外4人参与了讨论"' in browse().get(
        path, headers={"Accept-Language": "zh-CN"}
    ).text
    write(app, lambda s: state.set_hidden(s, s.get_one(Post, last.id), None, "Not kind"))
    page = browse(make.member("mo", role="moderator")).get(path).text
    assert 'aria-label="Emil, Dora and 3 more took part"' in page


def test_who_left_has_no_name(app: Flask, make: Factory, browse: Browse) -> None:
    """They took part, and are called as everybody who left."""
    ada, ben = crowd(make, NAMES[:2])
    thread = make.thread(make.board("kettles"), ada)
    make.answer(thread, ben)
    write(app, lambda s: s.execute(update(Member).where(Member.id == ben.id).values(
        erased_at=now(), name="erased-2", name_key="erased-2"
    )))
    page = browse(make.member()).get("/b/kettles").text
    assert 'aria-label="someone who left and Ada took part"' in page and "erased-2" not in page


def test_the_thread_says_how_many_took_part(make: Factory, browse: Browse) -> None:
    """From two on."""
    ada, ben = crowd(make, NAMES[:2])
    thread = make.thread(make.board(), ada)
    address = f"/t/{thread.id}/{thread.slug}"
    assert "took part" not in browse(ada).get(address).text
    make.answer(thread, ben)
    assert "2 people took part" in browse(ada).get(address).text


def test_who_wrote_before_is_found_by_an_index(make: Factory, session: Session) -> None:
    """However long the thread is, and however much they wrote elsewhere."""
    ada, ben, board = make.member(), make.member(), make.board()
    thread, other = (make.thread(board, ada, kind="discussion") for _ in range(2))
    fill_answers(thread.id, ada.id, 5_000, kind="reply")
    fill_answers(other.id, ben.id, 5_000, kind="reply")
    session.commit()
    if DATABASE == "postgresql":
        session.execute(text("ANALYZE"))
    there = select(Post.id).where(
        Post.thread_id == thread.id, Post.author_id == ben.id, Post.id != 1, Post.deleted_at.is_(None),
        Post.hidden_at.is_(None),
    )
    assert "ix_post_taking_part" in explained(session, there.limit(1), without=("seqscan",))
