"""The community manager's pages of products: what the shop sold, where it is talked about, whether it is offered."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.moderation.models import LogEntry
from forum.purchases import queries as reading
from forum.purchases.models import Product
from tests.factory import Factory
from tests.purchases.sending import Shop
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Watch = Callable[[], AbstractContextManager[list[str]]]


def products(app: Flask) -> dict[str, tuple[int, int | None, bool]]:
    """Id, board and whether it is offered, by name."""
    with app.app_context():
        found = {row.name: (row.id, row.board_id, row.offered) for row in db.session.scalars(select(Product))}
        db.session.remove()
    return found


def page(surfer: Surfer, path: str) -> str:
    """What a page says."""
    answer = surfer.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_what_the_shop_sends_is_put_on_a_board(app: Flask, make: Factory, browse: Browse) -> None:
    """Named by a webhook, renamed, put on a board, taken off the choice: each on record, each taken back exactly."""
    board, admin = make.board("kettles"), browse(make.member("ada", role="admin"))
    assert "No products yet" in page(admin, "/manage/products")
    Shop(app).paid("d1", "1", "x@example.org", ("K2", 1), ("M1", 1))
    listed = page(admin, "/manage/products")
    assert listed.index("Kettle M1") < listed.index("Kettle K2") and listed.count("no board") == 2
    product_id = products(app)["Kettle K2"][0]
    path = f"/manage/products/{product_id}"
    assert 'value="Kettle K2"' in page(admin, path) and "Article numbers: K2" in page(admin, path)
    form = {"name": "  The  K2 ", "board": str(board.id), "offered": "y"}
    assert admin.post(path, form).status_code == 303
    assert products(app)["The K2"] == (product_id, board.id, True)
    assert admin.post(path, form).status_code == 303  # nothing differs: nothing to tell
    assert admin.post(path, {"name": "The K2", "board": "0"}).status_code == 303
    assert products(app)["The K2"] == (product_id, None, False)
    assert "not offered" in page(admin, "/manage/products")
    log = page(admin, "/moderation/log?kind=product")
    assert log.count("changed the product") == 2 and f'href="{path}"' in log
    with app.app_context():
        second, first = db.session.scalars(select(LogEntry.id).order_by(LogEntry.id.desc()))
        db.session.remove()
    admin.post(f"/moderation/log/{first}/undo")
    assert products(app)["The K2"] == (product_id, None, False)  # it has changed since
    admin.post(f"/moderation/log/{second}/undo")
    assert products(app)["The K2"] == (product_id, board.id, True)
    admin.post(f"/moderation/log/{first}/undo")
    assert products(app)["Kettle K2"] == (product_id, None, True)
    Shop(app, connect=False).paid("d2", "2", "x@example.org", ("K2", 1))
    assert len(products(app)) == 2  # the article number still means it


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": " ", "board": "0"}, "Please give it a name"),
        ({"name": "x" * 201, "board": "0"}, "200"),
        ({"name": "K2", "board": "99"}, "Choose one of the list."),
        ({"name": "K2", "board": "abc"}, "Choose one of the list."),
        ({"name": "K2", "board": "9" * 30}, "Choose one of the list."),
    ],
)
def test_refusals_say_what_to_do_and_change_nothing(
    app: Flask, make: Factory, browse: Browse, form: dict[str, str], words: str
) -> None:
    admin = browse(make.member(role="admin"))
    Shop(app).paid("d1", "1", "x@example.org", ("K2", 1))
    before = products(app)
    answer = admin.post(f"/manage/products/{before['Kettle K2'][0]}", form)
    assert answer.status_code == 422 and words in answer.get_data(as_text=True)
    assert products(app) == before


def test_only_the_manager_comes_in(app: Flask, make: Factory, browse: Browse) -> None:
    """Moderators and members do not; nor may a moderator take the manager's change back."""
    Shop(app).paid("d1", "1", "x@example.org", ("K2", 1))
    product_id = products(app)["Kettle K2"][0]
    path, form = f"/manage/products/{product_id}", {"name": "Mine", "board": "0"}
    staff, member = browse(make.member(role="moderator")), browse(make.member())
    for surfer in (staff, member):
        assert surfer.get("/manage/products").status_code == surfer.get(path).status_code == 403
        assert surfer.post(path, form).status_code == 403
    assert "/sign-in" in browse().get("/manage/products").headers["Location"]
    browse(make.member(role="admin")).post(path, {"name": "The K2", "board": "0", "offered": "y"})
    with app.app_context():
        entry_id = db.session.scalars(select(LogEntry.id)).one()
        db.session.remove()
    assert staff.post(f"/moderation/log/{entry_id}/undo").status_code == 403
    assert list(products(app)) == ["The K2"]
    admin = browse(make.member(role="admin"))
    assert admin.get("/manage/products/99").status_code == admin.post("/manage/products/99", form).status_code == 404


def fill(number: int) -> None:
    """So many products that the shop has named."""
    with unit_of_work() as session:
        session.add_all(
            Product(slug=f"p-{at}", name=f"Product 10% {at:03}", created_at=now()) for at in range(number)
        )


@pytest.mark.parametrize("number", [3, 300])
def test_the_list_is_paged_and_costs_the_same(
    app: Flask, make: Factory, browse: Browse, queries: Watch, number: int
) -> None:
    """Fifty a page, in two queries beside those of each page for members; found by letters, taken as they are."""
    admin = browse(make.member(role="admin"))
    with app.app_context():
        fill(number)
    admin.get("/manage/products")
    with queries() as seen:
        first = page(admin, "/manage/products")
    assert len(seen) <= 5, seen
    assert first.count('id="product-') == min(number, reading.PAGE)
    assert ("before=" in first) == (number > reading.PAGE)
    assert page(admin, "/manage/products?q=10%25+002").count('id="product-') == 1
    assert "Nothing found" in page(admin, "/manage/products?q=1_%25")
    assert admin.get("/manage/products?before=x").status_code == 404


def test_every_product_is_on_one_page(app: Flask, make: Factory, session: Session) -> None:
    fill(2 * reading.PAGE + 1)
    seen: list[int] = []
    before = None
    for _page in range(3):
        found = reading.product_page(session, before=before)
        seen += [row.product.id for row in found.rows]
        before = found.before
    assert before is None and sorted(seen, reverse=True) == seen and len(seen) == 2 * reading.PAGE + 1
