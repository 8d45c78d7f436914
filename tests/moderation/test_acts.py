"""Every act of moderation through its door: done by those who may, refused to those who may not, in one set-up."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.chat.models import ChatMessage
from forum.core.clock import now
from forum.core.filters import fulltime
from forum.core.i18n import in_language
from forum.extensions import db
from forum.members import passwords
from forum.members.models import Member
from forum.moderation.models import Case, LogEntry, Sanction
from forum.notifications.models import Notice
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.mails import html, plain
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]
PASSWORD = "green leaves of spring"

# The act, what is sent, the verb that the log has of it. {thread}, {answer}, {board}, {case} are ids.
ON_A_BOARD = [
    ("/t/{thread}/closure", {"reason": "It went in circles."}, "lock"),
    ("/t/{thread}/pin", {}, "pin"),
    ("/t/{thread}/kind", {"kind": "discussion"}, "change_kind"),
    ("/t/{thread}/kind", {"kind": "idea"}, "change_kind"),
    ("/p/{answer}/hiding", {"because": "rude"}, "hide"),
    ("/p/{answer}/kind", {"kind": "reply"}, "turn_into_reply"),
    ("/moderation/cases/{case}/claim", {}, None),
    ("/moderation/cases/{case}/hiding", {"because": "rude"}, "hide"),
    ("/moderation/cases/{case}/dismissal", {}, "dismiss"),
    ("/moderation/cases/{case}/deletion", {}, "delete"),
]
OF_STAFF = [
    ("/t/{thread}/move", {"board": "{board}"}, "move"),
    ("/p/{answer}/redaction", {"body": "[removed]"}, "redact"),
    ("/m/ben/suspension", {"kind": "warning", "reason": "Please be kind."}, "warn"),
    ("/m/ben/suspension", {"kind": "silence", "days": "1", "reason": "Please be kind."}, "silence"),
    ("/m/ben/suspension", {"kind": "suspension", "days": "7", "reason": "Please be kind."}, "suspend"),
]
MAY_NOT = {"guest": None, "member": "asker", "author": "author"}


def fill(world: World, text: str, case: int) -> str:
    """The ids of this world in the place of their names."""
    return text.format(thread=world.thread.id, answer=world.answer.id, board=world.stoves.id, case=case)


def verbs(look: Look) -> list[str]:
    """What the log says was done, oldest first."""
    return list(look(lambda session: session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()))


@pytest.fixture
def act(
    world: World, browse: Browse, flag: Callable[..., TestResponse], case_id: Callable[[], int]
) -> Callable[..., TestResponse]:
    """`act(member, path, data)` on a world in which the answer is reported."""
    flag(f"/p/{world.answer.id}", world.asker)
    case = case_id()

    def send(member: Member | None, path: str, data: dict[str, str]) -> TestResponse:
        filled = {name: fill(world, value, case) for name, value in data.items()}
        return browse(member).post(fill(world, path, case), filled)

    return send


@pytest.mark.parametrize(("path", "data", "verb"), ON_A_BOARD + OF_STAFF)
def test_a_moderator_may(
    world: World, act: Callable[..., TestResponse], look: Look, path: str, data: dict[str, str], verb: str | None
) -> None:
    assert act(world.moderator, path, data).status_code == 303
    assert verbs(look) == ([verb] if verb else [])
    if verb:
        entry = look(lambda session: session.execute(select(LogEntry.actor_id, LogEntry.reason)).one())
        assert entry.actor_id == world.moderator.id


@pytest.mark.parametrize("who", MAY_NOT)
def test_others_may_not(world: World, act: Callable[..., TestResponse], look: Look, who: str) -> None:
    member = getattr(world, MAY_NOT[who]) if MAY_NOT[who] else None
    for path, data, _verb in ON_A_BOARD + OF_STAFF:
        answer = act(member, path, data)
        assert answer.status_code == (303 if member is None else 403), path
        assert member is not None or "/sign-in" in answer.headers["Location"], path
        assert verbs(look) == [], path


@pytest.mark.parametrize(("path", "data", "verb"), ON_A_BOARD)
def test_a_boards_moderator_may_on_their_board(
    world: World, act: Callable[..., TestResponse], look: Look, path: str, data: dict[str, str], verb: str | None
) -> None:
    assert act(world.keeper, path, data).status_code == 303
    assert verbs(look) == ([verb] if verb else [])


def test_but_not_what_is_for_staff(world: World, act: Callable[..., TestResponse], look: Look) -> None:
    for path, data, _verb in OF_STAFF:
        assert act(world.keeper, path, data).status_code == 403, path
        assert verbs(look) == [], path


@pytest.fixture
def elsewhere(
    world: World, make: Factory, flag: Callable[..., TestResponse], case_id: Callable[[], int]
) -> tuple[Thread, Post, int]:
    """A thread, an answer and a case on a board that the keeper does not look after."""
    thread = make.thread(world.stoves, world.asker, title="Does it light itself?")
    answer = make.answer(thread, world.author, "It does.")
    flag(f"/p/{answer.id}", world.asker)
    return thread, answer, case_id()


def test_a_boards_moderator_is_confined_to_it(
    world: World, elsewhere: tuple[Thread, Post, int], browse: Browse, look: Look
) -> None:
    thread, answer, case = elsewhere
    for path, data, verb in ON_A_BOARD:
        there = path.format(thread=thread.id, answer=answer.id, case=case, board=world.kettles.id)
        status = browse(world.keeper).post(there, data).status_code
        assert status == (404 if "case" in there else 403), verb
        assert verbs(look) == [], verb
    page = browse(world.keeper).get("/moderation")
    assert "Does it light itself?" not in page.text
    assert browse(world.keeper).get(f"/moderation/cases/{case}").status_code == 404
    assert "Does it light itself?" in browse(world.moderator).get("/moderation").text


def test_a_thread_is_not_pulled_to_a_board_of_others(world: World, browse: Browse, look: Look) -> None:
    surfer = browse(world.keeper)
    assert surfer.post(f"/t/{world.thread.id}/move", {"board": str(world.stoves.id)}).status_code == 403
    assert look(lambda session: session.get_one(Thread, world.thread.id).board_id) == world.kettles.id


def test_nobody_decides_about_what_they_wrote(
    world: World,
    make: Factory,
    browse: Browse,
    flag: Callable[..., TestResponse],
    case_id: Callable[[], int],
    look: Look,
) -> None:
    post = make.answer(world.thread, world.keeper, "Mine.")
    flag(f"/p/{post.id}", world.asker)
    case = case_id()
    assert "another moderator decides" in browse(world.keeper).get(f"/moderation/cases/{case}").text
    assert browse(world.keeper).post(f"/moderation/cases/{case}/dismissal").status_code == 403
    assert browse(world.moderator).post(f"/moderation/cases/{case}/dismissal").status_code == 303


# What acts bring about ------------------------------------------------------------------------


def test_a_hidden_post_is_gone_for_others_and_says_why_to_its_author(
    world: World, act: Callable[..., TestResponse], browse: Browse, drain: Callable[[], None], look: Look
) -> None:
    act(world.moderator, "/p/{answer}/hiding", {"because": "unsafe", "reason": "Acid and bleach make chlorine."})
    page = f"/t/{world.thread.id}/{world.thread.slug}"
    assert "citric" not in browse().get(page).text
    mine = browse(world.author).get(page).text
    assert "citric" in mine and "Acid and bleach make chlorine." in mine and "could get hurt" in mine
    drain()
    assert look(lambda session: session.scalar(select(func.count(Notice.id)).where(Notice.kind == "hidden"))) == 1
    assert look(lambda session: session.scalar(select(Case.state))) == "upheld"


def test_hiding_needs_a_reason(world: World, act: Callable[..., TestResponse], look: Look) -> None:
    refused = act(world.moderator, "/p/{answer}/hiding", {"because": "", "reason": "  "})
    assert refused.status_code == 422 and "Give a reason" in refused.text
    refused = act(world.moderator, "/moderation/cases/{case}/hiding", {"because": "", "reason": ""})
    assert refused.status_code == 422 and "Give a reason" in refused.text
    assert verbs(look) == []


def test_a_locked_thread_takes_no_replies(world: World, act: Callable[..., TestResponse], browse: Browse) -> None:
    act(world.moderator, "/t/{thread}/closure", {"reason": "It went in circles."})
    page = browse(world.asker).get(f"/t/{world.thread.id}/{world.thread.slug}")
    assert "It went in circles." in page.text
    assert browse(world.asker).post(f"/t/{world.thread.id}/replies", {"body": "More."}).status_code == 403
    assert act(world.moderator, "/t/{thread}/closure/undo", {}).status_code == 303
    assert browse(world.asker).post(f"/t/{world.thread.id}/replies", {"body": "More."}).status_code == 303


def test_moving_takes_the_waiting_cases_along(
    world: World, act: Callable[..., TestResponse], browse: Browse, look: Look
) -> None:
    act(world.moderator, "/t/{thread}/move", {"board": "{board}"})
    assert look(lambda session: session.scalar(select(Case.board_id))) == world.stoves.id
    assert "descale" not in browse(world.keeper).get("/moderation").text


def test_a_message_is_hidden_and_shown(
    world: World, browse: Browse, look: Look, say: Callable[[Member, str], int]
) -> None:
    message = say(world.author, "buy my things")
    surfer = browse(world.moderator)
    assert browse(world.asker).post(f"/chat/messages/{message}/hiding", {"because": "spam"}).status_code == 403
    assert browse(world.keeper).post(f"/chat/messages/{message}/hiding", {"because": "spam"}).status_code == 403
    assert surfer.post(f"/chat/messages/{message}/hiding", {"because": "spam"}).status_code == 303
    assert look(lambda session: session.get_one(ChatMessage, message).hidden_reason) == "This reads as advertising."
    assert surfer.post(f"/chat/messages/{message}/hiding/undo").status_code == 303
    assert look(lambda session: session.get_one(ChatMessage, message).hidden_at) is None


def test_forms_of_acts_are_shown_to_who_may_use_them(
    world: World, browse: Browse, say: Callable[[Member, str], int]
) -> None:
    message = say(world.author, "hello")
    for path in (
        f"/p/{world.answer.id}/hiding",
        f"/p/{world.answer.id}/redaction",
        f"/t/{world.thread.id}/move",
        f"/m/{world.author.name}/suspension",
        f"/chat/messages/{message}/hiding",
        f"/chat/messages/{message}/redaction",
        "/moderation",
        "/moderation/log",
    ):
        assert browse(world.moderator).get(path).status_code == 200, path
        assert browse(world.asker).get(path).status_code == 403, path
        assert browse().get(path).status_code == 303, path


def test_tools_stand_on_the_thread_for_moderators_only(world: World, browse: Browse) -> None:
    page = f"/t/{world.thread.id}/{world.thread.slug}"
    for member, tools in ((world.moderator, True), (world.keeper, True), (world.asker, False), (None, False)):
        text = browse(member).get(page).text
        assert (f"/t/{world.thread.id}/closure" in text) == tools
        assert (f"/p/{world.answer.id}/hiding" in text) == tools
        menus = re.findall(r'<details class="menu post-tools".*?</summary>', text, re.S)
        assert all("<span>More</span>" in menu for menu in menus) and bool(menus) == tools


def test_several_cases_at_once(
    world: World, make: Factory, flag: Callable[..., TestResponse], browse: Browse, look: Look
) -> None:
    posts = [make.answer(world.thread, world.author, f"Spam {number}") for number in range(3)]
    for post in posts:
        flag(f"/p/{post.id}", world.asker)
    ids = [str(one) for one in look(lambda session: session.scalars(select(Case.id).order_by(Case.id)).all())]
    surfer = browse(world.keeper)
    surfer.post("/moderation/cases", {"case": ids[:2], "act": "hide", "because": "spam"})
    surfer.post("/moderation/cases", {"case": [*ids[2:], "999", "x"], "act": "dismiss"})
    states = look(lambda session: session.scalars(select(Case.state).order_by(Case.id)).all())
    assert states == ["upheld", "upheld", "dismissed"]
    hidden = look(
        lambda session: session.scalars(
            select(Post.hidden_reason).where(Post.id.in_([one.id for one in posts])).order_by(Post.id)
        ).all()
    )
    assert hidden == ["This reads as advertising."] * 2 + [None]


# Sanctions ------------------------------------------------------------------------------------


def test_a_suspended_member_is_out_at_once_and_back_when_it_is_lifted(world: World, browse: Browse, look: Look) -> None:
    surfer = browse(world.author)
    assert surfer.get("/settings").status_code == 200
    moderator = browse(world.moderator)
    data = {"kind": "suspension", "days": "7", "reason": "Threats."}
    assert moderator.post("/m/ben/suspension", data).status_code == 303
    assert surfer.get("/settings").status_code == 303
    kinds = look(lambda session: session.execute(select(Sanction.kind, Sanction.reason)).all())
    assert [tuple(row) for row in kinds] == [("suspension", "Threats.")]
    assert moderator.post("/m/ben/suspension", data).status_code == 409
    assert moderator.post("/m/ben/suspension/undo").status_code == 303
    assert look(lambda session: session.get_one(Member, world.author.id).suspended_until) is None
    assert surfer.get("/settings").status_code == 303  # the old session stays ended
    assert browse(world.author).get("/settings").status_code == 200


@pytest.mark.parametrize(("days", "locale"), [("7", None), ("365", None), ("7", "zh")])
def test_a_suspended_member_reads_why_at_the_door_and_by_mail(
    world: World, browse: Browse, make: Factory, mails: Mails, days: str, locale: str | None
) -> None:
    """Who knows the password reads reason and end where they are kept out; the confirmed address gets both, once."""
    late = make.member("late", password_hash=passwords.hashed(PASSWORD), locale=locale, browser_locale="en")
    reason = "Threats <b>& more</b>.\nThey would be fine as a question."
    data = {"kind": "suspension", "days": days, "reason": reason}
    assert browse(world.moderator).post("/m/late/suspension", data).status_code == 303
    answer = browse().post(
        "/sign-in", {"login": "late", "password": PASSWORD}, headers={"Accept-Language": locale or "en"}
    )
    assert answer.status_code == 403 and "Threats &lt;b&gt;&amp; more&lt;/b&gt;." in answer.text
    assert ("，原因：" if locale else ", for this reason: ") in answer.text
    assert "Threats" not in browse().post("/sign-in", {"login": "late", "password": "of somebody else"}).text
    (mail,) = [mail for mail in mails() if mail["To"] == "late@example.org"]
    text, page = plain(mail), html(mail)
    assert "Threats <b>& more</b>." in text and "Threats &lt;b&gt;&amp; more" in page
    assert ("封禁" if locale else "suspended") in mail["Subject"]
    with browse().app.app_context(), in_language(locale or "en"):
        until = fulltime(db.session().get_one(Member, late.id).suspended_until or now())
        db.session.remove()
    assert until in text and until in answer.text


def test_a_suspension_that_is_taken_back_at_once_is_not_mailed(world: World, browse: Browse, mails: Mails) -> None:
    moderator = browse(world.moderator)
    moderator.post("/m/ben/suspension", {"kind": "suspension", "days": "7", "reason": "Threats."})
    moderator.post("/m/ben/suspension/undo")
    moderator.post("/m/ana/suspension", {"kind": "silence", "days": "7", "reason": "Threats."})
    assert not [mail for mail in mails() if "suspended" in mail["Subject"]]


def test_who_may_sanction_whom(world: World, browse: Browse, make: Factory) -> None:
    other = make.member("mia", role="moderator")
    warning = {"kind": "warning", "reason": "Please be kind."}
    for actor, target, status in (
        (world.moderator, "ben", 303),
        (world.moderator, "mia", 403),
        (world.moderator, "mo", 403),
        (world.moderator, "ada", 403),
        (world.admin, "mia", 303),
        (world.admin, "ada", 403),
        (world.keeper, "ben", 403),
        (other, "nobody", 404),
    ):
        assert browse(actor).post(f"/m/{target}/suspension", warning).status_code == status, (actor.name, target)


def test_a_sanction_without_its_parts_is_refused(world: World, browse: Browse, look: Look) -> None:
    for data in (
        {"kind": "warning", "reason": " "},
        {"kind": "suspension", "days": "2", "reason": "x"},
        {"reason": "x"},
        {"kind": "ban", "days": "7", "reason": "x"},
        {"kind": "silence", "days": "-7", "reason": "x"},
    ):
        assert browse(world.moderator).post("/m/ben/suspension", data).status_code == 422, data
        assert look(lambda session: session.scalar(select(func.count(Sanction.id)))) == 0, data


def test_the_form_proposes_the_next_step(world: World, browse: Browse) -> None:
    surfer = browse(world.moderator)
    assert 'checked id="kind-0"' in surfer.get("/m/ben/suspension").text
    surfer.post("/m/ben/suspension", {"kind": "warning", "reason": "Please be kind."})
    page = surfer.get("/m/ben/suspension").text
    assert 'checked id="kind-2"' in page and '<option selected value="1">' in page and "Please be kind." in page
