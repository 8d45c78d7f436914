"""Reads of purchases: what somebody owns now. Whether others may know of it is for who asks to mind."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, literal, select
from sqlalchemy.orm import Session

from forum.purchases.models import Product, ShopOrder, ShopOrderLine
from forum.threads.models import Thread


def is_owned() -> tuple[Any, ...]:
    """What makes a line of an order (joined with it) something that its member has now."""
    return (
        ShopOrder.paid_at.is_not(None), ShopOrder.cancelled_at.is_(None), ShopOrder.refunded_whole_at.is_(None),
        ShopOrderLine.paid > ShopOrderLine.refunded, ShopOrderLine.product_id.is_not(None),
    )


def owns(session: Session, member_id: int | None, thread: Thread) -> bool | None:
    """Whether a member owns what a thread is about; None where it is about no product. One query."""
    statement = _owns(alone=thread.product_id is not None, asked=member_id is not None)
    there, has = session.execute(statement, {**_about(thread), "owner_id": member_id}).one()
    return bool(has) if there else None


def owns_until_commit(session: Session, member_id: int, thread: Thread) -> bool | None:
    """`owns`, and the orders that say so stay as they are until the transaction ends: a refund waits for it."""
    statement = _owned(alone=thread.product_id is not None).with_for_update(read=True)
    if session.scalars(statement, {**_about(thread), "owner_id": member_id}).first() is not None:
        return True
    return owns(session, None, thread)


def _about(thread: Thread) -> dict[str, int]:
    return {"about_id": thread.product_id if thread.product_id is not None else thread.board_id}


# Built once (decision 068): each page of a question asks, and each vote. `alone`: the thread names its product.


@lru_cache
def _products(*, alone: bool) -> Select[int]:
    """What a thread is about: its product, else the products of its board."""
    about = bindparam("about_id", type_=Integer)
    return select(Product.id).where((Product.id if alone else Product.board_id) == about)


@lru_cache
def _owned(*, alone: bool) -> Select[int]:
    return (
        select(ShopOrder.id).join(ShopOrderLine, ShopOrderLine.order_id == ShopOrder.id)
        .where(
            ShopOrder.member_id == bindparam("owner_id", type_=Integer),
            ShopOrderLine.product_id.in_(_products(alone=alone)), *is_owned(),
        )
    )


@lru_cache
def _owns(*, alone: bool, asked: bool) -> Select[bool, bool]:
    return select(exists(_products(alone=alone)), _owned(alone=alone).exists() if asked else literal(False))
