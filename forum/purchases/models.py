"""What the shop tells us, kept as little as possible: keyed hashes, products, quantities, times, states."""

import datetime as dt

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id, word

PROVIDERS = ("generic", "shopify", "woocommerce", "stripe")


class ShopConnection(Base):
    """A shop that may send webhooks to /hooks/shops/<name>. Without a secret everything is refused."""

    __tablename__ = "shop_connection"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    provider: Mapped[str] = mapped_column(word(*PROVIDERS, name="provider"))
    secret: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[dt.datetime]


class WebhookDelivery(Base):
    """A delivery that was taken: a repeat of it changes nothing."""

    __tablename__ = "webhook_delivery"
    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("shop_connection.id"))
    delivery_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("connection_id", "delivery_id", name="uq_webhook_delivery_once"),)


class Product(Base):
    """A thing that the shop sells. `board_id`: where it is talked about; `offered`: whether threads may choose it."""

    __tablename__ = "product"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("board.id"))
    url: Mapped[str | None] = mapped_column(String(500))
    offered: Mapped[bool] = mapped_column(Boolean, server_default=true())
    created_at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_product_board", "board_id", "name", "id"),)


class ProductSku(Base):
    """Many of a shop's article numbers may mean one product."""

    __tablename__ = "product_sku"
    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("shop_connection.id"))
    sku: Mapped[str] = mapped_column(String(120))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)

    __table_args__ = (UniqueConstraint("connection_id", "sku", name="uq_product_sku_once"),)


class ShopOrder(Base):
    """An order, known only by keyed hashes of its number and of the customer's address."""

    __tablename__ = "shop_order"
    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("shop_connection.id"))
    order_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    paid_at: Mapped[dt.datetime | None]
    cancelled_at: Mapped[dt.datetime | None]
    refunded_whole_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("connection_id", "order_hash", name="uq_shop_order_once"),)


class ShopOrderLine(Base):
    """How many of one article were paid, and how many of those refunded in total so far."""

    __tablename__ = "shop_order_line"
    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("shop_order.id"))
    sku: Mapped[str] = mapped_column(String(120))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    paid: Mapped[int] = mapped_column(Integer, server_default="0")
    refunded: Mapped[int] = mapped_column(Integer, server_default="0")

    __table_args__ = (
        UniqueConstraint("order_id", "sku", name="uq_shop_order_line_sku"),
        CheckConstraint("paid >= 0 AND refunded >= 0", name="counts"),
        Index("ix_shop_order_line_product", "product_id"),
    )
