"""Over sockets, too, each is told in their language: one message, one room, several readers."""

from collections.abc import Callable, Iterator

import pytest

from forum.members.models import Member
from tests.chat.conftest import chatter
from tests.factory import Factory
from tests.live import Chatter

__all__ = ["chatter"]


@pytest.fixture
def two(make: Factory, chatter: Callable[..., Chatter]) -> Iterator[tuple[Chatter, Chatter]]:
    """An English and a Chinese reader in the lobby."""
    yield chatter(make.member("ada"), room="lobby"), chatter(make.member("lin", locale="zh"), room="lobby")


def test_one_message_is_told_to_each_in_their_language(two: tuple[Chatter, Chatter]) -> None:
    """The same message, number and words of people; the words of the interface differ."""
    ada, lin = two
    sent = ada.send("Good morning.", "c-1")["message"]
    heard_ada, heard_lin = ada.wait_for("chat:message")[0], lin.wait_for("chat:message")[0]
    assert heard_ada == sent
    assert (heard_ada["author"]["rank"], heard_lin["author"]["rank"]) == ("Seed", "种子")
    assert heard_lin["body_html"] == heard_ada["body_html"]
    assert "（UTC时间）" in heard_lin["html"]
    ada.ask("chat:delete", {"id": sent["id"]})
    assert "This message was deleted." in ada.wait_for("chat:message", 2)[1]["html"]
    assert "这条消息已删除。" in lin.wait_for("chat:message", 2)[1]["html"]
    assert len(lin.messages()) == 2, "nobody is told twice"
    again = lin.ask("chat:history", {"room": "lobby", "before": 9, "limit": 9})["messages"]
    assert "这条消息已删除。" in again[0]["html"]
    refused = lin.ask("chat:send", {"room": "lobby", "client_id": "c-2", "body": "  "})
    assert refused["error"]["message"] == "请先写点什么。"


def test_who_leaves_a_room_hears_nothing_more(two: tuple[Chatter, Chatter]) -> None:
    """Out of the room is out of it in every language."""
    ada, lin = two
    assert lin.ask("chat:leave", {"room": "lobby"})["ok"]
    unheard = ada.send("Anybody here?", "c-1")["message"]
    ada.send("Nobody, then.", "c-2")
    ada.wait_for("chat:message", 2)  # the first has been told in each language before the second is in any
    assert lin.join()["messages"][0]["body"] == "Anybody here?"
    assert unheard["id"] not in [message["id"] for message in lin.messages()]


def test_those_who_are_here_are_told_in_the_readers_language(
    two: tuple[Chatter, Chatter], make: Factory, chatter: Callable[..., Chatter]
) -> None:
    """From three people on; each list has the ranks in the words of its reader."""
    ada, lin = two
    third: Member = make.member("ben", rank="sprout")
    chatter(third, room="lobby")

    def ranks(one: Chatter) -> dict[str, str]:
        for count in range(1, 9):
            told = one.wait_for("chat:presence", count)[count - 1]
            if told["count"] == 3:
                return {person["name"]: person["rank"] for person in told["people"]}
        raise AssertionError("three people were never told")

    assert ranks(ada) == {"ada": "Seed", "ben": "Sprout", "lin": "Seed"}
    assert ranks(lin) == {"ada": "种子", "ben": "新芽", "lin": "种子"}
