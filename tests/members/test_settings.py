"""One's own settings, and what others see of a member."""

import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.access.actors import load_actor
from forum.core.clock import now, today
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members import passwords
from forum.members.models import Member, MemberEmail, MemberSession, MemberVisit
from forum.threads import actions as threads
from forum.threads.models import Post
from tests.conftest import days_ago, tables_read
from tests.factory import Factory
from tests.members.reading import link_in, stored
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]
GOOD, OTHER = "tree-lamp-9-river", "stone-bread-4-hat"
FORM = {"shown_name": "", "about": "", "interests": "", "hue": "3", "theme": ""}


@pytest.fixture
def mia(make: Factory) -> Member:
    """A member with a password and a confirmed address, mia@example.org."""
    return make.member("mia", password_hash=passwords.hashed(GOOD), joined_at=days_ago(400))


def test_a_profile_is_kept_and_shown(browse: Browse, mia: Member) -> None:
    """Name, words (as safe HTML), interests, color, theme."""
    surfer = browse(mia)
    answer = surfer.post(
        "/settings",
        {"shown_name": " Mia  O'Neil ", "about": "I **boil**. <script>x</script>", "interests": "tea ,, bread",
         "hue": "11", "theme": "dark"},
    )
    assert answer.status_code == 303
    page = browse().get("/m/mia").text
    assert "Mia O&#39;Neil" in page
    assert "<strong>boil</strong>" in page
    assert "<script>x" not in page
    assert ">tea<" in page
    assert "hue-11" in page
    assert "Nothing here yet" in page and "Just" not in page  # she joined a year ago
    settings = surfer.get("/settings").text
    assert 'data-theme="dark"' in settings
    assert "**boil**" in settings
    assert 'value="tea, bread"' in settings


@pytest.mark.parametrize(
    ("field", "value"),
    [("hue", "12"), ("hue", "x"), ("theme", "pink"), ("about", "x" * 2001), ("interests", "x" * 201),
     ("shown_name", "x" * 41), ("shown_name", "a\u202eb"), ("about", ">" * 300 + " x")],
)
def test_what_cannot_be_kept_is_refused_and_stays_in_the_form(
    browse: Browse, mia: Member, field: str, value: str
) -> None:
    """422, nothing changed."""
    surfer = browse(mia)
    answer = surfer.post("/settings", {**FORM, "interests": "remembered", field: value})
    assert answer.status_code == 422
    if field != "interests":
        assert "remembered" in answer.text
    assert "remembered" not in browse().get("/m/mia").text


def test_nobody_changes_more_than_the_form_has(browse: Browse, app: Flask, mia: Member) -> None:
    """Columns that are no fields are left alone (T9)."""
    browse(mia).post("/settings", {**FORM, "role": "admin", "name": "root", "confirmed_at": "", "name_key": "x"})
    assert stored(app, select(Member.role)) == ["member"]
    assert stored(app, select(Member.name)) == ["mia"]


def test_another_address_counts_once_its_link_was_opened(browse: Browse, app: Flask, mia: Member, mails: Mails) -> None:
    """Until then the old one stays; then it is let go and told so."""
    surfer = browse(mia)
    assert surfer.post("/settings/email", {"email": "new@example.org", "current_password": OTHER}).status_code == 422
    assert surfer.post("/settings/email", {"email": "new@example.org", "current_password": GOOD}).status_code == 303
    page = surfer.get("/settings/email").text
    assert "mia@example.org" in page
    assert "new@example.org" in page
    assert browse().post("/sign-in", {"login": "new@example.org", "password": GOOD}).status_code == 303
    (mail,) = mails()
    assert mail["To"] == "new@example.org"
    assert browse().post(link_in(mail)).status_code == 303
    assert stored(app, select(MemberEmail.address)) == ["new@example.org"]
    assert mails()[-1]["To"] == "mia@example.org"
    assert browse().post("/sign-in", {"login": "mia@example.org", "password": GOOD}).status_code == 422


def test_being_here_counts_the_day_once(browse: Browse, app: Flask, mia: Member) -> None:
    """The beacon: a visit of this UTC day, and when the session was last used (at most hourly)."""
    surfer = browse(mia)
    long_ago = now() - dt.timedelta(hours=3)
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(MemberSession).values(used_at=long_ago))
        db.session.remove()
    for _time in range(2):
        assert surfer.post("/here").status_code == 204
    assert stored(app, select(MemberVisit.day)) == [today()]
    (used_at,) = stored(app, select(MemberSession.used_at))
    assert used_at > long_ago
    surfer.post("/here")
    assert stored(app, select(MemberSession.used_at)) == [used_at]
    assert browse().post("/here").status_code == 303


