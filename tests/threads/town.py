"""A shop with products and a board for them, whose threads say by their forms what they are about."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.purchases.models import Product
from forum.threads.models import Post, Thread
from forum.threads.recounting import recount_thread
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
