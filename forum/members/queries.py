"""Reads of members: who signs in, what a profile shows, what the settings hold."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, true, tuple_
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.access.visible import post_is_visible
from forum.boards.models import Board
from forum.core.clock import now
from forum.core.errors import NotFound
from forum.core.pagination import cursor, moment_and_number
from forum.core.tokens import address_key, hash_token
from forum.members.models import Member, MemberEmail, MemberSession, MemberToken
from forum.members.names import name_key
from forum.reputation.models import MemberStanding
from forum.threads import listing, streams
from forum.threads.models import Post, Thread

SIZE = 20
BEST = 5


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in compares with."""

    id: int
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer in a list. `accepted` says that it is so in force."""

    id: int
    href: str
    title: str
    accepted: bool
    board_name: str
    board_slug: str
    board_hue: int
    at: dt.datetime
    votes: int


@dataclass(frozen=True, slots=True)
class Answers:
    """One page of answers. `next` is the cursor of the page after it, None on the last one."""

    rows: list[AnswerRow]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Portrait:
    """A member as a viewer may see them. What is meant for others is not in it."""

    id: int
    name: str
    label: str
    shown_name: str | None
    role: str
    hue: int
    about_html: str
    interests: tuple[str, ...]
    joined: dt.datetime | None  # the first moment of the month
    joined_lately: bool  # what others are told in place of the month during the first half year
    activity: bool  # whether what they asked and answered may be listed


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A place where the member is signed in."""

    id: int
    device: str
    created_at: dt.datetime
    used_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Addresses:
    """The member's confirmed address, and the one that waits for its link."""

    confirmed: str | None
    waiting: str | None


# Who it is ------------------------------------------------------------------------------------


def account_for(session: Session, login: str) -> Account | None:
    """Whom a login (a name, or an address) means.

    An address means whoever confirmed it; as long as nobody has, the first who joined with it.
    """
    if "@" in login:
        found = reachable_by(session, address_key(login))
        return Account(found[0].id, found[0].password_hash) if found else None
    member = session.scalar(_there().where(Member.name_key == name_key(login)))
    return Account(member.id, member.password_hash) if member else None


def holder_of(session: Session, key: str) -> Member | None:
    """The member who has confirmed the address with this key."""
    return session.scalar(
        _there()
        .join(MemberEmail, MemberEmail.member_id == Member.id)
        .where(MemberEmail.address_key == key, MemberEmail.confirmed_at.is_not(None))
    )


def mail_address(session: Session, member_id: int) -> str | None:
    """Where mail to a member goes: the address that they confirmed last; None if they never did."""
    return session.scalar(
        select(MemberEmail.address)
        .where(MemberEmail.member_id == member_id, MemberEmail.confirmed_at.is_not(None))
        .order_by(MemberEmail.confirmed_at.desc())
        .limit(1)
    )


