"""The chat's pages over HTTP: reading without script, rooms of boards, and what each may do there."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM, load_actor
from forum.chat import actions, queries, state
from forum.chat.models import ChatMessage, Room
from forum.chat.wire import as_wire
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def say(app: Flask, member: Member, body: str, room: str = "lobby", **more: Any) -> int:
    """A message, through the action; returns its id."""
    with app.app_context():
        with unit_of_work() as session:
            actions.ensure_lobby(session, SYSTEM)
            client_id = sha256(body.encode()).hexdigest()
            message_id = actions.send_message(
                session, load_actor(session, member.id), room, client_id=client_id, body=body, **more
            )
        db.session.remove()
    return message_id


def open_room(app: Flask, make: Factory, slug: str, **columns: Any) -> str:
    """A board with its chat room."""
    board, keeper = make.board(slug, **columns), make.member(f"keeper-{slug}", role="moderator")
    with app.app_context():
        with unit_of_work() as session:
            room = actions.open_room(session, load_actor(session, keeper.id), board)
        db.session.remove()
    return room


def words(page: str) -> str:
    """A page's text without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_guests_are_asked_to_sign_in(browse: Browse) -> None:
    """And come back to where they wanted to be."""
    answer = browse().get("/chat/lobby")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/sign-in?next=/chat/lobby")


def test_chat_leads_to_the_lobby_or_to_what_is_unread(app: Flask, make: Factory, browse: Browse) -> None:
    """A room where something came since goes before the quiet lobby."""
    ada, ben = make.member("ada"), make.member("ben")
    surfer = browse(ada)
    assert surfer.get("/chat").headers["Location"] == "/chat/lobby"
    room = open_room(app, make, "tea")
    say(app, ada, "First", room)
    say(app, ben, "Second", room)
    assert surfer.get("/chat").headers["Location"] == "/chat/tea"


def test_an_empty_lobby_says_what_to_do(make: Factory, browse: Browse) -> None:
    """Also where no row stands for it yet; a GET makes none."""
    answer = browse(make.member("ada")).get("/chat/lobby")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "Nobody has said anything here yet" in page
    assert "0 here" not in page


def test_a_room_can_be_read_without_script(app: Flask, make: Factory, browse: Browse) -> None:
    """Messages in order under one name each, days, the line "new", and a word on writing."""
    ada, ben = make.member("ada"), make.member("ben")
    say(app, ada, "Since the update it **stutters**.")
    say(app, ada, "Anyone else?")
    say(app, ben, "Same here.")
    surfer = browse(ada)
    page = surfer.get("/chat/lobby").get_data(as_text=True)
    shown = words(page)
    assert shown.index("stutters") < shown.index("Anyone else?") < shown.index("Same here.")
    assert "<strong>stutters</strong>" in page
    assert page.count("is-following") == 1
    assert "Today" in shown
    assert page.index('id="chat-new"') < page.index("Same here.")
    assert page.index('id="chat-new"') > page.index("Anyone else?")
    assert "your browser needs to run scripts" in page


def test_earlier_messages_have_addresses(app: Flask, make: Factory, browse: Browse) -> None:
    """50 a page; `before` goes back, `at` shows a place with what is around it."""
    ada = make.member("ada")
    with app.app_context():
        with unit_of_work() as session:
            actions.ensure_lobby(session, SYSTEM)
            actor = load_actor(session, ada.id)
            for number in range(1, 121):
                actions.send_message(session, actor, "lobby", client_id=str(number), body=f"Number {number}.")
        db.session.remove()
    surfer = browse(ada)

    def numbers(address: str) -> list[int]:
        return [int(found) for found in re.findall(r"<p>Number (\d+)\.", surfer.get(address).get_data(as_text=True))]

    assert numbers("/chat/lobby") == list(range(71, 121))
    assert numbers("/chat/lobby?before=71") == list(range(21, 71))
    assert numbers("/chat/lobby?before=21") == list(range(1, 21))
    assert 40 in numbers("/chat/lobby?at=40")
    assert numbers("/chat/lobby?before=x") == numbers("/chat/lobby")
    assert numbers("/chat/lobby?before=-5") == numbers("/chat/lobby")
    assert "This is where the talk began" in surfer.get("/chat/lobby?before=21").get_data(as_text=True)


