"""Reads of purchases: what somebody owns now. Whether others may know of it is for who asks to mind."""

from typing import Any

from sqlalchemy import Select, exists, literal, select
from sqlalchemy.orm import Session

from forum.purchases.models import Product, ShopOrder, ShopOrderLine
from forum.threads.models import Thread


def is_owned() -> tuple[Any, ...]:
    """What makes a line of an order (joined with it) something that its member has now."""
    return (
        ShopOrder.paid_at.is_not(None), ShopOrder.cancelled_at.is_(None), ShopOrder.refunded_whole_at.is_(None),
        ShopOrderLine.paid > ShopOrderLine.refunded, ShopOrderLine.product_id.is_not(None),
    )


def products_of(thread: Thread) -> Select[int]:
    """What a thread is about: its product, else the products of its board."""
    if thread.product_id is not None:
        return select(Product.id).where(Product.id == thread.product_id)
    return select(Product.id).where(Product.board_id == thread.board_id)


def owns(session: Session, member_id: int | None, thread: Thread) -> bool | None:
    """Whether a member owns what a thread is about; None where it is about no product. One query."""
    owned = _owned(member_id, thread).exists()
    there, has = session.execute(select(exists(products_of(thread)), owned if member_id else literal(False))).one()
    return bool(has) if there else None


def owns_until_commit(session: Session, member_id: int, thread: Thread) -> bool | None:
    """`owns`, and the orders that say so stay as they are until the transaction ends: a refund waits for it."""
    if session.scalars(_owned(member_id, thread).with_for_update(read=True)).first() is not None:
        return True
    return owns(session, None, thread)


def _owned(member_id: int | None, thread: Thread) -> Select[int]:
    return (
        select(ShopOrder.id).join(ShopOrderLine, ShopOrderLine.order_id == ShopOrder.id)
        .where(ShopOrder.member_id == member_id, ShopOrderLine.product_id.in_(products_of(thread)), *is_owned())
    )
