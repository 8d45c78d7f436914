"""Writes of purchases: connecting a shop, taking its deliveries, finding whose they are; where its products stand.

An order's state only ever grows (the earliest payment, the most refunded, whether it was cancelled),
so deliveries give the same end in any order and however often they come.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards.models import Board
from forum.content.lines import one_line
from forum.content.slugs import slugify
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import lazy_gettext as _l
from forum.core.tokens import new_token
from forum.events.catalogue import PurchasesChanged
from forum.events.publish import publish
from forum.members.models import Member, MemberEmail
from forum.moderation.record import record
from forum.purchases.models import Product, ProductSku, ShopConnection, ShopOrder, ShopOrderLine, WebhookDelivery
from forum.reputation import ledger

CONNECTION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
LEAST_SECRET = 16  # characters; ours have 43
PRODUCT_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Article:
    """One article number of an order with its quantity."""

    sku: str
    name: str
    quantity: int
    url: str | None


@dataclass(frozen=True, slots=True)
class OrderNews:
    """A verified delivery, with hashes in place of what must not be kept."""

    delivery_id: str
    kind: str  # order.paid, order.refunded, order.cancelled
    occurred_at: dt.datetime
    order_hash: str
    address_hash: str | None
    articles: tuple[Article, ...]


def connect_shop(session: Session, actor: Actor, name: str, provider: str, secret: str | None) -> str:
    """Let a shop send webhooks to /hooks/shops/<name>. Returns the secret (made here if none is given).

    Raises:
        Invalid: the name or the secret cannot be used.
        Conflict: a connection of this name is there already.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    if not CONNECTION_NAME.fullmatch(name):
        raise Invalid({"name": _l("A connection's name has 1 to 60 small letters, digits and hyphens.")})
    if secret is not None and len(secret) < LEAST_SECRET:
        raise Invalid({"secret": _l("The secret is too short: give it at least 16 characters.")})
    if session.scalar(select(ShopConnection.id).where(ShopConnection.name == name)):
        raise Conflict(_l("There is a connection of this name already."))
    chosen = secret or new_token()
    session.add(ShopConnection(name=name, provider=provider, secret=chosen, created_at=now()))
    session.flush()
    return chosen


def revoke_secret(session: Session, actor: Actor, name: str) -> None:
    """Take a connection's secret away: its webhooks are refused from now on.

    Raises:
        NotFound: there is no such connection.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    connection = session.scalar(select(ShopConnection).where(ShopConnection.name == name))
    if connection is None:
        raise NotFound(_l("There is no connection of this name."))
    connection.secret = None
    session.flush()


def take_delivery(session: Session, actor: Actor, connection: ShopConnection, news: OrderNews) -> bool:
    """Take one verified delivery. Returns False, and changes nothing, when it was taken before."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    if not _is_first(session, connection, news):
        return False
    order = _order(session, connection, news)
    _apply(session, connection, order, news)
    if order.member_id is None and order.address_hash is not None:
        order.member_id = _holder_of(session, order.address_hash)
    order.changed_at = now()
    session.flush()
    if order.member_id is not None:
        publish(session, PurchasesChanged(order.member_id))
    ledger.settle_purchase(session, order)
    return True


def change_product(
    session: Session, actor: Actor, product_id: int, *, name: str, board_id: int | None, offered: bool
) -> None:
    """What a product is called here, the board that it is talked about on, and whether threads may choose it.

    Its address and article numbers stay; threads about it stay about it. Nothing happens when nothing differs.

    Raises:
        NotFound: there is no such product.
        Invalid: the name is empty or too long, or there is no such board.
    """
    guardian.require(guardian.may_manage(actor), actor)
    product = _locked_product(session, product_id)
    name, wrong = one_line(name), {}
    if not 1 <= len(name) <= PRODUCT_NAME_LENGTH:
        wrong["name"] = _l("Please give it a name of at most %(most)s characters.", most=PRODUCT_NAME_LENGTH)
    if board_id is not None and session.get(Board, board_id) is None:
        wrong["board"] = _l("Choose one of the list.")
    if wrong:
        raise Invalid(wrong)
    was, wanted = _settings_of(product), {"name": name, "board_id": board_id, "offered": offered}
    if was != wanted:
        _set(session, product, wanted)
        record(session, actor, "change_product", "product", product.id, details={"was": was, "now": wanted})


def put_product_back(
    session: Session, actor: Actor, product_id: int, *, was: dict[str, Any], since: dict[str, Any]
) -> None:
    """Take a change of a product back: as it `was`, unless it is not any more as that change left it (`since`).

    Raises:
        Conflict: it has changed again, or the product or its board is gone.
    """
    guardian.require(guardian.may_manage(actor), actor)
    product = session.scalar(_to_change(product_id))
    gone = was["board_id"] is not None and session.get(Board, was["board_id"]) is None
    if product is None or gone or _settings_of(product) != since:
        raise Conflict(_l("Something has changed since. Look at it as it is now."))
    _set(session, product, was)


