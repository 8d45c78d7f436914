"""Reads of notices."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from forum.access import visible
from forum.access.actors import Actor
from forum.access.visible import thread_is_visible
from forum.boards.models import Board
from forum.chat.models import LOBBY, ChatMessage, Room
from forum.core.filters import planned
from forum.core.i18n import gettext as _
from forum.core.i18n import label, ngettext, parted
from forum.members.models import Member
from forum.notifications import rank_words
from forum.notifications.models import Notice
from forum.reputation import rulesets
from forum.reputation.line_words import WITHHELD
from forum.threads.models import Thread

PAGE = 30
_RoomBoard = aliased(Board)
ICONS = {
    "answer": "message-square", "reply": "reply", "mention": "user", "accepted": "check", "rank": "sprout",
    "rank_again": "sprout", "rank_rules": "sprout", "rank_fell": "sprout", "rank_falls": "clock", "rank_held": "shield",
    "chat_mention": "message-circle", "duplicate": "copy", "flag_outcome": "flag", "hidden": "eye-off",
    "sanction": "shield", "invitation": "user-plus",
    "idea": "lightbulb", "solved_yet": "circle-help", "accepted_gone": "undo-2",
    "voided": "shield", "claim": "users", "claim_asked": "users", "asked_helpers": "heart", "asked_staff": "clock",
    "picture_broken": "circle-help",
    "badge": "award", "badge_back": "undo-2",
    "trade_proposed": "handshake", "trade_agreed": "handshake", "trade_declined": "handshake",
    "trade_rated": "star", "trade_shown": "star", "trade_replied": "reply", "trade_withdrawn": "eye-off",
    "trade_restored": "eye",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line behind the bell, in words."""

    id: int
    href: str
    text: str
    excerpt: str | None
    icon: str
    at: dt.datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, newest first; `older` is the id to go on before."""

    rows: tuple[NoticeRow, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class _Said:
    """Where in the chat the message of a notice stands."""

    room_slug: str
    n: int
    room: str


def notices(session: Session, viewer: Actor, before: int | None = None) -> NoticePage:
    """The viewer's notices before an id. What they may no longer see is left out. One query."""
    rooms = visible.rooms(viewer).with_only_columns(Room.id, maintain_column_froms=True).correlate(None)
    said = and_(ChatMessage.deleted_at.is_(None), ChatMessage.hidden_at.is_(None), ChatMessage.room_id.in_(rooms))
    query = (
        select(
            Notice, Member.name, Member.shown_name, Thread.title, Room.slug, ChatMessage.n,
            func.coalesce(_RoomBoard.title, Room.title).label("room"),
        )
        .outerjoin(Member, Member.id == Notice.actor_id)
        .outerjoin(Thread, Thread.id == Notice.thread_id)
        .outerjoin(Board, Board.id == Thread.board_id)
        .outerjoin(ChatMessage, ChatMessage.id == Notice.message_id)
        .outerjoin(Room, Room.id == ChatMessage.room_id)
        .outerjoin(_RoomBoard, _RoomBoard.id == Room.board_id)
        .where(
            Notice.member_id == viewer.id,
            or_(Notice.thread_id.is_(None), thread_is_visible(viewer)),
            or_(Notice.message_id.is_(None), said),
        )
        .order_by(Notice.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Notice.id < before)
    found = session.execute(query).all()
    rows = tuple(
        _row(session, viewer, row[0], name=row[1] or "", who=row[2] or row[1] or "", title=row[3] or "",
             said=_Said(*row[4:]) if row[4] else None)
        for row in found[:PAGE]
    )
    return NoticePage(rows, rows[-1].id if len(found) > PAGE else None)


def _row(
    session: Session, viewer: Actor, notice: Notice, *, name: str, who: str, title: str, said: _Said | None
) -> NoticeRow:
    if said is not None:
        title = _("Lobby") if said.room_slug == LOBBY else said.room
    text, excerpt = _words(session, notice, who, title)
    return NoticeRow(
        id=notice.id,
        href=_href(viewer, notice, name, said),
        text=text,
        excerpt=excerpt,
        icon=ICONS.get(notice.kind, "bell"),
        at=notice.created_at,
        unread=notice.read_at is None,
    )


def _href(viewer: Actor, notice: Notice, name: str, said: _Said | None) -> str:
    if said is not None:
        return f"/chat/{quote(said.room_slug)}?at={said.n}#message-{notice.message_id}"
    if "agreement" in notice.details:
        return f"/agreements/{notice.details['agreement']}"
    if notice.post_id is not None:
        return f"/p/{notice.post_id}"
    if notice.thread_id is not None:
        return f"/t/{notice.thread_id}/-"
    if notice.kind == "claim" and not notice.details.get("approved"):
        return "/settings/claims"
    if notice.kind == "claim_asked":
        return "/moderation/claims"
    if notice.kind == "picture_broken":
        return "/drafts"
    if notice.kind == "invitation":
        return f"/m/{quote(name)}"
    if notice.kind == "voided":
        return f"/m/{quote(viewer.name)}/ledger"
    badges = notice.details.get("badges", [])
    if notice.kind in ("badge", "badge_back") and len(badges) == 1:
        return f"/badges/{quote(badges[0]['slug'])}"
    if notice.kind == "rank_rules":
        version = notice.details.get("version")
        return f"/ranks/changes/{version}" if version else "/ranks/changes"
    return "/ranks" if notice.kind.startswith("rank") else f"/m/{viewer.name}"


def _words(session: Session, notice: Notice, who: str, title: str) -> tuple[str, str | None]:
    """What happened, in a sentence, and words below it."""
    details = notice.details
    match notice.kind:
        case "answer":
            return _("%(who)s answered your question", who=who), title
        case "reply":
            return _("%(who)s replied to you", who=who), title
        case "mention":
            return _("%(who)s mentioned you", who=who), title
        case "chat_mention":
            return _("%(who)s mentioned you in the chat", who=who), title
        case "duplicate":
            return _("What you started is answered in another thread already"), title
        case "accepted":
            return _("Your answer was accepted"), title
        case "solved_yet":
            return _("Is your question solved? If an answer worked, accept it"), title
        case "accepted_gone":
            return _("The answer that you accepted is not there any more; your question is open again"), title
        case "invitation":
            return _("%(who)s accepted your invitation", who=who), _("Say hello where they start.")
        case "picture_broken" if notice.post_id is not None:
            return _("A picture in your post is damaged and does not show: edit the post and add it anew"), title
        case "picture_broken":
            return _("A picture that you added is damaged"), _("Save it anew and add it again in its place.")
        case "claim_asked":
            return _("%(who)s asks for an old profile; the team decides", who=who), str(details.get("profile", ""))
        case "claim" if details.get("approved"):
            return _("The old profile is yours now"), _("What you wrote there stands under your name.")
        case "claim":
            return _("The team did not agree that the old profile is yours"), _("You can ask again and say more.")
        case "asked_helpers":
            return _("A question waits that you know something about"), title
        case "asked_staff":
            return _("A question still waits for its first answer"), title
        case "rank":
            rank = rulesets.current(session).rank(str(details.get("rank", "")))
            return _("You are %(rank)s now", rank=rank.name), _("Thank you for helping. See what it opens.")
        case "rank_again" | "rank_rules" | "rank_fell" | "rank_falls" | "rank_held":
            return rank_words.in_words(rulesets.current(session), notice.kind, details)
        case kind if kind.startswith("trade_"):
            return _trade_words(notice, who), str(notice.details.get("reason") or title)
        case "badge" | "badge_back":
            return _badge_words(notice)
        case "idea":
            return _idea_words(details), title
        case "flag_outcome":
            upheld = details.get("outcome") == "upheld"
            outcome = _("A moderator agreed and acted.") if upheld else _("A moderator looked and left it as it is.")
            return _("Your report was looked at"), outcome
        case "hidden":
            return _("A moderator hid what you wrote"), str(details.get("reason", ""))
        case "voided":
            why = WITHHELD.get(str(details.get("why")))
            return _("Some votes that you gave or received no longer count"), str(why) if why else None
        case "sanction":
            return _sanction_words(details)
        case _:
            return _("Something changed"), title or None


def _trade_words(notice: Notice, who: str) -> str:
    mentoring = notice.details.get("kind") == "mentoring"
    match notice.kind:
        case "trade_proposed":
            return _("%(who)s proposes mentoring", who=who) if mentoring else _("%(who)s proposes a deal", who=who)
        case "trade_agreed":
            return _("%(who)s agreed. Afterwards you can rate each other.", who=who)
        case "trade_declined":
            return _("%(who)s would rather not", who=who)
        case "trade_rated":
            return _("%(who)s has rated what you agreed on. Now it is your turn: both ratings show together.", who=who)
        case "trade_shown":
            return _("You can read what %(who)s says of what you agreed on", who=who)
        case "trade_replied":
            return _("%(who)s replied to your rating", who=who)
        case "trade_restored":
            return _("A rating of yours shows again")
        case _:
            return _("A moderator has withdrawn a rating of yours")


def _badge_words(notice: Notice) -> tuple[str, str]:
    names = parted(label(one["labels"]) for one in notice.details.get("badges", []))
    number = len(notice.details.get("badges", []))
    if notice.kind == "badge":
        return ngettext("You earned a badge", "You earned %(num)s badges", number), names
    said = ngettext("A badge was taken back", "%(num)s badges were taken back", number)
    return said, _("%(badges)s: what it was for no longer counts.", badges=names)


def _idea_words(details: dict[str, object]) -> str:
    when, own = details.get("when"), details.get("own")
    if details.get("state") == "planned" and when:
        when = planned(str(when))
        if own:
            return _("Your idea is planned for %(when)s", when=when)
        return _("An idea that you want is planned for %(when)s", when=when)
    sentences = {
        "under_review": _("Your idea is under review"),
        "planned": _("Your idea is planned"),
        "done": _("Your idea is done"),
        "declined": _("Your idea was declined"),
        "": _("Your idea is no longer decided"),
    } if own else {
        "under_review": _("An idea that you want is under review"),
        "planned": _("An idea that you want is planned"),
        "done": _("An idea that you want is done"),
        "declined": _("An idea that you want was declined"),
        "": _("An idea that you want is no longer decided"),
    }
    return sentences.get(str(details.get("state")), sentences[""])


def _sanction_words(details: dict[str, object]) -> tuple[str, str]:
    reason = str(details.get("reason", ""))
    days = int(str(details.get("days", 0)))
    if details.get("kind") == "warning":
        return _("A moderator asks you to change something"), reason
    if details.get("kind") == "silence":
        return ngettext("You can only read for %(num)s day", "You can only read for %(num)s days", days), reason
    suspended = ngettext("You are suspended for %(num)s day", "You are suspended for %(num)s days", days)
    return suspended, reason