def test_writing_counts_the_day_without_script(browse: Browse, app: Flask, mia: Member) -> None:
    """Whoever sends a form is here."""
    browse(mia).post("/settings", FORM)
    assert stored(app, select(MemberVisit.day)) == [today()]


def test_a_profile_shows_what_was_helpful(
    browse: Browse, app: Flask, make: Factory, mia: Member, queries: Callable[..., object]
) -> None:
    """Best answers and questions that the viewer may see; days, purchases and what is next to its owner alone."""
    jun, hidden, open_board = make.member("jun"), make.board("hidden", see_rank="staff"), make.board("kettles")
    thread = make.thread(open_board, jun, title="Does it boil?")
    answer = make.answer(thread, mia)
    make.thread(open_board, mia, title="Which kettle?")
    secret = make.thread(hidden, make.member("mod", role="moderator"), title="Backroom talk")
    make.answer(secret, make.member("mod2", role="moderator"))
    with app.app_context():
        with unit_of_work() as session:
            threads.vote(session, load_actor(session, jun.id), session.get_one(Post, answer.id), 1)
        db.session.remove()
    guest, owner = browse().get("/m/mia").text, browse(mia).get("/m/MIA", follow_redirects=True).text
    for page in (guest, owner):
        assert "Does it boil?" in page
        assert "Which kettle?" in page
        assert "10 points" in page
    for word in ("Purchases", "days here", "Your next rank", "Latest points"):
        assert word in owner
        assert word not in guest
    assert "Does it boil?" in browse().get("/m/mia?show=answers").text
    assert "Which kettle?" in browse().get("/m/mia?show=questions").text
    assert "Backroom" not in browse().get("/m/mod2?show=answers").text
    assert browse().get("/m/nobody").status_code == 404
    assert browse().get("/m/mia?show=everything").status_code == 404
    assert browse().get("/m/mia?show=answers&before=x").status_code == 404
    assert f"with us since {mia.joined_at:%B %Y}" in guest
    assert f"{mia.joined_at.day} {mia.joined_at:%B %Y}" not in guest
    assert f"{mia.joined_at:%Y-%m-%d}" not in guest


def test_the_month_of_joining_is_told_after_half_a_year(make: Factory, browse: Browse, app: Flask) -> None:
    """On profiles and to moderators, who see no purchases either: a month so near would tell of them."""
    for days, told in ((179, False), (181, True)):
        member = make.member(f"came{days}", joined_at=now() - dt.timedelta(days=days))
        month = f"{member.joined_at:%B %Y}"
        for viewer in (None, make.member(role="moderator")):
            assert (f"with us since {month}" in browse(viewer).get(f"/m/{member.name}").text) == told
        moderator = browse(make.member(role="moderator"))
        assert (f"here since {month}" in moderator.get(f"/m/{member.name}/suspension").text) == told


def test_a_profile_costs_the_same_however_much_there_is(
    browse: Browse, make: Factory, mia: Member, queries: Callable[..., object]
) -> None:
    """Member, standing, best answers, questions with their tags, and the frame; for members what is theirs."""
    board = make.board("kettles")
    surfer, owner = browse(), browse(mia)

    def counted(who: Surfer) -> list[str]:
        who.get("/ranks")  # what is kept for seconds is fresh
        with queries() as seen:
            who.get("/m/mia")
        return seen

    empty = counted(surfer)
    for number in range(12):
        make.answer(make.thread(board, make.member(), title=f"Number {number}?"), mia)
        make.thread(board, mia, title=f"My number {number}?")
    full = counted(surfer)
    # the member with standing and ratings; months; badges; answers; questions, and the faces in them
    assert len(full) <= 6, tables_read(full)
    assert len(full) - len(empty) <= 1, "faces are read when there are threads"
    own = counted(owner)
    assert len(own) <= 10, tables_read(own)


def test_answers_page_by_a_key(browse: Browse, make: Factory, mia: Member) -> None:
    """Twenty a page; the second page goes on where the first ended."""
    board, asker = make.board("kettles"), make.member("jun")
    for number in range(23):
        make.answer(make.thread(board, asker, title=f"Number {number}?"), mia)
    first = browse().get("/m/mia?show=answers").text
    assert first.count("<article") == 20
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browse().get(older).text
    assert second.count("<article") == 3
    assert "Number 0?" in second
    assert "Number 0?" not in first


def test_one_who_left_is_not_found(browse: Browse, app: Flask, mia: Member) -> None:
    """Erased accounts have no page and cannot sign in."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Member).values(erased_at=now()))
        db.session.remove()
    assert browse().get("/m/mia").status_code == 404
    assert browse().post("/sign-in", {"login": "mia", "password": GOOD}).status_code == 422
