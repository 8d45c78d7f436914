"""What members are told of which event: notices behind the bell, and one mail that brings people back."""


from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.access.guardian import may_decide_claim, may_see_room
from forum.boards.models import Board
from forum.chat.models import ChatMessage, Room
from forum.content.mentions import find_mentions
from forum.core.filters import fulltime
from forum.core.i18n import in_language
from forum.events.catalogue import (
    AcceptanceTakenBack,
    AcceptedAnswerGone,
    AnswerAccepted,
    BadgesChanged,
    CaseClosed,
    ClaimAsked,
    ClaimDecided,
    ContentHidden,
    DuplicateChanged,
    HelpersAsked,
    IdeaStateChanged,
    InvitationTaken,
    MemberSanctioned,
    MessageChanged,
    PictureBroken,
    PostCreated,
    ProposalTakenBack,
    RankChanged,
    RankHeld,
    RankLetGo,
    RankWarned,
    RankWarningOver,
    ThreadStarted,
    TradeHappened,
    VotesVoided,
    WordsChanged,
)
from forum.invitations.models import Invitation
from forum.jobs.queue import enqueue
from forum.members.models import Member, MemberClaim
from forum.members.queries import mail_address
from forum.moderation.models import Case, FairnessCase, FairnessMember, Flag, Sanction
from forum.notifications import mentions
from forum.notifications.asking import ASK_AFTER, first_answer_key, solved_yet_key
from forum.notifications.mail import queue_mail
from forum.notifications.models import Notice
from forum.notifications.telling import take_away, tell
from forum.reputation.models import Badge
from forum.reputation.queries import to_keep
from forum.threads.models import IdeaChange, Post, PostRevision, Thread
from forum.trades.models import TradeAgreement, TradeRating
from forum.uploads.models import Picture

_SAID = select(
    ChatMessage.room_id, ChatMessage.author_id, ChatMessage.body_source, ChatMessage.deleted_at, ChatMessage.hidden_at
).where(ChatMessage.id == bindparam("message_id", type_=Integer))


def post_created(session: Session, event: PostCreated, _key: str) -> None:
    """The one who is answered or replied to, and those who are mentioned; the first answer is mailed whole."""
    post = session.get_one(Post, event.post_id)
    thread = session.get_one(Thread, event.thread_id)
    if post.is_gone or thread.is_gone:
        return
    told = {post.author_id}
    if post.parent_id is None:
        mentions.tell_about_post(session, thread.author_id, "answer" if post.kind == "answer" else "reply", post, told)
    else:
        parent = session.get_one(Post, post.parent_id)
        mentions.tell_about_post(session, parent.author_id, "reply", post, told)
    mentions.tell_mentioned(session, post, thread, told)
    if post.kind == "answer" and post.author_id != thread.author_id:
        enqueue(session, "mail_first_answer", {"post_id": post.id}, unique_key=first_answer_key(thread.id))
        if thread.asker_asked_at is None and not thread.solved:
            enqueue(
                session, "ask_asker", {"thread_id": thread.id}, run_at=post.created_at + ASK_AFTER,
                unique_key=f"ask-asker:{post.id}",
            )


def thread_started(session: Session, event: ThreadStarted, _key: str) -> None:
    """Those who are mentioned in the opening."""
    post = session.get_one(Post, event.opening_id)
    thread = session.get_one(Thread, event.thread_id)
    if not post.is_gone and not thread.is_gone:
        mentions.tell_mentioned(session, post, thread, {post.author_id})


def words_changed(session: Session, event: WordsChanged, _key: str) -> None:
    """Those whom an edit mentions and the words before it did not; together no more than a new text may tell.

    A redaction is no edit: it keeps nothing of what was said before, and tells nobody.
    """
    before = session.scalar(
        select(PostRevision).where(PostRevision.post_id == event.post_id, PostRevision.number == event.revision)
    )
    if before is None:
        return
    post, thread = session.get_one(Post, event.post_id), session.get_one(Thread, event.thread_id)
    if post.is_gone or thread.is_gone or thread.awaits_confirmation:
        return
    added = find_mentions(post.body_source) - find_mentions(before.body_source)
    told = select(func.count()).where(Notice.event_key == f"post:{post.id}", Notice.kind == "mention")
    left = max(0, mentions.MOST - (session.scalar(told) or 0))
    mentions.tell_members(
        session, mentions.bearing(session, sorted(added)[:left]), post, thread, {post.author_id, before.editor_id},
        by_id=before.editor_id,
    )


