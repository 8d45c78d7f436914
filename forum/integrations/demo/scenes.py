"""The forms in which the demo's people, boards, threads and chats are written down."""

import inspect
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A member. `joined` is in days before now; `visits` the share of days since then on which they came by."""

    name: str
    shown: str
    joined: float
    visits: float
    hue: int
    about: str
    interests: str
    boards: tuple[str, ...]
    role: str = "member"


@dataclass(frozen=True, slots=True)
class Place:
    """A board, on the shelf `category`; a sub-board says which one is `above` it, and comes after that."""

    category: str
    slug: str
    title: str
    hue: int
    picture: str
    description: str
    see_rank: str | None = None
    start_rank: str | None = None
    moderators: tuple[str, ...] = ()
    above: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer or reply, `hours` after what it answers. `first` is what it said before it was edited."""

    author: str
    hours: float
    body: str
    replies: tuple["Said", ...] = ()
    up: int = 0
    accepted: bool = False
    down: tuple[str, ...] = ()
    first: str = ""


@dataclass(frozen=True, slots=True)
class Becomes:
    """What the shop said of an idea, `days` before now."""

    state: str
    days: float
    reason: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread, begun `days` before now. `product` is the article number of what it is about."""

    kind: str
    board: str
    author: str
    days: float
    title: str
    tags: tuple[str, ...]
    body: str
    posts: tuple[Said, ...] = ()
    up: int = 0
    views: int = 40
    language: str = "en"
    pinned: bool = False
    locked: str = ""
    product: str = ""
    becomes: tuple[Becomes, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A chat message, `minutes` before now. `liked` are (name, sign) pairs; `answers` is a message's number."""

    author: str
    minutes: float
    body: str
    liked: tuple[tuple[str, str], ...] = ()
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody bought, `days` before now: article numbers of ARTICLES."""

    buyer: str
    days: float
    articles: tuple[str, ...]
    refunded: bool = False


def say(
    author: str, hours: float, body: str, *replies: Said, up: int = 0, accepted: bool = False,
    down: tuple[str, ...] = (), first: str = "",
) -> Said:
    """An answer or reply with the replies to it; indentation of the text is taken away."""
    return Said(author, hours, inspect.cleandoc(body), replies, up, accepted, down, first)


def ask(
    board: str, author: str, days: float, title: str, tags: str, body: str, *posts: Said, up: int = 0, views: int = 40,
    language: str = "en", product: str = "",
) -> Topic:
    """A question with its answers. `tags` are words with blanks between them."""
    words = tuple(tags.split())
    text = inspect.cleandoc(body)
    return Topic(
        "question", board, author, days, title, words, text, posts, up, views, language, product=product
    )


def talk(
    board: str, author: str, days: float, title: str, tags: str, body: str, *posts: Said, up: int = 0, views: int = 60,
    language: str = "en", pinned: bool = False, locked: str = "", product: str = "",
) -> Topic:
    """A discussion with what was said in it."""
    words = tuple(tags.split())
    text = inspect.cleandoc(body)
    return Topic(
        "discussion", board, author, days, title, words, text, posts, up, views, language, pinned, locked, product
    )


def wish(
    board: str, author: str, days: float, title: str, tags: str, body: str, *posts: Said, becomes: tuple[Becomes, ...],
    up: int = 0, views: int = 60,
) -> Topic:
    """An idea, what was said about it, and what becomes of it, the oldest word first."""
    words = tuple(tags.split())
    return Topic("idea", board, author, days, title, words, inspect.cleandoc(body), posts, up, views, becomes=becomes)
