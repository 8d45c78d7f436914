"""The pages of badges: how each is earned, how rare it is, who holds it; at a cost that does not grow."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.badges import queries as badge_queries
from forum.badges.counting import recount
from forum.core.clock import now
from forum.members.models import Member
from forum.reputation.models import Badge, MemberBadge
from forum.threads.models import Post
from tests.badges.world import Place
from tests.conftest import DATABASE
from tests.plans import explained
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Counting = Callable[[], AbstractContextManager[list[str]]]


def page(surfer: Surfer, path: str) -> str:
    """A page's text."""
    answer = surfer.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_a_young_community_sees_how_to_earn_and_no_zeros(browse: Browse, app: Flask) -> None:
    """Before anybody has one: every badge with its sentence, no count, no share."""
    text_of_it = page(browse(), "/badges")
    assert "An answer of yours solved somebody’s question." in text_of_it
    assert "Craft" in text_of_it and "Kindness" in text_of_it
    assert not re.search(r"\b0 members|0%|have it|has it", text_of_it)
    assert "Still to be earned" in page(browse(), "/badges/landmark_answer")


def test_ones_own_are_marked_in_both_languages(place: Place, browse: Browse) -> None:
    """By a word that says that one has it."""
    helper = place.member()
    place.solved(helper, place.member())
    assert "yours</span>" in page(browse(helper), "/badges")
    chinese = browse(helper).get("/badges", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "已获得</span>" in chinese and "你在处理" not in chinese


def test_rarity_in_members_and_then_in_shares(place: Place, browse: Browse, app: Flask) -> None:
    """Under a hundred members a number, from then on a share."""
    place.solved(place.member(), place.member())
    assert "1 member has it" in page(browse(), "/badges/first_accepted")
    moment = now()
    place.write(lambda session: session.execute(insert(Member), [
        {"name": f"crowd{n}", "name_key": f"crowd{n}", "joined_at": moment} for n in range(250)
    ]))
    badge_queries.forget_totals()
    assert "Fewer than 1% of members have it" in page(browse(), "/badges/first_accepted")
    place.write(lambda session: session.execute(
        update(Badge).where(Badge.key == "first_accepted").values(holder_count=10)
    ))
    assert "4% of members have it" in page(browse(), "/badges")


def test_who_has_it_and_for_what(place: Place, browse: Browse) -> None:
    """The latest first, with the answer it was for; one's own is marked; the profile shows it with its level."""
    helper = place.member(name="helga")
    answer = place.answered(place.member(), helper)
    place.vote(answer, 5)
    shown = page(browse(), "/badges/well_put")
    assert 'href="/m/helga"' in shown and f'href="/p/{answer.id}"' in shown
    assert "yours" not in shown and "yours" in page(browse(helper), "/badges/well_put")
    profile = page(browse(), "/m/helga")
    assert 'href="/badges/well_put"' in profile and "medal-bronze" in profile
    thread = browse(helper).get(f"/p/{answer.id}", follow_redirects=True).get_data(as_text=True)
    assert "It works like this." in thread and "medal" not in thread and "/badges" not in thread, "threads stay quiet"


def test_the_answer_is_named_only_to_those_who_may_read_it(place: Place, browse: Browse) -> None:
    """Hidden, or its board closed: the holder stays, title and address do not show."""
    helper = place.member(name="helga")
    answer = place.answered(place.member(), helper)
    place.vote(answer, 5)
    place.write(lambda session: session.execute(update(Post).where(Post.id == answer.id).values(hidden_at=now())))
    shown = page(browse(), "/badges/well_put")
    assert 'href="/m/helga"' in shown and "How does it work?" not in shown and f"/p/{answer.id}" not in shown


@pytest.mark.parametrize(("audience", "guest", "member"), [
    ("everyone", True, True), ("members", False, True), ("me", False, False),
])
def test_who_keeps_their_activity_to_themselves_is_not_listed(
    place: Place, browse: Browse, audience: str, guest: bool, member: bool
) -> None:
    """The audience of one's activity covers the list of holders and the badges on the profile; oneself sees them."""
    helper = place.member(name="helga", activity_audience=audience)
    place.solved(place.member(), helper)
    for surfer, sees in ((browse(), guest), (browse(place.member()), member), (browse(helper), True)):
        assert ('class="person-name" href="/m/helga"' in page(surfer, "/badges/first_accepted")) == sees
        assert ("/badges/first_accepted" in page(surfer, "/m/helga")) == sees


def test_what_is_no_badge_is_nowhere(browse: Browse) -> None:
    """An unknown slug, and a cursor that is none."""
    assert browse().get("/badges/nothing").status_code == 404
    assert browse().get("/badges/well_put?before=x").status_code == 404


def test_pages_in_chinese(place: Place, browse: Browse) -> None:
    """The words of the rules are there in both languages."""
    place.solved(place.member(), place.member())
    shown = browse().get("/badges", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert "首次被采纳" in shown and "First answer" not in shown and "1位成员拥有" in shown


@pytest.fixture
def crowd(place: Place, request: pytest.FixtureRequest) -> int:
    """So many members who all hold one badge of the rules."""
    size: int = request.param
    moment = now()

    def fill(session: Session) -> None:
        place_of_badge = Badge(slug="first_helped", key="first_helped", labels={"en": "First help", "zh": "初次相助"})
        session.add(place_of_badge)
        session.flush()
        session.execute(insert(Member), [
            {"id": 1_000 + n, "name": f"crowd{n}", "name_key": f"crowd{n}", "joined_at": moment} for n in range(size)
        ])
        session.execute(insert(MemberBadge), [
            {"member_id": 1_000 + n, "badge_id": place_of_badge.id, "occasion": "",
             "awarded_at": moment - dt.timedelta(minutes=n)}
            for n in range(size)
        ])
        recount(session)

    place.write(fill)
    return size


@pytest.mark.parametrize("crowd", [3, 300], indirect=True)
def test_queries(place: Place, browse: Browse, queries: Counting, crowd: int) -> None:
    """At most 7 for a member: session and member, badges, how many members, one's own, holders, frame (2)."""
    surfer = browse(place.member())
    surfer.get("/badges")
    for path in ("/badges", "/badges/first_helped"):
        with queries() as seen:
            assert surfer.get(path).status_code == 200
        assert len(seen) <= 7, (path, len(seen), seen)


@pytest.mark.parametrize("crowd", [70], indirect=True)
def test_holders_page_by_key(place: Place, browse: Browse, crowd: int) -> None:
    """Every holder once, whatever the page."""
    path, names = "/badges/first_helped", list[str]()
    while path:
        shown = page(browse(), path)
        names += re.findall(r'class="person-name" href="/m/(crowd\d+)"', shown)
        following = re.search(r'href="(/badges/first_helped\?before=[0-9.]+)"', shown)
        path = following[1] if following else ""
    assert names == [f"crowd{n}" for n in range(70)]


@pytest.mark.parametrize("crowd", [5_000], indirect=True)
def test_the_list_is_a_stretch_of_its_index(
    place: Place, session: Session, crowd: int, plan: Callable[..., str]
) -> None:
    """However many hold it: thirty rows from one index, on from any place."""
    session.execute(text("ANALYZE"))
    session.commit()
    badge_id = session.scalars(select(MemberBadge.badge_id).limit(1)).one()
    seen = explained(session, badge_queries.holdings(load_actor(session, None), badge_id).limit(31))
    assert "ix_member_badge_newest" in seen, seen
    assert ("SCAN member_badge" not in seen) if DATABASE == "sqlite" else ("Seq Scan on member_badge" not in seen), seen
