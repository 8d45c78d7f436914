"""Who is named in the chat hears of it: once, if they may read it, and only as long as it is there."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM, load_actor
from forum.boards.models import STAFF, Board
from forum.chat import actions, state
from forum.chat.models import ChatMessage, Room
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.notifications.models import Notice
from tests.chat.test_contract import open_board_room
from tests.factory import Factory
from tests.live import Chatter
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def write(app: Flask, drain: Drain) -> Write:
    """`write(act)` calls it in a unit of work, and delivers what follows."""

    def run(act: Callable[[Session], Any]) -> Any:
        with app.app_context():
            with unit_of_work() as session:
                actions.ensure_lobby(session, SYSTEM)
                result = act(session)
            db.session.remove()
        drain()
        return result

    return run


@pytest.fixture
def say(write: Write) -> Callable[..., int]:
    """`say(member, words, room="lobby")` returns the message's id."""
    return lambda member, words, room="lobby": int(
        write(
            lambda session: actions.send_message(
                session, load_actor(session, member.id), room, client_id=words[:40], body=words
            )
        )
    )


def told(app: Flask) -> list[tuple[int, int | None]]:
    """Whom the bell tells of which message."""
    with app.app_context():
        rows = db.session.execute(
            select(Notice.member_id, Notice.message_id).where(Notice.kind == "chat_mention").order_by(Notice.id)
        ).all()
        db.session.remove()
    return [(row[0], row[1]) for row in rows]


def unread(app: Flask, member: Member) -> int:
    """The number at the member's bell."""
    with app.app_context():
        number = db.session.get_one(Member, member.id).unread_notices
        db.session.remove()
    return number


def test_a_mention_is_told_once_and_leads_to_the_message(
    app: Flask, make: Factory, browse: Browse, drain: Drain, say: Callable[..., int]
) -> None:
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    message = say(ann, "Ask @Ben, @ben or @ann; `@cleo` is code.")
    drain()
    assert told(app) == [(ben.id, message)]
    assert (unread(app, ben), unread(app, ann), unread(app, cleo)) == (1, 0, 0)
    page = browse(ben).get("/notifications").text
    assert "ann mentioned you in the chat" in page and "Lobby" in page
    assert f'href="/chat/lobby?at=1#message-{message}"' in page


def test_an_edit_tells_only_those_who_are_new(
    app: Flask, make: Factory, write: Write, say: Callable[..., int]
) -> None:
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    message = say(ann, "Ask @ben.")
    write(lambda session: actions.edit_message(session, load_actor(session, ann.id), message, "Ask @ben or @cleo."))
    write(lambda session: actions.react(session, load_actor(session, cleo.id), message, "thanks", on=True))
    assert told(app) == [(ben.id, message), (cleo.id, message)]
    assert (unread(app, ben), unread(app, cleo)) == (1, 1)


def test_a_deleted_or_hidden_message_takes_its_notices_away(
    app: Flask, make: Factory, browse: Browse, write: Write, say: Callable[..., int]
) -> None:
    ann, ben, cleo = make.member("ann"), make.member("ben"), make.member("cleo")
    first, second = say(ann, "Hello @ben and @cleo."), say(ann, "And once more, @ben.")
    browse(cleo).post("/notifications/read")
    write(lambda session: actions.delete_message(session, load_actor(session, ann.id), first))
    assert told(app) == [(ben.id, second)]
    assert (unread(app, ben), unread(app, cleo)) == (1, 0)
    write(lambda s: state.set_message_hidden(s, s.get_one(ChatMessage, second), None, "Rude."))
    assert told(app) == [] and unread(app, ben) == 0
    write(lambda s: state.set_message_hidden(s, s.get_one(ChatMessage, second), None, None))
    assert told(app) == [(ben.id, second)]


def test_only_who_may_be_in_the_room_hears_of_it(
    app: Flask, make: Factory, browse: Browse, write: Write, say: Callable[..., int]
) -> None:
    """Neither now nor later: a room that closes to somebody takes its notices along."""
    room = open_board_room(app, make, "twigs", title="Canary board", see_rank="twig")
    tom, low, high = make.member("tom", rank="twig"), make.member("low"), make.member("high", rank="twig")
    message = say(tom, "Here, @low and @high.", room)
    assert told(app) == [(high.id, message)] and unread(app, low) == 0
    assert "Canary board" in browse(high).get("/notifications").text
    write(lambda session: setattr(session.scalars(select(Board)).one(), "see_rank", STAFF))
    page = browse(high).get("/notifications").text
    assert "Canary board" not in page and "mentioned you" not in page


def test_the_bell_rings_on_open_pages(app: Flask, make: Factory, chatter: Callable[..., Chatter]) -> None:
    """Over the socket, at once; and it falls silent when the message goes."""
    ann, ben = chatter(make.member("ann"), room="lobby"), chatter(make.member("ben"))
    message = ann.send("Good morning, @ben.", "c-1")["message"]
    assert ben.wait_for("notice") == [{"unread": 1}]
    assert ann.ask("chat:delete", {"id": message["id"]})["ok"]
    assert ben.wait_for("notice", count=2) == [{"unread": 1}, {"unread": 0}]
    with app.app_context():
        assert db.session.scalar(select(Room.last_n)) == 1
        db.session.remove()
