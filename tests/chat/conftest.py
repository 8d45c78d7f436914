"""People who talk over sockets."""

from collections.abc import Callable, Iterator

import pytest

from forum.members.models import Member
from tests.live import Chatter, LiveServer
from tests.surfing import Surfer


@pytest.fixture
def chatter(live: LiveServer, browse: Callable[..., Surfer]) -> Iterator[Callable[..., Chatter]]:
    """`chatter(member)` is connected; `chatter(member, room="lobby")` has joined as well."""
    opened: list[Chatter] = []

    def connect(member: Member | None, *, room: str | None = None, **options: object) -> Chatter:
        surfer = options.pop("surfer", None) or (browse(member) if member is not None else None)
        one = Chatter(live, surfer, **options).connect()  # type: ignore[arg-type]
        opened.append(one)
        if room is not None:
            assert one.join(room)["ok"]
        return one

    yield connect
    for one in opened:
        one.close()
