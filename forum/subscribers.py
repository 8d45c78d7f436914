"""The only list of who listens to which event.

A subscriber is called in the worker's transaction with the session, the event and a key that is the
same at every delivery of that event. It writes idempotently (unique by the key), queues jobs, and
leaves whatever cannot be rolled back (a push over a socket) to `after_commit`.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from forum.badges import subscribers as badges
from forum.desk import subscribers as desk
from forum.events.catalogue import (
    AcceptanceTakenBack,
    AcceptedAnswerGone,
    AccessChanged,
    AnswerAccepted,
    BadgesChanged,
    CaseClosed,
    ClaimAsked,
    ClaimChanged,
    ClaimDecided,
    CommunityImported,
    ContentHidden,
    DuplicateChanged,
    Event,
    HelpersAsked,
    IdeaStateChanged,
    InvitationTaken,
    MemberNamed,
    MemberSanctioned,
    MessageChanged,
    PictureBroken,
    PostChanged,
    PostCreated,
    PostRendered,
    ProposalTakenBack,
    PurchasesChanged,
    RankChanged,
    RankHeld,
    RankLetGo,
    RankWarned,
    RankWarningOver,
    SessionsEnded,
    StandingsChanged,
    ThreadMoved,
    ThreadStarted,
    TradeHappened,
    VoidingChanged,
    VotesVoided,
    WordsChanged,
)
from forum.notifications import subscribers as notifications
from forum.realtime import listeners as realtime
from forum.search import subscribers as search
from forum.threads import subscribers as threads

Subscriber = Callable[[Session, Any, str], None]

SUBSCRIBERS: dict[type[Event], tuple[Subscriber, ...]] = {
    MessageChanged: (realtime.on_message_changed, notifications.message_changed),
    ThreadStarted: (notifications.thread_started, search.thread_started, desk.thread_started),
    PostCreated: (notifications.post_created, search.post_created, desk.post_created),
    PostChanged: (desk.post_changed, badges.post_changed),
    PostRendered: (search.post_rendered,),
    WordsChanged: (search.words_changed, notifications.words_changed),
    ThreadMoved: (search.thread_moved,),
    MemberNamed: (search.member_named,),
    AnswerAccepted: (notifications.answer_accepted, badges.answer_accepted),
    AcceptanceTakenBack: (notifications.acceptance_taken_back,),
    AcceptedAnswerGone: (notifications.accepted_answer_gone,),
    PurchasesChanged: (threads.purchases_changed,),
    BadgesChanged: (notifications.badges_changed,),
    ClaimAsked: (notifications.claim_asked,),
    ClaimDecided: (
        notifications.claim_decided, search.claim_decided, desk.claim_decided, badges.claim_decided,
    ),
    CommunityImported: (search.community_imported, desk.community_imported, badges.community_imported),
    ClaimChanged: (realtime.on_claim_changed,),
    HelpersAsked: (notifications.helpers_asked,),
    InvitationTaken: (notifications.invitation_taken,),
    DuplicateChanged: (notifications.duplicate_changed,),
    IdeaStateChanged: (notifications.idea_state_changed, badges.idea_state_changed),
    CaseClosed: (notifications.case_closed,),
    ContentHidden: (notifications.content_hidden,),
    PictureBroken: (notifications.picture_broken,),
    RankChanged: (notifications.rank_changed, realtime.on_rank_changed),
    RankHeld: (notifications.rank_held,),
    RankLetGo: (notifications.rank_let_go,),
    RankWarned: (notifications.rank_warned,),
    RankWarningOver: (notifications.rank_warning_over,),
    StandingsChanged: (realtime.on_standings_changed,),
    SessionsEnded: (realtime.on_member_changed,),
    MemberSanctioned: (notifications.member_sanctioned, realtime.on_member_changed),
    VotesVoided: (notifications.votes_voided,),
    VoidingChanged: (badges.voiding_changed,),
    TradeHappened: (notifications.trade_happened,),
    ProposalTakenBack: (notifications.proposal_taken_back,),
    AccessChanged: (realtime.on_member_changed,),
}


def deliver(session: Session, event: Event, key: str) -> None:
    """Call everyone who listens to this kind of event."""
    for subscriber in SUBSCRIBERS.get(type(event), ()):
        subscriber(session, event, key)
