"""The demo community: made quickly, exact to the last counter, every page of it answers."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.admin.queries import site_settings
from forum.boards.models import Board, BoardMembership
from forum.chat.models import LOBBY, ChatMessage, Room
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.events.models import OutboxEvent
from forum.extensions import db
from forum.integrations.demo.people import PEOPLE
from forum.integrations.demo.sign_ins import SIGN_INS
from forum.jobs.models import Job
from forum.members import passwords
from forum.members.models import Member
from forum.moderation.models import Case
from forum.notifications.models import Notice
from forum.purchases.models import Product, ProductSku, ShopConnection, ShopOrder, ShopOrderLine, WebhookDelivery
from forum.reputation import maintenance
from forum.reputation.models import LedgerLine, MemberStanding
from forum.threads.models import Acceptance, IdeaChange, Post, Tag, Thread, ThreadTag, Vote
from forum.threads.state import recount_thread
from forum.uploads.models import Picture
from tests.surfing import Surfer


def test_the_demo_from_its_making_to_its_end(
    app: Flask, browse: Callable[..., Surfer], mails: Callable[[], list[object]]
) -> None:
    """Made once (that takes some seconds): whole, exact, every page answers, and nothing stays when it is removed."""
    made = app.test_cli_runner().invoke(args=["demo"])
    assert made.exit_code == 0, made.output
    assert all(password in made.output for _name, password, _role in SIGN_INS)
    again = app.test_cli_runner().invoke(args=["demo"])
    assert again.exit_code != 0
    assert "empty community only" in again.output
    _is_whole_and_exact(app)
    assert mails() == []
    _every_page_answers(app, browse)
    _its_manager_goes_live(app, browse())
    _nothing_stays(app)


def _is_whole_and_exact(demo: Flask) -> None:
    """Enough of everything, and no counter or standing that a recount would change."""
    with demo.app_context():
        session = db.session()
        _is_plentiful(session)
        _is_in_order(session)
        _is_exact(session)
        assert session.scalar(select(func.count()).select_from(OutboxEvent)) == 0
        assert session.scalar(select(func.count()).where(Job.failed_at.is_not(None))) == 0
        db.session.remove()
        _agrees_with_its_recount()


def _is_plentiful(session: Session) -> None:
    def number(*conditions: object) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    assert site_settings(session).has_demo
    assert number(Member.is_demo) == len(PEOPLE) >= 25
    assert number(Board.id > 0) == 13
    assert number(Board.parent_id.is_not(None)) == 1
    states = session.scalars(select(Thread.idea_state).where(Thread.kind == "idea", Thread.score > 2))
    assert set(states) == {"under_review", "planned", "done"}
    assert session.scalars(select(Picture.state).where(Picture.post_id.is_not(None))).all() == ["ready"]
    assert number(Thread.kind == "question") >= 40
    assert number(Thread.kind == "discussion") >= 18
    assert number(Thread.solved) >= 26
    assert number(Thread.kind == "question", Thread.answer_count == 0, Thread.asked_as_newcomer) == 2
    assert number(Post.kind != "opening") >= 200
    assert session.scalar(select(func.max(Post.depth))) >= 5
    assert number(ChatMessage.id > 0) >= 60
    ranks = set(session.scalars(
        select(MemberStanding.rank_key)
        .join(Member, Member.id == MemberStanding.member_id).where(Member.role == "member")
    ))
    assert ranks == {"seed", "sprout", "twig", "branch", "bough"}
    unread = {row[0]: row[1] for row in session.execute(select(Member.name, Member.unread_notices))}
    assert all(0 < unread[name] < 12 for name, _password, _role in SIGN_INS)
    assert number(Case.state == "open", Case.flag_count == 1) == 1
    assert 20 < number(Notice.id > 0) < 100


def _is_in_order(session: Session) -> None:
    """Nothing was said before its author joined or in the future; ids follow time."""
    moment = now()
    said = session.execute(
        select(Post.created_at, Member.joined_at, Post.parent_id, Post.id)
        .join(Member, Post.author_id == Member.id).order_by(Post.id)
    ).all()
    times = {row[3]: row[0] for row in said}
    assert [row[0] for row in said] == sorted(row[0] for row in said)
    assert all(row[1] <= row[0] <= moment for row in said)
    assert all(times[row[2]] < row[0] for row in said if row[2])
    for made in (Vote, Acceptance):
        cast = session.execute(select(made.created_at, Post.created_at).join(Post, Post.id == made.post_id)).all()
        assert all(post <= at <= moment for at, post in cast)
    lines = session.scalars(select(LedgerLine.created_at).order_by(LedgerLine.id)).all()
    assert lines == sorted(lines)


def _is_exact(session: Session) -> None:
    assert maintenance.verify(session) == []
    for board in session.scalars(select(Board)):
        threads = select(func.count()).select_from(Thread).where(Thread.board_id == board.id)
        joined = select(func.count()).select_from(BoardMembership).where(BoardMembership.board_id == board.id)
        assert (board.thread_count, board.member_count) == (session.scalar(threads), session.scalar(joined)), board.slug
    for tag in session.scalars(select(Tag)):
        bearing = select(func.count()).select_from(ThreadTag).where(ThreadTag.tag_id == tag.id)
        assert tag.thread_count == session.scalar(bearing), tag.slug
    for member in session.scalars(select(Member)):
        posts = select(func.count()).select_from(Post).where(Post.author_id == member.id)
        assert member.post_count == session.scalar(posts), member.name


def _agrees_with_its_recount() -> None:
    with unit_of_work() as session:
        for thread_id in session.scalars(select(Thread.id)).all():
            assert recount_thread(session, thread_id) == {}


def _every_page_answers(demo: Flask, browse: Callable[..., Surfer]) -> None:
    """Home, boards, threads, profiles, chat and ranks, for a guest and for those who can sign in."""
    with demo.app_context():
        session = db.session()
        threads = [f"/t/{id}/{slug}" for id, slug in session.execute(
            select(Thread.id, Thread.slug).join(Board).where(Board.see_rank.is_(None)))]
        boards = [f"/b/{slug}" for slug in session.scalars(select(Board.slug).where(Board.see_rank.is_(None)))]
        rooms = [f"/chat/{slug}" for slug in session.scalars(select(Room.slug))]
        people = {member.name: member for member in session.scalars(select(Member))}
        session.expunge_all()
        db.session.remove()
    guest = browse()
    fixed = ("/", "/?stream=unanswered", "/?stream=top", "/boards", "/ranks")
    for path in (*fixed, *boards, *threads, *(f"/m/{name}" for name in people)):
        assert guest.get(path).status_code == 200, path
    for name, _password, _role in SIGN_INS:
        member = browse(people[name])
        for path in ("/", "/chat", *rooms, "/b/upstairs", "/notifications", f"/m/{name}/ledger", threads[0]):
            assert member.get(path, follow_redirects=True).status_code == 200, (name, path)


@pytest.mark.parametrize(("name", "password", "role"), SIGN_INS)
def test_demo_passwords_would_be_taken_from_anybody(name: str, password: str, role: str) -> None:
    """They keep the rules that everybody's passwords keep."""
    passwords.check(password, name, f"{name}@example.org")
    assert role in ("member", "moderator", "admin")


