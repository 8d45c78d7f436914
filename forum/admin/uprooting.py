"""How the demo is taken away: which rows are its own, what must be settled first, and the order of going.

Called by `forum.admin.actions.remove_demo` alone, inside its unit of work and after it has asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from forum.admin.rows import delete_where, empty_where, ids_of
from forum.badges import counting as badges
from forum.boards import nesting
from forum.boards.models import STAFF, Board, BoardMembership, BoardModerator, Category
from forum.chat.models import ChatMessage, ChatReaction, Room, RoomRead
from forum.core.bulk import chunks
from forum.core.clock import now
from forum.desk import projections as desk
from forum.desk.models import (
    DeskAsk,
    DeskPreference,
    DeskQuestion,
    Escalation,
    HelperAnswer,
    HelperTopic,
    SavedReply,
    ThreadClaim,
)
from forum.drafts.models import Draft
from forum.events.models import OutboxEvent
from forum.invitations.models import Invitation
from forum.jobs.models import Job
from forum.members.models import (
    Member,
    MemberClaim,
    MemberEmail,
    MemberNetwork,
    MemberSession,
    MemberToken,
    MemberVisit,
)
from forum.moderation.models import Case, FairnessCase, FairnessMember, Flag, LogEntry, Sanction
from forum.notifications.models import Notice
from forum.purchases.models import (
    Product,
    ShopOrder,
    ShopOrderLine,
)
from forum.reputation import ledger
from forum.reputation.models import (
    Award,
    HelpingTotal,
    LedgerLine,
    LedgerStale,
    MemberBadge,
    MemberStanding,
    RulesetVersion,
)
from forum.reputation.rule_tables import RulesetDraft, RulesetEffect, RulesetPublication, RulesetSimulation
from forum.search import indexing
from forum.threads import voiding
from forum.threads.models import (
    Acceptance,
    Endorsement,
    IdeaChange,
    Post,
    PostRevision,
    Tag,
    Thread,
    ThreadRead,
    ThreadTag,
    Voiding,
    Vote,
)
from forum.threads.recounting import recount_thread
from forum.trades.models import TradeAgreement, TradeRating
from forum.uploads import state as uploads
from forum.uploads.models import Picture


@dataclass(frozen=True, slots=True)
class Plot:
    """The ids of all that goes. `touched`: threads of others that lose posts or votes."""

    members: list[int]
    threads: list[int]
    posts: list[int]
    boards: list[int]
    rooms: list[int]
    messages: list[int]
    tags: list[int]
    touched: list[int]


def plot(session: Session, marked: Sequence[int]) -> Plot:
    """What belongs to the demo: its people, their threads and posts, and its boards without threads of others."""
    members = list(session.scalars(select(Member.id).where(Member.is_demo)))
    threads = ids_of(session, select(Thread.id), Thread.author_id, members)
    within = ids_of(session, select(Post.id), Post.thread_id, threads)
    posts = _with_replies(session, {*within, *ids_of(session, select(Post.id), Post.author_id, members)})
    kept = {
        *session.scalars(select(Thread.board_id).where(Thread.board_id.in_(marked), Thread.id.not_in(threads))),
        # A log line names the board for good. The board cannot go then; it is put away (see `put_away`).
        *session.scalars(select(LogEntry.board_id).where(LogEntry.board_id.in_(marked))),
    }
    boards = [board for board in session.scalars(select(Board.id).where(Board.id.in_(marked))) if board not in kept]
    rooms = ids_of(session, select(Room.id), Room.board_id, boards)
    messages = {
        *ids_of(session, select(ChatMessage.id), ChatMessage.author_id, members),
        *ids_of(session, select(ChatMessage.id), ChatMessage.room_id, rooms),
    }
    voted = select(Post.thread_id).join(Vote, Vote.post_id == Post.id)
    endorsed = select(Post.thread_id).join(Endorsement, Endorsement.post_id == Post.id)
    touched = {
        *ids_of(session, voted, Vote.voter_id, members), *ids_of(session, endorsed, Endorsement.by_id, members),
        *ids_of(session, select(Post.thread_id), Post.id, sorted(posts)),
    }
    tags = set(ids_of(session, select(ThreadTag.tag_id), ThreadTag.thread_id, threads))
    return Plot(
        members=members, threads=threads, posts=sorted(posts), boards=boards, rooms=rooms, messages=sorted(messages),
        tags=sorted(tags), touched=sorted(touched - set(threads)),
    )


def take_back_points(session: Session, gone: Plot) -> None:
    """Have the ledger revert what others got from the demo's votes and in its threads, while the sources are there."""
    for case_id in _fairness_cases(session, gone):  # what others gave each other counts again
        voiding.let_count(session, "fairness", case_id)
        votes, acceptances = voiding.votes_of("fairness", case_id), voiding.acceptances_of("fairness", case_id)
        ledger.settle_voided(session, votes, acceptances)
        voiding.forget(session, "fairness", case_id)
    moment = now()
    for ids in chunks(gone.members):
        session.execute(update(Vote).where(Vote.voter_id.in_(ids)).values(voided_at=moment))
        session.execute(update(Acceptance).where(Acceptance.by_id.in_(ids)).values(undone_at=moment))
        session.execute(update(Endorsement).where(Endorsement.by_id.in_(ids)).values(undone_at=moment))
    for ids in chunks(gone.posts):
        session.execute(update(Post).where(Post.id.in_(ids)).values(deleted_at=moment))
    concerned = {
        *ids_of(session, _others(gone).distinct(), Post.thread_id, gone.threads), *gone.touched,
    }
    for thread in ids_of(session, select(Thread.id), Thread.id, sorted(concerned)):
        ledger.settle_thread(session, session.get_one(Thread, thread))


