"""An imported profile is claimed: the member asks, staff decide, and both become one, exactly."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberClaim
from forum.moderation.models import LogEntry
from forum.reputation import maintenance, rulesets
from forum.reputation.models import MemberBadge, MemberStanding
from forum.threads import actions
from forum.threads.models import Post, Thread
from forum.threads.state import recount_thread
from tests.factory import Factory
from tests.importers.conftest import Import
from tests.importers.reading import NEWER, OLDER
from tests.search.finding import hits
from tests.security.walking import appoint
from tests.surfing import Surfer


def _read(app: Flask, read: Callable[[Session], object]) -> object:
    with app.app_context():
        found = read(db.session())
        db.session.remove()
    return found


def _claim(app: Flask, browse: Callable[..., Surfer], asking: Member, staff: Member, name: str) -> None:
    assert browse(asking).post("/settings/claims", {"name": name, "words": "I wrote about tea."}).status_code == 303
    claim = _read(app, lambda session: session.scalars(select(MemberClaim.id).order_by(MemberClaim.id.desc())).first())
    page = browse(staff).get("/moderation/claims")
    assert "I wrote about tea." in page.text
    assert browse(staff).post(f"/moderation/claims/{claim}/approval").status_code == 303


@pytest.mark.parametrize("ruleset", ["laurel", "stackexchange"])
def test_both_become_one(
    app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], ruleset: str
) -> None:
    """Posts, points, badges; what the member voted for themselves counts no more; the old address leads to them."""
    take(OLDER)
    asking, staff = make.member("sammy"), make.member("staff", role="moderator")
    with app.app_context():
        maintenance_ruleset = rulesets.preset(ruleset)
        with unit_of_work() as session:
            maintenance.rebuild(session, maintenance_ruleset)
        with unit_of_work() as session:
            answer = session.scalars(select(Post).where(Post.external_id == "2")).one()
            actions.vote(session, load_actor(session, asking.id), answer, 1)
        before = session.scalar(select(MemberStanding.reputation).join(
            Member, Member.id == MemberStanding.member_id).where(Member.name == "Sam"))
        db.session.remove()
    _claim(app, browse, asking, staff, "sam")

    def after(session: Session) -> None:
        rules = rulesets.in_force(session).ruleset
        assert session.scalar(select(MemberStanding.reputation).where(
            MemberStanding.member_id == asking.id)) == (before or 0) - rules.points.answer_up
        imported = session.scalars(select(Member).where(Member.name == "Sam")).one()
        into = session.get_one(Member, asking.id)
        assert imported.merged_into_id == asking.id
        assert session.scalar(select(MemberStanding.reputation).where(
            MemberStanding.member_id == imported.id)) == rules.total(0)
        assert session.scalars(select(Post.id).where(Post.author_id == imported.id)).all() == []
        assert (into.post_count, imported.post_count) == (4, 0)
        assert (into.external_id, imported.external_id) == ("2", None)
        assert session.scalar(select(func.count()).where(MemberBadge.member_id == into.id)) == 3
        assert maintenance.verify(session) == []
        assert session.scalars(select(LogEntry.verb)).all() == ["merge_member"]
        ids = session.scalars(select(Thread.id)).all()
        session.rollback()
        with unit_of_work() as writing:
            assert [recount_thread(writing, id) for id in ids] == [{}] * len(ids)
        with unit_of_work() as writing:  # a rebuild finds what settling found
            before_rebuild = dict(map(tuple, writing.execute(
                select(MemberStanding.member_id, MemberStanding.reputation)).all()))
            maintenance.rebuild(writing)
            assert dict(map(tuple, writing.execute(
                select(MemberStanding.member_id, MemberStanding.reputation)).all())) == before_rebuild

    _read(app, after)
    drain()
    assert "The old profile is yours now" in browse(asking).get("/notifications").text
    assert len(hits(browse(), "by:sammy")) > 0
    moved = browse().get("/m/Sam")
    assert (moved.status_code, moved.location) == (301, "/m/sammy")


def test_the_next_import_finds_the_claimant(
    app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer]
) -> None:
    """What the newer dump has of the old profile is the member's; their own name and words stay."""
    take(OLDER)
    asking, staff = make.member("ming"), make.member("staff", role="moderator")
    _claim(app, browse, asking, staff, "小明")
    assert take(NEWER).exit_code == 0

    def after(session: Session) -> None:
        new = session.scalars(select(Post).where(Post.external_id == "20")).one()
        assert new.author_id == asking.id
        assert session.get_one(Member, asking.id).name == "ming"
        assert maintenance.verify(session) == []

    _read(app, after)
    assert "Nothing had changed." in take(NEWER).output