def answer_accepted(session: Session, event: AnswerAccepted, _key: str) -> None:
    """The author of the answer, unless they accepted it themselves, or it is not the accepted one any more.

    Whether the question is solved is not asked any more.
    """
    post, thread = session.get_one(Post, event.post_id), session.get_one(Thread, event.thread_id)
    if thread.accepted_post_id != post.id:
        return
    take_away(session, solved_yet_key(thread.id))
    if post.author_id != event.by_id:
        tell(
            session, post.author_id, "accepted", _accepted_as(event), by_id=event.by_id, thread_id=thread.id,
            post_id=post.id,
        )


def acceptance_taken_back(session: Session, event: AcceptanceTakenBack, _key: str) -> None:
    """It is not behind the bell any more, nor that the answer was gone, unless it is accepted anew by now."""
    thread = session.get(Thread, event.thread_id)
    if thread is None or thread.accepted_post_id != event.post_id:
        take_away(session, _accepted_as(event))
        take_away(session, _gone_as(event))


def _accepted_as(event: AnswerAccepted | AcceptanceTakenBack) -> str:
    return f"accepted:{event.post_id}"


def accepted_answer_gone(session: Session, event: AcceptedAnswerGone, _key: str) -> None:
    """The asker learns that the answer they accepted is gone, unless they took it away; it goes once that is back."""
    post, thread = session.get(Post, event.post_id), session.get(Thread, event.thread_id)
    if post is None or thread is None:
        return
    if not post.is_gone:
        take_away(session, _gone_as(event))
    elif thread.accepted_post_id == post.id and not thread.is_gone and thread.author_id not in (
        post.deleted_by_id, post.hidden_by_id
    ):
        tell(session, thread.author_id, "accepted_gone", _gone_as(event), thread_id=thread.id)


def _gone_as(event: AcceptedAnswerGone | AcceptanceTakenBack) -> str:
    return f"accepted-gone:{event.post_id}"


def duplicate_changed(session: Session, event: DuplicateChanged, _key: str) -> None:
    """Who started it learns where it is answered, unless they said so themselves; taken back, the notice goes."""
    thread = session.get(Thread, event.thread_id)
    if thread is None:
        return
    told_as = f"duplicate:{thread.id}"
    if thread.duplicate_of_id is None:
        take_away(session, told_as)
    elif not thread.is_gone and event.by_id != thread.author_id:
        tell(session, thread.author_id, "duplicate", told_as, thread_id=thread.id)


def message_changed(session: Session, event: MessageChanged, _key: str) -> None:
    """Those whom a chat message mentions, once a message: an edit adds new ones. With the message its notices go."""
    message = session.execute(_SAID, {"message_id": event.message_id}).one_or_none()
    if message is None:
        return
    told_as = f"message:{event.message_id}"
    if message.deleted_at is not None or message.hidden_at is not None:
        take_away(session, told_as)
        return
    mentioned = mentions.mentioned(session, message.body_source)
    if not mentioned:
        return
    room = session.get_one(Room, message.room_id)
    board = session.get(Board, room.board_id) if room.board_id is not None else None
    for member_id in mentioned:
        if member_id != message.author_id and may_see_room(load_actor(session, member_id), room, board):
            tell(
                session, member_id, "chat_mention", told_as, by_id=message.author_id, message_id=event.message_id
            )


def idea_state_changed(session: Session, event: IdeaStateChanged, _key: str) -> None:
    """Its author and those who want it; taken back, the notices go. They may be thousands: a job goes in portions."""
    if session.get_one(IdeaChange, event.change_id).undone_at is not None:
        enqueue(session, "untell_of_idea", {"change_id": event.change_id}, unique_key=f"idea-back:{event.change_id}")
        return
    enqueue(session, "tell_of_idea", {"change_id": event.change_id, "after": 0}, unique_key=f"idea:{event.change_id}:0")


