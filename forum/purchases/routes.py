"""The door for shops: signed webhooks."""

import time

from flask import Blueprint, jsonify, request
from sqlalchemy import select

from forum.access.actors import SYSTEM
from forum.core.errors import DomainError, NotFound
from forum.core.tokens import address_hash, order_hash
from forum.core.unit_of_work import unit_of_work
from forum.doors import Page, needs, settings
from forum.extensions import csrf, db, limiter
from forum.integrations.shops import generic
from forum.integrations.shops.delivery import BadSignature, Delivery, Malformed
from forum.purchases import actions
from forum.purchases.models import ShopConnection

blueprint = Blueprint("purchases", __name__)

LARGEST = 1024 * 1024  # bytes of a delivery


class _Refused(DomainError):
    """An answer that only shops get: the status says what is wrong."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@blueprint.post("/hooks/shops/<connection>")
@limiter.exempt
@needs("signed")
def webhook(connection: str) -> Page:
    """Take a delivery: 200 also for a repeat; 400, 401, 404, 413, 503 as docs/shop-webhooks.md says."""
    request.max_content_length = LARGEST
    found = db.session.scalar(select(ShopConnection).where(ShopConnection.name == connection))
    if found is None:
        raise NotFound
    body = request.get_data(cache=False)
    if not found.secret:
        raise _Refused(503, "no_secret", "This connection has no secret, so nothing can be verified.")
    try:
        generic.verify(found.secret, request.headers.get("Webhook-Signature"), body, time.time())
        news = _without_what_we_must_not_keep(connection, generic.parse(body))
    except BadSignature as error:
        raise _Refused(401, "bad_signature", str(error)) from None
    except Malformed as error:
        raise _Refused(400, "malformed", str(error)) from None
    with unit_of_work() as session:
        one_at_a_time = select(ShopConnection).where(ShopConnection.name == connection).with_for_update()
        shop = session.execute(one_at_a_time).scalar_one()
        first = actions.take_delivery(session, SYSTEM, shop, news)
    return jsonify({"status": "taken" if first else "repeat"})


csrf.exempt(webhook)


def _without_what_we_must_not_keep(connection: str, delivery: Delivery) -> actions.OrderNews:
    key = settings().privacy_key
    return actions.OrderNews(
        delivery_id=delivery.delivery_id,
        kind=delivery.kind,
        occurred_at=delivery.occurred_at,
        order_hash=order_hash(key, connection, delivery.order_id),
        address_hash=address_hash(key, delivery.email) if delivery.email else None,
        articles=tuple(actions.Article(line.sku, line.name, line.quantity, line.url) for line in delivery.lines),
    )
