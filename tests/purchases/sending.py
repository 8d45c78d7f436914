"""A shop that sends what CONTRACT says, for tests."""

import json
import time
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from forum.access.actors import SYSTEM
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.shops.generic import sign
from forum.purchases import actions

SECRET = "a-secret-of-the-shop-and-of-laurel"


class Shop:
    """A connected shop and its webhooks."""

    def __init__(self, app: Flask, name: str = "store", *, connect: bool = True) -> None:
        self.app = app
        self.name = name
        if connect:
            with app.app_context():
                with unit_of_work() as session:
                    actions.connect_shop(session, SYSTEM, name, "generic", SECRET)
                db.session.remove()

    def body(self, delivery: str, kind: str, order: str, email: str | None, lines: list[tuple[str, int]]) -> bytes:
        """The body of a delivery."""
        content: dict[str, Any] = {
            "id": delivery,
            "type": kind,
            "occurred_at": "2026-10-01T10:00:00Z",
            "order": {
                "id": order,
                "email": email,
                "lines": [{"sku": sku, "name": f"Kettle {sku}", "quantity": quantity} for sku, quantity in lines],
            },
        }
        return json.dumps(content).encode()

    def send(
        self, body: bytes, *, secret: str = SECRET, at: int | None = None, header: str | None = None
    ) -> TestResponse:
        """POST a body, signed."""
        signature = sign(secret, body, int(time.time()) if at is None else at) if header is None else header
        return self.app.test_client().post(
            f"/hooks/shops/{self.name}",
            data=body,
            headers={"Webhook-Signature": signature, "Content-Type": "application/json"},
        )

    def paid(self, delivery: str, order: str, email: str | None, *lines: tuple[str, int]) -> TestResponse:
        """An order was paid."""
        return self.send(self.body(delivery, "order.paid", order, email, list(lines or (("A1", 1),))))

    def refunded(self, delivery: str, order: str, *lines: tuple[str, int]) -> TestResponse:
        """So much of an order is refunded in total by now; without lines everything."""
        return self.send(self.body(delivery, "order.refunded", order, None, list(lines)))

    def cancelled(self, delivery: str, order: str) -> TestResponse:
        """An order was cancelled."""
        return self.send(self.body(delivery, "order.cancelled", order, None, []))
