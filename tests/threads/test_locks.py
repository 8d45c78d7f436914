"""One statement locks a post with its thread and board, in the order of the house: board, thread, post."""

import os
import threading
import time

import psycopg
import pytest
from flask import Flask

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.threads import projections
from forum.threads.models import Post
from tests.factory import Factory

pytestmark = pytest.mark.skipif(os.environ.get("TEST_DATABASE") != "postgresql", reason="SQLite locks no rows")
ORDER = ("board", "thread", "post")
PATIENCE = 30  # seconds until a test gives up; nothing is measured


def connect(app: Flask) -> psycopg.Connection:
    """A connection of its own to the test's database."""
    with app.app_context():
        url = db.engine.url.set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False))


def take(connection: psycopg.Connection, table: str, row_id: int) -> bool:
    """Lock a row at once, or say that somebody else holds it."""
    try:
        with connection.transaction():
            connection.execute(f"SELECT id FROM {table} WHERE id = %s FOR NO KEY UPDATE NOWAIT".encode(), (row_id,))
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def wait_until_somebody_waits(connection: psycopg.Connection) -> None:
    """Until another connection to this database waits for a lock."""
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    end = time.monotonic() + PATIENCE
    while connection.execute(waiting).fetchone() is None:
        connection.rollback()  # what is seen of others' activity is kept for a transaction
        assert time.monotonic() < end
        time.sleep(0.02)
    connection.rollback()


class Asker(threading.Thread):
    """Locks an opening with its thread and board, and commits."""

    def __init__(self, app: Flask, post_id: int) -> None:
        super().__init__()
        self.app, self.post_id = app, post_id
        self.found: tuple[int, int] | None = None

    def run(self) -> None:
        """What it found is the board's id and the thread's."""
        with self.app.app_context():
            with unit_of_work() as session:
                board, thread = projections.lock_with_post(session, session.get_one(Post, self.post_id))
                self.found = board.id, thread.id
            db.session.remove()


@pytest.mark.parametrize("held", ORDER)
def test_what_comes_first_is_locked_first(app: Flask, make: Factory, held: str) -> None:
    """Somebody holds one of the three: who asks for all holds what stands before it, and nothing that stands behind."""
    thread = make.thread(make.board(), make.member())
    assert thread.opening_id is not None
    ids = {"board": thread.board_id, "thread": thread.id, "post": thread.opening_id}
    asker = Asker(app, thread.opening_id)
    with connect(app) as holder, connect(app) as third:
        holder.execute(f"SELECT id FROM {held} WHERE id = %s FOR NO KEY UPDATE".encode(), (ids[held],))
        asker.start()
        wait_until_somebody_waits(third)
        for table in ORDER:
            if table != held:
                assert take(third, table, ids[table]) is (ORDER.index(table) > ORDER.index(held)), table
            third.rollback()
        holder.rollback()
        asker.join(PATIENCE)
    assert asker.found == (ids["board"], ids["thread"])


def test_a_thread_that_moves_while_one_waits_is_found_where_it_went(app: Flask, make: Factory) -> None:
    """The board that is given is the one that the thread stands on now."""
    thread, target = make.thread(make.board(), make.member()), make.board("elsewhere")
    assert thread.opening_id is not None
    asker = Asker(app, thread.opening_id)
    with connect(app) as holder, connect(app) as third:
        holder.execute("UPDATE thread SET board_id = %s WHERE id = %s", (target.id, thread.id))
        asker.start()
        wait_until_somebody_waits(third)
        holder.commit()
        asker.join(PATIENCE)
    assert asker.found == (target.id, thread.id)