def match_member(session: Session, actor: Actor, member: Member) -> int:
    """Give a member the orders that were paid with an address that they have confirmed by now.

    Returns how many were found. The actor is the member or the system.
    """
    if not actor.is_system:
        guardian.require(guardian.may_edit_member(actor, member), actor)
    confirmed = select(MemberEmail.address_hash).where(
        MemberEmail.member_id == member.id, MemberEmail.confirmed_at.is_not(None)
    )
    found = session.scalars(
        select(ShopOrder)
        .where(ShopOrder.address_hash.in_(confirmed), ShopOrder.member_id.is_(None))
        .order_by(ShopOrder.id)
        .with_for_update()
    ).all()
    for order in found:
        order.member_id = member.id
    session.flush()
    if found:
        publish(session, PurchasesChanged(member.id))
    ledger.settle_purchases(session, found)
    return len(found)


def _to_change(product_id: int) -> Select[Product]:
    return (
        select(Product).where(Product.id == product_id).with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _locked_product(session: Session, product_id: int) -> Product:
    found = session.scalar(_to_change(product_id))
    if found is None:
        raise NotFound
    return found


def _settings_of(product: Product) -> dict[str, Any]:
    return {"name": product.name, "board_id": product.board_id, "offered": product.offered}


def _set(session: Session, product: Product, values: dict[str, Any]) -> None:
    product.name, product.board_id, product.offered = values["name"], values["board_id"], values["offered"]
    session.flush()


def _is_first(session: Session, connection: ShopConnection, news: OrderNews) -> bool:
    values = {
        "connection_id": connection.id,
        "delivery_id": news.delivery_id,
        "kind": news.kind,
        "received_at": now(),
    }
    return _insert_once(session, WebhookDelivery.__table__, values)


def _order(session: Session, connection: ShopConnection, news: OrderNews) -> ShopOrder:
    """The order's row, locked; made if this is the first that we hear of it."""
    moment = now()
    values = {
        "connection_id": connection.id,
        "order_hash": news.order_hash,
        "created_at": moment,
        "changed_at": moment,
    }
    _insert_once(session, ShopOrder.__table__, values)
    query = select(ShopOrder).where(
        ShopOrder.connection_id == connection.id, ShopOrder.order_hash == news.order_hash
    )
    return session.execute(query.with_for_update()).scalar_one()


def _insert_once(session: Session, table: object, values: dict[str, object]) -> bool:
    """Insert a row unless its unique key is there. Returns whether it was inserted."""
    assert isinstance(table, Table)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(table.c.id)
    return session.execute(statement).first() is not None


def _apply(session: Session, connection: ShopConnection, order: ShopOrder, news: OrderNews) -> None:
    """Let the order's state grow by what the delivery says."""
    happened = min(news.occurred_at, now())
    order.address_hash = order.address_hash or news.address_hash
    if news.kind == "order.cancelled":
        order.cancelled_at = min(filter(None, (order.cancelled_at, happened)))
        return
    if news.kind == "order.refunded" and not news.articles:
        order.refunded_whole_at = min(filter(None, (order.refunded_whole_at, happened)))
        return
    known = select(ShopOrderLine).where(ShopOrderLine.order_id == order.id)
    lines = {line.sku: line for line in session.scalars(known)}
    for article in news.articles:
        line = lines.get(article.sku)
        if line is None:
            line = ShopOrderLine(order_id=order.id, sku=article.sku, paid=0, refunded=0)
            session.add(line)
        if line.product_id is None:
            line.product_id = _product(session, connection, article)
        if news.kind == "order.paid":
            line.paid = max(line.paid, article.quantity)
        else:
            line.refunded = max(line.refunded, article.quantity)
    if news.kind == "order.paid":
        order.paid_at = min(filter(None, (order.paid_at, happened)))


def _product(session: Session, connection: ShopConnection, article: Article) -> int:
    """The product that an article number of this shop means; made from the order's line when it is new."""
    known = select(ProductSku.product_id).where(
        ProductSku.connection_id == connection.id, ProductSku.sku == article.sku
    )
    found = session.scalar(known)
    if found is not None:
        return found
    product = Product(slug=_free_slug(session, article.name), name=article.name, url=article.url, created_at=now())
    session.add(product)
    session.flush()
    values: dict[str, object] = {"connection_id": connection.id, "sku": article.sku, "product_id": product.id}
    if _insert_once(session, ProductSku.__table__, values):
        return product.id
    session.delete(product)  # another delivery made it in the same moment
    return session.execute(known).scalar_one()


def _free_slug(session: Session, name: str) -> str:
    slug = slugify(name)
    if session.scalar(select(Product.id).where(Product.slug == slug)) is None:
        return slug
    newest = session.scalar(select(func.max(Product.id))) or 0
    return f"{slug}-{newest + 1}-{new_token()[:6].lower()}"


def _holder_of(session: Session, address_hash: str) -> int | None:
    return session.scalar(
        select(MemberEmail.member_id).where(
            MemberEmail.address_hash == address_hash, MemberEmail.confirmed_at.is_not(None)
        )
    )
