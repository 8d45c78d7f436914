"""What else happened in the demo community: purchases, chat, and how far its people have read."""

import datetime as dt

from sqlalchemy import func, select, update

from forum.access.actors import SYSTEM, load_actor
from forum.boards.models import Board
from forum.chat import actions as chat
from forum.chat.models import LOBBY, ChatMessage, ChatReaction, Room, RoomRead
from forum.chat.writing import clean_message, render_message
from forum.core.tokens import address_hash, order_hash
from forum.integrations.demo.chats import ROOMS
from forum.integrations.demo.orders import ARTICLES, NOT_OFFERED, ORDERS, PLACES, SHOP
from forum.integrations.demo.scenes import Line, Order
from forum.integrations.demo.world import World
from forum.moderation.actions.flags import flag
from forum.moderation.targets import post_target
from forum.purchases import actions as purchases
from forum.purchases.models import Product, ProductSku, ShopConnection, ShopOrder
from forum.threads.models import Post, Thread, ThreadRead

UNREAD_DAYS = 1.2  # threads that moved since then are unread for those who have a sign-in


def buy(world: World) -> None:
    """What people bought, as the shop's signed webhooks would say it."""
    purchases.connect_shop(world.session, SYSTEM, SHOP, "generic", None)
    connection = world.session.scalars(select(ShopConnection).where(ShopConnection.name == SHOP)).one()
    for number, order in sorted(enumerate(ORDERS), key=lambda pair: -pair[1].days):
        moment = world.before(days=order.days)
        _deliver(world, connection, number, order, "order.paid", moment)
        if order.refunded:
            _deliver(world, connection, number, order, "order.refunded", moment + dt.timedelta(days=9))
    world.session.execute(update(ShopOrder).values(created_at=ShopOrder.paid_at, changed_at=ShopOrder.paid_at))
    world.session.execute(update(Product).values(created_at=world.before(days=425)))
    _arrange(world)


def _arrange(world: World) -> None:
    """Products stand on their boards, and the world knows them by their article numbers."""
    rows = world.session.execute(select(ProductSku.sku, Product).join(Product, Product.id == ProductSku.product_id))
    for sku, product in rows:
        product.board_id = world.boards[PLACES[sku]] if sku in PLACES else None
        product.offered = sku not in NOT_OFFERED
        world.products[sku] = product.id
    world.session.flush()


def _deliver(
    world: World, connection: ShopConnection, number: int, order: Order, kind: str, moment: dt.datetime
) -> None:
    articles = tuple(purchases.Article(sku, ARTICLES[sku], 1, None) for sku in order.articles)
    purchases.take_delivery(world.session, SYSTEM, connection, purchases.OrderNews(
        delivery_id=f"{kind}-{number}", kind=kind, occurred_at=moment,
        order_hash=order_hash(world.privacy_key, SHOP, f"demo-{number}"),
        address_hash=address_hash(world.privacy_key, f"{order.buyer}@example.org"),
        articles=() if kind == "order.refunded" else articles,
    ))


def chatter(world: World) -> None:
    """The lobby and the rooms of two boards, with what was said in them."""
    chat.ensure_lobby(world.session, SYSTEM)
    for board_slug, lines in ROOMS.items():
        slug = LOBBY
        if board_slug:
            board = world.session.get_one(Board, world.boards[board_slug])
            slug = chat.open_room(world.session, SYSTEM, board)
        room = world.session.scalars(select(Room).where(Room.slug == slug)).one()
        room.created_at = world.before(days=200)
        ids: dict[int, int] = {}
        for n, line in enumerate(lines, start=1):
            ids[n] = _message(world, room, n, line, ids.get(line.answers or 0))
        room.last_n = room.seq = len(lines)
    world.session.flush()


def _message(world: World, room: Room, n: int, line: Line, answers: int | None) -> int:
    author_id = world.members[line.author]
    source = clean_message(line.body)
    message = ChatMessage(
        room_id=room.id, n=n, seq=n, author_id=author_id, client_id=f"demo-{room.slug}-{n}", reply_to_id=answers,
        body_source=source, body_html=render_message(world.session, source, load_actor(world.session, author_id)),
        created_at=world.before(minutes=line.minutes),
    )
    world.session.add(message)
    world.session.flush()
    for name, sign in line.liked:
        world.session.add(ChatReaction(message_id=message.id, member_id=world.members[name], sign=sign))
    world.did(line.author, message.created_at)
    return message.id


def report(world: World, body: str, name: str, note: str) -> None:
    """Somebody reports the post that says `body` as unsafe, so that the moderators' queue has something to show."""
    session = world.session
    post_id = session.scalars(select(Post.id).where(Post.body_source == body)).one()
    flagger = load_actor(session, world.members[name])
    flag(session, flagger, post_target(session, flagger, post_id, lock=True), reason="unsafe", note=note)


def read(world: World, names: tuple[str, ...]) -> None:
    """Those whom a visitor can sign in as have read nearly everything but the last day."""
    since = world.before(days=UNREAD_DAYS)
    threads = world.session.execute(
        select(Thread.id, func.max(Post.id), Thread.last_activity_at)
        .join(Post, Post.thread_id == Thread.id).where(Thread.last_activity_at < since)
        .group_by(Thread.id, Thread.last_activity_at)
    ).all()
    rooms = world.session.scalars(select(Room)).all()
    for name in names:
        member_id = world.members[name]
        for thread_id, post_id, moment in threads:
            at = min(moment + dt.timedelta(hours=20), world.now)
            world.session.add(ThreadRead(member_id=member_id, thread_id=thread_id, post_id=post_id, read_at=at))
        for room in rooms:
            world.session.add(RoomRead(member_id=member_id, room_id=room.id, n=max(0, room.last_n - 3)))
    world.session.flush()
