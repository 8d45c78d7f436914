"""The main job from end to end, as people live it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from forum.core.clock import today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.reputation import visits
from tests.conftest import days_ago
from tests.factory import Factory
from tests.live import LiveServer
from tests.purchases.sending import Shop
from tests.surfing import Surfer

PASSWORD = "a kettle and seven cups"
TITLE = "How do I get the limescale out of the kettle?"


def mailed_link(folder: Path, kind: str) -> str:
    """The path of the newest mailed link of a kind, as soon as the worker has sent it."""
    pattern = re.compile(rf"http://127\.0\.0\.1:\d+(/{kind}/[\w.-]+)")
    for _ in range(100):
        for mail in sorted(folder.glob("*.eml"), reverse=True):
            text = mail.read_text().replace("=\n", "")
            if found := pattern.search(text):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail with a {kind} link")


def join(page: Page, name: str) -> None:
    """Join as anybody would: one short form, then no boards for now."""
    page.goto("/join")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.wait_for_timeout(3_200)  # nobody fills a form in less than three seconds
    page.get_by_role("main").get_by_role("button", name="Join").click()
    page.wait_for_url("**/welcome*")
    page.get_by_role("link", name="Not now").click()


def visited_before(app: Flask, name: str) -> None:
    """They were here yesterday already."""
    with app.app_context():
        with unit_of_work() as session:
            member = session.query(Member).filter_by(name=name).one()
            visits.record_visit(session, member.id, today().replace(day=1) if today().day > 1 else days_ago(1).date())
        db.session.remove()


def test_a_community_lives(
    app: Flask, make: Factory, browse: Callable[..., Surfer], server: LiveServer, person: Callable[..., Page],
    tmp_path: Path,
) -> None:
    """Join, confirm, ask; answer, vote, accept; buy and rise; chat through an outage; flag, hide, suspend."""
    make.board("kettles", title="Kettles")
    helper = make.member("jun")
    visited_before(app, "jun")
    moderator = make.member("mod", role="moderator")

    # Ebba joins and asks before she has confirmed; the mailed link publishes her question.
    ebba = person()
    join(ebba, "ebba")
    ebba.goto("/b/kettles/new")
    ebba.get_by_label("Title").fill(TITLE)
    ebba.locator("textarea[name=body]").fill("There is a grey rim inside. The leaflet says *no vinegar*.")
    ebba.get_by_role("main").get_by_role("button", name=re.compile("^(Ask|Post)")).click()
    expect(ebba.get_by_role("heading", level=1)).to_have_text(TITLE)
    question = ebba.url.split("#")[0].split("?")[0]
    guest = person()
    assert guest.goto(question).status == 404  # type: ignore[union-attr]
    ebba.goto(mailed_link(tmp_path / "outbox", "confirm"))
    ebba.get_by_role("button", name="Confirm my address").click()
    expect(ebba.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert guest.goto(question).status == 200  # type: ignore[union-attr]

    # Jun answers; another member finds it helpful; Ebba accepts.
    jun = person(browse(helper))
    jun.goto("/m/jun")
    expect(rank(jun)).to_have_text("Seed")
    jun.goto(question)
    jun.locator("textarea[name=body]").last.fill("Citric acid, **one tablespoon** to a liter, never boiling.")
    jun.get_by_role("button", name="Post answer").click()
    expect(jun.locator("article.post", has_text="Citric acid").first).to_be_visible()
    voter = person(browse(make.member("sofia")))
    voter.goto(question)
    answer = voter.locator("article.post", has_text="Citric acid").first
    answer.get_by_role("button", name="This answer helps").click()
    expect(voter.locator("article.post", has_text="Citric acid").first).to_contain_text("1")
    ebba.goto(question)
    answer = ebba.locator("article.post", has_text="Citric acid").first
    answer.get_by_role("button", name="Accept", exact=True).click()
    expect(ebba.locator(".post.is-best")).to_contain_text("Citric acid")
    guest.goto(question)
    expect(guest.locator(".post.is-best")).to_contain_text("Citric acid")
    posts = guest.locator("article.post")
    expect(posts.nth(0)).to_contain_text("grey rim")
    expect(posts.nth(1)).to_contain_text("Citric acid")

    # Points on both: 10 for the vote and 15 for the acceptance; 5 for accepting. Jun, here for the second day, rose.
    guest.goto("/m/jun")
    expect(standing(guest).get_by_text("25 points", exact=True)).to_be_visible()
    expect(rank(guest)).to_have_text("Sprout")
    guest.goto("/m/ebba")
    expect(standing(guest).get_by_text("5 points", exact=True)).to_be_visible()
    expect(rank(guest)).to_have_text("Seed")
    jun.goto("/m/jun/ledger")
    expect(jun.get_by_role("main")).to_contain_text("+15")
    expect(jun.get_by_role("main")).not_to_contain_text("sofia")

    # A signed purchase arrives, and the rank rises on the page that Kai has open.
    kai = make.member("kai")
    visited_before(app, "kai")
    page = person(browse(kai))
    page.goto("/m/kai")
    expect(rank(page)).to_have_text("Seed")
    expect(page.locator("body[data-live-open]")).to_have_count(1)
    Shop(app).paid("d1", "1001", "kai@example.org")
    expect(rank(page)).to_have_text("Sprout")
    expect(standing(page).get_by_text("1 purchase", exact=True)).to_be_visible()

    # They chat; Jun's line is cut; he finds everything when he is back, once and in order.
    ebba.goto("/chat/lobby")
    jun.goto("/chat/lobby")
    say(ebba, "Is the powder from the pharmacy fine?")
    expect(jun.locator(".chat-log")).to_contain_text("pharmacy")
    jun.context.set_offline(True)
    say(ebba, "One.")
    say(ebba, "Two.")
    jun.context.set_offline(False)
    expect(jun.locator(".chat-log")).to_contain_text("Two.", timeout=30_000)
    texts = jun.locator(".chat-log .chat-text").all_inner_texts()
    assert [text.strip() for text in texts] == ["Is the powder from the pharmacy fine?", "One.", "Two."]

    # A guest flags; a moderator hides it with a reason; the author reads why.
    own_answer = make.answer(make.thread(make.board("grinders"), kai, title="Which burr set fits mine?"), kai)
    spam = make.reply(own_answer, kai, "Cheap watches for you")
    guest.goto(f"/p/{spam.id}/flags")
    guest.get_by_label(re.compile("Spam", re.IGNORECASE)).check()
    guest.wait_for_timeout(3_200)
    guest.get_by_role("main").get_by_role("button", name="Send report").click()
    mod = person(browse(moderator))
    mod.goto("/moderation")
    mod.get_by_role("link", name=re.compile("Cheap watches|Which burr set")).first.click()
    expect(mod.get_by_role("main")).to_contain_text("Cheap watches")
    decide = mod.get_by_role("group", name="Decide")
    decide.locator("summary", has_text="Hide").click()
    decide.get_by_label("In your words").fill("Please no advertising.")
    decide.get_by_role("button", name="Hide", exact=True).click()
    page.goto(f"/p/{spam.id}")
    expect(page.get_by_role("main")).to_contain_text("Please no advertising.")
    assert "Cheap watches" not in person().goto(f"/p/{spam.id}").text()  # type: ignore[union-attr]

    # Kai is suspended, and out at once: the open page's session is over, the socket too.
    mod.goto("/m/kai/suspension")
    mod.get_by_label(re.compile("^Suspend")).check()
    mod.locator("[name=reason]").first.fill("Advertising after two warnings.")
    mod.get_by_role("main").get_by_role("button", name="Send").click()
    expect(page.locator("body[data-live-open]")).to_have_count(0)
    page.goto("/settings")
    expect(page).to_have_url(re.compile("/sign-in"))


def rank(page: Page) -> Locator:
    """The word of the rank beside the name on an open profile."""
    return page.locator(".profile-words a[href^='/ranks#rank-']")


def standing(page: Page) -> Locator:
    """The bars with points and purchases on an open profile."""
    return page.get_by_role("region", name="Standing")


def say(page: Page, words: str) -> None:
    """Write a chat message and see it stand there, acknowledged."""
    page.locator(".chat-input").fill(words)
    page.locator(".chat-input").press("Enter")
    expect(page.locator(".chat-message:not(.is-pending)", has_text=words).last).to_be_visible()