def test_staff_hear_of_a_claim(
    app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None],
    queries: Callable[[], Any],
) -> None:
    """A notice and a number in the queue, for all who may decide; both are gone once it is decided or withdrawn."""
    take(OLDER)
    asking, staff, keeper = make.member("sammy"), make.member("staff", role="moderator"), make.member("keeper")
    appoint(app, keeper, make.board("pans"))
    for act in ("undo", "approval"):
        assert browse(asking).post("/settings/claims", {"name": "Sam", "words": ""}).status_code == 303
        drain()
        drain()
        assert "sammy asks for an old profile" in browse(staff).get("/notifications").text
        page = browse(staff).get("/moderation").text
        assert "1 claim</span>" in page
        assert "But 1 member asks for a profile" in page and "Nothing waits" not in page
        for other in (asking, keeper):
            assert "asks for an old profile" not in browse(other).get("/notifications").text
        assert "/moderation/claims" not in browse(keeper).get("/moderation").text
        if act == "undo":
            browse(asking).post("/settings/claims/undo")
        else:
            claim = _read(app, lambda session: session.scalars(select(MemberClaim.id)).one())
            browse(staff).post(f"/moderation/claims/{claim}/approval")
        drain()
        assert "asks for an old profile" not in browse(staff).get("/notifications").text
        assert "Nothing waits" in browse(staff).get("/moderation").text
        assert _read(app, lambda session: session.get_one(Member, staff.id).unread_notices) == 0
    surfer = browse(staff)
    surfer.get("/moderation")
    with queries() as none:
        surfer.get("/moderation")
    for number in range(3):
        browse(make.member(f"more{number}")).post("/settings/claims", {"name": "Sam-3", "words": ""})
    with queries() as three:
        assert "3 claims" in surfer.get("/moderation").text
    assert len(three) == len(none), three
    assert browse(staff).post("/settings/claims", {"name": "Ana-Maria", "words": ""}).status_code == 303
    assert "3 claims" in surfer.get("/moderation").text, "one's own is for somebody else"


def test_an_old_profile_leads_to_its_claim(take: Import, make: Factory, browse: Callable[..., Surfer]) -> None:
    """For members, with the name in the form; not for guests, and not on profiles that are somebody's account."""
    take(OLDER)
    asking = browse(make.member("sammy"))
    make.member("other")
    link = "/settings/claims?name=%E5%B0%8F%E6%98%8E"
    assert f'href="{link}"' in asking.get("/m/小明").text
    assert 'value="小明"' in asking.get(link).text
    assert "This was me" not in browse().get("/m/小明").text
    for name in ("other", "sammy"):
        assert "This was me" not in asking.get(f"/m/{name}").text


@pytest.mark.parametrize(("typed", "status"), [
    ("https://community.example/m/%E5%B0%8F%E6%98%8E?x=1", 303), ("/m/Ana-Maria", 303), ("@ana-maria", 303),
    ("Ana Maria", 303), ("ana maria ", 303), ("Sam", 303), ("/m/", 422), ("Ana", 422), ("/m/other", 422),
])  # fmt: skip
def test_a_profile_is_named_as_people_know_it(
    take: Import, make: Factory, browse: Callable[..., Surfer], typed: str, status: int
) -> None:
    """By its handle, its address as it is copied from the browser, or the name that stands beside its posts."""
    take(OLDER)
    make.member("other")
    assert browse(make.member("sammy")).post("/settings/claims", {"name": typed, "words": ""}).status_code == status


