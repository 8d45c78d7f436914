"""Who may see a board, start and reply on it: every level, every kind of person, through the doors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from forum.access.actors import load_actor
from forum.boards import actions
from forum.boards.models import Board
from forum.core.errors import DomainError, Forbidden
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.extensions import db
from forum.members.models import Member
from forum.threads import actions as threads
from forum.threads.models import Thread
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]

PEOPLE = ("guest", "seed", "twig", "laurel", "keeper", "moderator", "admin")
# The least level and who reaches it. A board's own moderator reaches everything on their board.
LEVELS = {
    None: set(PEOPLE),
    "seed": set(PEOPLE) - {"guest"},
    "twig": {"twig", "laurel", "keeper", "moderator", "admin"},
    "laurel": {"laurel", "keeper", "moderator", "admin"},
    "staff": {"keeper", "moderator", "admin"},
}


@pytest.fixture
def people(make: Factory) -> dict[str, Member | None]:
    """One of each kind; the keeper is a Seed."""
    return {
        "guest": None,
        "seed": make.member("seedling"),
        "twig": make.member("twiggy", rank="twig"),
        "laurel": make.member("crowned", rank="laurel"),
        "keeper": make.member("keeper"),
        "moderator": make.member("order", role="moderator"),
        "admin": make.member("chief", role="admin"),
    }


@contextmanager
def acting_as(app: Flask, member: Member | None) -> Iterator[tuple[object, object]]:
    """A unit of work with the member as its actor."""
    with app.app_context():
        try:
            with unit_of_work() as session:
                yield session, load_actor(session, member.id if member else None)
        finally:
            db.session.remove()


def keep(app: Flask, admin: Member | None, board: Board, keeper: Member | None) -> None:
    """Have the keeper look after the board."""
    with acting_as(app, admin) as (session, actor):
        actions.appoint_moderator(
            session, actor, session.get_one(Board, board.id), session.get_one(Member, keeper.id)
        )


@pytest.mark.parametrize("least", LEVELS)
def test_who_sees(
    app: Flask, make: Factory, browse: Browse, people: dict[str, Member | None], least: str | None
) -> None:
    """Board page, index, home, joining: there, or as if it did not exist."""
    board = make.board("zanzibar", title="Zanzibar", see_rank=least)
    make.thread(board, people["admin"], title="A thread in Zanzibar")
    keep(app, people["admin"], board, people["keeper"])
    for name, member in people.items():
        surfer = browse(member)
        sees = name in LEVELS[least]
        assert (surfer.get("/b/zanzibar").status_code == 200) is sees, name
        for address in ("/", "/?stream=unanswered", "/boards"):
            page = surfer.get(address).get_data(as_text=True)
            assert ("zanzibar" in page.lower()) is sees, (name, address)
        if member is not None:
            assert surfer.post("/b/zanzibar/membership").status_code == (303 if sees else 404), name


@pytest.mark.parametrize("least", LEVELS)
def test_who_starts_and_replies(
    app: Flask, make: Factory, people: dict[str, Member | None], least: str | None
) -> None:
    """By rank, staff, or as the board's own moderator; guests never."""
    start, reply = make.board(start_rank=least), make.board(reply_rank=least)
    thread = make.thread(reply, people["admin"])
    for board in (start, reply):
        keep(app, people["admin"], board, people["keeper"])
    for name, member in people.items():
        may = name in LEVELS[least] and name != "guest"

        def starts(member: Member | None = member) -> None:
            with acting_as(app, member) as (session, actor):
                threads.start_thread(
                    session, actor, session.get_one(Board, start.id), kind="question", title="May I ask this?",
                    body="I wonder whether I may.",
                )

        def replies(member: Member | None = member) -> None:
            with acting_as(app, member) as (session, actor):
                threads.reply(session, actor, session.get_one(Thread, thread.id), body="Yes, you may.", parent=None)

        for act in (starts, replies):
            if may:
                act()
            else:
                with pytest.raises(DomainError):
                    act()


def test_the_page_says_why_one_may_not_start(make: Factory, browse: Browse) -> None:
    """The guardian's reason, with the way to where ranks are explained."""
    make.board("high", start_rank="twig")
    page = browse(make.member()).get("/b/high").get_data(as_text=True)
    assert "Your rank does not open this yet" in page and "/ranks#rank-twig" in page
    assert "Your rank does not open" not in browse(make.member(rank="twig")).get("/b/high").get_data(as_text=True)


