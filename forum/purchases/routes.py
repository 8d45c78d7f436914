"""Doors of purchases: signed webhooks of shops, and the pages of the products that they named."""

import time
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request
from sqlalchemy import select

from forum.access.actors import SYSTEM
from forum.boards.queries import all_boards
from forum.core.errors import DomainError, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.pagination import LARGEST_ID
from forum.core.tokens import address_hash, order_hash
from forum.core.unit_of_work import unit_of_work
from forum.doors import Page, acting, needs, said, settings, viewer
from forum.extensions import csrf, db, limiter
from forum.integrations.shops import generic
from forum.integrations.shops.delivery import BadSignature, Delivery, Malformed
from forum.purchases import actions, queries
from forum.purchases.forms import NO_BOARD, ProductForm
from forum.purchases.models import ShopConnection

blueprint = Blueprint("purchases", __name__)

LARGEST = 1024 * 1024  # bytes of a delivery
LONGEST_SEARCH = 100
PRODUCT = f"<int(max={LARGEST_ID}):product_id>"


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


@blueprint.get("/manage/products")
@needs("admin")
def products() -> Page:
    """What the shop has sold, the newest first, each with its board."""
    words = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    page = queries.product_page(db.session(), search=words, before=request.args.get("before"))
    kept = {"q": words} if words else {}
    return render_template(
        "purchases/products.html", page=page, words=words,
        older=_products(before=page.before, **kept) if page.before else None,
        newest=_products(**kept) if request.args.get("before") else None,
    )


@blueprint.get(f"/manage/products/{PRODUCT}")
@needs("admin")
def product(product_id: int) -> Page:
    """The form of one product."""
    held = queries.product_with_id(db.session(), product_id)
    return _product_page(
        product_id, ProductForm(data={"name": held.name, "board": held.board_id or NO_BOARD, "offered": held.offered})
    )


@blueprint.post(f"/manage/products/{PRODUCT}")
@needs("admin")
def change_product(product_id: int) -> Page:
    """Call it something, put it on a board or on none, offer it or not."""
    form = ProductForm()
    form.offer_boards(_boards())
    if not form.sent() or not _saved(product_id, form):
        return _product_page(product_id, form), Invalid.status
    said(_("Saved."))
    return redirect("/manage/products", 303)


def _saved(product_id: int, form: ProductForm) -> bool:
    try:
        with acting() as (session, actor):
            actions.change_product(
                session, actor, product_id, name=str(form.name.data or ""), board_id=form.board.data or None,
                offered=bool(form.offered.data),
            )
    except Invalid as refusal:
        form.take_errors(refusal)
        return False
    return True


def _product_page(product_id: int, form: ProductForm) -> str:
    session = db.session()
    form.offer_boards(_boards())
    return render_template(
        "purchases/product.html", form=form, product=queries.product_with_id(session, product_id),
        skus=queries.skus_of(session, product_id),
    )


def _boards() -> list[tuple[int, str]]:
    return [(board.id, board.title) for board in all_boards(db.session(), viewer())]


def _products(**words: str | None) -> str:
    given = urlencode({name: value for name, value in words.items() if value})
    return f"/manage/products?{given}" if given else "/manage/products"