def rank_changed(session: Session, event: RankChanged, key: str) -> None:
    """A rise is told: with thanks the first time, plainly after a fall; a fall too, once it has come."""
    if not event.told:
        return
    if event.by_rules:  # once for each version of the rules, however often its steps are tried
        details: dict[str, object] = {"rank": event.new, "old": event.old, "version": event.version}
        told_as = f"rank_rules:{event.old}:{event.new}:{event.version}"
        tell(session, event.member_id, "rank_rules", told_as, details=details)
        return
    if event.up and event.celebrated:
        tell(session, event.member_id, "rank", f"rank:{event.new}", details={"rank": event.new})
    else:
        kind = "rank_again" if event.up else "rank_fell"
        tell(session, event.member_id, kind, f"{kind}:{key}", details={"rank": event.new, "old": event.old})


def rank_warned(session: Session, event: RankWarned, _key: str) -> None:
    """Before a rank is lost: until when it is kept, and what would keep it as things stood then."""
    missing = [list(step) for step in to_keep(session, event.member_id, event.rank)]
    details: dict[str, object] = {"rank": event.rank, "day": event.falls_on, "missing": missing}
    tell(session, event.member_id, "rank_falls", _warned_as(event), details=details)


def rank_warning_over(session: Session, event: RankWarningOver, _key: str) -> None:
    """The warning is not behind the bell any more."""
    take_away(session, _warned_as(event))


def _warned_as(event: RankWarned | RankWarningOver) -> str:
    """Many are warned of one rank and day: notices are taken away by their key, so it names the member."""
    return f"rank_falls:{event.member_id}:{event.rank}:{event.falls_on}"


def rank_held(session: Session, event: RankHeld, _key: str) -> None:
    """Staff hold the member at a rank: which, until when, and why. What was held before is replaced by it."""
    told_as = _held_as(event)
    notices = select(Notice.event_key).where(Notice.member_id == event.member_id, Notice.kind == "rank_held")
    for earlier in session.scalars(notices.where(Notice.event_key != told_as)).all():
        take_away(session, earlier)
    details: dict[str, object] = {"rank": event.rank, "day": event.until, "reason": event.reason}
    tell(session, event.member_id, "rank_held", told_as, details=details)


def rank_let_go(session: Session, event: RankLetGo, _key: str) -> None:
    """It is not behind the bell any more."""
    take_away(session, _held_as(event))


def _held_as(event: RankHeld | RankLetGo) -> str:
    return f"rank_held:{event.entry_id}"


def badges_changed(session: Session, event: BadgesChanged, key: str) -> None:
    """What one earned, or what was taken back; one notice, however many badges it is about."""
    rows = session.execute(select(Badge.slug, Badge.labels).where(Badge.id.in_(event.badge_ids)).order_by(Badge.id))
    badges = [{"slug": slug, "labels": labels} for slug, labels in rows]
    kind = "badge" if event.won else "badge_back"
    tell(session, event.member_id, kind, f"badges:{key}", details={"badges": badges})


def trade_happened(session: Session, event: TradeHappened, key: str) -> None:
    """One of two who agreed hears of the other, and of what was said of them; nothing of what was taken back."""
    agreement = session.get(TradeAgreement, event.agreement_id)
    if agreement is None:
        return
    details: dict[str, object] = {"agreement": agreement.id, "kind": agreement.kind}
    if event.what == "withdrawn":
        details["reason"] = session.get_one(TradeRating, event.number).withdrawn_reason or ""
    again = f":{key}" if event.what in ("withdrawn", "restored") else ""
    tell(
        session, event.member_id, f"trade_{event.what}", f"trade_{event.what}:{event.number}{again}",
        by_id=event.by_id, thread_id=agreement.thread_id, details=details,
    )


def proposal_taken_back(session: Session, event: ProposalTakenBack, _key: str) -> None:
    """It is not behind the bell any more."""
    take_away(session, f"trade_proposed:{event.agreement_id}")


def helpers_asked(session: Session, event: HelpersAsked, _key: str) -> None:
    """Those who were chosen read that a question waits; behind the bell only, and once."""
    for member_id in event.member_ids:
        tell(session, member_id, f"asked_{event.stage}", f"asked:{event.thread_id}", thread_id=event.thread_id)


def claim_asked(session: Session, event: ClaimAsked, _key: str) -> None:
    """Those who may decide about it; withdrawn, the notices go."""
    told_as = _asked_as(event)
    claim = session.get(MemberClaim, event.claim_id)
    if claim is None:
        take_away(session, told_as)
    elif claim.decided_at is None:
        profile = session.get_one(Member, claim.imported_id).label
        staff = select(Member.id).where(Member.role != "member", Member.erased_at.is_(None)).order_by(Member.id)
        for member_id in session.scalars(staff).all():
            if may_decide_claim(load_actor(session, member_id), claim.member_id):
                tell(
                    session, member_id, "claim_asked", told_as, by_id=claim.member_id, details={"profile": profile}
                )