def test_a_search_finds_who_is_shown_under_a_name(
    app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    """`by:` takes the name beside the posts, and the handle of before for who claimed it."""
    take(OLDER)
    drain()
    named = hits(browse(), 'by:"Ana Maria"')
    assert named and named == hits(browse(), "by:ana-maria")
    _claim(app, browse, make.member("sammy"), make.member("staff", role="moderator"), "Ana-Maria")
    drain()
    assert hits(browse(), "by:Ana-Maria") == hits(browse(), "by:sammy") == named


def test_asking_again_is_answered_in_a_sentence(
    app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer]
) -> None:
    """While a claim waits, for the same profile and another one; once it is theirs. What was typed is still there."""
    take(OLDER)
    asking, staff = make.member("sammy"), make.member("staff", role="moderator")
    surfer = browse(asking)
    surfer.post("/settings/claims", {"name": "Sam", "words": "I wrote about tea."})
    page = surfer.get("/settings/claims").text
    assert "You asked for the profile of" in page and 'name="words"' not in page
    for name, said, status in (
        ("/m/Sam", "You have asked for this profile already.", 409),
        ("Sam-3", "You can ask for one profile at a time. Withdraw your claim to ask for another.", 409),
        ("nobody-here", "There is no such imported profile.", 422),
    ):
        refused = surfer.post("/settings/claims", {"name": name, "words": "My pot is blue."})
        assert refused.status_code == status
        for shown in (said, f'value="{name}"', "My pot is blue.</textarea>", "Withdraw the claim"):
            assert shown in refused.text, shown
    claim = _read(app, lambda session: session.scalars(select(MemberClaim.id)).one())
    browse(staff).post(f"/moderation/claims/{claim}/approval")
    again = surfer.post("/settings/claims", {"name": "Sam", "words": ""})
    assert again.status_code == 422 and "This profile is yours already." in again.text
    assert "The name of the old profile, or its whole address." in again.text


def test_who_may_ask_and_decide(app: Flask, take: Import, make: Factory, browse: Callable[..., Surfer]) -> None:
    """One claim at a time, on an imported profile only; nobody decides about their own; refused, they stay two."""
    take(OLDER)
    asking, other = make.member("sammy"), make.member("other")
    staff = make.member("staff", role="moderator")
    surfer = browse(asking)
    for name in ("other", "nobody-here", "staff"):
        assert surfer.post("/settings/claims", {"name": name, "words": ""}).status_code == 422
    assert surfer.post("/settings/claims", {"name": "Sam", "words": ""}).status_code == 303
    assert surfer.post("/settings/claims", {"name": "Sam-3", "words": ""}).status_code == 409
    claim = _read(app, lambda session: session.scalars(select(MemberClaim.id)).one())
    for member in (asking, other):
        assert browse(member).get("/moderation/claims").status_code == 403
        assert browse(member).post(f"/moderation/claims/{claim}/approval").status_code == 403
    assert browse(staff).post(f"/moderation/claims/{claim}/refusal").status_code == 303
    assert browse(staff).post(f"/moderation/claims/{claim}/approval").status_code == 409
    assert _read(app, lambda session: session.scalars(
        select(Member.merged_into_id).where(Member.merged_into_id.is_not(None))).all()) == []
    assert browse(staff).post("/settings/claims", {"name": "Sam", "words": ""}).status_code == 303
    own = _read(app, lambda session: session.scalars(select(MemberClaim.id).order_by(MemberClaim.id.desc())).first())
    assert browse(staff).post(f"/moderation/claims/{own}/approval").status_code == 403
    assert surfer.post("/settings/claims", {"name": "Sam", "words": ""}).status_code == 303
    assert surfer.post("/settings/claims/undo").status_code == 303
    kept = select(func.count()).where(MemberClaim.member_id == asking.id)
    assert _read(app, lambda session: session.scalar(kept)) == 1
