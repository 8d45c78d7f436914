"""Reads of purchases: what somebody owns now, and the products that there are.

Whether others may know of what somebody owns is for who asks to mind.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.errors import NotFound
from forum.core.pagination import cursor, numbers
from forum.purchases.models import Product, ProductSku, ShopConnection, ShopOrder, ShopOrderLine
from forum.threads.models import Thread

MOST_OFFERED = 200  # in one list: a longer one is searched, not chosen from
FEW = 12  # so many products without a board are offered on every board; more would bury its own
PAGE = 50
MOST_READ = PAGE * 20  # article numbers for one page
MOST_SKUS = 5  # of a product in the list of products; its own page has all


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that a thread may be about."""

    slug: str
    name: str
    board_id: int | None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as the community manager sees it: with its board and the shop's article numbers."""

    product: Product
    board: Board | None
    skus: tuple[str, ...]
    more_skus: int


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of all products; `before` is the cursor of the next one."""

    rows: tuple[ProductRow, ...]
    before: str | None


def is_owned() -> tuple[Any, ...]:
    """What makes a line of an order (joined with it) something that its member has now."""
    return (
        ShopOrder.paid_at.is_not(None), ShopOrder.cancelled_at.is_(None), ShopOrder.refunded_whole_at.is_(None),
        ShopOrderLine.paid > ShopOrderLine.refunded, ShopOrderLine.product_id.is_not(None),
    )


def owns(session: Session, member_id: int | None, thread: Thread, also: int | None = None) -> bool | None:
    """Whether a member owns what a thread is about (or `also`); None where it is about no product. One query."""
    statement = _owns(alone=thread.product_id is not None, also=also is not None, asked=member_id is not None)
    there, has = session.execute(statement, {**_about(thread), "owner_id": member_id, "also_id": also}).one()
    return bool(has) if there else None


def owned_until_commit(session: Session, member_id: int, thread: Thread) -> int | None:
    """The product by which a member owns what a thread is about; None for who does not.

    The orders that say so stay as they are until the transaction ends: a refund waits for it.
    """
    statement = _owned(alone=thread.product_id is not None, also=False).with_for_update(read=True)
    return session.scalars(statement, {**_about(thread), "owner_id": member_id}).first()


def products_of(thread: Thread) -> Select[int]:
    """What a thread is about: its product, else the products of its board."""
    about = _about(thread)["about_id"]
    return select(Product.id).where((Product.id if thread.product_id is not None else Product.board_id) == about)


def _about(thread: Thread) -> dict[str, int]:
    return {"about_id": thread.product_id if thread.product_id is not None else thread.board_id}


# Built once (decision 068): each page of a question asks, and each vote. `alone`: the thread names its product;
# `also`: of one more product it is asked.


@lru_cache
def _products(*, alone: bool, also: bool) -> Select[int]:
    """What a thread is about: its product, else the products of its board."""
    about = (Product.id if alone else Product.board_id) == bindparam("about_id", type_=Integer)
    return select(Product.id).where(or_(about, Product.id == bindparam("also_id", type_=Integer)) if also else about)


@lru_cache
def _owned(*, alone: bool, also: bool) -> Select[int | None]:
    return (
        select(ShopOrderLine.product_id).join(ShopOrder, ShopOrder.id == ShopOrderLine.order_id)
        .where(
            ShopOrder.member_id == bindparam("owner_id", type_=Integer),
            ShopOrderLine.product_id.in_(_products(alone=alone, also=also)), *is_owned(),
        )
    )


@lru_cache
def _owns(*, alone: bool, also: bool, asked: bool) -> Select[bool, bool]:
    owned = _owned(alone=alone, also=also).exists() if asked else literal(False)
    return select(exists(_products(alone=alone, also=also)), owned)


def offered(session: Session, boards: Iterable[Board]) -> list[Offer]:
    """The products that a thread on one of these boards may be about, by name; in one query.

    Those of the boards and of the boards above them; those without a board too while they are few. Empty where they
    are more than a list can hold.
    """
    here = {id for board in boards for id in (board.id, board.parent_id) if id is not None}
    own, loose = _offers(Product.board_id.in_(here), MOST_OFFERED), _offers(Product.board_id.is_(None), FEW)
    found = [Offer(*row) for row in session.execute(union_all(*(select(*part.subquery().c) for part in (own, loose))))]
    on_boards = [offer for offer in found if offer.board_id is not None]
    free = [offer for offer in found if offer.board_id is None]
    if len(on_boards) > MOST_OFFERED:
        return []
    return sorted(on_boards + (free if len(free) <= FEW else []), key=lambda offer: offer.name.casefold())


def _offers(condition: ColumnElement[bool], most: int) -> Select[str, str, int | None]:
    return (
        select(Product.slug, Product.name, Product.board_id).where(condition, Product.offered.is_(True))
        .order_by(Product.name, Product.id).limit(most + 1)
    )


def product_page(session: Session, *, search: str = "", before: str | None = None) -> ProductPage:
    """All products that the shop has named, the newest first, in two queries.

    Args:
        search: only those with these letters in their name or one of their article numbers.

    Raises:
        NotFound: the cursor is not one.
    """
    query = select(Product, Board).outerjoin(Board, Board.id == Product.board_id).order_by(Product.id.desc())
    if search:
        numbered = select(ProductSku.product_id).where(ProductSku.sku.icontains(search, autoescape=True))
        query = query.where(or_(Product.name.icontains(search, autoescape=True), Product.id.in_(numbered)))
    if before:
        query = query.where(Product.id < numbers(before, 1)[0])
    found = session.execute(query.limit(PAGE + 1)).all()
    skus: dict[int, list[str]] = {}
    ids = [product.id for product, _board in found[:PAGE]]
    rows = session.execute(
        select(ProductSku.product_id, ProductSku.sku).where(ProductSku.product_id.in_(ids))
        .order_by(ProductSku.sku).limit(MOST_READ)
    )
    for product_id, sku in rows:
        skus.setdefault(product_id, []).append(sku)
    page = tuple(
        ProductRow(
            product, board, tuple(skus.get(product.id, ())[:MOST_SKUS]),
            max(0, len(skus.get(product.id, ())) - MOST_SKUS),
        )
        for product, board in found[:PAGE]
    )
    return ProductPage(page, cursor(ids[-1]) if len(found) > PAGE else None)


def product_with_id(session: Session, product_id: int) -> Product:
    """One product.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(Product, product_id)
    if found is None:
        raise NotFound
    return found


def skus_of(session: Session, product_id: int) -> list[tuple[str, str]]:
    """The shop connections and article numbers that mean a product."""
    rows = session.execute(
        select(ShopConnection.name, ProductSku.sku)
        .join(ShopConnection, ShopConnection.id == ProductSku.connection_id)
        .where(ProductSku.product_id == product_id).order_by(ShopConnection.name, ProductSku.sku).limit(MOST_OFFERED)
    )
    return [(row.name, row.sku) for row in rows]
