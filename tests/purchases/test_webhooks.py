"""Purchases arrive by signed webhooks and are counted once, in whatever order (T26, T27)."""

import itertools
import json
import threading
import time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.access.actors import load_actor
from forum.core.tokens import address_hash
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberEmail
from forum.purchases import actions
from forum.purchases.models import Product, ShopOrder, ShopOrderLine
from forum.reputation import ledger, maintenance
from forum.reputation.models import LedgerLine, MemberStanding
from tests.factory import Factory
from tests.purchases.sending import SECRET, Shop
from tests.sampling import REQUIRE_ALL


def purchases_of(app: Flask, member: Member) -> int:
    """What the member's standing says."""
    with app.app_context():
        found = db.session.scalar(select(MemberStanding.purchases).where(MemberStanding.member_id == member.id))
        db.session.remove()
    return found or 0


@pytest.fixture
def shop(app: Flask) -> Shop:
    """A connected shop."""
    return Shop(app)


def test_a_paid_order_counts_for_the_member_with_that_confirmed_address(app: Flask, shop: Shop, make: Factory) -> None:
    """The address may be written in another case; the product is there afterwards."""
    jun = make.member("jun")
    assert shop.paid("d1", "1001", "JUN@Example.org").status_code == 200
    assert purchases_of(app, jun) == 1
    with app.app_context():
        assert db.session.scalars(select(Product.name)).all() == ["Kettle A1"]


def test_nothing_that_could_name_the_customer_is_kept(app: Flask, shop: Shop, make: Factory) -> None:
    """No table holds the order's number or the address of somebody who is not a member."""
    shop.paid("d1", "order-number-1001", "stranger@example.net")
    with app.app_context():
        for model in (ShopOrder, ShopOrderLine, Product, LedgerLine):
            for row in db.session.execute(select(model.__table__)).all():
                assert "order-number-1001" not in str(row) and "stranger" not in str(row)


def test_a_purchase_waits_for_an_address_to_be_confirmed(app: Flask, shop: Shop, make: Factory) -> None:
    """Unconfirmed it counts for nobody; `match_member` after confirming finds it, once."""
    ebba = make.member("ebba", confirmed=False)
    shop.paid("d1", "1001", "ebba@example.org")
    assert purchases_of(app, ebba) == 0
    with app.app_context():
        for expected in (1, 0):
            with unit_of_work() as session:
                email = session.execute(select(MemberEmail).where(MemberEmail.member_id == ebba.id)).scalar_one()
                email.confirmed_at = email.created_at
                assert email.address_hash == address_hash(
                    app.config["SETTINGS"].privacy_key, "ebba@example.org"
                )
                session.flush()
                member = session.get_one(Member, ebba.id)
                assert actions.match_member(session, load_actor(session, ebba.id), member) == expected
    assert purchases_of(app, ebba) == 1


