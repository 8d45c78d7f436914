"""Several real-time processes over Redis. (No other server works on this database here: it would take events away.)"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.live import Chatter, LiveServer
from tests.realtime.test_closing import suspend
from tests.surfing import Surfer


@pytest.mark.redis
def test_it_holds_across_processes(
    session: Session, make: Factory, browse: Callable[..., Surfer], database_url: str, tmp_path: Path
) -> None:
    """Two servers over Redis: messages, presence, and closing reach the sockets of both."""
    redis_url = "redis://127.0.0.1:6379/9"
    own = {"REDIS_URL": redis_url, "PRIVACY_KEY": f"of this run alone: {tmp_path}"}
    servers = [LiveServer(database_url, tmp_path / name, **own) for name in ("one", "two")]
    people = [make.member(name) for name in ("ada", "ben", "cleo")]
    opened = []
    try:
        for server, name in zip(servers, ("one", "two"), strict=True):
            (tmp_path / name).mkdir()
            server.start()
        for member, server in zip(people, (servers[0], servers[1], servers[1]), strict=True):
            one = Chatter(server, browse(member)).connect()
            opened.append(one)
            assert one.join()["ok"]
        ada, ben, cleo = opened
        ada.send("To everyone", "1")
        told = [one.wait_for("chat:message") for one in opened]
        assert told[0] == told[1] == told[2]
        deadline = time.monotonic() + 20
        while cleo.wait_for("chat:presence")[-1]["count"] != 3 and time.monotonic() < deadline:
            ada.join()
            time.sleep(1.2)
        assert [one["name"] for one in cleo.messages("chat:presence")[-1]["people"]] == ["ada", "ben", "cleo"]
        suspend(people[0].id)
        suspend(people[1].id)
        for one in (ada, ben):
            one.wait_for("disconnect", timeout=10)
        assert cleo.connected
    finally:
        for one in opened:
            one.close()
        for server in servers:
            server.stop()
