"""Every event there is: one frozen dataclass a kind, of plain values only, so that it fits into the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and is committed.

    `looks_anew`: it only says that something is to be looked at as it is now, so that of several that are alike and
    wait together one is delivered.
    """

    looks_anew: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class MemberConfirmed(Event):
    """An address of a member was confirmed."""

    member_id: int


@dataclass(frozen=True, slots=True)
class InvitationTaken(Event):
    """Somebody joined by an invitation."""

    invitation_id: int


@dataclass(frozen=True, slots=True)
class ThreadStarted(Event):
    """A thread is there for others to see."""

    thread_id: int
    opening_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class PostCreated(Event):
    """An answer or a reply was posted (an opening is a ThreadStarted)."""

    post_id: int
    thread_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class PostChanged(Event):
    """A post was edited, scored, hidden, deleted or brought back: whoever has it on screen may draw it anew."""

    looks_anew: ClassVar[bool] = True
    post_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class PostRendered(Event):
    """A newer renderer made other HTML of the same words."""

    looks_anew: ClassVar[bool] = True
    post_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class WordsChanged(Event):
    """A post says something else now, or its thread has another title or other tags.

    `revision` is the number under which what it said before is kept.
    """

    post_id: int
    thread_id: int
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ThreadMoved(Event):
    """A thread stands on another board."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class MemberNamed(Event):
    """A member is new, or shows another name."""

    member_id: int


@dataclass(frozen=True, slots=True)
class CommunityImported(Event):
    """Members, threads and posts were written in bulk, without an event for each."""


@dataclass(frozen=True, slots=True)
class ClaimAsked(Event):
    """A member says that an imported profile is theirs, or does not say so any more."""

    claim_id: int


@dataclass(frozen=True, slots=True)
class ClaimDecided(Event):
    """Staff said whether an imported profile is a member's. If it is, both are one now, under `member_id`."""

    claim_id: int
    member_id: int
    approved: bool


@dataclass(frozen=True, slots=True)
class AnswerAccepted(Event):
    """An answer was accepted."""

    post_id: int
    thread_id: int
    by_id: int | None


@dataclass(frozen=True, slots=True)
class AcceptanceTakenBack(Event):
    """An answer that was accepted is not any more: another one is, or none."""

    post_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class AcceptedAnswerGone(Event):
    """The accepted answer of a question was deleted or hidden, or is there again."""

    post_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class PictureBroken(Event):
    """A picture turned out to be damaged, or one that is was put into a post."""

    picture_id: int


@dataclass(frozen=True, slots=True)
class PurchasesChanged(Event):
    """A member owns something now, or no longer."""

    member_id: int


@dataclass(frozen=True, slots=True)
class DuplicateChanged(Event):
    """A thread was marked as a duplicate of another, or is none any more; `by_id` is who said so."""

    thread_id: int
    by_id: int | None


@dataclass(frozen=True, slots=True)
class IdeaStateChanged(Event):
    """The shop said what becomes of an idea, or took that back."""

    change_id: int
    thread_id: int


@dataclass(frozen=True, slots=True)
class ClaimChanged(Event):
    """Somebody took up a question ("I'm on it"), gave it back, or their time is over."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class HelpersAsked(Event):
    """A question waits: these members were chosen to be asked. `stage` is "helpers" or "staff"."""

    thread_id: int
    stage: str
    member_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RankChanged(Event):
    """A member's rank changed; `up` says in which direction.

    `celebrated`: it is higher than any before. `told` is false when the member hears of it in other words.
    `by_rules`: new rules are why, those of the version of this number.
    """

    member_id: int
    old: str
    new: str
    up: bool
    celebrated: bool = True
    told: bool = True
    by_rules: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class StandingsChanged(Event):
    """The standings of these members are otherwise (points, rank, grace, a hold). Nobody named: anybody's may be."""

    looks_anew: ClassVar[bool] = True
    member_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RankWarned(Event):
    """A member's numbers no longer meet their rank: it is lost on a day (ISO) unless they do again."""

    member_id: int
    rank: str
    falls_on: str


@dataclass(frozen=True, slots=True)
class RankWarningOver(Event):
    """A warning no longer holds: the rank is not lost on that day (ISO), or it was before."""

    member_id: int
    rank: str
    falls_on: str


@dataclass(frozen=True, slots=True)
class RankHeld(Event):
    """Staff hold a member at a rank until a day (ISO), for a reason that the member reads."""

    member_id: int
    rank: str
    until: str
    reason: str
    entry_id: int


@dataclass(frozen=True, slots=True)
class RankLetGo(Event):
    """Staff took back that they hold a member at a rank, as a line of the log says."""

    entry_id: int


@dataclass(frozen=True, slots=True)
class BadgesChanged(Event):
    """A member earned these badges (`won`), or they were taken back because what they were for was voided."""

    member_id: int
    badge_ids: tuple[int, ...]
    won: bool


@dataclass(frozen=True, slots=True)
class TradeHappened(Event):
    """Of an agreement one member is to hear that `what` happened: proposed, agreed, declined, rated (by the other,
    nobody says how), shown (what was said of them can be read), replied, withdrawn or restored (what they said).

    `number` is the agreement's or the rating's: the same thing is told once.
    """

    agreement_id: int
    what: str
    number: int
    member_id: int
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProposalTakenBack(Event):
    """Who proposed a deal or mentoring took it back before it was answered."""

    agreement_id: int


@dataclass(frozen=True, slots=True)
class MessageChanged(Event):
    """A chat message is new, edited, deleted, hidden, or was reacted to. `seq` is the room's number of the change."""

    message_id: int
    room_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class CaseOpened(Event):
    """Something was flagged for the first time since its last case was closed."""

    case_id: int


@dataclass(frozen=True, slots=True)
class CaseClosed(Event):
    """Moderators decided on what was flagged."""

    case_id: int


@dataclass(frozen=True, slots=True)
class ContentHidden(Event):
    """A post or a message was hidden by moderation; its author is to read why."""

    target_kind: str
    target_id: int
    author_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class MemberSanctioned(Event):
    """A member was warned, silenced or suspended."""

    sanction_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class VotesVoided(Event):
    """The team had the votes (or acceptances) of a fairness case count no more; or, `restored`, took that back.

    `entry_id` is the line of the log that voided them, in both cases.
    """

    case_id: int
    entry_id: int
    restored: bool


@dataclass(frozen=True, slots=True)
class VoidingChanged(Event):
    """Votes or acceptances that these members gave or received were voided, or count again; their ledgers say so."""

    member_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SessionsEnded(Event):
    """Sessions of a member ended (sign-out, new password, suspension): their sockets must go, at once.

    `session_ids` empty means all of them.
    """

    member_id: int
    session_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessChanged(Event):
    """Who may see what has changed (a board's access, a rank, a role): sockets must be checked anew.

    Without a member it concerns everyone.
    """

    member_id: int | None = None


ALL: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