@pytest.mark.parametrize(
    ("second", "left"),
    [
        (("refunded", "d2", "1001"), 0),
        (("cancelled", "d2", "1001"), 0),
        (("refunded", "d2", "1001", ("A1", 1)), 1),
        (("refunded", "d2", "1001", ("A1", 2)), 0),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_refunds_and_cancellations_in_either_order(
    app: Flask, shop: Shop, make: Factory, second: tuple[object, ...], left: int, swapped: bool
) -> None:
    """Two of one article paid; a partial refund leaves a purchase, a whole one none, also when it comes first."""
    jun = make.member("jun")
    verb, *rest = second
    acts = [lambda: shop.paid("d1", "1001", "jun@example.org", ("A1", 2)), lambda: getattr(shop, str(verb))(*rest)]
    for act in reversed(acts) if swapped else acts:
        assert act().status_code == 200
    assert purchases_of(app, jun) == left


def test_a_repeat_is_taken_and_changes_nothing(app: Flask, shop: Shop, make: Factory) -> None:
    """The same delivery thrice, and the same order under another delivery id: one purchase."""
    jun = make.member("jun")
    answers = [shop.paid("d1", "1001", "jun@example.org").get_json()["status"] for _ in range(3)]
    shop.paid("d2", "1001", "jun@example.org")
    assert answers == ["taken", "repeat", "repeat"]
    assert purchases_of(app, jun) == 1


def test_fifty_at_once_count_once(app: Flask, shop: Shop, make: Factory) -> None:
    """Fifty threads send one delivery at the same moment."""
    jun = make.member("jun")
    body = shop.body("d1", "order.paid", "1001", "jun@example.org", [("A1", 1)])
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(shop.send(body).status_code)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 50
    assert purchases_of(app, jun) == 1
    with app.app_context():
        assert list(maintenance.verify(db.session())) == []


def test_a_failure_half_way_leaves_nothing_and_the_repeat_counts(
    app: Flask, shop: Shop, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the order and its ledger line: rolled back whole, so that the shop's next try counts."""
    jun = make.member("jun")

    def die(*_args: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "settle_purchase", die)
        with pytest.raises(RuntimeError):
            shop.paid("d1", "1001", "jun@example.org")
    assert purchases_of(app, jun) == 0
    assert shop.paid("d1", "1001", "jun@example.org").get_json()["status"] == "taken"
    assert purchases_of(app, jun) == 1


@settings(
    max_examples=25 if REQUIRE_ALL else 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=4), st.integers(0, 10**9))
def test_any_order_with_any_repeats_has_one_end(
    app: Flask, shop: Shop, make: Factory, order: list[int], repeats: list[int], salt: int
) -> None:
    """Payments, partial refunds and a cancellation of three orders, shuffled and doubled: always two purchases... or so
    many as the set of deliveries says, whatever their sequence."""
    serial = next(_SERIAL)
    name = f"m{serial}x{salt}"[:30]
    member = make.member(name)
    key = f"{serial}-{salt}"
    mail = f"{name}@example.org"
    acts = [
        lambda: shop.paid(f"{key}a", f"{key}1", mail, ("A1", 1)),
        lambda: shop.paid(f"{key}b", f"{key}2", mail, ("A1", 2), ("B2", 1)),
        lambda: shop.paid(f"{key}c", f"{key}3", mail, ("C3", 1)),
        lambda: shop.refunded(f"{key}d", f"{key}2", ("A1", 2)),
        lambda: shop.refunded(f"{key}e", f"{key}3", ("C3", 1)),
        lambda: shop.cancelled(f"{key}f", f"{key}1"),
    ]
    for index in itertools.chain(order, repeats):
        assert acts[index]().status_code == 200
    assert purchases_of(app, member) == 1


_SERIAL = itertools.count()


def test_what_is_refused(app: Flask, shop: Shop, make: Factory) -> None:
    """Forged, altered, old, future, missing: 401, and nothing is counted."""
    jun = make.member("jun")
    body = shop.body("d1", "order.paid", "1001", "jun@example.org", [("A1", 1)])
    at = int(time.time())
    good = shop.send(body, at=at - 5).request.headers["Webhook-Signature"]
    refused = [
        shop.send(body.replace(b"1001", b"1002"), header=good),
        shop.send(body, secret="another-secret-altogether"),
        shop.send(body, at=at - 301),
        shop.send(body, at=at + 330),
        shop.send(body, header=""),
        shop.send(body, header="t=,v1="),
        shop.send(body, header=f"t={at},v1=\u00e9".encode().decode("latin-1")),
        shop.send(body, header=good.replace("v1=", "v0=")),
    ]
    assert {answer.status_code for answer in refused} == {401}
    assert purchases_of(app, jun) == 1


def test_a_signature_of_another_connection_is_refused(app: Flask, shop: Shop) -> None:
    """Each connection has its own secret."""
    other = Shop(app, "other", connect=False)
    with app.app_context(), unit_of_work() as session:
        actions.connect_shop(session, load_system(), "other", "generic", "the-other-shops-secret")
    assert other.paid("d1", "1", None).status_code == 401


def load_system() -> object:
    """The system as an actor."""
    from forum.access.actors import SYSTEM

    return SYSTEM


def test_unknown_connection_no_secret_too_large(app: Flask, shop: Shop) -> None:
    """404, 503 and 413, each with a sentence."""
    assert Shop(app, "nobody", connect=False).paid("d1", "1", None).status_code == 404
    assert shop.send(b"x" * (1024 * 1024 + 1)).status_code == 413
    with app.app_context(), unit_of_work() as session:
        actions.revoke_secret(session, load_system(), "store")
    answer = shop.paid("d1", "1", None)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "no_secret")


GOOD = json.loads(Shop.body(None, "d1", "order.paid", "1", "a@example.org", [("A", 1)]))  # type: ignore[arg-type]


def _with(path: str, value: object) -> bytes:
    body = json.loads(json.dumps(GOOD))
    *parents, last = path.split(".")
    place = body
    for name in parents:
        place = place[int(name)] if name.isdigit() else place[name]
    place[last] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b"\xff\xfe", b'"\\ud800"',
        _with("id", None), _with("id", ""), _with("id", "x" * 201), _with("id", "a\x00b"), _with("id", 5),
        _with("type", "order.eaten"), _with("occurred_at", "yesterday"), _with("occurred_at", "2026-10-01T10:00:00"),
        _with("occurred_at", "0001-01-01T00:00:00+14:00"), _with("order", []), _with("order.id", {}),
        _with("order.lines", []), _with("order.lines", None), _with("order.lines.0.quantity", -1),
        _with("order.lines.0.quantity", 2**63), _with("order.lines.0.quantity", "1"), _with("order.lines.0.sku", ""),
        _with("order.lines", [GOOD["order"]["lines"][0]] * 501),
    ],
)  # fmt: skip
def test_malformed_bodies_are_named_and_change_nothing(app: Flask, shop: Shop, body: bytes) -> None:
    """400 with a sentence that names the place."""
    answer = shop.send(body)
    assert answer.status_code == 400, answer.get_data(as_text=True)
    assert answer.get_json()["detail"]
    with app.app_context():
        assert db.session.scalars(select(ShopOrder)).all() == []


def test_lines_of_one_sku_are_summed(app: Flask, shop: Shop) -> None:
    """Two lines of one article are one line of both."""
    shop.paid("d1", "1", None, ("A1", 1), ("A1", 2))
    with app.app_context():
        assert db.session.scalars(select(ShopOrderLine.paid)).all() == [3]


def test_connecting_by_command(app: Flask) -> None:
    """The path and the secret are printed, once; a second connection of the name is refused in one sentence."""
    runner = app.test_cli_runner()
    made = runner.invoke(args=["shop", "connect", "store"])
    assert made.exit_code == 0 and "/hooks/shops/store" in made.output and "Secret" in made.output
    again = runner.invoke(args=["shop", "connect", "store"])
    assert again.exit_code != 0 and "already" in again.output
    given = runner.invoke(args=["shop", "connect", "other", "--secret-stdin"], input=SECRET + "\n")
    assert given.exit_code == 0 and SECRET not in given.output
    assert runner.invoke(args=["shop", "connect", "Bad Name"]).exit_code != 0
    unknown = runner.invoke(args=["shop", "connect", "third", "--provider", "shopify"])
    assert unknown.exit_code != 0 and unknown.output.count("\n") == 1
    assert "shopify" in unknown.output and "docs/shop-webhooks.md" in unknown.output