def _fairness_cases(session: Session, gone: Plot) -> list[int]:
    """Cases of the fairness report that name somebody of the demo: they are about the demo."""
    return sorted(set(ids_of(session, select(FairnessMember.case_id), FairnessMember.member_id, gone.members)))


def _others(gone: Plot) -> Select[int]:
    """Threads in which somebody outside the demo wrote or voted."""
    outside = Member.is_demo.is_(False)
    voters = select(Vote.post_id).join(Member, Member.id == Vote.voter_id).where(outside)
    authors = select(Member.id).where(outside)
    return select(Post.thread_id).where(or_(Post.author_id.in_(authors), Post.id.in_(voters)))


def uproot(session: Session, gone: Plot) -> None:
    """Delete it all, what hangs on others first."""
    session.flush()
    indexing.remove(session, posts=gone.posts, threads=gone.threads, members=gone.members)
    _cases(session, gone)
    _ledger(session, gone)
    _chat(session, gone)
    _desk(session, gone)
    _trades(session, gone)
    _threads(session, gone)
    _boards(session, gone)
    _people(session, gone)
    _events(session, gone)
    session.expire_all()
    _count_again(session, gone)


def _cases(session: Session, gone: Plot) -> None:
    targets = {"post": gone.posts, "member": gone.members, "thread": gone.threads, "message": gone.messages,
               "board": gone.boards}
    cases = [
        case for kind, ids in targets.items()
        for case in ids_of(session, select(Case.id).where(Case.target_kind == kind), Case.target_id, ids)
    ]
    delete_where(session, Flag.case_id, cases)
    delete_where(session, Flag.flagger_id, gone.members)
    delete_where(session, Case.id, cases)
    empty_where(session, Case.claimed_by_id, gone.members)
    empty_where(session, Case.closed_by_id, gone.members)
    empty_where(session, Case.board_id, gone.boards)
    fairness = _fairness_cases(session, gone)
    delete_where(session, FairnessMember.case_id, fairness)
    delete_where(session, FairnessCase.id, fairness)
    empty_where(session, FairnessCase.decided_by_id, gone.members)
    sanctions = ids_of(session, select(Sanction.id), Sanction.member_id, gone.members)
    for ids in chunks(sanctions):
        session.execute(delete(Voiding).where(Voiding.cause == "sanction", Voiding.cause_id.in_(ids)))
    delete_where(session, Sanction.member_id, gone.members)
    empty_where(session, Sanction.by_id, gone.members)
    empty_where(session, Sanction.lifted_by_id, gone.members)


def _ledger(session: Session, gone: Plot) -> None:
    """The lines that name the demo: others' lines among them add up to nothing since `take_back_points`."""
    for column in (LedgerLine.member_id, LedgerLine.caused_by_id, Award.member_id, MemberStanding.member_id):
        delete_where(session, column, gone.members)
    delete_where(session, LedgerLine.post_id, gone.posts)
    delete_where(session, HelpingTotal.member_id, gone.members)
    delete_where(session, HelpingTotal.board_id, gone.boards)
    empty_where(session, Award.by_id, gone.members)
    empty_where(session, MemberStanding.lock_by_id, gone.members)
    for by in (
        RulesetVersion.published_by_id, RulesetDraft.changed_by_id, RulesetSimulation.asked_by_id,
        RulesetPublication.by_id,
    ):
        empty_where(session, by, gone.members)
    delete_where(session, RulesetEffect.member_id, gone.members)
    orders = ids_of(session, select(ShopOrder.id), ShopOrder.member_id, gone.members)
    delete_where(session, ShopOrderLine.order_id, orders)
    delete_where(session, ShopOrder.id, orders)


