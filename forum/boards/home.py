"""Reads of the home page beside its stream: how long one waits, what goes on in chat, who is there to answer."""

import datetime as dt
import math
import time
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.access.visible import room_is_visible, thread_is_visible
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.content.excerpt import excerpt
from forum.content.plain import plain_text
from forum.core.clock import now
from forum.members.models import Member
from forum.threads import streams
from forum.threads.models import Post, Thread

WAITING_OVER = dt.timedelta(days=30)
# A median of fewer answers says nothing; of more questions than these it says nothing more.
FEWEST_ANSWERED, MOST_QUESTIONS = 5, 200
MEDIAN_FRESH = 60.0  # seconds
MOST_KEPT = 500  # kinds of viewers; there are about as many as ranks
ROOMS = 3
TEAM = 6

_medians: dict[tuple[object, ...], tuple[float, dt.timedelta | None]] = {}


@dataclass(frozen=True, slots=True)
class Pulse:
    """How it goes. `median`: within this time half of all questions of the last 30 days had a first answer."""

    waiting: int
    median: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class ChatLine:
    """The latest message of a room."""

    slug: str
    room: str
    author: str
    text: str
    at: dt.datetime


def pulse(session: Session, viewer: Actor) -> Pulse:
    """Questions that wait, and the median of waiting, at most a minute old.

    The median is honest: a question without an answer counts as one that waits for ever, and an answer
    by the asker is none. So it is None unless half of all questions were answered, and at least five.
    """
    counts = session.execute(streams.counts(like(viewer)), open_values(viewer)).one()
    return Pulse(waiting=counts.waiting, median=median_wait(session, viewer))


def median_wait(session: Session, viewer: Actor) -> dt.timedelta | None:
    """The honest median of waiting. It reads the answers of 200 questions: once a minute for all who see the same."""
    sees = (id(session.get_bind()), viewer.role, viewer.reached, viewer.moderated)
    kept = _medians.get(sees)
    if kept is None or kept[0] < time.monotonic():
        if len(_medians) >= MOST_KEPT:
            _medians.clear()
        elif kept is not None:  # while one reckons, the others go on with what they know
            _medians[sees] = (time.monotonic() + MEDIAN_FRESH, kept[1])
        kept = _medians[sees] = (time.monotonic() + MEDIAN_FRESH, _reckon_median(session, viewer))
    return kept[1]


def forget_medians() -> None:
    """Reckon anew at the next look."""
    _medians.clear()


def _reckon_median(session: Session, viewer: Actor) -> dt.timedelta | None:
    asked = session.execute(_recent(viewer)).all()
    waits = sorted(row.answered_at - row.created_at for row in asked if row.answered_at is not None)
    half = math.ceil(len(asked) / 2)
    return waits[half - 1] if len(waits) >= FEWEST_ANSWERED and half <= len(waits) else None


def in_chat(session: Session, viewer: Actor) -> list[ChatLine]:
    """The latest message of each of the liveliest rooms that the viewer may see; nothing for guests."""
    if viewer.is_guest:
        return []
    rows = session.execute(_in_chat(like(viewer)), open_values(viewer))
    return [
        ChatLine(slug, room, shown or name, excerpt(plain_text(html), 90), at)
        for slug, room, html, at, name, shown in rows
    ]


@lru_cache(256)
def _in_chat(viewer: Actor) -> Select[str, str, str, dt.datetime, str, str | None]:
    return (
        select(Room.slug, Room.title, ChatMessage.body_html, ChatMessage.created_at, Member.name, Member.shown_name)
        .outerjoin(Board, Board.id == Room.board_id)
        .join(ChatMessage, and_(ChatMessage.room_id == Room.id, ChatMessage.n == Room.last_n))
        .join(Member, Member.id == ChatMessage.author_id)
        .where(room_is_visible(viewer), Room.archived_at.is_(None))
        .where(ChatMessage.deleted_at.is_(None), ChatMessage.hidden_at.is_(None))
        .order_by(ChatMessage.id.desc())
        .limit(ROOMS)
    )


def team(session: Session) -> list[str]:
    """The names of those who run the community: who will answer while nobody else is here."""
    rows = session.execute(
        select(Member.name, Member.shown_name)
        .where(Member.role != "member", Member.erased_at.is_(None))
        .order_by(Member.id)
        .limit(TEAM)
    )
    return [row.shown_name or row.name for row in rows]


def _recent(viewer: Actor) -> Select[dt.datetime, dt.datetime]:
    """The last questions, each with the moment of its first answer by somebody else."""
    answered = (
        select(func.min(Post.created_at))
        .where(
            Post.thread_id == Thread.id, Post.kind == "answer", Post.author_id != Thread.author_id,
            Post.deleted_at.is_(None), Post.hidden_at.is_(None),
        )
        .scalar_subquery()
    )
    there = and_(Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    return (
        select(Thread.created_at, answered.label("answered_at"))
        .join(Board, Board.id == Thread.board_id)
        # Said so that no index of kinds is taken: the newest are read, and not all that there ever were.
        .where((Thread.kind == "question").is_(True), there, thread_is_visible(viewer))
        .where(Thread.created_at > now() - WAITING_OVER)
        .order_by(Thread.created_at.desc(), Thread.id.desc())
        .limit(MOST_QUESTIONS)
    )
