"""Reporting: who may, once, and what three independent people bring about."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.moderation.models import Case, Flag, LogEntry
from forum.notifications.models import Notice
from forum.threads.models import Post
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Send = Callable[..., TestResponse]
Look = Callable[[Callable[[Session], Any]], Any]


def hidden(look: Look, post: Post) -> bool:
    """Whether moderation has hidden the post."""
    return bool(look(lambda session: session.get_one(Post, post.id).hidden_at))


def test_a_member_reports_with_a_reason_once(
    world: World, flag: Send, look: Look, browse: Callable[..., Surfer]
) -> None:
    path = f"/p/{world.answer.id}"
    page = browse(world.asker).get(f"{path}/flags")
    assert page.status_code == 200 and "Use citric acid." in page.text
    assert flag(path, world.asker, reason="unsafe", note="It foams").status_code == 303
    again = flag(path, world.asker)
    assert again.status_code == 409 and "reported this already" in again.text
    held = look(lambda session: session.execute(select(Flag.reason, Flag.note, Flag.flagger_id)).all())
    assert [tuple(row) for row in held] == [("unsafe", "It foams", world.asker.id)]
    case = look(lambda session: session.execute(select(Case.flag_count, Case.state, Case.board_id)).one())
    assert tuple(case) == (1, "open", world.kettles.id)


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("nonsense", ""), ("spam", "x" * 501)])
def test_what_is_wrong_with_a_report_is_said_and_kept(
    world: World, flag: Send, look: Look, reason: str, note: str
) -> None:
    refused = flag(f"/p/{world.answer.id}", world.asker, reason=reason, note=note)
    assert refused.status_code == 422
    assert note in refused.text
    assert look(lambda session: session.scalar(select(func.count(Flag.id)))) == 0


def test_nobody_reports_their_own(world: World, flag: Send, say: Callable[[Member, str], int]) -> None:
    message = say(world.author, "hello")
    for path in (f"/p/{world.answer.id}", f"/m/{world.author.name}", f"/chat/messages/{message}"):
        assert flag(path, world.author).status_code == 403
        assert flag(path, world.asker).status_code == 303


def test_a_guest_reports_posts_and_members_but_not_chat(
    world: World, flag: Send, say: Callable[[Member, str], int]
) -> None:
    message = say(world.author, "hello")
    assert flag(f"/p/{world.answer.id}").status_code == 303
    assert flag(f"/m/{world.author.name}").status_code == 303
    answer = flag(f"/chat/messages/{message}")
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]


def test_what_one_may_not_see_cannot_be_reported(world: World, make: Factory, flag: Send) -> None:
    secret = make.board("secret", see_rank="staff")
    thread = make.thread(secret, world.moderator, title="For staff alone")
    assert flag(f"/p/{thread.opening_id}", world.asker).status_code == 404
    assert flag("/p/999999", world.asker).status_code == 404
    assert flag("/m/nobody", world.asker).status_code == 404


def test_a_trap_and_a_token_keep_programs_out(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer = browse()
    path = f"/p/{world.answer.id}/flags"
    assert surfer.post(path, {"reason": "spam", "website": "http://x.example"}).status_code == 422
    assert surfer.client.post(path, data={"reason": "spam"}).status_code in (303, 400)
    assert look(lambda session: session.scalar(select(func.count(Flag.id)))) == 0


# Automatic hiding -----------------------------------------------------------------------------


def test_three_members_hide_a_post_and_its_author_reads_why(
    world: World, make: Factory, flag: Send, look: Look, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    path = f"/p/{world.answer.id}"
    for number in range(3):
        assert not hidden(look, world.answer)
        assert flag(path, make.member(f"flagger{number}")).status_code == 303
    assert hidden(look, world.answer)
    assert look(lambda session: session.scalar(select(LogEntry.verb))) == "hide_automatically"
    drain()
    told = look(
        lambda session: session.scalar(
            select(Notice.details).where(Notice.member_id == world.author.id, Notice.kind == "hidden")
        )
    )
    assert "Several people" in told["reason"]
    thread_page = f"/t/{world.thread.id}/{world.thread.slug}"
    assert "Several people" in browse(world.author).get(thread_page).text
    assert "citric" not in browse(world.asker).get(thread_page).text


def test_one_network_is_one_guest_and_guests_are_one_person(
    world: World, make: Factory, flag: Send, look: Look
) -> None:
    path = f"/p/{world.answer.id}"
    assert flag(path, address="203.0.113.5").status_code == 303
    assert flag(path, address="203.0.113.5").status_code == 409
    assert flag(path, address="2001:db8:1:2::1").status_code == 303
    assert flag(path, address="2001:db8:1:2:ffff::9").status_code == 409  # the same /64
    assert flag(path, address="198.51.100.7").status_code == 303
    flag(path, make.member("one"))
    assert not hidden(look, world.answer)  # three networks are one voice
    flag(path, make.member("two"))
    assert hidden(look, world.answer)
    keys = look(lambda session: session.scalars(select(Flag.guest_key).where(Flag.guest_key.is_not(None))).all())
    assert len(set(keys)) == 3 and all(len(key) == 64 and "203" not in key[:3] for key in keys)


def test_members_out_of_good_standing_do_not_count(world: World, make: Factory, flag: Send, look: Look) -> None:
    path = f"/p/{world.answer.id}"
    flag(path, make.member("unconfirmed", confirmed=False))
    flag(path, make.member("silenced", silenced_until=now().replace(year=now().year + 1)))
    for name in ("one", "two"):
        flag(path, make.member(name))
    assert not hidden(look, world.answer)
    flag(path, make.member("three"))
    assert hidden(look, world.answer)


def test_who_was_mostly_wrong_counts_half(world: World, make: Factory, flag: Send, look: Look, app: Any) -> None:
    crier = make.member("crier")
    with app.app_context():
        with unit_of_work() as session:
            for number in range(4):
                case = Case(
                    target_kind="post", target_id=9000 + number, state="dismissed", opened_at=now(), closed_at=now()
                )
                session.add(case)
                session.flush()
                session.add(Flag(case_id=case.id, flagger_id=crier.id, reason="spam", created_at=now()))
        db.session.remove()
    path = f"/p/{world.answer.id}"
    for member in (crier, make.member("one"), make.member("two")):
        flag(path, member)
    assert not hidden(look, world.answer)
    flag(path, make.member("three"))
    assert hidden(look, world.answer)


@pytest.mark.parametrize("who", ["moderator", "keeper", "admin"])
def test_staff_are_never_hidden_by_flags(world: World, make: Factory, flag: Send, look: Look, who: str) -> None:
    post = make.answer(world.thread, getattr(world, who), "As we said before.")
    for number in range(5):
        flag(f"/p/{post.id}", make.member(f"flagger{number}"))
    assert not hidden(look, post)


def test_what_moderators_found_in_order_is_not_hidden_again(
    world: World, make: Factory, flag: Send, look: Look, browse: Callable[..., Surfer], case_id: Callable[[], int]
) -> None:
    path = f"/p/{world.answer.id}"
    flag(path, world.asker)
    assert browse(world.moderator).post(f"/moderation/cases/{case_id()}/dismissal").status_code == 303
    refused = flag(path, world.asker)
    assert refused.status_code == 409 and "found it in order" in refused.text
    for number in range(4):
        flag(path, make.member(f"flagger{number}"))
    assert not hidden(look, world.answer)
    with_edit = update(Post).where(Post.id == world.answer.id).values(edited_at=now())
    look(lambda session: (session.execute(with_edit), session.commit()))
    flag(path, make.member("late"))
    assert hidden(look, world.answer)


def test_messages_are_hidden_as_posts_are(
    world: World, make: Factory, flag: Send, look: Look, say: Callable[[Member, str], int]
) -> None:
    from forum.chat.models import ChatMessage

    message = say(world.author, "buy my things")
    for number in range(3):
        flag(f"/chat/messages/{message}", make.member(f"flagger{number}"))
    assert look(lambda session: session.get_one(ChatMessage, message).hidden_at) is not None


def test_flaggers_hear_what_came_of_it_and_nobody_learns_of_them(
    world: World,
    flag: Send,
    look: Look,
    browse: Callable[..., Surfer],
    case_id: Callable[[], int],
    drain: Callable[[], None],
) -> None:
    flag(f"/p/{world.answer.id}", world.asker)
    browse(world.keeper).post(f"/moderation/cases/{case_id()}/hiding", {"because": "spam"})
    drain()
    told = look(
        lambda session: session.scalar(
            select(Notice.details).where(Notice.kind == "flag_outcome", Notice.member_id == world.asker.id)
        )
    )
    assert told["outcome"] == "upheld"
    author_sees = "".join(
        browse(world.author).get(path).text for path in ("/notifications", f"/t/{world.thread.id}/{world.thread.slug}")
    )
    assert "This reads as advertising" in author_sees
    assert "reported" not in author_sees
