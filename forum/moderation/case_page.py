"""Reads: one case with everything that a decision needs: the thing in its context, the flags, who wrote it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor, initials
from forum.content.excerpt import excerpt
from forum.core.errors import NotFound
from forum.core.i18n import Text
from forum.members.models import Member
from forum.moderation.closing import claimed_until
from forum.moderation.ladder import Step, next_step
from forum.moderation.models import Case, Flag, LogEntry, Sanction
from forum.moderation.queries import cases_about_author, visible_cases
from forum.moderation.sentences import FLAG_REASONS, KINDS, SANCTIONS, STATES, verb_words
from forum.moderation.targets import Target, member_target, target_of
from forum.moderation.triage import reader_of
from forum.moderation.views import href_of, title_of
from forum.threads.models import Post

MOST_LINES = 10  # of a history; the log has the rest


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag. Who flagged is for staff alone: a board's own moderators are members among members."""

    reason: Text
    note: str
    at: dt.datetime
    by: str | None
    by_name: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a history: a sanction, or an act of moderation."""

    words: Text
    by: str | None
    at: dt.datetime
    reason: str
    until: dt.datetime | None = None
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Whose thing it is, and what moderators know of them. Nothing about purchases."""

    id: int
    name: str
    label: str
    initials: str
    hue: int
    joined_at: dt.datetime | None  # not told of the last half year: see Member.joined_lately
    role: str
    suspended_until: dt.datetime | None
    silenced_until: dt.datetime | None
    upheld: int
    dismissed: int
    sanctions: tuple[Happening, ...]
    next_step: Step
    may_sanction: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as its page shows it."""

    id: int
    kind: str
    kind_words: Text
    target_id: int
    state: str
    state_words: Text
    title: str
    href: str
    context: str
    context_by: str
    body_html: str
    written_at: dt.datetime | None
    hidden_at: dt.datetime | None
    hidden_reason: str
    hidden_automatically: bool
    deleted: bool
    redacted: bool
    board_name: str | None
    board_hue: int | None
    thread_id: int | None
    flags: tuple[FlagLine, ...]
    person: Person
    acts: tuple[Happening, ...]
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    closed_by: str | None
    claimed_by: str | None
    claimed_by_viewer: bool
    claimed_until: dt.datetime | None
    own: bool
    moderates: bool  # else the viewer triages: less is told, less is offered
    may_dismiss: bool
    may_redact: bool


def case_page(session: Session, viewer: Actor, case_id: int) -> CasePage:
    """The case, in at most 9 queries.

    Raises:
        NotFound: there is no such case, or it is not on a board of the viewer's.
    """
    found = session.scalar(select(Case).where(Case.id == case_id, visible_cases(viewer)))
    if found is None:
        raise NotFound
    moderates = viewer.moderates(found.board_id)
    target = target_of(session, reader_of(viewer, found.board_id), found.target_kind, found.target_id)
    held = found.hidden_automatically and target.is_hidden
    names = _names(session, found)
    until = claimed_until(found)
    context, context_by = _context(session, target, gone_too=moderates)
    row = target.post or target.message
    return CasePage(
        id=found.id,
        kind=found.target_kind,
        kind_words=KINDS[found.target_kind],
        target_id=found.target_id,
        state=found.state,
        state_words=STATES[found.state],
        title=title_of(target),
        href=href_of(target) if moderates or not target.is_hidden else "",
        context=context,
        context_by=context_by,
        body_html=row.body_html if row is not None else target.author.about_html,
        written_at=row.created_at if row is not None else None,
        hidden_at=row.hidden_at if row is not None else None,
        hidden_reason=(row.hidden_reason if row is not None else None) or "",
        hidden_automatically=found.hidden_automatically,
        deleted=target.is_deleted,
        redacted=row is not None and row.redacted_at is not None,
        board_name=target.board.title if target.board else None,
        board_hue=target.board.hue if target.board else None,
        thread_id=target.thread.id if target.thread else None,
        flags=_flags(session, viewer, found.id),
        person=_person(session, viewer, target.author) if moderates else _name(target.author),
        acts=_acts(session, target) if moderates else (),
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        closed_by=names.get(found.closed_by_id),
        claimed_by=names.get(found.claimed_by_id) if until else None,
        claimed_by_viewer=until is not None and found.claimed_by_id == viewer.id,
        claimed_until=until,
        own=target.author_id == viewer.id,
        moderates=moderates,
        may_dismiss=not held or bool(guardian.may_lift_hold(viewer, target.board_id)),
        may_redact=bool(guardian.may_redact(viewer, target.board_id)) and row is not None,
    )


def person_page(session: Session, viewer: Actor, name: str) -> Person:
    """What moderators know of a member.

    Raises:
        NotFound: there is no such member.
    """
    return _person(session, viewer, member_target(session, viewer, name).author)


def _context(session: Session, target: Target, *, gone_too: bool) -> tuple[str, str]:
    """The beginning of what it answers, and who wrote that; `gone_too`: also when that is deleted or hidden."""
    post = target.post
    if post is None or target.thread is None or post.kind == "opening":
        return "", ""
    row = session.execute(
        select(Post.body_text, Member.name, Member.shown_name)
        .join(Member, Member.id == Post.author_id)
        .where(
            Post.id == (post.parent_id or target.thread.opening_id),
            or_(literal(gone_too), and_(Post.deleted_at.is_(None), Post.hidden_at.is_(None))),
        )
    ).one_or_none()
    return (excerpt(row.body_text, 280), row.shown_name or row.name) if row else ("", "")


def _names(session: Session, case: Case) -> dict[int | None, str]:
    ids = {case.closed_by_id, case.claimed_by_id} - {None}
    if not ids:
        return {}
    return {member.id: member.label for member in session.scalars(select(Member).where(Member.id.in_(ids)))}


def _flags(session: Session, viewer: Actor, case_id: int) -> tuple[FlagLine, ...]:
    rows = session.execute(
        select(Flag, Member)
        .outerjoin(Member, Member.id == Flag.flagger_id)
        .where(Flag.case_id == case_id)
        .order_by(Flag.id)
        .limit(100)
    ).all()
    return tuple(
        FlagLine(
            reason=FLAG_REASONS[flag.reason],
            note=flag.note,
            at=flag.created_at,
            by=member.label if member is not None and viewer.is_staff else None,
            by_name=member.name if member is not None and viewer.is_staff else None,
        )
        for flag, member in rows
    )


def _person(session: Session, viewer: Actor, member: Member) -> Person:
    counted = session.execute(
        select(Case.state, func.count()).where(cases_about_author(member.id), Case.state != "open").group_by(Case.state)
    ).all()
    decided = {row[0]: row[1] for row in counted}
    rows = session.execute(
        select(Sanction, Member)
        .outerjoin(Member, Member.id == Sanction.by_id)
        .where(Sanction.member_id == member.id)
        .order_by(Sanction.id.desc())
        .limit(MOST_LINES)
    ).all()
    return Person(
        id=member.id,
        name=member.name,
        label=member.label,
        initials=initials(member.label),
        hue=member.hue,
        joined_at=None if member.joined_lately else member.joined_at,
        role=member.role,
        suspended_until=member.suspended_until,
        silenced_until=member.silenced_until,
        upheld=decided.get("upheld", 0),
        dismissed=decided.get("dismissed", 0),
        sanctions=sanction_lines(rows),
        next_step=next_step([(row[0].kind, row[0].until, row[0].created_at) for row in rows if not row[0].lifted_at]),
        may_sanction=bool(guardian.may_sanction(viewer, member)),
    )


def _name(member: Member) -> Person:
    """Who it is, and nothing of what moderators know of them."""
    return Person(
        id=member.id, name=member.name, label=member.label, initials=initials(member.label), hue=member.hue,
        joined_at=None, role=member.role, suspended_until=None, silenced_until=None, upheld=0, dismissed=0,
        sanctions=(), next_step=next_step(()), may_sanction=False,
    )


def sanction_lines(rows: Sequence[Row[Sanction, Member]]) -> tuple[Happening, ...]:
    """Sanctions with who gave them, as lines of a history."""
    return tuple(
        Happening(
            SANCTIONS[sanction.kind], by.label if by else None, sanction.created_at, sanction.reason,
            until=sanction.until, lifted=sanction.lifted_at is not None,
        )
        for sanction, by in rows
    )


def _acts(session: Session, target: Target) -> tuple[Happening, ...]:
    """What moderators did to it, and to its thread, lately."""
    about = and_(LogEntry.target_kind == target.kind, LogEntry.target_id == target.id)
    if target.thread is not None:
        about = or_(about, and_(LogEntry.target_kind == "thread", LogEntry.target_id == target.thread.id))
    rows = session.execute(
        select(LogEntry, Member)
        .outerjoin(Member, Member.id == LogEntry.actor_id)
        .where(about)
        .order_by(LogEntry.id.desc())
        .limit(MOST_LINES)
    ).all()
    return tuple(
        Happening(verb_words(entry.verb), by.label if by else None, entry.at, entry.reason) for entry, by in rows
    )