def claim_decided(session: Session, event: ClaimDecided, _key: str) -> None:
    """The one who asked for an imported profile learns what was decided, not who did; for staff it waits no more."""
    take_away(session, _asked_as(event))
    tell(session, event.member_id, "claim", f"claim:{event.claim_id}", details={"approved": event.approved})


def invitation_taken(session: Session, event: InvitationTaken, _key: str) -> None:
    """The one who invited learns who came."""
    invitation = session.get_one(Invitation, event.invitation_id)
    if invitation.member_id is not None:
        tell(
            session, invitation.inviter_id, "invitation", f"invitation:{invitation.id}", by_id=invitation.member_id,
        )


def case_closed(session: Session, event: CaseClosed, key: str) -> None:
    """Members who flagged learn what came of it; never who else did."""
    case = session.get_one(Case, event.case_id)
    if case.state == "open":
        return
    flaggers = session.scalars(select(Flag.flagger_id).where(Flag.case_id == case.id).order_by(Flag.flagger_id))
    for flagger_id in flaggers.all():
        if flagger_id is not None:
            tell(session, flagger_id, "flag_outcome", f"case:{case.id}", details={"outcome": case.state})


def picture_broken(session: Session, event: PictureBroken, _key: str) -> None:
    """Who added a damaged picture reads that it does not show, and in which post, once it is in one."""
    picture = session.get(Picture, event.picture_id)
    if picture is None or picture.removed_at is not None or picture.uploader_id is None:
        return
    post = session.get(Post, picture.post_id) if picture.post_id is not None else None
    loose = f"picture:{picture.id}"
    if post is None:
        tell(session, picture.uploader_id, "picture_broken", loose)
    else:
        take_away(session, loose)
        tell(
            session, picture.uploader_id, "picture_broken", f"{loose}:{post.id}", thread_id=post.thread_id,
            post_id=post.id,
        )


def content_hidden(session: Session, event: ContentHidden, key: str) -> None:
    """The author reads why."""
    post_id = event.target_id if event.target_kind == "post" else None
    post = session.get(Post, post_id) if post_id else None
    tell(
        session, event.author_id, "hidden", key, details={"reason": event.reason}, post_id=post_id,
        thread_id=post.thread_id if post else None,
    )


def member_sanctioned(session: Session, event: MemberSanctioned, _key: str) -> None:
    """The member reads why, and until when; who is suspended cannot come in to read it, so it is mailed to them too."""
    sanction = session.get_one(Sanction, event.sanction_id)
    days = round((sanction.until - sanction.created_at).total_seconds() / 86_400) if sanction.until else 0
    details: dict[str, object] = {"kind": sanction.kind, "reason": sanction.reason, "days": max(1, days)}
    tell(session, sanction.member_id, "sanction", f"sanction:{sanction.id}", details=details)
    if sanction.kind == "suspension" and sanction.lifted_at is None:
        _mail_suspended(session, session.get_one(Member, sanction.member_id), sanction)


def votes_voided(session: Session, event: VotesVoided, _key: str) -> None:
    """All whom the case names read the reason, givers and receivers alike; never who else did. Taken back, it goes."""
    told_as = f"voided:{event.entry_id}"
    if event.restored:
        take_away(session, told_as)
        return
    case = session.get(FairnessCase, event.case_id)
    if case is None or case.state != "voided":
        return
    members = select(FairnessMember.member_id).where(FairnessMember.case_id == case.id)
    for member_id in session.scalars(members.order_by(FairnessMember.member_id)).all():
        tell(session, member_id, "voided", told_as, details={"why": case.why})


def _mail_suspended(session: Session, member: Member, sanction: Sanction) -> None:
    address = mail_address(session, member.id)
    if address is None or sanction.until is None or member.is_demo or member.erased_at is not None:
        return
    with in_language(member.reads):
        values = {"name": member.label, "until": fulltime(sanction.until), "reason": sanction.reason}
    queue_mail(
        session, address, "suspended", values, language=member.reads, unique_key=f"sanction:{sanction.id}"
    )


def _asked_as(event: ClaimAsked | ClaimDecided) -> str:
    return f"claim-asked:{event.claim_id}"