def test_admins_set_access_on_its_page(app: Flask, make: Factory, browse: Browse) -> None:
    """The change holds at once and open sockets hear of it; moderators may not."""
    make.board("cellar")
    admin, moderator = make.member(role="admin"), make.member(role="moderator")
    form = {"see": "twig", "start": "branch", "reply": "staff"}
    assert browse(moderator).get("/b/cellar/access").status_code == 403
    assert browse(moderator).post("/b/cellar/access", form).status_code == 403
    assert browse().get("/b/cellar").status_code == 200
    assert browse(admin).post("/b/cellar/access", form).status_code == 303
    assert browse().get("/b/cellar").status_code == 404
    page = browse(admin).get("/b/cellar/access").get_data(as_text=True)
    assert page.count("selected") == 3 and '<option selected value="staff">' in page
    with app.app_context():
        kinds = [event.kind for event in db.session.query(OutboxEvent)]
    assert kinds.count("AccessChanged") == 1
    again = browse(admin).post("/b/cellar/access", {"see": "", "start": "", "reply": ""})
    assert again.status_code == 303 and browse().get("/b/cellar").status_code == 200


@pytest.mark.parametrize("field", ["see", "start", "reply"])
def test_access_knows_its_ranks(app: Flask, make: Factory, browse: Browse, field: str) -> None:
    """A rank that there is not is refused by the page and by the action."""
    board, admin = make.board("cellar"), make.member(role="admin")
    answer = browse(admin).post("/b/cellar/access", {"see": "", "start": "", "reply": "", field: "emperor"})
    assert answer.status_code == 422
    with pytest.raises(DomainError), acting_as(app, admin) as (session, actor):
        levels = {"see": None, "start": None, "reply": None, field: "emperor"}
        actions.set_access(session, actor, session.get_one(Board, board.id), **levels)


def test_board_moderators_are_appointed_and_dismissed(app: Flask, make: Factory, browse: Browse) -> None:
    """They edit the words of their board, and of no other, until they are dismissed."""
    make.board("mine")
    make.board("other")
    admin, keeper = make.member(role="admin"), make.member("keeper")
    words = {"title": "Mine now", "description": "Ours.", "hue": "3", "picture": "leaf"}
    assert browse(keeper).post("/b/mine/edit", words).status_code == 403
    assert browse(keeper).post("/b/mine/moderators", {"name": "keeper"}).status_code == 403
    assert browse(admin).post("/b/mine/moderators", {"name": "@Keeper"}).status_code == 303
    assert browse(keeper).post("/b/mine/edit", words).status_code == 303
    page = browse().get("/b/mine").get_data(as_text=True)
    assert "Mine now" in page and "Ours." in page and "#leaf" in page and "hue-3" in page and "Looked after by" in page
    assert browse(keeper).post("/b/other/edit", words).status_code == 403
    assert browse(keeper).post("/b/mine/archive").status_code == 403
    assert 'name="category"' not in browse(keeper).get("/b/mine/edit").get_data(as_text=True)
    assert browse(admin).post("/b/mine/moderators/undo", {"name": "keeper"}).status_code == 303
    assert browse(keeper).post("/b/mine/edit", words).status_code == 403
    assert browse(admin).post("/b/mine/moderators/undo", {"name": "keeper"}).status_code == 409


@pytest.mark.parametrize("name", ["nobody-here", "", "chief"])
def test_who_cannot_be_appointed(make: Factory, browse: Browse, name: str) -> None:
    """Nobody of that name, or one who looks after all boards already: said beside the field."""
    make.board("mine")
    admin = make.member("chief", role="admin")
    answer = browse(admin).post("/b/mine/moderators", {"name": name})
    assert answer.status_code == 422 and "field-error" in answer.get_data(as_text=True)


def test_only_admins_appoint(app: Flask, make: Factory) -> None:
    """The action asks by itself."""
    board, moderator, member = make.board(), make.member(role="moderator"), make.member()
    with pytest.raises(Forbidden), acting_as(app, moderator) as (session, actor):
        actions.appoint_moderator(session, actor, session.get_one(Board, board.id), session.get_one(Member, member.id))
