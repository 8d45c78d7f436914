"""Which product a thread is about: what is offered, what may be chosen, and what a move keeps.

Building blocks: who calls them has asked the guardian.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.boards.models import Board
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.purchases.models import Product
from forum.purchases.queries import Offer, offered
from forum.threads.models import Thread


@dataclass(frozen=True, slots=True)
class Group:
    """Products that stand together in a choice; `title` is their board's, empty where there is only one group."""

    title: str
    products: tuple[Offer, ...]


def offers(session: Session, boards: Iterable[Board], thread: Thread | None = None) -> tuple[Group, ...]:
    """The products to choose from for a thread on one of these boards, with the one that `thread` is about.

    Boards stand in the order given, what has no board of these last. One query, and one more for a thread that is
    about a product which is not offered here.
    """
    choice, titles = offered(session, shown := list(boards)), {board.id: board.title for board in shown}
    held = thread.product_id if thread is not None else None
    if held is not None:
        product = session.get_one(Product, held)
        if product.slug not in {offer.slug for offer in choice}:
            choice.append(Offer(product.slug, product.name, product.board_id))
    groups = [(title, [offer for offer in choice if offer.board_id == id]) for id, title in titles.items()]
    groups.append((_("Other products"), [offer for offer in choice if offer.board_id not in titles]))
    filled = [(title, products) for title, products in groups if products]
    return tuple(Group(title if len(filled) > 1 else "", tuple(products)) for title, products in filled)


def chosen(session: Session, board: Board, slug: str, thread: Thread | None = None) -> int | None:
    """The id of the product that somebody chose for a thread on this board; None for an empty choice.

    What `thread` is about already may stay.

    Raises:
        Invalid: there is no such product, or it is not offered on this board.
    """
    if not slug:
        return None
    product = session.scalars(select(Product).where(Product.slug == slug)).one_or_none()
    if product is not None:
        here = product.board_id in (None, board.id, board.parent_id) and product.offered
        if here or (thread is not None and thread.product_id == product.id):
            return product.id
    raise Invalid({"product": _("This product is not talked about on %(board)s. Choose another one, or none.",
                                board=board.title)})


def slug_of(session: Session, thread: Thread) -> str:
    """The slug of the product that a thread is about, "" if it is about none."""
    return session.get_one(Product, thread.product_id).slug if thread.product_id is not None else ""


def settle_on(session: Session, thread: Thread, board: Board) -> None:
    """A thread that moves to this board stays about its product, unless that is of another board not open to all.

    What somebody asks about does not change with the place; but nobody is to learn there what a closed board is about.
    """
    if thread.product_id is None:
        return
    home_id = session.get_one(Product, thread.product_id).board_id
    if home_id is None or home_id in (board.id, board.parent_id):
        return
    home = session.get_one(Board, home_id)
    if home.see_rank is not None or home.above_see_rank is not None:
        thread.product_id = None
