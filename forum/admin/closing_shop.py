"""How the demo's shop goes: its connection, what came over it, and the products that only it sold.

Called by `forum.admin.actions.remove_demo` alone, as `uprooting` is, and after it.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forum.admin.rows import delete_where, empty_where, ids_of
from forum.core.bulk import chunks
from forum.core.clock import now
from forum.desk.models import DeskQuestion, HelperAnswer, HelperTopic
from forum.purchases.models import Product, ProductSku, ShopConnection, ShopOrder, ShopOrderLine, WebhookDelivery
from forum.reputation import ledger
from forum.threads.models import Thread, Vote


def close_shop(session: Session, name: str | None) -> None:
    """The demo's shop connection with what came over it, and the products that only it sold.

    Threads of others that are about one of these are about none from then on: nobody can own it any more. Orders of
    people outside the demo stop counting through the ledger first.
    """
    connection = session.scalar(select(ShopConnection).where(ShopConnection.name == name)) if name else None
    if connection is None:
        return
    orders = list(session.scalars(select(ShopOrder).where(ShopOrder.connection_id == connection.id)))
    for order in orders:
        order.cancelled_at = order.cancelled_at or now()
    session.flush()
    ledger.settle_purchases(session, orders)
    sold = set(session.scalars(select(ProductSku.product_id).where(ProductSku.connection_id == connection.id)))
    delete_where(session, ShopOrderLine.order_id, [order.id for order in orders])
    for column in (ShopOrder.connection_id, WebhookDelivery.connection_id, ProductSku.connection_id):
        delete_where(session, column, [connection.id])
    kept = {
        *ids_of(session, select(ProductSku.product_id), ProductSku.product_id, sorted(sold)),
        *ids_of(session, select(ShopOrderLine.product_id), ShopOrderLine.product_id, sorted(sold)),
    }
    gone = sorted(sold - kept)
    for about in (Thread.product_id, Vote.owned_product_id):
        empty_where(session, about, gone)
    for topic in (DeskQuestion, HelperAnswer, HelperTopic):
        for ids in chunks(gone):
            session.execute(delete(topic).where(topic.kind == "product", topic.topic_id.in_(ids)))
    delete_where(session, Product.id, gone)
    delete_where(session, ShopConnection.id, [connection.id])
