"""Each socket event as the contract describes it, over a real socket to a real server."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.chat import actions
from forum.chat.models import ChatMessage, Room, RoomRead
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from tests.factory import Factory
from tests.live import Chatter

Connect = Callable[..., Chatter]


def open_board_room(app: Flask, make: Factory, slug: str = "kettles", **columns: object) -> str:
    """A board with a chat room; returns the room's slug."""
    board = make.board(slug, **columns)
    keeper = make.member(f"keeper-of-{slug}", role="moderator")
    with app.app_context():
        with unit_of_work() as session:
            room = actions.open_room(session, load_actor(session, keeper.id), board)
        db.session.remove()
    return room


def test_the_lobby_is_there_before_anybody_spoke(make: Factory, chatter: Connect) -> None:
    """Joining it is answered with the latest page, which is empty, and the room's change number."""
    ada = chatter(make.member("ada"))
    assert ada.join() == {"ok": True, "room": "lobby", "seq": 0, "messages": [], "reset": True}


def test_what_is_sent_is_acknowledged_and_told_to_everyone_in_the_room(make: Factory, chatter: Connect) -> None:
    """The acknowledgement, the broadcast and the history tell the same message."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    answer = ada.send("Does it **stutter**?\nBelow 90.", "c-1")
    assert answer["ok"]
    message = answer["message"]
    assert (message["n"], message["seq"], message["room"], message["client_id"]) == (1, 1, "lobby", "c-1")
    assert message["author"]["name"] == "ada"
    assert "<strong>stutter</strong>" in message["body_html"]
    assert "<br" in message["body_html"]
    assert message["body_html"] in message["html"]
    assert ben.wait_for("chat:message") == [message]
    assert ada.wait_for("chat:message") == [message]
    assert ben.ask("chat:history", {"room": "lobby", "before": 2, "limit": 10})["messages"] == [message]


def test_the_same_client_id_is_the_same_message(session: Session, make: Factory, chatter: Connect) -> None:
    """A resend gives the first message, whatever it carries, and tells nobody again."""
    ada = chatter(make.member("ada"), room="lobby")
    first = ada.send("One", "same")
    again = ada.send("Two", "same")
    assert again == first
    ada.send("Three", "other")
    assert [message["seq"] for message in ada.wait_for("chat:message", 2)] == [1, 2]
    assert session.scalar(select(func.count()).select_from(ChatMessage)) == 2


def test_many_resends_at_once_are_one_message(session: Session, make: Factory, chatter: Connect) -> None:
    """Ten sockets of one member send the same client_id at the same moment, to two rooms."""
    ada = make.member("ada")
    sockets = [chatter(ada, room="lobby") for _number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda one: one.send("Once", "together"), sockets))
    assert [answer["message"]["id"] for answer in answers] == [answers[0]["message"]["id"]] * 10
    assert session.scalar(select(func.count()).select_from(ChatMessage)) == 1
    assert session.scalars(select(Room.seq)).one() == 1


def test_the_same_client_id_of_another_member_is_another_message(make: Factory, chatter: Connect) -> None:
    """client_ids are each member's own."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    assert ada.send("Mine", "x")["message"]["n"] == 1
    assert ben.send("And mine", "x")["message"]["n"] == 2


def test_editing_keeps_the_place_and_takes_the_next_number(make: Factory, chatter: Connect) -> None:
    """`n` stays, `seq` moves on, everyone is told; nobody else may."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    first = ada.send("Bfore", "1")["message"]
    ada.send("After", "2")
    edited = ada.ask("chat:edit", {"id": first["id"], "body": "Before"})["message"]
    assert (edited["n"], edited["seq"], edited["edited"]) == (1, 3, True)
    assert ben.wait_for("chat:message", 3)[-1] == edited
    refused = ben.ask("chat:edit", {"id": first["id"], "body": "Mine now"})
    assert (refused["ok"], refused["error"]["code"]) == (False, "forbidden")


def test_a_deleted_message_keeps_its_place_without_its_words(make: Factory, chatter: Connect) -> None:
    """Words are gone from broadcast, history and catch-up; deleting again changes nothing."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    first = ada.send("A secret word", "1")["message"]
    reply = ben.send("What?", "2", reply_to=first["id"])["message"]
    assert reply["reply_to"]["excerpt"] == "A secret word"
    gone = ada.ask("chat:delete", {"id": first["id"]})["message"]
    assert (gone["n"], gone["seq"], gone["deleted"], gone["body_html"]) == (1, 3, True, "")
    assert ada.ask("chat:delete", {"id": first["id"]})["message"]["seq"] == 3
    told = ben.wait_for("chat:message", 3)[-1]
    history = ben.ask("chat:history", {"room": "lobby", "before": 100})["messages"]
    caught_up = ben.join(after_seq=0)["messages"]
    for seen in ([told], history, caught_up):
        assert "secret" not in str(seen)
    assert [message["id"] for message in history] == [first["id"], reply["id"]]