def reachable_by(session: Session, key: str) -> tuple[Member, str] | None:
    """The member whom an address means (see `account_for`), and the address as they wrote it."""
    row = session.execute(
        _there()
        .add_columns(MemberEmail.address)
        .join(MemberEmail, MemberEmail.member_id == Member.id)
        .where(MemberEmail.address_key == key)
        .order_by(MemberEmail.confirmed_at.is_(None), MemberEmail.id)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def link_is_open(session: Session, token: str, purpose: str) -> bool:
    """Whether a mailed link can still be used."""
    open_link = select(MemberToken.id).where(
        MemberToken.token_hash == hash_token(token), MemberToken.purpose == purpose,
        MemberToken.used_at.is_(None), MemberToken.expires_at > now(),
    )
    return session.scalar(open_link) is not None


# The profile ----------------------------------------------------------------------------------


def member_called(session: Session, name: str) -> Member:
    """The member called `name`, whatever its case.

    Raises:
        NotFound: there is none, or they left.

    An imported profile that somebody claimed leads to them.
    """
    member: Member = called_with(session, name)[0]
    return member


def called_with(session: Session, name: str, *beside: ColumnElement[Any]) -> Row[*tuple[Any, ...]]:
    """The member as `member_called` finds them, in one row with their standing and what `beside` tells of `Member`.

    Raises:
        NotFound: as there.
    """
    rows = select(Member, MemberStanding, *beside).outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
    found = session.execute(rows.where(Member.erased_at.is_(None), Member.name_key == name_key(name))).one_or_none()
    if found is not None and found[0].merged_into_id is not None:
        return session.execute(rows.where(Member.id == found[0].merged_into_id)).one()
    if found is None or found[0].name.casefold() != unicodedata.normalize("NFKC", name).casefold():
        raise NotFound
    return found


def portrait(viewer: Actor, member: Member) -> Portrait:
    """What the viewer may see of a member: fields meant for others are empty. Joining is a month, never a day."""

    def seen(audience: str) -> bool:
        return bool(guardian.may_see_field(viewer, member.id, audience))

    tells_joining, lately = seen(member.joined_audience), member.joined_lately and viewer.id != member.id
    return Portrait(
        id=member.id, name=member.name, label=member.label, shown_name=member.shown_name, role=member.role,
        hue=member.hue, about_html=member.about_html if seen(member.about_audience) else "",
        interests=tuple(filter(None, member.interests.split(", "))) if seen(member.interests_audience) else (),
        joined=member.joined_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if tells_joining and not lately else None,
        joined_lately=tells_joining and lately,
        activity=seen(member.activity_audience),
    )


def best_answers(session: Session, viewer: Actor, person: Portrait) -> list[AnswerRow]:
    """The member's most helpful answers that the viewer may read; those nobody has voted for are left out."""
    if not person.activity:
        return []
    best = (
        _answers(viewer, person.id)
        .where(Post.score > 0)
        .order_by(Post.helpfulness.desc(), Post.id.desc())
        .limit(BEST)
    )
    return [_answer(row) for row in session.execute(best)]


def answers(session: Session, viewer: Actor, person: Portrait, before: str = "") -> Answers:
    """The member's answers that the viewer may read, the newest first.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    older = tuple_(Post.created_at, Post.id) < moment_and_number(before) if before else true()
    if not person.activity:
        return Answers([])
    page = _answers(viewer, person.id).where(older).order_by(Post.created_at.desc(), Post.id.desc()).limit(SIZE + 1)
    rows = [_answer(row) for row in session.execute(page)]
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    return Answers(rows[:SIZE], cursor(last.at, last.id) if last else None)


def questions(session: Session, viewer: Actor, person: Portrait, before: str = "") -> listing.Page:
    """The member's questions that the viewer may read, the newest first.

    Raises:
        NotFound: `before` is not a cursor of this list.
    """
    return streams.of_member(session, viewer, person.id, before) if person.activity else listing.Page([])


def _answers(viewer: Actor, member_id: int) -> Select[int, dt.datetime, int, bool, str, str, str, int]:
    """Of what is there for all: hidden and deleted answers are in no list, even for staff and their author."""
    return (
        select(
            Post.id, Post.created_at, Post.score, Post.accepted, Thread.title, Board.title.label("board_name"),
            Board.slug.label("board_slug"), Board.hue.label("board_hue"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Board, Board.id == Thread.board_id)
        .where(
            Post.author_id == member_id, Post.kind == "answer", Post.deleted_at.is_(None), Post.hidden_at.is_(None),
            Thread.kind == "question", Thread.deleted_at.is_(None), Thread.hidden_at.is_(None),
            Thread.awaits_confirmation.is_(False), post_is_visible(viewer),
        )
    )


def _answer(row: Any) -> AnswerRow:
    return AnswerRow(
        id=row.id, href=f"/p/{row.id}", title=row.title, accepted=row.accepted, board_name=row.board_name,
        board_slug=row.board_slug, board_hue=row.board_hue, at=row.created_at, votes=row.score,
    )


# Settings -------------------------------------------------------------------------------------


def own(session: Session, viewer: Actor) -> Member:
    """The viewer's own row.

    Raises:
        NotFound: they are gone by now.
    """
    member = session.scalar(_there().where(Member.id == viewer.id))
    if member is None:
        raise NotFound
    return member


def addresses(session: Session, viewer: Actor) -> Addresses:
    """The viewer's own addresses."""
    rows = session.execute(
        select(MemberEmail.address, MemberEmail.confirmed_at)
        .where(MemberEmail.member_id == viewer.id)
        .order_by(MemberEmail.id)
    ).all()
    confirmed = [row.address for row in rows if row.confirmed_at is not None]
    waiting = [row.address for row in rows if row.confirmed_at is None]
    return Addresses(confirmed[-1] if confirmed else None, waiting[-1] if waiting else None)


def sessions(session: Session, viewer: Actor) -> list[SessionRow]:
    """Where the viewer is signed in, the most recently used first."""
    rows = session.execute(
        select(MemberSession.id, MemberSession.device, MemberSession.created_at, MemberSession.used_at)
        .where(MemberSession.member_id == viewer.id, MemberSession.ended_at.is_(None))
        .order_by(MemberSession.used_at.desc(), MemberSession.id.desc())
    )
    return [SessionRow(*row) for row in rows]


def _there() -> Select[Member]:
    """Members who have neither left nor become one with another."""
    return select(Member).where(Member.erased_at.is_(None), Member.merged_into_id.is_(None))
