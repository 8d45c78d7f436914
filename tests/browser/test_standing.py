"""One's own standing in a real browser: an open page follows what others decide, and nobody else's page does."""

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from forum.access.actors import load_actor
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member
from forum.purchases.models import ShopConnection, ShopOrder
from forum.reputation import ledger
from forum.threads import actions
from forum.threads.models import Post
from tests.factory import Factory
from tests.reputation.test_publishing import laurel, publish
from tests.surfing import Surfer

NONE, TEN = re.compile(r"5 points\s*0 / 5"), re.compile(r"5 points\s*10 / 5")


def vote(app: Flask, voter: Member, answer: Post, value: int = 1) -> None:
    """An up vote, or taken back."""
    with app.app_context(), unit_of_work() as session:
        actions.vote(session, load_actor(session, voter.id), session.get_one(Post, answer.id), value)


def buy(app: Flask, member: Member) -> None:
    """A paid order."""
    with app.app_context(), unit_of_work() as session:
        shop = ShopConnection(name="shop", provider="generic", created_at=now())
        session.add(shop)
        session.flush()
        order = ShopOrder(connection_id=shop.id, order_hash="h", member_id=member.id, paid_at=now(), created_at=now(),
                          changed_at=now())
        session.add(order)
        ledger.settle_purchase(session, order)


def test_the_next_rank_follows_on_open_pages(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """Profile and ledger of the member: points, bar, lines, the fold that was open, the focus; each without a click."""
    helper = make.member("helper")
    answer = make.answer(make.thread(make.board(), make.member("asker"), title="Does it whistle?"), helper)
    profile, book = person(browse(helper)), person(browse(helper))
    profile.goto("/m/helper")
    book.goto("/m/helper/ledger")
    for page in (profile, book):
        page.locator("body[data-live-open]").wait_for()
        page.evaluate("() => { window.same = true; }")
    panel = profile.locator("[data-standing=next]")
    expect(panel).to_contain_text(NONE)
    fold = panel.locator("details > summary")
    fold.click()
    fold.focus()
    voter = make.member()
    vote(app, voter, answer)
    expect(panel).to_contain_text(TEN)
    expect(profile.locator("[data-standing=bars]")).to_contain_text("10 points")
    assert panel.locator("details").first.evaluate("(fold) => fold.open"), "what was unfolded stays so"
    assert profile.evaluate("() => document.activeElement.tagName") == "SUMMARY", "focus stays where it was"
    expect(book.locator("[data-standing=sum]")).to_contain_text("10 points in all.")
    expect(book.locator("[data-standing=lines]")).to_contain_text("Answer voted up")
    expect(book.locator("[data-standing=next]")).to_contain_text(TEN)
    buy(app, helper)
    expect(profile.locator("[data-standing=bars]")).to_contain_text("1 purchase")
    vote(app, voter, answer, 0)
    expect(book.locator("[data-standing=lines]")).to_contain_text("An up vote on an answer no longer counts")
    expect(panel).to_contain_text(NONE)
    for page in (profile, book):
        assert page.evaluate("() => window.same"), "the page itself was never loaded anew"


def test_others_hear_nothing(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """Another member's profile has nothing to follow and asks for no page (tests/realtime: it is sent no event)."""
    helper, looker = make.member("helper"), make.member("looker")
    answer = make.answer(make.thread(make.board(), make.member("asker")), helper)
    own, other = person(browse(helper)), person(browse(looker))
    asked: list[str] = []
    other.goto("/m/helper")
    own.goto("/m/helper")
    for page in (own, other):
        page.locator("body[data-live-open]").wait_for()
    other.on("request", lambda request: asked.append(request.url))
    assert other.locator("[data-standing]").count() == 0
    vote(app, make.member(), answer)
    expect(own.locator("[data-standing=bars]")).to_contain_text("10 points")
    assert not [url for url in asked if "/m/helper" in url]


def test_without_script_it_is_right_on_load(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """The same figures in the page as it comes."""
    helper = make.member("helper")
    answer = make.answer(make.thread(make.board(), make.member("asker")), helper)
    page = person(browse(helper), java_script_enabled=False)
    page.goto("/m/helper")
    expect(page.locator("[data-standing=next]")).to_contain_text(NONE)
    vote(app, make.member(), answer)
    page.reload()
    expect(page.locator("[data-standing=next]")).to_contain_text(TEN)


def test_a_large_figure_stays_on_its_line(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page]
) -> None:
    """Four digits and a sign, on a phone: one line as every other figure of the ledger."""
    publish(app, laurel(answer_up=1000))
    helper = make.member("helper")
    thread = make.thread(make.board(), make.member("asker"), title="Does it whistle?")
    for _number in range(2):
        vote(app, make.member(), make.answer(thread, helper))
    page = person(browse(helper), viewport={"width": 375, "height": 800})
    page.goto("/m/helper/ledger")
    figures = page.locator(".ledger-line .ledger-points")
    expect(figures.filter(has_text="−1,000")).to_have_count(1)
    lines = figures.evaluate_all(
        "all => all.map(one => {const r = new Range(); r.selectNodeContents(one); return r.getClientRects().length})"
    )
    assert set(lines) == {1}, lines
    assert page.evaluate("document.documentElement.scrollWidth") == 375
