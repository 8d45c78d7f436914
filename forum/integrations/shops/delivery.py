"""What a shop's webhook says, whoever the shop is: the form in which `purchases.actions` takes it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["order.paid", "order.refunded", "order.cancelled"]


class BadSignature(Exception):
    """The signature is missing, old or not ours to trust."""


class Malformed(Exception):
    """The body is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True)
class Line:
    """One article of an order: how many were paid, or how many of it are refunded in total so far."""

    sku: str
    name: str
    quantity: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed delivery. A refund without lines means everything; lines of one sku are summed already."""

    delivery_id: str
    kind: Kind
    occurred_at: dt.datetime
    order_id: str
    email: str | None
    lines: tuple[Line, ...]
