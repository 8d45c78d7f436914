"""What a thread is about: chosen when asking, changed later, shown to all, and taken along."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.moderation.models import LogEntry
from forum.purchases import queries as reading
from forum.purchases.models import Product
from forum.threads.models import Thread
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.surfing import Surfer
from tests.threads.town import FORM, Town, choices, picked, text, town

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Watch = Callable[[], AbstractContextManager[list[str]]]
__all__ = ["town"]


# Asking ---------------------------------------------------------------------------------------


def test_what_is_offered(town: Town, make: Factory) -> None:
    """On a board its products and the few that have none; at /ask those of all boards, by board; none: no field."""
    ann = town.browse(town.asker)
    assert choices(text(ann, "/b/kettles/new")) == ["k2", "k3", "mug"]
    assert choices(text(ann, "/b/pans/new")) == ["mug"]
    everywhere = text(ann, "/ask")
    assert choices(everywhere) == ["k2", "k3", "mug"]
    assert re.findall(r'<optgroup label="([^"]*)"', everywhere) == ["Kettles", "Other products"]
    town.change("mug", offered=False)
    assert choices(text(ann, "/b/kettles/new")) == ["k2", "k3"]
    assert "About which product?" not in text(ann, "/b/pans/new")
    assert picked(text(ann, "/b/kettles/new?product=k3")) == ["k3"]  # a link of the shop's own page


def test_a_sub_board_offers_the_products_of_the_board_above(town: Town, make: Factory) -> None:
    make.board("spouts", parent_id=town.board.id)
    assert choices(text(town.browse(town.asker), "/b/spouts/new")) == ["k2", "k3", "mug"]


def test_too_many_are_not_a_choice(town: Town) -> None:
    """More than a few without a board are not offered; nor is a list that nobody reads through."""
    def stock(number: int, board_id: int | None) -> None:
        with town.app.app_context():
            with unit_of_work() as session:
                session.add_all(
                    Product(slug=f"s{board_id}-{at}", name=f"s{at}", board_id=board_id, created_at=now())
                    for at in range(number)
                )
            db.session.remove()

    stock(reading.FEW, None)
    ann = town.browse(town.asker)
    assert choices(text(ann, "/b/kettles/new")) == ["k2", "k3"]
    assert choices(text(ann, "/b/pans/new")) == []
    stock(reading.MOST_OFFERED, town.board.id)
    assert choices(text(ann, "/b/kettles/new")) == []


def test_nobody_reads_there_what_a_closed_board_is_about(town: Town, make: Factory) -> None:
    """Products of a board that one cannot see are not offered, and are refused like any that does not exist."""
    secret = make.board("secret", see_rank="staff")
    town.change("k3", board_id=secret.id)
    ann = town.browse(town.asker)
    assert choices(text(ann, "/ask")) == ["k2", "mug"]
    said = [ann.post("/b/kettles/new", {**FORM, "product": slug}) for slug in ("k3", "nothing")]
    assert [answer.status_code for answer in said] == [422, 422]
    words = [re.findall(r'id="field-product-error".*', answer.get_data(as_text=True)) for answer in said]
    assert "This product is not talked about on Kettles" in words[0][0] and words[0] == words[1]
    assert "k3" not in said[0].get_data(as_text=True)
    staff = town.browse(make.member(role="moderator"))
    assert choices(text(staff, "/ask")) == ["k2", "k3", "mug"]


@pytest.mark.parametrize("kind", ["question", "discussion", "idea"])
def test_a_thread_about_a_product_says_so(town: Town, kind: str) -> None:
    """To guests as well, and to machines; in each kind of thread; one without says nothing."""
    thread = town.ask(product="k2", kind=kind)
    assert thread.product_id == town.product("k2")
    guest = text(town.browse(), f"/t/{thread.id}/{thread.slug}")
    assert "About: k2" in guest
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', guest, re.S)[0])
    assert data.get("mainEntity", data)["about"] == {"@type": "Thing", "name": "k2"}
    plain = town.ask(product="", kind=kind)
    page = text(town.browse(), f"/t/{plain.id}/{plain.slug}")
    assert "About:" not in page and '"about"' not in page


@pytest.mark.parametrize("product", ["k2", ""])
def test_the_page_costs_what_it_cost(town: Town, request: pytest.FixtureRequest, product: str) -> None:
    """What it is about comes with the head: no query more for a guest, none for a member."""
    watch: Watch = request.getfixturevalue("queries")
    thread = town.ask(product=product)
    path = f"/t/{thread.id}/{thread.slug}"
    for surfer, most in ((town.browse(), 6), (town.browse(town.author), 10)):
        surfer.get(path)
        town.app.extensions["kept_pages"].forget()
        with watch() as seen:
            assert surfer.get(path).status_code == 200
        assert 0 < len(seen) <= most, seen


def test_what_was_chosen_is_kept(town: Town) -> None:
    """By a refused form, by a draft on another device, and by signing in in between."""
    ann = town.browse(town.asker)
    refused = ann.post("/b/kettles/new", {**FORM, "title": "Hm", "product": "k3"})
    assert refused.status_code == 422 and picked(refused.get_data(as_text=True)) == ["k3"]
    looked = ann.post("/b/kettles/new", {**FORM, "product": "k3", "look": "1"})
    assert picked(looked.get_data(as_text=True)) == ["k3"]
    ann.post("/drafts", {"place": "new-thread", "version": "0", "body": "Hm.", "product": "k2"}, fragment=True)
    assert picked(text(town.browse(town.asker), "/b/kettles/new")) == ["k2"]
    guest = town.browse()
    led = guest.post("/b/kettles/new", {**FORM, "product": "k3"}, headers={"Referer": "http://localhost/b/kettles/new"})
    kept = re.search(r"kept(?:%3D|=)([\w-]+)", led.headers["Location"])
    assert kept and picked(text(ann, f"/b/kettles/new?kept={kept[1]}")) == ["k3"]
    thread = town.ask(product="k2")
    led = guest.post(f"/p/{thread.opening_id}/revision", {"body": "Hm.", "product": "k3"})
    kept = re.search(r"kept(?:%3D|=)([\w-]+)", led.headers["Location"])
    assert kept and picked(text(ann, f"/p/{thread.opening_id}/revision?kept={kept[1]}")) == ["k3"]


# Changing it ----------------------------------------------------------------------------------


def test_the_author_and_who_may_edit_tags_change_it(town: Town, make: Factory) -> None:
    """Others may not; what it was stays in the history, and staff's line in the log takes it back."""
    thread = town.ask(product="k2")
    ranked, other = make.member(rank="bough", points=9_000), make.member()
    path = f"/p/{thread.opening_id}/revision"
    assert picked(text(town.browse(town.asker), path)) == ["k2"]
    form = text(town.browse(ranked), path)
    assert picked(form) == ["k2"]
    assert town.edit(thread, by=other, tags="", product="k3") == 403
    assert town.edit(thread, by=ranked, tags="", product="k3") == 303
    assert town.thread(thread.id).product_id == town.product("k3")
    history = text(town.browse(), f"/p/{thread.opening_id}/revisions")
    assert "<del>k2</del>" in history and "<ins>k3</ins>" in history
    entry_id = town.one(select(LogEntry.id).where(LogEntry.verb == "edit"))
    town.browse(make.member(role="moderator")).post(f"/moderation/log/{entry_id}/undo")
    assert town.thread(thread.id).product_id == town.product("k2")
    assert town.edit(thread, body="Shorter.", title=FORM["title"], tags="") == 303  # a form without it leaves it
    assert town.thread(thread.id).product_id == town.product("k2")
    assert town.edit(thread, tags="", product="nothing") == 422
    assert town.edit(thread, tags="", product="") == 303
    assert town.thread(thread.id).product_id is None
    assert "<del>k2</del>" in text(town.browse(), f"/p/{thread.opening_id}/revisions")


