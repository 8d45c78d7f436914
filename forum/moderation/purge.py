"""Taking redacted words out of everything beside the post itself: mail that waits, notices, kept forms, drafts, flags.

A part of `actions.redaction`. The post, its revisions and its pages are the threads' room's to purge.
Not reached: mail that was sent, and backups. docs/decisions/006 says so to the admin. What the database's files still
hold of rows that are changed here is wiped afterwards (docs/decisions/084).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, delete, false, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.chat.models import ChatMessage
from forum.drafts.models import Draft
from forum.events.models import OutboxEvent
from forum.jobs.models import Job
from forum.members.models import KeptForm
from forum.moderation.leaks import Leak, cleaned, without
from forum.moderation.models import Case, Flag, Sanction
from forum.moderation.targets import Target
from forum.notifications.models import Notice
from forum.search.tables import NAMES as SEARCH_TABLES
from forum.threads.models import Post, PostRevision, Tag, Thread, ThreadTag
from forum.threads.writing import split_tags, tag_slugs
from forum.trades.models import TradeRating

_Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
MOST_REPEATS = 20  # shown to the moderator, who decides about each
# Where a redaction changes or deletes rows: what is wiped afterwards, so that nothing is left of what they said.
TABLES = (
    *(
        model.__tablename__
        for model in (
            Post, PostRevision, Thread, Tag, ThreadTag, ChatMessage, Flag, Notice, Job, OutboxEvent, KeptForm, Draft,
            Sanction, TradeRating,
        )
    ),
    *SEARCH_TABLES,
)


@dataclass(frozen=True, slots=True)
class Before:
    """What the target said before: whole texts, with what stands in their place now."""

    texts: dict[str, str]
    titles: dict[str, str]
    slug: str | None = None
    tags: tuple[str, ...] = ()  # that it bears no more


def purge(session: Session, target: Target, leak: Leak, before: Before) -> None:
    """Take the leak out of all rows that concern the target, and out of others where it is known again for sure."""
    _flags(session, target, leak)
    _notices(session, target, leak, before)
    _jobs(session, target, leak, before)
    _outbox(session, leak, before)
    _kept_forms(session, leak, before)
    _drafts(session, target, leak, before)
    _sanctions(session, target, leak)
    _ratings(session, leak)
    row = target.post or target.message
    if row is not None and row.hidden_reason:
        row.hidden_reason = without(row.hidden_reason, leak.words)
    session.flush()


def repeats(session: Session, target: Target, leak: Leak, tags: tuple[str, ...]) -> list[str]:
    """Addresses of other posts that say the same: quotes and threads with the same tag, which somebody must look at."""
    if not leak.telling:
        return []
    own = target.id if target.kind == "post" else 0
    tagged = (
        select(Thread.opening_id)
        .join(ThreadTag, ThreadTag.thread_id == Thread.id)
        .join(Tag, Tag.id == ThreadTag.tag_id)
        .where(Tag.slug.in_(_telling(tags, leak)))
    )
    posts = session.scalars(
        select(Post.id)
        .where(Post.id != own, or_(_holds(Post.body_source, leak.telling), Post.id.in_(tagged)))
        .order_by(Post.id)
        .limit(MOST_REPEATS)
    )
    own = target.id if target.kind == "message" else 0
    messages = session.scalars(
        select(ChatMessage.id)
        .where(ChatMessage.id != own, _holds(ChatMessage.body_source, leak.telling))
        .order_by(ChatMessage.id)
        .limit(MOST_REPEATS)
    )
    return [f"/p/{one}" for one in posts] + [f"/chat/messages/{one}/redaction" for one in messages]


def _flags(session: Session, target: Target, leak: Leak) -> None:
    flags = session.scalars(
        select(Flag)
        .join(Case, Case.id == Flag.case_id)
        .where(Case.target_kind == target.kind, Case.target_id == target.id, Flag.note != "")
    )
    for flag in flags:
        flag.note = without(flag.note, leak.words)


def _notices(session: Session, target: Target, leak: Leak, before: Before) -> None:
    about: ColumnElement[bool] = Notice.post_id == target.id if target.post is not None else false()
    about = or_(about, _holds_json(Notice.details, [*leak.telling, *before.titles]))
    for notice in session.scalars(select(Notice).where(about)):
        notice.details = cleaned(notice.details, {**before.texts, **before.titles}, leak.words)


def _jobs(session: Session, target: Target, leak: Leak, before: Before) -> None:
    """What is done needs its payload no more; what waits goes out with the new words."""
    marks = [*leak.telling, *before.titles]
    if target.post is not None:
        marks.append(f'"/p/{target.id}"')
    for job in session.scalars(select(Job).where(_holds_json(Job.payload, marks))):
        if job.done_at is not None:
            job.payload = {}
        else:
            job.payload = cleaned(job.payload, {**before.texts, **before.titles}, leak.words)
    session.execute(update(Job).where(_holds(Job.failure, leak.telling)).values(failure=None))


def _outbox(session: Session, leak: Leak, before: Before) -> None:
    session.flush()
    for event in session.scalars(select(OutboxEvent).where(_holds_json(OutboxEvent.payload, leak.telling))):
        event.payload = cleaned(event.payload, before.texts, leak.telling)
    session.execute(update(OutboxEvent).where(_holds(OutboxEvent.failure, leak.telling)).values(failure=None))


def _kept_forms(session: Session, leak: Leak, before: Before) -> None:
    whole = [text for text in (*before.texts, *before.titles) if text]
    gone = _holds_json(KeptForm.fields, [*leak.telling, *whole])
    for slug in _telling(before.tags, leak):  # which was typed with blanks, or with capitals
        gone = or_(gone, and_(*(_holds_json(KeptForm.fields, [piece]) for piece in slug.split("-"))))
    if before.slug:
        gone = or_(gone, KeptForm.path.contains(before.slug, autoescape=True))
    session.execute(delete(KeptForm).where(gone), execution_options={"synchronize_session": False})


def _drafts(session: Session, target: Target, leak: Leak, before: Before) -> None:
    """What the author has not sent: it would bring the words back. Other people's drafts are nobody else's to read."""
    for draft in session.scalars(select(Draft).where(Draft.member_id == target.author_id)).all():
        if any(_says(fields, leak, before) for fields in (draft.fields, draft.other_fields or {})):
            session.delete(draft)


def _says(fields: Mapping[str, object], leak: Leak, before: Before) -> bool:
    typed = [str(value) for value in fields.values()]
    tags = tag_slugs(split_tags(str(fields.get("tags", ""))))
    return (
        any(piece.casefold() in text.casefold() for piece in leak.telling for text in typed)
        or not before.texts.keys().isdisjoint(typed)
        or not before.titles.keys().isdisjoint(typed)
        or not set(before.tags).isdisjoint(tags)
    )


def _sanctions(session: Session, target: Target, leak: Leak) -> None:
    for sanction in session.scalars(select(Sanction).where(Sanction.member_id == target.author_id)):
        sanction.reason = without(sanction.reason, leak.telling)


def _ratings(session: Session, leak: Leak) -> None:
    """What members say of each other after a deal is where an address or a number may be said again."""
    held = or_(_holds(TradeRating.words, leak.telling), _holds(TradeRating.reply, leak.telling))
    for rating in session.scalars(select(TradeRating).where(held)):
        rating.words = without(rating.words, leak.telling)
        rating.reply = without(rating.reply, leak.telling) if rating.reply else None


def _telling(tags: tuple[str, ...], leak: Leak) -> list[str]:
    return [slug for slug in tags if slug in leak.telling]


def _holds(column: _Text, pieces: Iterable[str]) -> ColumnElement[bool]:
    return or_(false(), *(column.icontains(piece, autoescape=True) for piece in pieces if piece))


def _holds_json(column: InstrumentedAttribute[dict[str, object]], pieces: Iterable[str]) -> ColumnElement[bool]:
    """JSON is stored as text with its escapes, so the pieces are looked for as JSON writes them."""
    text = cast(column, String)
    escaped = (piece if piece.startswith('"') else json.dumps(piece)[1:-1] for piece in pieces if piece)
    return or_(false(), *(text.icontains(piece, autoescape=True) for piece in escaped))
