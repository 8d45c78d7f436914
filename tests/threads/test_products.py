"""What a thread is about: chosen when asking, changed later, shown to all; what follows from it, and what does not."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.desk import jobs
from forum.desk.models import DeskAsk
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import LogEntry
from forum.purchases import queries as reading
from forum.purchases.models import Product
from forum.threads.models import Post, Thread
from forum.threads.recounting import recount_thread
from tests.conftest import DATABASE
from tests.desk.acting import age, read, run, willing
from tests.factory import Factory
from tests.purchases.sending import Shop
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Drain = Callable[[], None]
Watch = Callable[[], AbstractContextManager[list[str]]]
FORM = {"kind": "question", "title": "Does it whistle loudly?", "body": "I hope that it does not.", "tags": ""}


class Town:
    """A shop that sells two kettles and a mug, a board for kettles, and somebody who asks about them by forms."""

    def __init__(self, app: Flask, make: Factory, browse: Browse, drain: Drain) -> None:
        self.app, self.make, self.browse, self.drain = app, make, browse, drain
        self.board, self.pans = make.board("kettles"), make.board("pans")
        self.asker, self.author = make.member("ann"), make.member("otto")
        self.shop, self.bought = Shop(app), 0
        self.buy("x@example.org", "K2", "K3", "MUG")
        with app.app_context():
            with unit_of_work() as session:
                for product in session.scalars(select(Product)):
                    product.name = product.slug = product.name.removeprefix("Kettle ").lower()
                    product.board_id = None if product.name == "mug" else self.board.id
            db.session.remove()

    def buy(self, email: str, *skus: str) -> str:
        """An order is paid; returns its number."""
        self.bought += 1
        order = str(self.bought)
        assert self.shop.paid(f"d{order}", order, email, *((sku, 1) for sku in skus)).status_code == 200
        return order

    def refund(self, order: str) -> None:
        """All of an order is given back."""
        assert self.shop.refunded(f"r{order}", order).status_code == 200

    def owner(self, name: str, *skus: str) -> Member:
        """A member who bought these."""
        member = self.make.member(name)
        self.buy(f"{name}@example.org", *skus)
        return member

    def ask(self, **fields: str) -> Thread:
        """Start a thread by the form."""
        answer = self.browse(self.asker).post("/b/kettles/new", {**FORM, **fields})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.drain()
        return self.thread(int(answer.headers["Location"].split("/")[2]))

    def thread(self, thread_id: int) -> Thread:
        """A thread as it is now."""
        found: Thread = self.one(select(Thread).where(Thread.id == thread_id))
        return found

    def answer(self, thread: Thread) -> Post:
        """An answer by another member."""
        return self.make.answer(thread, self.author)

    def edit(self, thread: Thread, by: Member | None = None, **fields: str) -> int:
        """Edit the opening by the form; the status."""
        status = self.browse(by or self.asker).post(f"/p/{thread.opening_id}/revision", fields).status_code
        self.drain()
        return status

    def one(self, statement: Any) -> Any:
        """One row."""
        with self.app.app_context():
            found = db.session.scalars(statement).one()
            db.session.expunge(found) if hasattr(found, "__table__") else None
            db.session.remove()
        return found

    def product(self, name: str) -> int:
        """The id of a product."""
        found: int = self.one(select(Product.id).where(Product.name == name))
        return found

    def change(self, name: str, **values: Any) -> None:
        """The manager changes a product."""
        with self.app.app_context():
            with unit_of_work() as session:
                session.execute(update(Product).where(Product.name == name).values(**values))
            db.session.remove()

    def counted(self, post: Post) -> tuple[int, int, int]:
        """Up votes, their weight and the marks of an answer, which a recount agrees with."""
        with self.app.app_context():
            held = db.session.get_one(Post, post.id)
            assert recount_thread(db.session(), held.thread_id) == {}
            found = (held.up_count, held.up_weight, held.worked_count)
            db.session.rollback()
            db.session.remove()
        return found


@pytest.fixture
def town(app: Flask, make: Factory, browse: Browse, drain: Drain) -> Town:
    """The town, with its shop open."""
    return Town(app, make, browse, drain)


def text(surfer: Surfer, path: str) -> str:
    """What a page says."""
    return surfer.get(path, follow_redirects=True).get_data(as_text=True)


def choices(html: str) -> list[str]:
    """The names in the choice of products, without the empty one."""
    found = re.search(r'<select[^>]*name="product".*?</select>', html, re.S)
    return re.findall(r"<option[^>]*>([^<]*)</option>", found[0])[1:] if found else []


def picked(html: str) -> list[str]:
    """What is chosen in it."""
    found = re.search(r'<select[^>]*name="product".*?</select>', html, re.S)
    return re.findall(r'value="([^"]*)" selected', found[0]) if found else []


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


# What follows ---------------------------------------------------------------------------------


def test_votes_of_owners_weigh_more_once_the_form_said_what_it_is_about(town: Town) -> None:
    """Three owners of the kettle: their votes weigh one and a half each; on the other kettle one each."""
    owners = [town.owner(f"owner{at}", "K2") for at in range(3)]
    about, beside = town.ask(product="k2"), town.ask(product="k3", title="Does the other one whistle?")
    weights = []
    for thread in (about, beside):
        answer = town.answer(thread)
        for owner in owners:
            assert town.browse(owner).post(f"/p/{answer.id}/vote", {"value": "1"}).status_code == 303
        weights.append(town.counted(answer))
    assert weights == [(3, 450, 0), (3, 300, 0)]


def test_the_desk_shows_the_question_to_an_owner(town: Town) -> None:
    """Of a product without a board, to whom nothing else leads; and no more once it is about something else."""
    town.change("k3", board_id=None)
    owner, other = town.owner("owen", "MUG"), town.owner("kim", "K2")
    thread = town.ask(product="mug")
    assert FORM["title"] in text(town.browse(owner), "/desk?why=owned")
    town.edit(thread, tags="", product="k3")
    assert FORM["title"] not in text(town.browse(owner), "/desk?why=owned")
    assert FORM["title"] in text(town.browse(other), "/desk?why=owned")  # its board's product


def test_only_owners_say_that_it_worked(town: Town) -> None:
    owner, other = town.owner("owen", "K2"), town.owner("kim", "K3")
    answer = town.answer(town.ask(product="k2"))
    assert town.browse(other).post(f"/p/{answer.id}/worked").status_code == 403
    assert town.browse(owner).post(f"/p/{answer.id}/worked", {"version": "2.1"}).status_code == 303
    assert town.counted(answer) == (1, 150, 1)


@pytest.mark.parametrize("probe", ["k3", "mug", ""])
def test_changing_it_tells_nobody_what_somebody_owns(town: Town, probe: str) -> None:
    """An asker who tries one product after the other moves neither weights nor marks, at once or at later purchases."""
    town.change("k3", board_id=None)
    owner = town.owner("owen", "K2")
    thread = town.ask(product="k2")
    answer = town.answer(thread)
    town.browse(owner).post(f"/p/{answer.id}/worked")
    said = town.counted(answer)
    assert town.edit(thread, tags="", product=probe) == 303
    assert town.counted(answer) == said
    order = town.buy("owen@example.org", "MUG")
    town.drain()
    assert town.counted(answer) == said
    town.refund(order)
    town.drain()
    assert town.counted(answer) == said == (1, 150, 1)


def test_a_refund_of_what_it_rested_on_is_heard_wherever_the_thread_went(town: Town) -> None:
    """The word rests on the kettle that its giver had: given back it counts no more, bought again it does."""
    owner = town.make.member("owen")
    order = town.buy("owen@example.org", "K2")
    thread = town.ask(product="k2")
    answer = town.answer(thread)
    town.browse(owner).post(f"/p/{answer.id}/worked")
    town.edit(thread, tags="", product="k3")
    town.refund(order)
    town.drain()
    assert town.counted(answer) == (1, 150, 0)
    town.buy("owen@example.org", "K2")
    town.drain()
    assert town.counted(answer) == (1, 150, 1)


def test_a_word_said_about_no_product_stays_one(town: Town) -> None:
    """Set afterwards, the product does not ask who had it."""
    town.change("k2", board_id=None)
    town.change("k3", board_id=None)
    thread = town.ask(product="")
    answer = town.answer(thread)
    town.browse(town.make.member("kim")).post(f"/p/{answer.id}/worked")
    said = town.counted(answer)
    assert said == (1, 100, 1) and town.edit(thread, tags="", product="k2") == 303
    town.buy("kim@example.org", "MUG")
    town.drain()
    assert town.counted(answer) == said


def test_helpers_who_own_it_are_asked(town: Town) -> None:
    """After four hours: owners of what it names, not those of the board's other products."""
    owner, other = town.owner("owen", "K2"), town.owner("kim", "K3")
    willing(town.app, owner, other)
    thread = town.ask(product="k2")
    age(town.app, thread, hours=5)
    run(town.app, jobs.ask_helpers)
    assert read(town.app, select(DeskAsk.member_id).where(DeskAsk.thread_id == thread.id)) == [owner.id]


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
