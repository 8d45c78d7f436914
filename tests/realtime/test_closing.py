"""Sockets of those who were sent away are closed at once; rooms that are no longer theirs are left at once."""

import datetime as dt
import time
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.chat import actions
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.events.catalogue import AccessChanged, RankChanged, SessionsEnded
from forum.events.publish import publish
from forum.members.models import Member, MemberSession
from forum.reputation.models import MemberStanding
from tests.factory import Factory
from tests.live import Chatter

Connect = Callable[..., Chatter]
AT_ONCE = 5  # seconds (SECURITY T15)


def suspend(member_id: int) -> None:
    """As the sanction does it: the date, the sessions, and the event."""
    with unit_of_work() as session:
        until = now() + dt.timedelta(days=1)
        session.execute(update(Member).where(Member.id == member_id).values(suspended_until=until))
        session.execute(update(MemberSession).where(MemberSession.member_id == member_id).values(ended_at=now()))
        publish(session, SessionsEnded(member_id))


def is_soon_unheard(speaker: Chatter, listener: Chatter, room: str) -> bool:
    """Whether what one says in a room soon does not reach the other any more."""
    deadline = time.monotonic() + AT_ONCE
    while time.monotonic() < deadline:
        before, said = len(listener.messages()), len(speaker.messages())
        speaker.send("After", f"after-{said}", room)
        speaker.wait_for("chat:message", said + 1)
        time.sleep(0.2)  # longer than it takes to be told
        if len(listener.messages()) == before:
            return True
    return False


def test_a_suspended_member_is_out_at_once(session: Session, make: Factory, chatter: Connect) -> None:
    """All of their sockets; nobody else's; and nothing reaches them any more."""
    ada, ben = make.member("ada"), make.member("ben")
    phone, desk, other = (chatter(member, room="lobby") for member in (ada, ada, ben))
    suspend(ada.id)
    for one in (phone, desk):
        one.wait_for("disconnect", timeout=AT_ONCE)
    assert other.send("They are gone", "1")["ok"]
    other.wait_for("chat:message")
    assert phone.messages() == desk.messages() == []


def test_lost_access_takes_a_socket_out_of_the_room(session: Session, make: Factory, chatter: Connect) -> None:
    """The board closes to a rank: who has it stays, who has it not hears no more; the socket itself stays open."""
    board, keeper = make.board("tea"), make.member("keeper", role="moderator")
    with unit_of_work() as writing:
        room = actions.open_room(writing, load_actor(writing, keeper.id), board)
    seed, twig = chatter(make.member("seed"), room=room), chatter(make.member("twig", rank="twig"), room=room)
    twig.send("Before", "1", room)
    seed.wait_for("chat:message")
    with unit_of_work() as writing:
        writing.execute(update(Board).where(Board.id == board.id).values(see_rank="twig"))
        publish(writing, AccessChanged())
    assert is_soon_unheard(twig, seed, room)
    assert seed.ask("chat:send", {"room": room, "client_id": "x", "body": "x"})["error"]["code"] == "not_found"
    assert seed.join("lobby")["ok"]


def test_a_lost_rank_closes_what_it_opened(session: Session, make: Factory, chatter: Connect) -> None:
    """RankChanged is a change of access too, and is told to the member's pages."""
    board, keeper = make.board("tea", see_rank="twig"), make.member("keeper", role="moderator")
    with unit_of_work() as writing:
        room = actions.open_room(writing, load_actor(writing, keeper.id), board)
    member = make.member("twig", rank="twig")
    one, staff = chatter(member, room=room), chatter(keeper, room=room)
    with unit_of_work() as writing:
        writing.execute(update(MemberStanding).where(MemberStanding.member_id == member.id).values(rank_key="seed"))
        publish(writing, RankChanged(member.id, "twig", "seed", False))
    told = one.wait_for("rank", timeout=AT_ONCE)
    assert told == [{"key": "seed", "label": "Seed", "leaves": 0, "up": False, "text": ""}]
    assert is_soon_unheard(staff, one, room)


def test_a_rise_is_told_in_words(session: Session, make: Factory, chatter: Connect) -> None:
    """To the member alone."""
    member = make.member("ada", rank="sprout")
    one, other = chatter(member), chatter(make.member("ben"))
    with unit_of_work() as writing:
        publish(writing, RankChanged(member.id, "seed", "sprout", True))
    told = one.wait_for("rank")[0]
    assert (told["label"], told["up"], told["text"]) == ("Sprout", True, "You are a Sprout now.")
    assert other.messages("rank") == []
