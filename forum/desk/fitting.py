"""Who fits a question: who answered well on its tags or its board, and who owns what it is about."""

import datetime as dt
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.desk.models import DeskPreference, HelperTopic
from forum.desk.projections import topics_of
from forum.members.models import Member
from forum.purchases.models import ShopOrder, ShopOrderLine
from forum.purchases.queries import is_owned, products_of
from forum.threads.models import Thread

BEST = 1_000
EACH = 30  # candidates of one kind: far more than are asked
HERE_LATELY = dt.timedelta(days=30)  # who has not been here for a month is left in peace
OWNING, KNOWING_THE_TAG = 3, 2  # worth in good answers of owning the thing; a tag says more than a board


def candidates(session: Session, thread: Thread) -> list[int]:
    """Members who want to be asked and know about it, those who fit best first. Whether they may answer is not asked.

    Having joined a board is not knowing: an asker is told that people who know this were asked.
    """
    parts: list[Select[*tuple[Any, ...]]] = []
    for kind, topic_id in sorted(topics_of(session, thread)):
        if kind != "product":
            parts.append(_who_answered(kind, topic_id))
    parts.append(_owners(thread))
    worth: dict[int, int] = {}
    rows = session.execute(union_all(*(select(*part.subquery().c) for part in parts)))
    for member_id, kind, good in rows:
        worth[member_id] = worth.get(member_id, 0) + (good * KNOWING_THE_TAG if kind == "tag" else good)
    return sorted(worth, key=lambda one: (-worth[one], one))[:EACH]


def _who_answered(kind: str, topic_id: int) -> Select[*tuple[Any, ...]]:
    """Of the thousand who know it best: a stretch of an index, however many know something about it."""
    best = (
        select(HelperTopic.member_id, HelperTopic.good)
        .where(HelperTopic.kind == kind, HelperTopic.topic_id == topic_id)
        .order_by(HelperTopic.good.desc()).limit(BEST).subquery("best")
    )
    return _willing(
        select(best.c.member_id, literal(kind).label("kind"), best.c.good)
        .order_by(best.c.good.desc(), best.c.member_id),
        best.c.member_id,
    )


def _owners(thread: Thread) -> Select[*tuple[Any, ...]]:
    statement = (
        select(ShopOrder.member_id, literal("owned").label("kind"), literal(OWNING).label("good"))
        .select_from(ShopOrderLine).join(ShopOrder, ShopOrder.id == ShopOrderLine.order_id)
        .where(ShopOrderLine.product_id.in_(products_of(thread)), *is_owned()).distinct().order_by(ShopOrder.member_id)
    )
    return _willing(statement, ShopOrder.member_id)


def _willing(statement: Select[*tuple[Any, ...]], member_id: Any) -> Select[*tuple[Any, ...]]:
    """Of these only who wants to be asked and has been here lately."""
    return (
        statement.join(DeskPreference, DeskPreference.member_id == member_id).join(Member, Member.id == member_id)
        .where(DeskPreference.asks.is_(True), Member.erased_at.is_(None), Member.merged_into_id.is_(None),
               Member.last_seen_at > now() - HERE_LATELY)
        .limit(EACH)
    )