def test_what_it_is_about_already_may_stay(town: Town) -> None:
    """Offered no more, and its board another one: whoever edits the text need not choose anew. Nobody chooses it."""
    thread = town.ask(product="k2")
    town.change("k2", offered=False, board_id=town.pans.id)
    assert picked(text(town.browse(town.asker), f"/p/{thread.opening_id}/revision")) == ["k2"]
    assert town.edit(thread, body="Other words.", title=FORM["title"], tags="", product="k2") == 303
    assert town.thread(thread.id).product_id == town.product("k2")
    assert town.edit(thread, tags="", product="") == 303
    assert town.edit(thread, tags="", product="k2") == 422


# Moving ---------------------------------------------------------------------------------------


def move(town: Town, thread: Thread, board: Board, staff: Surfer) -> int:
    """A moderator moves it; the line of the log."""
    assert staff.post(f"/t/{thread.id}/move", {"board": str(board.id)}).status_code == 303
    found: int = town.one(select(LogEntry.id).where(LogEntry.verb == "move").order_by(LogEntry.id.desc()).limit(1))
    return found


def test_a_thread_that_moves_stays_about_its_product(town: Town) -> None:
    staff = town.browse(town.make.member(role="moderator"))
    thread = town.ask(product="k2")
    move(town, thread, town.pans, staff)
    assert town.thread(thread.id).product_id == town.product("k2")
    assert "About: k2" in text(town.browse(), f"/t/{thread.id}/{thread.slug}")


def test_out_of_a_closed_board_it_does_not_take_the_product_along(town: Town) -> None:
    """Nobody learns of the early sample by a thread that moved; taking the move back brings it back."""
    staff_member = town.make.member("mod", role="moderator")
    staff = town.browse(staff_member)
    secret = town.make.board("secret", see_rank="staff")
    town.change("k3", board_id=secret.id)
    answer = staff.post("/b/secret/new", {**FORM, "product": "k3"})
    thread = town.thread(int(answer.headers["Location"].split("/")[2]))
    entry_id = move(town, thread, town.board, staff)
    assert town.thread(thread.id).product_id is None
    assert "k3" not in text(town.browse(), f"/t/{thread.id}/{thread.slug}")
    assert staff.post(f"/moderation/log/{entry_id}/undo").status_code == 303
    again = town.thread(thread.id)
    assert (again.board_id, again.product_id) == (secret.id, town.product("k3"))


# Plans ----------------------------------------------------------------------------------------


def test_the_choice_is_a_stretch_of_an_index(town: Town, plan: Callable[..., str]) -> None:
    """Among very many products the few of a board are found by it."""
    if DATABASE == "postgresql":
        with town.app.app_context():
            with unit_of_work() as session:
                session.add_all(
                    Product(slug=f"x{at}", name=f"x{at}", board_id=town.pans.id, created_at=now()) for at in range(2000)
                )
            db.session.remove()
    told = plan(
        f"SELECT slug FROM product WHERE board_id IN ({town.board.id}) AND offered ORDER BY name, id LIMIT 201"
    )
    assert "ix_product_board" in told, told