def test_moderators_delete_what_others_said(make: Factory, chatter: Connect) -> None:
    """A moderator may; another member may not."""
    ada = chatter(make.member("ada"), room="lobby")
    first = ada.send("Hm", "1")["message"]
    ben = chatter(make.member("ben"), room="lobby")
    assert ben.ask("chat:delete", {"id": first["id"]})["error"]["code"] == "forbidden"
    keeper = chatter(make.member("keeper", role="moderator"), room="lobby")
    assert keeper.ask("chat:delete", {"id": first["id"]})["message"]["deleted"]


def test_signs_are_put_and_taken_back(make: Factory, chatter: Connect) -> None:
    """Each sign once a member; putting it twice changes nothing."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    first = ada.send("It works", "1")["message"]
    thanked = ben.ask("chat:react", {"id": first["id"], "sign": "thanks"})["message"]
    assert thanked["reactions"] == [{"sign": "thanks", "names": ["ben"]}]
    assert ben.ask("chat:react", {"id": first["id"], "sign": "thanks"})["message"]["seq"] == thanked["seq"] == 2
    ada.ask("chat:react", {"id": first["id"], "sign": "agree"})
    back = ben.ask("chat:react", {"id": first["id"], "sign": "thanks", "on": False})["message"]
    assert back["reactions"] == [{"sign": "agree", "names": ["ada"]}]
    assert [message["seq"] for message in ada.wait_for("chat:message", 4)] == [1, 2, 3, 4]


def test_catching_up_tells_all_changes_after_a_number(make: Factory, chatter: Connect) -> None:
    """New, edited and deleted alike, each message once and by place."""
    ada = chatter(make.member("ada"), room="lobby")
    ids = [ada.send(f"Message {number}", str(number))["message"]["id"] for number in range(1, 6)]
    ada.ask("chat:edit", {"id": ids[0], "body": "Message one"})
    ada.ask("chat:delete", {"id": ids[1]})
    ben = chatter(make.member("ben"))
    answer = ben.join(after_seq=3)
    assert (answer["seq"], answer["reset"]) == (7, False)
    assert [(message["n"], message["seq"]) for message in answer["messages"]] == [(1, 6), (2, 7), (4, 4), (5, 5)]
    assert ben.join(after_seq=7) == {"ok": True, "room": "lobby", "seq": 7, "messages": [], "reset": False}


def test_a_number_of_another_life_starts_anew(make: Factory, chatter: Connect) -> None:
    """A client that knows more than the room has seen (a restored backup) gets the latest page."""
    ada = chatter(make.member("ada"), room="lobby")
    ada.send("Here", "1")
    answer = ada.join(after_seq=99)
    assert (answer["reset"], answer["seq"], len(answer["messages"])) == (True, 1, 1)


def test_a_gap_over_500_gives_the_latest_page(app: Flask, make: Factory, chatter: Connect) -> None:
    """501 changes behind: reset; 500: all of them."""
    ada = make.member("ada")
    one = chatter(ada, room="lobby")
    first = one.send("First", "0")["message"]
    with app.app_context():
        with unit_of_work() as session:
            room = session.scalars(select(Room)).one()
            room.seq = 501
        db.session.remove()
    assert one.join(after_seq=first["seq"]) == {
        "ok": True, "room": "lobby", "seq": 501, "messages": [], "reset": False,
    }
    behind = one.join(after_seq=0)
    assert behind["reset"] is True
    assert [message["id"] for message in behind["messages"]] == [first["id"]]


def test_history_goes_back_by_place(make: Factory, chatter: Connect) -> None:
    """Oldest first, below `before`, at most `limit`."""
    ada = chatter(make.member("ada"), room="lobby")
    for number in range(1, 8):
        ada.send(f"Message {number}", str(number))
    answer = ada.ask("chat:history", {"room": "lobby", "before": 6, "limit": 3})
    assert [message["n"] for message in answer["messages"]] == [3, 4, 5]
    assert ada.ask("chat:history", {"room": "lobby", "before": 1, "limit": 3}) == {"ok": True, "messages": []}
    assert ada.ask("chat:history", {"room": "lobby", "before": 6, "limit": 101})["error"]["code"] == "invalid"


def test_reading_marks_move_forward_only(session: Session, make: Factory, chatter: Connect) -> None:
    """Never backwards, never past the last message; what one says oneself is read."""
    ada, ben = make.member("ada"), make.member("ben")
    talking, reading = chatter(ada, room="lobby"), chatter(ben, room="lobby")
    for number in range(3):
        talking.send("Hello", str(number))

    def read_to(member_id: int) -> int | None:
        session.rollback()
        return session.scalar(select(RoomRead.n).where(RoomRead.member_id == member_id))

    assert read_to(ada.id) == 3
    for told, kept in ((2, 2), (1, 2), (900, 3)):
        assert reading.ask("chat:read", {"room": "lobby", "n": told}) == {"ok": True}
        assert read_to(ben.id) == kept


def test_typing_is_told_to_the_others_and_not_too_often(make: Factory, chatter: Connect) -> None:
    """Not to oneself, and once for several in two seconds; not from outside the room."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    ada.send("Hi", "1")
    for _time in range(3):
        assert ada.ask("chat:typing", {"room": "lobby"}) == {"ok": True}
    ada.send("There", "2")
    ben.wait_for("chat:message", 2)
    assert ben.messages("chat:typing") == [{"room": "lobby", "name": "ada", "label": "ada"}]
    assert ada.messages("chat:typing") == []
    assert ada.ask("chat:leave", {"room": "lobby"}) == {"ok": True}
    assert ada.ask("chat:typing", {"room": "lobby"})["error"]["code"] == "not_found"


