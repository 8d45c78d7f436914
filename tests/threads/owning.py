"""Buying and giving back, as the shop's webhooks say it."""

import itertools

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.tokens import address_hash
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.purchases import actions as purchases
from forum.purchases.models import Product, ProductSku, ShopConnection

SKU = "kettle"
_deliveries = itertools.count(1)


def sold_on(session: Session, board: Board) -> None:
    """The shop sells a kettle, and the board is about it."""
    shop = ShopConnection(name="shop", provider="generic", created_at=now())
    product = Product(slug=SKU, name="Kettle", board_id=board.id, created_at=now())
    session.add_all([shop, product])
    session.flush()
    session.add(ProductSku(connection_id=shop.id, sku=SKU, product_id=product.id))
    session.flush()


def deliver(session: Session, member: Member, kind: str, order: str = "1") -> None:
    """The shop says that a member's order was paid ("order.paid") or given back ("order.refunded")."""
    shop = session.scalars(select(ShopConnection)).one()
    purchases.take_delivery(session, SYSTEM, shop, purchases.OrderNews(
        delivery_id=f"d{next(_deliveries)}", kind=kind, occurred_at=now(), order_hash=f"{member.name}-{order}",
        address_hash=address_hash("p" * 32, f"{member.name}@example.org"),
        articles=(purchases.Article(SKU, "Kettle", 1, None),),
    ))


def sell(app: Flask, board: Board, *owners: Member) -> None:
    """A board about a kettle that these members have bought."""
    with app.app_context():
        with unit_of_work() as session:
            sold_on(session, board)
            for owner in owners:
                deliver(session, owner, "order.paid")
        db.session.remove()


def refund(app: Flask, member: Member, order: str = "1") -> None:
    """A member gives the kettle back."""
    with app.app_context():
        with unit_of_work() as session:
            deliver(session, member, "order.refunded", order)
        db.session.remove()


def buy_again(app: Flask, member: Member) -> None:
    """And buys another."""
    with app.app_context():
        with unit_of_work() as session:
            deliver(session, member, "order.paid", "2")
        db.session.remove()
