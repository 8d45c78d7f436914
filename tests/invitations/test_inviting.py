"""Inviting friends: over HTTP and by the mail that goes out."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.invitations.models import Invitation, InvitationRefusal
from forum.jobs.models import Job
from forum.members.models import Member
from forum.notifications.models import Notice
from tests.conftest import days_ago
from tests.factory import Factory
from tests.mails import plain
from tests.members.reading import stored
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]
GOOD = "tree-lamp-9-river"
FRIEND = "finn@example.org"


def link(mail: EmailMessage, path: str) -> str:
    """The link in a mail whose path begins like this."""
    found = re.search(rf"http://localhost({re.escape(path)}\S+)", plain(mail))
    assert found, plain(mail)
    return found[1]


@pytest.fixture
def invited(make: Factory, browse: Browse, mails: Mails) -> EmailMessage:
    """The mail of Ann's invitation to Finn."""
    assert browse(make.member("ann", rank="twig")).post("/invitations", {"email": FRIEND}).status_code == 303
    (mail,) = mails()
    return mail


def join(browse: Browse, mail: EmailMessage, name: str, email: str) -> Surfer:
    """Follow the mailed link and join."""
    surfer, address = browse(), link(mail, "/join?invitation=")
    assert "ann invited you" in surfer.get(address).text
    answer = surfer.post("/join", {
        "name": name, "email": email, "password": GOOD, "invitation": address.partition("=")[2],
    })  # fmt: skip
    assert answer.status_code == 303
    return surfer


def test_a_friend_comes_by_the_link(invited: EmailMessage, browse: Browse, mails: Mails, app: Flask) -> None:
    """The invited need not confirm the address that the link was mailed to; the inviter hears of it; it works once."""
    assert invited["To"] == FRIEND
    assert "ann invites you" in str(invited["Subject"])
    join(browse, invited, "finn", FRIEND.upper())
    (confirmed,) = stored(app, select(Member.confirmed_at).where(Member.name == "finn"))
    assert confirmed is not None
    assert len(mails()) == 1, "no mail to confirm an address that is confirmed"
    (notice,) = stored(app, select(Notice.kind).where(Notice.kind == "invitation"))
    assert notice == "invitation"
    address = link(invited, "/join?invitation=")
    assert "invited you" not in browse().get(address).text
    browse().post("/join", {"name": "zoe", "email": "zoe@example.org", "password": GOOD, "invitation": address[17:]})
    assert stored(app, select(Member.confirmed_at).where(Member.name == "zoe")) == [None]


def test_the_inviter_sees_who_came(invited: EmailMessage, browse: Browse, mails: Mails, app: Flask) -> None:
    """Before, a hint of the address; then the member's name, on the page and behind the bell."""
    with app.app_context():
        ann = db.session.scalars(select(Member).where(Member.name == "ann")).one()
        db.session.expunge(ann)
        db.session.remove()
    before = browse(ann).get("/invitations").text
    assert "f…@example.org" in before
    assert FRIEND not in before
    join(browse, invited, "finn", FRIEND)
    mails()
    after = browse(ann).get("/invitations").text
    assert "has joined" in after
    assert 'href="/m/finn"' in after
    notices = browse(ann).get("/notifications").text
    assert "finn accepted your invitation" in notices
    assert 'href="/m/finn"' in notices


def test_another_address_is_confirmed_as_ever(
    invited: EmailMessage, browse: Browse, mails: Mails, app: Flask
) -> None:
    """Who joins with an address that the link was not mailed to has proven nothing about it."""
    join(browse, invited, "finn", "other@example.org")
    assert stored(app, select(Member.confirmed_at).where(Member.name == "finn")) == [None]
    assert [mail["To"] for mail in mails()] == [FRIEND, "other@example.org"]


def test_the_address_is_not_kept(invited: EmailMessage, app: Flask) -> None:
    """Only a keyed hash and a hint are stored with the invitation."""
    (row,) = stored(app, select(Invitation))
    assert FRIEND not in repr(vars(row))
    assert row.hint == "f…@example.org"
    assert len(row.address_hash) == 64
    assert FRIEND not in repr(stored(app, select(Job.payload)))


