"""What the desk costs: the same number of queries, however much there is."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from forum.desk import projections
from tests.boards.planting import plant
from tests.desk.acting import buy, join, willing, write
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("size", [3, 300])
def test_queries(app: Flask, make: Factory, browse: Browse, queries: Counting, size: int) -> None:
    """The desk in at most 14: session and member, topics, lines, rows, tags, marks, claims, figures (3), whether one
    wants to be asked, the frame's boards, the site. A question's page costs members two more than a discussion's."""
    me, author = make.member("me"), make.member()
    boards = [make.board() for _ in range(5)]
    join(app, me, *boards)
    buy(app, me, "Fern gooseneck", boards[0])
    ids = [id for board in boards for id in plant(app, board, author, size)]
    willing(app, me)
    write(app, projections.recount)
    surfer = browse(me)
    surfer.get("/desk")
    for path, most in (("/desk", 14), ("/desk/replies", 5), (f"/desk/claims/{ids[0]}", 5)):
        with queries() as seen:
            assert surfer.get(path, headers={"X-Fragment": "1"}).status_code == 200
        assert len(seen) <= most, (path, seen)
