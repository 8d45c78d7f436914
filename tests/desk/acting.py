"""What tests of the desk share: time that has passed, jobs that ran, rows that are there."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Select, insert, update
from sqlalchemy.orm import Session

from forum.boards.models import Board, BoardMembership
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.desk.models import DeskPreference, DeskQuestion
from forum.extensions import db
from forum.members.models import Member
from forum.purchases.models import Product, ShopConnection, ShopOrder, ShopOrderLine
from forum.threads.models import Post, Thread


def write(app: Flask, work: Callable[[Session], Any]) -> Any:
    """Do `work` in a unit of work of its own."""
    with app.app_context():
        with unit_of_work() as session:
            done = work(session)
        db.session.remove()
    return done


def read(app: Flask, statement: "Select[Any]") -> list[Any]:
    """The rows of a statement, as tuples or single values."""
    with app.app_context():
        rows = [row[0] if len(row) == 1 else tuple(row) for row in db.session.execute(statement)]
        db.session.remove()
    return rows


def run(app: Flask, job: Callable[[], None]) -> None:
    """Run a job as the worker would."""
    with app.app_context():
        job()
        db.session.remove()


def age(app: Flask, thread: Thread, **since: float) -> None:
    """Let a question have been asked so long ago ("hours=5")."""
    moment = now() - dt.timedelta(**since)

    def work(session: Session) -> None:
        session.execute(update(Thread).where(Thread.id == thread.id).values(created_at=moment))
        session.execute(update(DeskQuestion).where(DeskQuestion.thread_id == thread.id).values(asked_at=moment))
        session.execute(update(Post).where(Post.id == thread.opening_id).values(created_at=moment))

    write(app, work)


def join(app: Flask, member: Member, *boards: Board) -> None:
    """Have a member join boards."""
    rows = [{"member_id": member.id, "board_id": board.id, "joined_at": now()} for board in boards]
    write(app, lambda session: session.execute(insert(BoardMembership), rows))


def willing(app: Flask, *members: Member) -> None:
    """These members want to be asked."""
    rows = [{"member_id": member.id, "asks": True, "decided_at": now()} for member in members]
    write(app, lambda session: session.execute(insert(DeskPreference), rows))


def buy(app: Flask, member: Member, name: str, board: Board | None = None, **order: Any) -> int:
    """A member buys a thing that has (or has not) a board of its own. Returns the product's id."""

    def work(session: Session) -> int:
        shop = session.query(ShopConnection).first() or ShopConnection(
            name="shop", provider="generic", created_at=now()
        )
        product = session.query(Product).filter_by(name=name).one_or_none() or Product(
            slug=name.lower().replace(" ", "-"), name=name, board_id=board.id if board else None, created_at=now()
        )
        session.add_all([shop, product])
        session.flush()
        bought = ShopOrder(
            connection_id=shop.id, order_hash=f"{name}{member.id}", member_id=member.id, created_at=now(),
            changed_at=now(), **{"paid_at": now(), **order},
        )
        session.add(bought)
        session.flush()
        session.add(ShopOrderLine(order_id=bought.id, sku=name, product_id=product.id, paid=1, refunded=0))
        return product.id

    made: int = write(app, work)
    return made
