"""The server is killed under load, again and again: what was acknowledged is there, once, and nothing is half done."""

import random
import re
import signal
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from forum.extensions import db
from forum.reputation import maintenance
from forum.threads.models import Post, Thread, Vote
from tests.factory import Factory
from tests.live import LiveServer
from tests.surfing import Surfer

KILLS = 25
WRITERS = 4


class Writer:
    """A member who answers and votes as fast as they can, and remembers what they were told is done."""

    def __init__(self, server: LiveServer, surfer: Surfer, name: str) -> None:
        self._port, self._token = server.port, surfer.csrf_token()
        self._cookie = surfer.cookie_header()
        self.name = name
        self.done: list[str] = []
        self.votes: dict[int, int] = {}
        self.in_doubt: set[int] = set()
        self.refused: list[str] = []

    def run(self, thread_id: int, posts: list[int], stop: threading.Event, dice: random.Random) -> None:
        """Write until told to stop, through every crash."""
        number = 0
        while not stop.is_set():
            number += 1
            word = f"{self.name}n{number}end"
            if self._post(f"/t/{thread_id}/replies", {"body": f"Said by {word}, word for word."}):
                self.done.append(word)
            post_id, value = dice.choice(posts), dice.choice((1, 0))
            if self._post(f"/p/{post_id}/vote", {"value": str(value)}):
                self.votes[post_id] = value
                self.in_doubt.discard(post_id)
            else:
                self.in_doubt.add(post_id)

    def _post(self, path: str, fields: dict[str, str]) -> bool:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(
                "POST", path, urlencode({"csrf_token": self._token, **fields}),
                {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"},
            )
            status = connection.getresponse().status
        except (OSError, HTTPException):
            time.sleep(0.05)
            return False
        finally:
            connection.close()
        if status >= 400:
            self.refused.append(f"{path}: {status}")
        return status < 400


def _until_more_is_written(writers: list[Writer]) -> None:
    """Wait until two more answers were acknowledged, however busy the machine is; a minute at most."""
    before, limit = sum(len(writer.done) for writer in writers), time.monotonic() + 60
    while sum(len(writer.done) for writer in writers) < before + 2 and time.monotonic() < limit:
        time.sleep(0.02)


@pytest.mark.slow
def test_what_was_acknowledged_survives(
    app: Flask, make: Factory, database_url: str, tmp_path: Path
) -> None:
    """Killed under load: every acknowledged reply once, each last vote, the ledger true, the database whole."""
    dice = random.Random(11)
    board = make.board("kettles")
    thread = make.thread(board, make.member("ann"), title="Which one pours best?", kind="discussion")
    posts = [
        make.answer(make.thread(board, make.member(f"asker{n}")), make.member(f"author{n}"))
        for n in range(3)
    ]
    ids = [post.id for post in posts]
    server = LiveServer(database_url, tmp_path).start()
    members = [make.member(f"writer{n}") for n in range(WRITERS)]
    writers = [Writer(server, Surfer(app, member), member.name) for member in members]
    stop = threading.Event()
    threads = [
        threading.Thread(target=writer.run, args=(thread.id, ids, stop, random.Random(n)))
        for n, writer in enumerate(writers)
    ]
    for one in threads:
        one.start()
    try:
        for _ in range(KILLS):
            _until_more_is_written(writers)
            time.sleep(dice.uniform(0.0, 0.3))
            server.stop(signal.SIGKILL)
            server.start()
        time.sleep(1)
    finally:
        stop.set()
        for one in threads:
            one.join(timeout=30)
        with suppress(RuntimeError):
            server.stop()
    assert [refusal for writer in writers for refusal in writer.refused] == []
    assert sum(len(writer.done) for writer in writers) > KILLS, "too little was written to prove anything"
    with app.app_context():
        session = db.session()
        words = [
            re.findall(r"writer\dn\d+end", source)
            for source in session.scalars(select(Post.body_source).where(Post.thread_id == thread.id))
        ]
        said = [word for found in words for word in found]
        assert len(said) == len(set(said)), "an answer is there twice"
        assert {word for writer in writers for word in writer.done} <= set(said), "an acknowledged answer is lost"
        assert session.get_one(Thread, thread.id).reply_count == len(said)
        for member, writer in zip(members, writers, strict=True):
            for post_id, value in writer.votes.items():
                if post_id not in writer.in_doubt:
                    kept = session.scalar(
                        select(Vote.value).where(Vote.post_id == post_id, Vote.voter_id == member.id)
                    )
                    assert (kept or 0) == value, f"the vote of {member.name} on {post_id} is not the last acknowledged"
        for post_id in ids:
            counted = session.scalar(select(func.coalesce(func.sum(Vote.value), 0)).where(Vote.post_id == post_id))
            assert session.get_one(Post, post_id).score == counted
        assert maintenance.verify(session) == []
        if session.get_bind().dialect.name == "sqlite":
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        db.session.remove()