def test_who_has_an_account_is_not_told(make: Factory, browse: Browse, mails: Mails) -> None:
    """The page says the same for a member's address, and no mail goes there."""
    make.member("finn")  # finn@example.org
    ann = browse(make.member("ann", rank="twig"))
    answers = [
        ann.post("/invitations", {"email": address}, follow_redirects=True).text.replace("z…", "f…")
        for address in (FRIEND, "zoe@example.org")
    ]
    assert "Your invitation is on its way." in answers[0]
    assert answers[0].count("waits for an answer") == 1
    assert answers[1].count("waits for an answer") == 2
    assert [mail["To"] for mail in mails()] == ["zoe@example.org"]


def test_one_mail_a_week(make: Factory, browse: Browse, mails: Mails, app: Flask) -> None:
    """However many members invite an address, it gets one mail a week."""
    for name in ("ann", "bob"):
        browse(make.member(name, rank="twig")).post("/invitations", {"email": FRIEND})
    assert len(mails()) == 1
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Invitation).values(created_at=days_ago(8)))
        db.session.remove()
    browse(make.member("cleo", rank="twig")).post("/invitations", {"email": FRIEND})
    assert len(mails()) == 2


def test_no_more_invitations(invited: EmailMessage, make: Factory, browse: Browse, mails: Mails, app: Flask) -> None:
    """The link in the mail asks first, and then nobody's invitation reaches the address again."""
    refusal = link(invited, "/invitations/refusal/")
    guest = browse()
    assert guest.get(refusal).status_code == 200
    assert stored(app, select(InvitationRefusal.address_hash)) == []
    assert guest.post(refusal).status_code == 200
    assert guest.post(refusal).status_code == 200
    assert len(stored(app, select(InvitationRefusal.address_hash))) == 1
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Invitation).values(created_at=days_ago(30)))
        db.session.remove()
    browse(make.member("bob", rank="twig")).post("/invitations", {"email": FRIEND})
    assert len(mails()) == 1
    assert guest.get(refusal[:-2] + "xx").status_code == 404


def test_withdrawn_and_expired_links_are_useless(
    invited: EmailMessage, browse: Browse, make: Factory, app: Flask
) -> None:
    """A withdrawn link invites nobody, nor does one of two weeks ago; only the inviter can withdraw."""
    (id,) = stored(app, select(Invitation.id))
    address = link(invited, "/join?invitation=")
    assert browse(make.member("bob", rank="twig")).post(f"/invitations/{id}/withdrawal").status_code == 404
    assert "invited you" in browse().get(address).text
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Invitation).values(created_at=days_ago(15)))
        db.session.remove()
    assert "invited you" not in browse().get(address).text
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Invitation).values(created_at=days_ago(1)))
        ann = db.session.scalars(select(Member).where(Member.name == "ann")).one()
        db.session.expunge(ann)
        db.session.remove()
    assert browse(ann).post(f"/invitations/{id}/withdrawal").status_code == 303
    assert "invited you" not in browse().get(address).text
    assert "withdrawn" in browse(ann).get("/invitations").text


def test_a_rank_opens_it(make: Factory, browse: Browse, mails: Mails) -> None:
    """Below Twig the page says which rule is in the way, and the form is refused; a bad address is named."""
    sprout = browse(make.member("sam", rank="sprout"))
    page = sprout.get("/invitations")
    assert "privilege-invite" in page.text
    assert 'name="email"' not in page.text
    assert "/invitations" not in sprout.get("/ranks").text
    assert sprout.post("/invitations", {"email": FRIEND}).status_code == 403
    twig = browse(make.member("ann", rank="twig"))
    assert 'href="/invitations"' in twig.get("/ranks").text
    refused = twig.post("/invitations", {"email": "finn at example"})
    assert refused.status_code == 422
    assert "finn at example" in refused.text
    assert mails() == []