def test_rooms_are_as_visible_as_their_boards(app: Flask, make: Factory, browse: Browse) -> None:
    """Neither page nor list tells of a room that one may not see; staff see all."""
    open_room(app, make, "canary-board", see_rank="twig")
    seed, twig = browse(make.member("seed")), browse(make.member("twig", rank="twig"))
    assert seed.get("/chat/canary-board").status_code == 404
    assert "canary" not in seed.get("/chat/lobby").get_data(as_text=True).lower()
    assert twig.get("/chat/canary-board").status_code == 200
    assert "Canary-board" in twig.get("/chat/lobby").get_data(as_text=True)


def test_unread_is_counted_beside_other_rooms(app: Flask, make: Factory, browse: Browse) -> None:
    """Not for rooms one has never been in."""
    ada, ben = make.member("ada"), make.member("ben")
    tea, milk = open_room(app, make, "tea"), open_room(app, make, "milk")
    say(app, ada, "Hello", tea)
    for number in range(3):
        say(app, ben, f"Hm {number}", tea)
        say(app, ben, f"Milk {number}", milk)
    page = browse(ada).get("/chat/lobby/rooms").get_data(as_text=True)
    assert re.findall(r'aria-label="(\d) unread"', page) == ["3"]


def test_moderators_open_and_close_rooms(make: Factory, browse: Browse) -> None:
    """Staff and a board's own moderators; nobody else; closed rooms stay readable."""
    make.board("tea")
    ada, keeper = browse(make.member("ada")), browse(make.member("keeper", role="moderator"))
    assert "Open a room" not in ada.get("/chat/lobby").get_data(as_text=True)
    assert ada.post("/chat/rooms", {"board": "tea"}).status_code == 403
    assert "Open a room" in keeper.get("/chat/lobby").get_data(as_text=True)
    assert keeper.post("/chat/rooms", {"board": "nothing"}).status_code == 404
    assert keeper.post("/chat/rooms", {"board": "tea"}).headers["Location"] == "/chat/tea"
    assert ada.post("/chat/tea/closure").status_code == 403
    keeper.post("/chat/tea/closure")
    page = ada.get("/chat/tea").get_data(as_text=True)
    assert "This room is closed" in page and 'id="chat-form"' not in page
    keeper.post("/chat/tea/closure/undo")
    assert 'id="chat-form"' in ada.get("/chat/tea").get_data(as_text=True)
    assert keeper.post("/chat/lobby/closure").status_code in (404, 422)


def test_a_board_called_lobby_does_not_take_the_lobby(app: Flask, make: Factory) -> None:
    """Its room gets another slug."""
    assert open_room(app, make, "lobby") == "lobby-2"
    assert open_room(app, make, "rooms") == "rooms-2"


def test_what_is_deleted_or_hidden_has_no_words(app: Flask, make: Factory, browse: Browse) -> None:
    """On the page, in replies that quote it, for everyone."""
    ada, ben = make.member("ada"), make.member("ben")
    first, second = say(app, ada, "Canary one"), say(app, ada, "Canary two")
    say(app, ben, "What?", reply_to=first)
    say(app, ben, "And what?", reply_to=second)
    with app.app_context(), unit_of_work() as writing:
        actions.delete_message(writing, load_actor(writing, ada.id), first)
        state.set_message_hidden(writing, writing.get_one(ChatMessage, second), None, "Not kind")
    for member in (ada, ben, make.member("keeper", role="moderator")):
        page = browse(member).get("/chat/lobby").get_data(as_text=True)
        assert "Canary" not in page
        assert "This message was deleted." in page
        assert "A moderator has hidden this message." in page


def test_moderation_hides_shows_and_redacts(session: Session, app: Flask, make: Factory) -> None:
    """Each with the next number of the room; redacted words are nowhere any more."""
    ada = make.member("ada")
    message_id = say(app, ada, "My number is 555-1234")
    for number, act in enumerate((
        lambda writing, row: state.set_message_hidden(writing, row, None, "Private"),
        lambda writing, row: state.set_message_hidden(writing, row, None, None),
        lambda writing, row: state.redact_message(writing, row, "Taken out by a moderator."),
    ), start=2):
        with unit_of_work() as writing:
            act(writing, writing.get_one(ChatMessage, message_id))
        assert session.scalars(select(Room.seq)).one() == number
        session.rollback()
    row = session.scalars(select(ChatMessage)).one()
    assert "555" not in row.body_source + row.body_html
    assert row.body_html == "<p>Taken out by a moderator.</p>"


def test_the_fragment_is_the_same_for_page_and_socket(
    app: Flask, session: Session, make: Factory, browse: Browse
) -> None:
    """One template draws both."""
    ada = make.member("ada")
    message_id = say(app, ada, "One *fragment*")
    page = browse(ada).get("/chat/lobby").get_data(as_text=True)
    row = queries.message(session, message_id)
    assert row is not None
    assert as_wire(row)["html"] in page