def _chat(session: Session, gone: Plot) -> None:
    delete_where(session, ChatReaction.member_id, gone.members)
    delete_where(session, ChatReaction.message_id, gone.messages)
    empty_where(session, ChatMessage.reply_to_id, gone.messages)
    delete_where(session, Notice.message_id, gone.messages)
    empty_where(session, ChatMessage.deleted_by_id, gone.members)
    delete_where(session, ChatMessage.id, gone.messages)
    delete_where(session, RoomRead.member_id, gone.members)
    delete_where(session, RoomRead.room_id, gone.rooms)
    delete_where(session, Room.id, gone.rooms)


def _desk(session: Session, gone: Plot) -> None:
    """What the desk keeps of others is made anew in the end."""
    for column in (
        DeskAsk.thread_id, DeskQuestion.thread_id, Escalation.thread_id, ThreadClaim.thread_id,
    ):
        delete_where(session, column, gone.threads)
    for column in (
        DeskAsk.member_id, DeskPreference.member_id, DeskQuestion.author_id, HelperAnswer.member_id,
        HelperTopic.member_id, SavedReply.owner_id, ThreadClaim.member_id,
    ):
        delete_where(session, column, gone.members)
    delete_where(session, HelperAnswer.post_id, gone.posts)


def _trades(session: Session, gone: Plot) -> None:
    columns = ((TradeAgreement.thread_id, gone.threads), (TradeAgreement.proposer_id, gone.members),
               (TradeAgreement.partner_id, gone.members))
    made = {id for column, ids in columns for id in ids_of(session, select(TradeAgreement.id), column, ids)}
    delete_where(session, TradeRating.agreement_id, sorted(made))
    for column in (TradeRating.rater_id, TradeRating.rated_id):
        delete_where(session, column, gone.members)
    empty_where(session, TradeRating.withdrawn_by_id, gone.members)
    delete_where(session, TradeAgreement.id, sorted(made))


def _threads(session: Session, gone: Plot) -> None:
    for column in (
        Notice.member_id, Notice.actor_id, ThreadRead.member_id, PostRevision.editor_id, Vote.voter_id, Draft.member_id,
    ):
        delete_where(session, column, gone.members)
    for column in (
        Notice.thread_id, ThreadRead.thread_id, ThreadTag.thread_id, Acceptance.thread_id, IdeaChange.thread_id,
        Draft.thread_id,
    ):
        delete_where(session, column, gone.threads)
    for column in (
        Notice.post_id, PostRevision.post_id, Acceptance.post_id, Endorsement.post_id, Vote.post_id,
        MemberBadge.post_id,
    ):
        delete_where(session, column, gone.posts)
    for column in (
        Acceptance.by_id, Endorsement.by_id, IdeaChange.by_id, Thread.last_author_id, Thread.deleted_by_id,
        Thread.hidden_by_id, Post.deleted_by_id, Post.hidden_by_id,
    ):
        empty_where(session, column, gone.members)
    for column, ids in ((Picture.uploader_id, gone.members), (Picture.post_id, gone.posts)):
        for some in chunks(ids_of(session, select(Picture.id), column, ids)):
            uploads.purge(session, some)
    empty_where(session, Thread.duplicate_of_id, gone.threads)
    empty_where(session, Thread.accepted_post_id, gone.posts)
    for ids in chunks(gone.posts):
        session.execute(update(Post).where(Post.id.in_(ids)).values(root_id=None))
    # Children before parents: within the demo's trees a reply is younger than what it replies to.
    for ids in chunks(sorted(gone.posts, reverse=True)):
        session.execute(delete(Post).where(Post.id.in_(ids)))
    delete_where(session, Thread.id, gone.threads)


