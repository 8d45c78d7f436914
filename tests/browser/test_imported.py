"""A community that moved in, as it is seen: real texts, long threads and deep conversations, in Chromium."""

import os
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from forum.boards.models import Board
from forum.extensions import db
from forum.members.models import Member
from forum.threads.models import Post, Thread
from tests.browser.looking import SHIFTS, problems, shifted
from tests.importers.conftest import take
from tests.importers.test_real_input import DUMPS

__all__ = ["take"]
META = DUMPS / "meta-beer-2014"
pytestmark = [
    pytest.mark.slow, pytest.mark.timeout(600),
    pytest.mark.skipif(
        not META.is_dir() and os.environ.get("REQUIRE") != "all", reason="the dumps are not beside the repository"
    ),
]


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(375, "light", "en-GB"), (375, "dark", "zh-CN"), (1280, "dark", "en-GB"),
                                    (1280, "light", "zh-CN")],
)
def test_it_is_whole_and_stands_still(
    app: Flask, person: Callable[..., Page], take: Callable[..., Result], drain: Callable[[], None], width: int,
    scheme: str, locale: str,
) -> None:
    """Nothing for axe to find, nothing wider than the screen, nothing that moves; in both languages."""
    page = person(None, viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale)
    assert take(META).exit_code == 0
    drain()
    page.add_init_script(SHIFTS)
    found = []
    for path in _pages(app):
        page.goto(path, wait_until="networkidle")
        found += problems(page, path)
        found += [f"{path}: moved: {one}" for one in shifted(page)]
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if locale == "zh-CN" else "en")
    assert found == []


def _pages(app: Flask) -> list[str]:
    """Home, boards, the largest board, the longest thread, the deepest reply, who answered most, and the search."""
    with app.app_context():
        session = db.session()
        board = session.scalars(select(Board.slug).order_by(Board.thread_count.desc(), Board.id)).first()
        longest = session.scalars(
            select(Thread).order_by((Thread.answer_count + Thread.reply_count).desc(), Thread.id)
        ).first()
        deepest = session.scalars(select(Post.id).order_by(Post.depth.desc(), Post.id)).first()
        answering = session.scalars(select(Member.name).order_by(Member.post_count.desc(), Member.id)).first()
        assert longest is not None and longest.answer_count
        path = f"/t/{longest.id}/{longest.slug}"
        db.session.remove()
    return ["/", "/boards", f"/b/{board}", path, f"/p/{deepest}", f"/m/{answering}", "/leaderboard", "/search?q=beer",
            "/search?q=is:unanswered+question"]