def test_who_left_hears_no_more(make: Factory, chatter: Connect) -> None:
    """After `chat:leave` nothing of the room arrives; leaving twice is fine."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    assert ben.ask("chat:leave", {"room": "lobby"}) == {"ok": True}
    assert ben.ask("chat:leave", {"room": "lobby"}) == {"ok": True}
    ada.send("Anybody?", "1")
    ada.wait_for("chat:message")
    assert ben.messages() == []


def test_presence_is_shown_from_three_people_on(make: Factory, chatter: Connect) -> None:
    """Two are just talking; a member with two tabs is one person."""
    ada = make.member("ada")
    first = chatter(ada, room="lobby")
    chatter(ada, room="lobby")
    ben = chatter(make.member("ben"), room="lobby")
    assert first.wait_for("chat:presence")[-1]["people"] == []
    chatter(make.member("cleo"), room="lobby")
    told = first.wait_for("chat:presence", len(first.messages("chat:presence")) + 1)[-1]
    assert [person["name"] for person in told["people"]] == ["ada", "ben", "cleo"]
    assert (told["room"], told["count"]) == ("lobby", 3)
    heard = len(first.messages("chat:presence"))
    ben.close()
    assert first.wait_for("chat:presence", heard + 1)[-1]["people"] == []


def test_a_boards_room_is_as_open_as_its_board(app: Flask, make: Factory, chatter: Connect) -> None:
    """Who may not see the board gets `not_found` from every event; who may not reply there may only read."""
    room = open_board_room(app, make, "secret", see_rank="twig")
    seed, twig = chatter(make.member("seed")), chatter(make.member("twig", rank="twig"), room=room)
    first = twig.send("Among us", "1", room)["message"]
    for event, payload in (
        ("chat:join", {"room": room}),
        ("chat:send", {"room": room, "client_id": "1", "body": "x"}),
        ("chat:history", {"room": room, "before": 9}),
        ("chat:typing", {"room": room}),
        ("chat:read", {"room": room, "n": 1}),
        ("chat:edit", {"id": first["id"], "body": "x"}),
        ("chat:delete", {"id": first["id"]}),
        ("chat:react", {"id": first["id"], "sign": "thanks"}),
        ("chat:join", {"room": "nowhere"}),
    ):
        answer = seed.ask(event, payload)
        assert (answer["ok"], answer["error"]["code"]) == (False, "not_found"), event
    assert seed.messages() == []


def test_a_closed_room_is_for_reading(app: Flask, make: Factory, chatter: Connect) -> None:
    """`read_only`, and everything can still be read."""
    room = open_board_room(app, make)
    ada = make.member("ada")
    one = chatter(ada, room=room)
    one.send("While it lasts", "1", room)
    keeper = make.member("second-keeper", role="moderator")
    with app.app_context():
        with unit_of_work() as session:
            actions.close_room(session, load_actor(session, keeper.id), room)
        db.session.remove()
    assert one.send("More", "2", room)["error"]["code"] == "read_only"
    assert one.send("While it lasts", "1", room)["ok"], "a resend is answered all the same"
    assert len(one.join(room)["messages"]) == 1


def test_what_is_unread_and_where_to_go(make: Factory, chatter: Connect) -> None:
    """All rooms that one was in together; the room named while it is there, else one with something unread."""
    ada, ben = chatter(make.member("ada"), room="lobby"), chatter(make.member("ben"), room="lobby")
    assert ada.ask("chat:unread", {"room": "nowhere"}) == {"ok": True, "unread": 0, "room": "lobby"}
    ada.send("I was here", "1")
    for number in ("2", "3"):
        ben.send("And then", number)
    assert ada.ask("chat:unread", {"room": "lobby"}) == {"ok": True, "unread": 2, "room": "lobby"}
    ada.ask("chat:read", {"room": "lobby", "n": 3})
    assert ada.ask("chat:unread", {"room": "lobby"})["unread"] == 0
