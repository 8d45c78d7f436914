"""What an older renderer made is made anew once there is a newer one, and nobody is told of it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.content import markdown
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.jobs.registry import run
from forum.members.models import Member
from forum.notifications.models import Notice
from forum.search import indexing
from forum.threads import jobs, rendering
from forum.threads.models import Post, PostRevision
from tests.factory import Factory
from tests.surfing import Surfer

OLD = "<p>As an older renderer made it.</p>"
Browse = Callable[..., Surfer]


@pytest.fixture
def aged(app: Flask) -> Callable[..., None]:
    """`aged(post, external_id=...)` makes it one that an older renderer made."""

    def age(*posts: Post, **more: object) -> None:
        with app.app_context():
            with unit_of_work() as session:
                session.execute(
                    update(Post).where(Post.id.in_([post.id for post in posts]))
                    .values(body_html=OLD, body_text="As an older renderer made it.", renderer_version=0, **more)
                )
            db.session.remove()

    return age


def _begin(app: Flask) -> None:
    with app.app_context():
        run("render_old", {})
        db.session.remove()


def test_old_posts_are_rendered_anew_a_part_at_a_time(
    app: Flask, make: Factory, browse: Browse, drain: Callable[[], None], aged: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All of them, over several jobs; pages and search show it at once; no notice, no revision."""
    monkeypatch.setattr(rendering, "STEP", 2)
    asker, helper = make.member("asker"), make.member("helper")
    thread = make.thread(make.board(), asker, body="**How** does @helper do it?")
    answers = [make.answer(thread, helper, f"Rinse number{n}, see https://example.org/{n}。") for n in range(4)]
    drain()
    aged(*answers)
    with app.app_context(), unit_of_work() as session:
        indexing.add_posts(session, [post.id for post in answers])
    address = f"/t/{thread.id}/{thread.slug}"
    assert "number3" not in browse().get(address).get_data(as_text=True)
    with app.app_context():
        told = db.session.scalars(select(Notice.id)).all()
        db.session.remove()
    _begin(app)
    drain()
    page = browse().get(address).get_data(as_text=True)
    assert all(f"Rinse number{n}" in page for n in range(4)) and OLD not in page
    found = browse().get("/search?q=number2").get_data(as_text=True)
    assert "Rinse <mark>number2</mark>" in found
    with app.app_context():
        assert set(db.session.scalars(select(Post.renderer_version))) == {markdown.RENDERER_VERSION}
        assert db.session.scalars(select(Notice.id)).all() == told
        assert db.session.scalars(select(PostRevision.id)).all() == []
        db.session.remove()


def test_a_version_is_walked_through_once(
    app: Flask, drain: Callable[[], None], make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timed job asks each day; the walk is not begun again before there is a newer renderer."""
    make.thread(make.board(), make.member())
    walks: list[int] = []
    real = rendering.old_ones
    monkeypatch.setattr(rendering, "old_ones", lambda session, after: walks.append(after) or real(session, after))
    for _day in range(3):
        _begin(app)
        drain()
    assert walks == [0]
    monkeypatch.setattr(jobs, "RENDERER_VERSION", markdown.RENDERER_VERSION + 1)
    _begin(app)
    drain()
    assert walks == [0, 0]


def test_what_was_brought_in_calls_nobody(
    app: Flask, make: Factory, drain: Callable[[], None], aged: Callable[..., None]
) -> None:
    """A name after @ meant somebody elsewhere; it is not linked to who bears that name here."""
    make.member("helper")
    asker: Member = make.member("asker")
    thread = make.thread(make.board(), asker)
    here, elsewhere = (make.answer(thread, asker, "Thank you, @helper.") for _time in range(2))
    aged(here)
    aged(elsewhere, external_source="se", external_id="7")
    _begin(app)
    drain()
    with app.app_context():
        html = {post.id: post.body_html for post in db.session.scalars(select(Post))}
        db.session.remove()
    assert "/m/helper" in html[here.id]
    assert "/m/helper" not in html[elsewhere.id] and "@helper" in html[elsewhere.id]


def test_what_cannot_be_rendered_stays(
    app: Flask, make: Factory, drain: Callable[[], None], aged: Callable[..., None]
) -> None:
    """A source past every limit keeps the HTML that it came with, and is not tried again."""
    thread = make.thread(make.board(), make.member())
    post = make.answer(thread, make.member())
    aged(post, body_source="- " * 9_000)
    _begin(app)
    drain()
    with app.app_context():
        found = db.session.get_one(Post, post.id)
        assert (found.body_html, found.renderer_version) == (OLD, markdown.RENDERER_VERSION)
        db.session.remove()