def _its_manager_goes_live(demo: Flask, manager: Surfer) -> None:
    """With the sign-in that was printed and the one button: their own account is made, and they go on with it."""
    name, password, role = SIGN_INS[0]
    assert role == "admin"
    assert manager.post("/sign-in", {"login": name, "password": password}).status_code == 303
    own = {"name": "ada", "email": "ada@example.org", "password": "green leaves of spring"}
    page = manager.get("/manage/demo").text
    assert all(f'name="{field}"' in page for field in own)
    assert manager.post("/manage/demo/undo", own).status_code == 303
    assert "The demo is gone. The house is yours." in manager.get("/").text
    assert manager.get("/manage").status_code == 200
    with demo.app_context():
        ada = db.session().scalars(select(Member)).one()
        assert (ada.name, ada.role, ada.confirmed_at is None, ada.is_demo) == ("ada", "admin", False, False)
        db.session.remove()
    verified = demo.test_cli_runner().invoke(args=["reputation", "verify"])
    assert verified.exit_code == 0, verified.output


def _nothing_stays(demo: Flask) -> None:
    """What is left is an empty community, and its ledger is right."""
    with demo.app_context():
        session = db.session()
        gone = (
            Board, Thread, Post, Vote, Acceptance, Tag, ChatMessage, LedgerLine, Notice, Case,
            ShopConnection, ShopOrder, ShopOrderLine, WebhookDelivery, Product, ProductSku, IdeaChange,
        )
        for table in gone:
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__name__
        assert session.scalars(select(Room.slug)).all() == [LOBBY]
        assert not site_settings(session).has_demo
        assert maintenance.verify(session) == []