def _boards(session: Session, gone: Plot) -> None:
    for column in (BoardMembership.board_id, BoardModerator.board_id):
        delete_where(session, column, gone.boards)
    for column in (BoardMembership.member_id, BoardModerator.member_id):
        delete_where(session, column, gone.members)
    empty_where(session, Product.board_id, gone.boards)
    for board in session.scalars(select(Board).where(Board.parent_id.in_(gone.boards), Board.id.not_in(gone.boards))):
        nesting.let_go(session, board)
    session.flush()
    empty_where(session, Board.parent_id, gone.boards)
    shelves = set(ids_of(session, select(Board.category_id), Board.id, gone.boards))
    delete_where(session, Board.id, gone.boards)
    in_use = set(session.scalars(select(Board.category_id)))
    delete_where(session, Category.id, sorted(shelves - in_use))


def _people(session: Session, gone: Plot) -> None:
    for column in (
        Invitation.inviter_id, MemberBadge.member_id, MemberClaim.member_id, MemberClaim.imported_id,
        LedgerStale.member_id,
    ):
        delete_where(session, column, gone.members)
    empty_where(session, Invitation.member_id, gone.members)
    empty_where(session, MemberClaim.decided_by_id, gone.members)
    for column in (
        MemberEmail.member_id, MemberNetwork.member_id, MemberSession.member_id, MemberToken.member_id,
        MemberVisit.member_id,
    ):
        delete_where(session, column, gone.members)
    empty_where(session, Member.merged_into_id, gone.members)
    named = set(ids_of(session, select(LogEntry.actor_id), LogEntry.actor_id, gone.members))
    delete_where(session, Member.id, [member for member in gone.members if member not in named])
    for member in sorted(named):  # the log says for good that this one acted: a row without a name stays
        session.execute(
            update(Member).where(Member.id == member).values(
                name=f"erased-{member}", name_key=f"erased-{member}", shown_name=None, shown_key=None,
                role="member", is_demo=False, erased_at=now(), password_hash=None, about_source="", about_html="",
                interests="",
            )
        )


def _events(session: Session, gone: Plot) -> None:
    """What was still to be told about it is told no more."""
    names = {"member_id": set(gone.members), "author_id": set(gone.members), "by_id": set(gone.members),
             "thread_id": set(gone.threads), "post_id": set(gone.posts), "message_id": set(gone.messages)}
    for event in session.scalars(select(OutboxEvent)):
        if any(event.payload.get(name) in ids for name, ids in names.items()):
            session.delete(event)
    session.flush()
    # Ids of the demo may be given again: what was done for its first thread must not pass for done for theirs.
    session.execute(delete(Job).where(Job.done_at.is_not(None)))


def _count_again(session: Session, gone: Plot) -> None:
    """Counters of what stays."""
    there = (Thread.deleted_at.is_(None), Thread.hidden_at.is_(None), Thread.awaits_confirmation.is_(False))
    on_board = Thread.board_id == Board.id
    session.execute(
        update(Board).values(
            thread_count=select(func.count()).where(on_board, *there).scalar_subquery(),
            last_activity_at=select(func.max(Thread.last_activity_at)).where(on_board, *there).scalar_subquery(),
            member_count=select(func.count()).where(BoardMembership.board_id == Board.id).scalar_subquery(),
            version=Board.version + 1,
        ),
        execution_options={"synchronize_session": False},
    )
    used = {*ids_of(session, select(ThreadTag.tag_id), ThreadTag.tag_id, gone.tags),
            *ids_of(session, select(Tag.synonym_of_id), Tag.synonym_of_id, gone.tags)}
    delete_where(session, Tag.id, [tag for tag in gone.tags if tag not in used])
    bearing = select(func.count()).where(ThreadTag.tag_id == Tag.id, Thread.id == ThreadTag.thread_id, *there)
    session.execute(
        update(Tag).values(thread_count=bearing.scalar_subquery()), execution_options={"synchronize_session": False}
    )
    for thread in gone.touched:
        recount_thread(session, thread)
    desk.recount(session)
    badges.recount(session)


def put_away(session: Session, boards: Sequence[int]) -> None:
    """Boards of the demo that the log names cannot go: without threads they are closed and shown to staff alone."""
    empty = select(Thread.id).where(Thread.board_id == Board.id).exists()
    session.execute(
        update(Board).where(Board.id.in_(boards), ~empty).values(archived_at=now(), see_rank=STAFF),
        execution_options={"synchronize_session": False},
    )


def _with_replies(session: Session, posts: set[int]) -> set[int]:
    """These posts, and whatever hangs under them."""
    found, step = set(posts), set(posts)
    while step:
        below = set[int]()
        for ids in chunks(sorted(step)):
            below.update(session.scalars(select(Post.id).where(or_(Post.parent_id.in_(ids), Post.root_id.in_(ids)))))
        step = below - found
        found |= step
    return found