def test_the_dock_holds_what_the_page_holds(app: Flask, make: Factory, browse: Browse) -> None:
    """The same messages and field, a choice of the rooms that are open to the viewer, and no other room."""
    ada, ben = make.member("ada"), make.member("ben")
    message_id = say(app, ada, "One *fragment*")
    tea, secret = open_room(app, make, "tea", title="Tea"), open_room(app, make, "secret", see_rank="staff")
    dock = browse(ben).get("/chat/lobby/dock")
    with app.app_context():
        row = queries.message(db.session(), message_id)
        assert row is not None and as_wire(row)["html"] in dock.text
        db.session.remove()
    assert dock.status_code == 200 and "<html" not in dock.text and 'id="chat-form"' in dock.text
    assert re.findall(r'<option value="([^"]+)"', dock.text) == ["lobby", tea]
    assert browse(ben).get(f"/chat/{tea}/dock").status_code == 200
    assert browse(ben).get(f"/chat/{secret}/dock").status_code == 404
    assert browse().get("/chat/lobby/dock", headers={"X-Fragment": "1"}).status_code == 401
    waiting = browse(make.member("una", confirmed=False)).get("/chat/lobby/dock").text
    assert "confirm your address" in waiting and 'id="chat-form"' not in waiting


def test_the_queries_of_a_room_do_not_grow(
    app: Flask, make: Factory, browse: Browse, queries: Callable[[], Any]
) -> None:
    """At most 10, whatever the room holds: session and member, site, rooms, messages, signs, the writer's right.

    Signs are asked for where there are any.
    """
    ada, ben = make.member("ada"), make.member("ben")
    surfer = browse(ada)

    def thank(message_id: int) -> None:
        with app.app_context():
            with unit_of_work() as session:
                actions.react(session, load_actor(session, ben.id), message_id, "thanks", on=True)
            db.session.remove()

    thank(say(app, ada, "Hello"))
    surfer.get("/chat/lobby")
    with queries() as few:
        surfer.get("/chat/lobby")
    for number in range(60):
        message_id = say(app, (ada, ben)[number % 2], f"Message {number}")
        if number % 5 == 0:
            thank(message_id)
    for slug in ("tea", "milk", "cups"):
        open_room(app, make, slug)
    with queries() as many:
        surfer.get("/chat/lobby")
    # Settings and rules are read now and then, and kept for some seconds.
    ours = [[sql for sql in seen if "chat_" in sql] for seen in (few, many)]
    assert len(ours[1]) == len(ours[0]), "\n".join(many)
    assert len(many) <= 10, "\n".join(many)


def test_the_plans_of_page_and_catching_up_use_indexes(
    session: Session, plan: Callable[..., str]
) -> None:
    """By place and by change number, without a scan of all messages (small tables may be read whole on PostgreSQL)."""
    page = plan("SELECT id FROM chat_message WHERE room_id = 1 AND n < 100 ORDER BY n DESC LIMIT 50")
    changes = plan("SELECT id FROM chat_message WHERE room_id = 1 AND seq > 100 ORDER BY n")
    for told in (page, changes):
        assert "SCAN chat_message" not in told
        assert "Seq Scan" not in told


def test_staff_bear_no_sprig(app: Flask, make: Factory, browse: Browse) -> None:
    """They stand outside the ladder: in the chat, in its socket's payload, in their own menu."""
    staff, member = make.member("mo", role="moderator"), make.member("mia")
    with app.app_context():
        with unit_of_work() as session:
            actions.ensure_lobby(session, SYSTEM)
            for who in (staff, member):
                actor = load_actor(session, who.id)
                actions.send_message(session, actor, "lobby", client_id=who.name, body="Hello.")
                assert queries.person(actor).leaves == (None if who is staff else 0)
        row = queries.message(db.session(), 1)
        assert row is not None and as_wire(row)["author"]["leaves"] is None and as_wire(row)["author"]["rank"] == ""
        db.session.remove()
    page = browse(staff).get("/chat/lobby").text
    shown = {
        name: "sprig-size-s" in page.split(f'data-author="{name}"')[1].split("chat-text")[0] for name in ("mo", "mia")
    }
    assert shown == {"mo": False, "mia": True}
    menu = page.split('<p class="menu-title">')[1].split("</p>")[0]
    assert "sprig" not in menu
