"""What a search costs: a fixed number of queries, a bounded number of posts, found by the index on both databases."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from forum.access.actors import GUEST
from forum.content.words import forms
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.search import index, language, queries
from forum.search.index import POSTS, TITLES, Document, Question
from forum.threads import streams
from forum.threads.models import Post, Thread
from tests.boards.planting import plant
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.plans import explained, sent_by

Watch = Callable[[], AbstractContextManager[list[str]]]
THREADS = 2_000


@pytest.fixture
def forest(app: Flask, make: Factory) -> list[int]:
    """Many threads whose openings all say "kettle", each second one "copper", one "zinc". Gives the openings' ids."""
    author = make.member()
    threads = plant(app, make.board(), author, THREADS)
    with app.app_context():
        with unit_of_work() as session:
            rows = [
                {
                    "thread_id": thread, "author_id": author.id, "kind": "opening", "body_source": "", "body_html": "",
                    "body_text": f"A kettle{' of copper' if n % 2 else ''}{' and zinc' if n == 7 else ''}.",
                    "renderer_version": 1, "created_at": "now",
                }
                for n, thread in enumerate(threads)
            ]
            moment = session.get_one(Thread, threads[0]).created_at
            for row in rows:
                row["created_at"] = moment
            ids = list(session.scalars(insert(Post).returning(Post.id, sort_by_parameter_order=True), rows))
            session.connection().exec_driver_sql(
                "UPDATE thread SET opening_id = (SELECT id FROM post WHERE post.thread_id = thread.id)"
            )
            POSTS.put(session, (Document(one, forms(row["body_text"])) for one, row in zip(ids, rows, strict=True)))
            TITLES.put(session, (Document(thread, ["question"]) for thread in threads))
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        db.session.remove()
    return ids


@pytest.mark.parametrize(
    "text", ["kettle", "kettle copper", "zinc", '"of copper"', "kettle -copper", "kettle by:nobody"]
)
def test_a_search_is_a_few_queries_whatever_it_finds(
    forest: list[int], session: Session, queries_seen: Watch, text: str
) -> None:
    """Two of the index, two for their rows, one for the page, two for people, one for a filter."""
    with queries_seen() as seen:
        results = queries.search(session, GUEST, language.read(text))
    assert results.hits
    on_postgresql = 6 if DATABASE == "postgresql" else 0  # stretches of ids, and the last of them
    assert len(seen) <= 8 + on_postgresql, seen


@pytest.fixture
def queries_seen(request: pytest.FixtureRequest) -> Watch:
    """The fixture `queries`, under a name that is not the module's."""
    watch: Watch = request.getfixturevalue("queries")
    return watch


def test_pages_cost_the_same(forest: list[int], session: Session, queries_seen: Watch) -> None:
    """The last page is a slice of the same bounded list."""
    query = language.read("kettle")
    with queries_seen() as first:
        queries.search(session, GUEST, query)
    with queries_seen() as last:
        results = queries.search(session, GUEST, query, page=queries.MOST_PAGES)
    assert results.hits and results.capped and len(last) <= len(first)


def test_the_index_gives_the_newest_of_many(
    forest: list[int], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With stretches of any size, from any place on, the same ids on both databases: the newest first, no gap."""
    for sizes in ((11, 15), (4, 6), (6, 9)):
        monkeypatch.setattr(index, "_STRETCHES", sizes)
        with unit_of_work() as writing:
            POSTS.put(writing, (Document(one, ["kettle", *(["copper"] if n % 2 else [])], (), ("b1",))
                                for n, one in enumerate(forest)))
        question = Question(language.read("copper").clauses, facets=(("b1", "b2"),))
        copper = [one for n, one in enumerate(forest) if n % 2][::-1]
        found: list[int] = []
        below = None
        while ids := POSTS.newest(session, question, below=below, limit=37):
            found += ids
            below = ids[-1]
        assert found == copper
        assert POSTS.newest(session, Question(), below=None, limit=5) == forest[::-1][:5]
        assert POSTS.newest(session, Question(facets=(("b2",),)), below=None, limit=5) == []


def plans(session: Session, read: Callable[[], Any], about: str) -> list[str]:
    """The plans of the statements about a table that `read` sends."""
    return [
        explained(session, statement, values, ("seqscan",)) for statement, values in sent_by(read)
        if about in statement and "max(" not in statement
    ]


def test_the_index_is_asked_by_its_index(
    forest: list[int], session: Session, plan: object
) -> None:
    """Words lead to ids without reading the table, also where each row holds them; the rows come by their keys."""
    for text in ("kettle", "copper", "zinc"):
        for shape in plans(session, lambda t=text: queries.search(session, GUEST, language.read(t)), "search_post"):
            if DATABASE == "sqlite":
                assert "VIRTUAL TABLE INDEX" in shape and "TEMP B-TREE" not in shape, shape
            else:
                assert "ix_search_post_words" in shape and "Seq Scan on search_post" not in shape, shape
    rows = plans(session, lambda: queries.search(session, GUEST, language.read("kettle")), "FROM post")
    assert rows
    for shape in rows:
        if DATABASE == "sqlite":
            assert not re.search(r"SCAN (post|thread)\b", shape), shape
        else:
            assert not re.search(r"Seq Scan on (post|thread)\b", shape), shape


def test_a_tags_threads_come_by_their_index(forest: list[int], session: Session, plan: object) -> None:
    """A page of them is a stretch of one index, in its order."""
    tag_id = session.connection().exec_driver_sql("SELECT id FROM tag WHERE slug = 'planted'").scalar_one()
    shape = plans(session, lambda: streams.of_tag(session, GUEST, tag_id), "LIMIT")[0]
    assert "ix_thread_tag_newest" in shape, shape
    if DATABASE == "sqlite":
        assert "SCAN thread" not in shape, shape
