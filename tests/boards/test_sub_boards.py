"""Sub-boards: one level, never open wider than the board above, and their threads are on its list."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from forum.access import guardian
from forum.access.actors import GUEST, load_actor
from forum.boards.models import Board, BoardModerator
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.threads import streams
from tests.boards.planting import plant
from tests.factory import Factory
from tests.search.finding import titles
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
WORDS = {"title": "Gooseneck", "description": "", "hue": "1", "picture": ""}


@pytest.fixture
def staff(make: Factory, browse: Browse) -> Surfer:
    """A moderator of the whole community."""
    return browse(make.member("mo", role="moderator"))


def edit(staff: Surfer, board: Board, parent: Board | None, **words: str) -> int:
    """Put a board below another through its form; the status of the answer."""
    form = {"title": board.title, "description": "", "hue": "1", "picture": "", "category": str(board.category_id)}
    answer = staff.post(f"/b/{board.slug}/edit", {**form, "parent": str(parent.id if parent else 0), **words})
    return answer.status_code


def row(app: Flask, board: Board) -> Board:
    """The board as it is now."""
    with app.app_context():
        found = db.session.scalars(select(Board).where(Board.id == board.id)).one()
        db.session.expunge(found)
        db.session.remove()
    return found


def page(surfer: Surfer, path: str) -> str:
    """What a page says."""
    return surfer.get(path, follow_redirects=True).get_data(as_text=True)


def test_a_sub_board_is_made_and_shown(app: Flask, make: Factory, browse: Browse, staff: Surfer) -> None:
    """On the page and the card of the board above, with a way back; its threads are on that list, with its name."""
    kettles = make.board("kettles", title="Kettles")
    form = WORDS | {"parent": str(kettles.id), "category": str(kettles.category_id)}
    assert staff.post("/boards/new", form).headers["Location"] == "/b/gooseneck"
    with app.app_context():
        below = db.session.scalars(select(Board).where(Board.slug == "gooseneck")).one()
        db.session.remove()
    assert below.parent_id == kettles.id and below.category_id == kettles.category_id
    thread = make.thread(below, make.member(), title="Does the spout drip?")
    seen = page(browse(), "/b/kettles")
    assert 'href="/b/gooseneck"' in seen and "Does the spout drip?" in seen
    assert page(browse(), "/boards").count('href="/b/gooseneck"') >= 1
    assert 'href="/b/kettles"' in page(browse(), "/b/gooseneck").split("<main")[1]
    crumbs = page(browse(), f"/t/{thread.id}/-").split('class="thread-crumbs"')[1].split("</p>")[0]
    assert crumbs.index("Kettles") < crumbs.index("Gooseneck")


def test_one_level_and_not_in_a_ring(app: Flask, make: Factory, staff: Surfer) -> None:
    """Each refusal says why, beside the field, and changes nothing."""
    kettles, pans, lids = make.board("kettles", title="Kettles"), make.board("pans"), make.board("lids")
    assert edit(staff, pans, kettles) == 303
    for board, parent, words in (
        (lids, pans, "sub-boards go one level deep"), (kettles, lids, "has sub-boards itself"),
        (lids, lids, "Choose one of the list"),
    ):
        form = {"title": "Lids", "description": "", "hue": "1", "picture": "", "category": str(lids.category_id)}
        answer = staff.post(f"/b/{board.slug}/edit", {**form, "parent": str(parent.id)})
        assert answer.status_code == 422 and (words in answer.get_data(as_text=True) or board is not kettles)
        assert row(app, board).parent_id is None


def test_the_form_says_that_two_levels_are_too_many(make: Factory, staff: Surfer) -> None:
    """A board with sub-boards of its own: the sentence stands in the form."""
    kettles, pans, lids = make.board("kettles", title="Kettles"), make.board("pans"), make.board("lids")
    assert edit(staff, pans, kettles) == 303
    form = {"title": "Kettles", "description": "", "hue": "1", "picture": "", "category": str(lids.category_id)}
    answer = staff.post("/b/kettles/edit", {**form, "parent": str(lids.id)})
    assert answer.status_code == 422
    assert "Kettles has sub-boards itself, and sub-boards go one level deep." in answer.get_data(as_text=True)


def test_never_open_wider_than_the_board_above(app: Flask, make: Factory, browse: Browse, staff: Surfer) -> None:
    """Seeing and writing: both boards must be open; the guardian and the lists say the same, at once."""
    kettles, pans = make.board("kettles"), make.board("pans")
    assert edit(staff, pans, kettles) == 303
    canary = make.thread(pans, make.member(), title="Quillfeather in the pan?")
    high, low = make.member("hugo", rank="bough"), make.member("lou", rank="sprout")
    admin = browse(make.member("ada", role="admin"))
    assert admin.post("/b/kettles/access", {"see": "bough", "start": "", "reply": ""}).status_code == 303
    for path in ("/", "/boards", "/b/pans", f"/t/{canary.id}/-", "/?stream=unanswered"):
        for surfer in (browse(), browse(low)):
            assert "Quillfeather" not in page(surfer, path) and 'href="/b/pans"' not in page(surfer, path), path
    assert browse(low).get("/b/pans").status_code == 404 == browse(low).get(f"/p/{canary.opening_id}").status_code
    assert "Quillfeather" in page(browse(high), "/b/pans") and "Quillfeather" in page(browse(high), "/b/kettles")
    admin.post("/b/kettles/access", {"see": "", "start": "staff", "reply": "bough"})
    with app.app_context():
        board = db.session.get_one(Board, pans.id)
        actor = load_actor(db.session(), low.id)
        assert guardian.may_see_board(GUEST, board) and not guardian.may_start(actor, board)
        db.session.remove()
    assert browse(low).post("/b/pans/new", {"kind": "question", "title": "May I ask?", "body": "x"}).status_code == 403
    assert browse(low).post(f"/t/{canary.id}/replies", {"body": "A word."}).status_code == 403
    assert browse(high).post(f"/t/{canary.id}/replies", {"body": "A word."}).status_code == 303


def test_standing_by_itself_again_opens_nothing(app: Flask, make: Factory, browse: Browse, staff: Surfer) -> None:
    """A moderator moves boards, but does not set access: what the board above asked for is asked from then on."""
    kettles, pans, lids = make.board("kettles", see_rank="bough"), make.board("pans"), make.board("lids")
    assert edit(staff, pans, kettles) == 303
    assert edit(staff, pans, lids) == 303
    assert browse().get("/b/pans").status_code == 404
    assert edit(staff, pans, None) == 303
    found = row(app, pans)
    assert (found.parent_id, found.see_rank, found.above_see_rank) == (None, "bough", None)


def test_who_looks_after_a_board_looks_after_those_below(app: Flask, make: Factory, staff: Surfer) -> None:
    """And who looks after a sub-board alone does not look after the one above."""
    kettles, pans, kim, kit = make.board("kettles"), make.board("pans"), make.member("kim"), make.member("kit")
    assert edit(staff, pans, kettles) == 303
    with app.app_context():
        with unit_of_work() as session:
            for board, member in ((kettles, kim), (pans, kit)):
                session.add(BoardModerator(board_id=board.id, member_id=member.id, appointed_at=now()))
                session.get_one(Member, member.id).moderates_boards = True
        session = db.session()
        assert load_actor(session, kim.id).moderated == {kettles.id, pans.id}
        assert load_actor(session, kit.id).moderated == {pans.id}
        db.session.remove()


def test_joining_a_board_joins_those_below(app: Flask, make: Factory, browse: Browse, staff: Surfer) -> None:
    """Their threads are in "my boards"."""
    kettles, pans, ann = make.board("kettles"), make.board("pans"), make.member("ann")
    assert edit(staff, pans, kettles) == 303
    plant(app, pans, make.member(), 1, title="From the sub-board")
    plant(app, make.board(), make.member(), 1, title="From elsewhere")
    browse(ann).post("/b/kettles/membership")
    mine = page(browse(ann), "/?boards=mine")
    assert "From the sub-board" in mine and "From elsewhere" not in mine


def test_archiving_takes_those_below_along(app: Flask, make: Factory, staff: Surfer) -> None:
    """And opening again brings back exactly these."""
    kettles, pans, lids = make.board("kettles"), make.board("pans"), make.board("lids", archived_at=now())
    for board in (pans, lids):
        assert edit(staff, board, kettles) == 303
    staff.post("/b/kettles/archive")
    assert all(row(app, board).archived_at for board in (kettles, pans, lids))
    staff.post("/b/pans/archive/undo")
    assert row(app, pans).archived_at is not None
    staff.post("/b/kettles/archive/undo")
    assert [row(app, board).archived_at is None for board in (kettles, pans, lids)] == [True, True, False]


def test_order_among_its_like(app: Flask, make: Factory, staff: Surfer) -> None:
    """Sub-boards change places among themselves, on the page where boards are arranged."""
    kettles, pans, lids = make.board("kettles"), make.board("pans"), make.board("lids")
    for board in (pans, lids):
        assert edit(staff, board, kettles) == 303
    staff.post("/b/lids/order", {"direction": "up"})
    arranged = page(staff, "/boards/arrange")
    assert arranged.index('id="board-kettles"') < arranged.index('id="board-lids"') < arranged.index('id="board-pans"')


def test_the_list_of_the_board_above_meets_without_gap(app: Flask, make: Factory) -> None:
    """Page after page, from all boards, the last active first; a post below makes the page above out of date."""
    boards, author = [make.board() for _ in range(3)], make.member()
    ids = [id for board in boards for id in plant(app, board, author, 20)]
    found, before = [], ""
    with app.app_context():
        while True:
            below = [board.id for board in boards[1:]]
            part = streams.of_board(db.session(), GUEST, boards[0].id, before=before, below=below)
            found += [(row.last_at, row.id) for row in part.rows]
            if part.next is None:
                break
            before = part.next
        db.session.remove()
    assert found == sorted(found, reverse=True) and sorted(id for _at, id in found) == sorted(ids)


def test_a_post_below_makes_the_page_above_out_of_date(app: Flask, make: Factory, staff: Surfer) -> None:
    """Kept pages go by the version of their board."""
    kettles, pans = make.board("kettles"), make.board("pans")
    assert edit(staff, pans, kettles) == 303
    before = row(app, kettles).version
    make.thread(pans, make.member())
    assert row(app, kettles).version > before


def test_a_board_page_costs_the_same_with_sub_boards(
    app: Flask, make: Factory, browse: Browse, staff: Surfer,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """A fixed number of queries, however many there are."""
    kettles, author, counts = make.board("kettles"), make.member(), []
    plant(app, kettles, author, 3)
    for number in range(3):
        browse().get("/b/kettles")
        with queries() as seen:
            browse().get("/b/kettles")
        counts.append(len(seen))
        board = make.board(f"below{number}")
        assert edit(staff, board, kettles) == 303
        plant(app, board, author, 2)
    assert len(set(counts)) == 1, counts


def test_feed_and_search_of_a_board_have_what_its_page_has(
    make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """Threads of its sub-boards that one may see, the newest first; those of a closed one for nobody else."""
    kettles, author = make.board("kettles", title="Kettles"), make.member("ann", role="moderator")
    spouts = make.board("spouts", title="Spouts", parent_id=kettles.id)
    closed = make.board("closed", parent_id=kettles.id, see_rank="staff")
    for board, title in (
        (kettles, "zebraword above"), (spouts, "zebraword below"), (closed, "zebraword behind"),
        (make.board("pans"), "zebraword beside"),
    ):
        make.thread(board, author, title=title)
    drain()
    feed = page(browse(), "/feeds/board/kettles.atom")
    assert feed.index("zebraword below") < feed.index("zebraword above")
    assert "zebraword behind" not in feed and "zebraword beside" not in feed
    assert "zebraword above" not in page(browse(), "/feeds/board/spouts.atom")
    for typed in ("zebraword board:kettles", "board:kettles", "zebraword board:Kettles"):
        assert sorted(titles(browse(), typed)) == ["zebraword above", "zebraword below"], typed
        assert len(titles(browse(author), typed)) == 3, typed
    assert titles(browse(), "zebraword board:spouts") == ["zebraword below"]


def test_a_leaderboard_says_that_it_is_of_one_board_alone(make: Factory, browse: Browse) -> None:
    """Where there are sub-boards that the reader sees; not elsewhere."""
    kettles = make.board("kettles")
    make.board("pans")
    make.board("closed", parent_id=kettles.id, see_rank="staff")
    words = "list of this board alone"
    assert words not in page(browse(), "/leaderboard?board=kettles")
    make.board("spouts", parent_id=kettles.id)
    assert words in page(browse(), "/leaderboard?board=kettles")
    for other in ("", "?board=pans", "?board=spouts"):
        assert words not in page(browse(), f"/leaderboard{other}")
