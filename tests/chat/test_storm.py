"""Nothing lost, nothing twice, nothing out of order: through lost connections and a killed server."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import socketio
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.chat.models import ChatMessage, Room
from tests.factory import Factory
from tests.live import Chatter, LiveServer
from tests.surfing import Surfer

CLIENTS = 20
EACH = 50
LOST = (OSError, socketio.exceptions.SocketIOError, AssertionError)


class Follower:
    """A client that does what the contract asks of one: applies by id, advances over consecutive numbers, resends."""

    def __init__(self, server: LiveServer, surfer: Surfer, name: str, dice: random.Random) -> None:
        self.server, self.surfer, self.name, self.dice = server, surfer, name, dice
        self.seq = 0
        self.gap = False
        self.known: dict[int, dict[str, Any]] = {}
        self.acknowledged = 0
        self.chatter: Chatter | None = None
        self.taken = 0

    def run(self) -> None:
        """Say everything, losing the connection now and then."""
        for number in range(EACH):
            while not self.say(number):
                time.sleep(self.dice.random() * 0.3)
            if self.dice.random() < 0.04 and self.chatter is not None:
                self.chatter.drop()

    def say(self, number: int) -> bool:
        """Send one message under its own id; whether it was acknowledged."""
        try:
            self.come()
            assert self.chatter is not None
            answer = self.chatter.send(f"{self.name} says {number}", f"{self.name}-{number}", timeout=5)
            assert answer["ok"], answer
        except LOST:
            self.leave()
            return False
        self.acknowledged += 1
        return True

    def come(self) -> None:
        """Be connected and caught up."""
        if self.chatter is None or not self.chatter.connected:
            self.leave()
            self.taken = 0
            self.chatter = Chatter(self.server, self.surfer).connect()
            self.catch_up()
        self.listen()
        if self.gap:
            self.catch_up()

    def catch_up(self) -> None:
        """Join; take the number of the acknowledgement."""
        assert self.chatter is not None
        answer = self.chatter.join(after_seq=self.seq)
        assert answer["ok"], answer
        if answer["reset"]:
            self.known.clear()
        for message in answer["messages"]:
            self.apply(message)
        self.seq, self.gap = answer["seq"], False

    def listen(self) -> None:
        """Take in what was told since."""
        assert self.chatter is not None
        told = self.chatter.messages()
        for message in told[self.taken:]:
            self.apply(message)
            if message["seq"] == self.seq + 1:
                self.seq += 1
            elif message["seq"] > self.seq:
                self.gap = True
        self.taken = len(told)

    def apply(self, message: dict[str, Any]) -> None:
        """The newest state of a message counts."""
        held = self.known.get(message["id"])
        if held is None or held["seq"] < message["seq"]:
            self.known[message["id"]] = message

    def leave(self) -> None:
        """Give the connection up."""
        if self.chatter is not None:
            with suppress(*LOST):
                self.chatter.close()
        self.chatter = None

    def listed(self) -> list[tuple[int, int, str]]:
        """What this client shows, in its order."""
        return sorted((message["n"], message["id"], message["body"]) for message in self.known.values())


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_everyone_ends_with_the_same_list(
    session: Session, make: Factory, browse: Callable[..., Surfer], database_url: str, tmp_path: Path
) -> None:
    """20 clients, 1,000 messages, random disconnects, one killed server: the same list everywhere, in order, once."""
    server = LiveServer(database_url, tmp_path).start()
    dice = random.Random(20261122)
    followers = [
        Follower(server, browse(make.member(f"m{number}")), f"m{number}", random.Random(dice.random()))
        for number in range(CLIENTS)
    ]
    threads = [threading.Thread(target=follower.run, daemon=True) for follower in followers]
    try:
        for thread in threads:
            thread.start()
        while sum(follower.acknowledged for follower in followers) < CLIENTS * EACH / 2:
            time.sleep(0.05)
        server.kill()
        server.start()
        for thread in threads:
            thread.join(timeout=180)
            assert not thread.is_alive(), server.said()
        lists = settle(followers)
    finally:
        for follower in followers:
            follower.leave()
        server.stop()
    kept = [(n, id_, body) for n, id_, body in session.execute(
        select(ChatMessage.n, ChatMessage.id, ChatMessage.body_source).order_by(ChatMessage.n)
    )]
    assert [n for n, _id, _body in kept] == list(range(1, CLIENTS * EACH + 1))
    assert {body for _n, _id, body in kept} == {f"m{m} says {i}" for m in range(CLIENTS) for i in range(EACH)}
    for follower in followers:
        own = [body for _n, _id, body in kept if body.startswith(f"{follower.name} says")]
        assert own == [f"{follower.name} says {number}" for number in range(EACH)]
    assert all(listed == kept for listed in lists)
    assert session.scalars(select(Room.seq)).one() == CLIENTS * EACH


def settle(followers: list[Follower]) -> list[list[tuple[int, int, str]]]:
    """Let everyone hear the rest; what each shows then. A reset leaves the older ones to history."""
    lists = []
    for follower in followers:
        follower.come()
        follower.catch_up()
        assert follower.chatter is not None
        while (first := follower.listed()[0][0]) > 1:
            older = follower.chatter.ask("chat:history", {"room": "lobby", "before": first, "limit": 100})
            for message in older["messages"]:
                follower.apply(message)
        lists.append(follower.listed())
    return lists
