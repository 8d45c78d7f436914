"""The statements behind the pages of a thread, built once for viewers alike: that costs as much as to run them."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from forum.access import visible
from forum.access.actors import Actor
from forum.access.alike import VIEWER_ID
from forum.purchases.models import Product
from forum.threads import loading
from forum.threads.models import Acceptance, Post, Tag, Thread, ThreadTag, Vote

PAGE = 20  # posts of the first level on a page
WINDOW = 10  # replies of each that are on the page at once
GONE_WINDOW = 20  # beside them at most so many that are hidden or deleted
NO_END = 2**31 - 1  # larger than any index

_Anchor = aliased(Post)
_OF_THREAD = Post.thread_id == bindparam("of_thread_id", type_=Integer)
_ONE_ID = bindparam("one_id", type_=Integer)
TAGS = (
    select(Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id)
    .where(ThreadTag.thread_id == bindparam("of_thread_id", type_=Integer)).order_by(ThreadTag.place, Tag.id)
)  # fmt: skip
OWN_VOTES = select(Vote.post_id, Vote.value, Vote.worked_at, Vote.worked_with).where(
    Vote.voter_id == VIEWER_ID, Vote.post_id.in_(bindparam("post_ids", expanding=True, type_=Integer))
)
ANSWERS_ORDER = (Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id)


@dataclass(frozen=True, slots=True)
class Key:
    """A post's place among the first level."""

    id: int
    position: int
    leads: bool
    helpfulness: int
    created_at: dt.datetime


@lru_cache(256)
def one_thread(viewer: Actor) -> Select[Any]:
    """A thread to act on, with its board."""
    return visible.threads(viewer).options(contains_eager(Thread.board)).where(Thread.id == _ONE_ID)


@lru_cache(256)
def one_post(viewer: Actor) -> Select[Any]:
    """A post to act on, with thread, board and author."""
    near = contains_eager(Post.thread).contains_eager(Thread.board)
    return visible.posts(viewer).options(near, joinedload(Post.author)).where(Post.id == _ONE_ID)


@lru_cache(256)
def head(viewer: Actor) -> Select[Any]:
    """A thread with board, opening and what it is about, and the keys of one post of it."""
    thread_id, anchor_id = bindparam("head_thread_id", type_=Integer), bindparam("head_anchor_id", type_=Integer)
    key = [
        getattr(_Anchor, name).label(f"anchor_{name}")
        for name in ("id", "position", "accepted", "helpfulness", "created_at")
    ]
    here = and_(_Anchor.id == anchor_id, _Anchor.thread_id == Thread.id, _Anchor.position.is_not(None))
    return (
        loading.openings(
            viewer, Acceptance.by_id.label("accepted_by_id"), Product.name.label("product_name"), *key
        )
        .outerjoin(_Anchor, here)
        .outerjoin(Product, Product.id == Thread.product_id)
        .outerjoin(Acceptance, and_(Acceptance.post_id == Thread.accepted_post_id, Acceptance.undone_at.is_(None)))
        .where(Thread.id == thread_id)
    )


@lru_cache(256)
def row_of_thread(viewer: Actor, moderates: bool) -> Select[Any]:
    """One post of a thread, as a page draws it."""
    return loading.posts(loading.own_or_all(viewer, moderates)).where(Post.id == _ONE_ID, _OF_THREAD)


@lru_cache(256)
def first_answers(viewer: Actor, moderates: bool) -> Select[Any]:
    """The first answers of a thread."""
    words = loading.own_or_all(viewer, moderates)
    return (
        loading.posts(words)
        .where(_OF_THREAD, Post.kind == "answer", or_(words, Post.reply_count > 0))
        .order_by(*ANSWERS_ORDER)
        .limit(PAGE + 1)
    )


def answers_after(shown: ColumnElement[bool], key: Key, *, inclusive: bool) -> Select[Any]:
    """The ids of the answers from a place on: a stretch of the index with equally, and one with less helpful ones."""
    here, place = tuple_(Post.created_at, Post.id), tuple_(key.created_at, key.id)
    rest = and_(shown, Post.accepted.is_(False))
    order = (Post.helpfulness.desc(), Post.created_at, Post.id)
    follows = here >= place if inclusive else here > place
    equal = select(Post.id).where(rest, Post.helpfulness == key.helpfulness, follows)
    less = select(Post.id).where(rest, Post.helpfulness < key.helpfulness)
    parts = [select(part.order_by(*order).limit(PAGE + 1).subquery().c.id) for part in (equal, less)]
    return select(union_all(*parts).subquery().c.id)


@lru_cache(256)
def first_level(viewer: Actor, moderates: bool) -> Select[Any]:
    """A stretch of the first level of a thread."""
    words = loading.own_or_all(viewer, moderates)
    return (
        loading.posts(words)
        .where(
            _OF_THREAD, Post.position >= bindparam("first", type_=Integer),
            Post.position < bindparam("behind", type_=Integer), or_(words, Post.reply_count > 0),
        )
        .order_by(Post.position)
    )


@lru_cache(256)
def first_replies(viewer: Actor, moderates: bool) -> Select[Any]:
    """`windows`."""
    return windows(loading.own_or_all(viewer, moderates), bindparam("roots", expanding=True, type_=Integer))


def windows(words: ColumnElement[bool], roots: list[int] | BindParameter[Any]) -> Select[Any]:
    """The statement behind the first replies: up to the tenth that is there, past at most twenty that are gone.

    Gone ones are loaded too: they hold their replies, and their authors and moderators read them. Where windows
    end is worked out first: joined at once, SQLite would read all replies of each root.
    """
    root, counted = aliased(Post), aliased(Post)
    there = and_(counted.deleted_at.is_(None), counted.hidden_at.is_(None))

    def end(number: int, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
        first = (
            select(counted.reply_index)
            .where(counted.root_id == root.id, counted.reply_index > 0, *conditions)
            .order_by(counted.reply_index).limit(number).correlate(root).subquery()
        )
        full = case((func.count() == number, func.max(first.c.reply_index)), else_=NO_END)
        return select(full).select_from(first).scalar_subquery().correlate(root)

    ends = (
        select(root.id, end(WINDOW, there).label("last"), end(WINDOW + GONE_WINDOW).label("utmost"))
        .where(root.id.in_(roots)).cte("ends").prefix_with("MATERIALIZED")
    )
    return (
        loading.posts(words)
        .join(ends, Post.root_id == ends.c.id)
        .where(Post.reply_index > 0, Post.reply_index <= ends.c.last, Post.reply_index <= ends.c.utmost)
        .order_by(Post.root_id, Post.reply_index)
    )
