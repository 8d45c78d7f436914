"""Each field of a profile has its audience: a matrix of field × audience × who looks."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.members.models import Member
from tests.conftest import days_ago
from tests.factory import Factory
from tests.members.reading import stored
from tests.surfing import Surfer

FIELDS = {
    "about": "Quillfeather about me", "interests": "quillfeathers", "joined": "with us since",
    "activity": "Quillfeather on the kettle?",
}
READERS = {"everyone": {"guest", "member", "staff", "owner"}, "members": {"member", "staff", "owner"}, "me": {"owner"}}
FORM = {
    "shown_name": "", "about": FIELDS["about"], "interests": f"tea, {FIELDS['interests']}", "hue": "1", "theme": "",
    "about_audience": "everyone", "interests_audience": "everyone", "joined_audience": "everyone",
    "activity_audience": "everyone",
}


@pytest.mark.parametrize("audience", READERS)
def test_who_sees_what(app: Flask, make: Factory, audience: str) -> None:
    """Chosen in the settings, in force on the profile and its lists; the other fields stay as they are."""
    owner = make.member("mia", joined_at=days_ago(200))
    thread = make.thread(make.board(), owner, title=FIELDS["activity"])
    make.answer(make.thread(make.board(), make.member()), owner, body="Nothing of note.")
    hands = {
        "guest": Surfer(app), "member": Surfer(app, make.member()), "staff": Surfer(app, make.member(role="admin")),
        "owner": Surfer(app, owner),
    }
    for field in FIELDS:
        assert hands["owner"].post("/settings", FORM | {f"{field}_audience": audience}).status_code == 303
        for who, hand in hands.items():
            page = hand.get("/m/mia").get_data(as_text=True).split("<main")[1]
            for one, words in FIELDS.items():
                seen = one != field or who in READERS[audience]
                assert (words in page) == seen, (one, who, audience)
            for show in ("questions", "answers"):
                listed = hand.get(f"/m/mia?show={show}").get_data(as_text=True)
                allowed = field != "activity" or who in READERS[audience]
                assert ("Not listed here" in listed) != allowed, (show, who, audience)
                assert show == "answers" or (thread.title in listed) == allowed
        settings = hands["owner"].get("/settings").get_data(as_text=True)
        chosen = settings.split(f'name="{field}_audience"')[1].split("</select>")[0]
        assert f'selected value="{audience}"' in chosen


def test_only_the_month_of_joining_is_on_the_page(app: Flask, make: Factory) -> None:
    """For everybody, the owner too: no day and no hour, not even in what machines read."""
    owner = make.member("mia", joined_at=days_ago(200))
    joined = stored(app, select(Member.joined_at).where(Member.id == owner.id))[0]
    for hand in (Surfer(app), Surfer(app, owner)):
        page = hand.get("/m/mia").get_data(as_text=True)
        assert f"{joined:%B %Y}" in page and f"{joined:%Y-%m-%d}" not in page


@pytest.mark.parametrize("field", FIELDS)
def test_no_other_audience(app: Flask, make: Factory, field: str) -> None:
    """What is not on the list is refused, and nothing changes."""
    owner = make.member("mia")
    answer = Surfer(app, owner).post("/settings", FORM | {f"{field}_audience": "friends"})
    assert answer.status_code == 422
    assert stored(app, select(Member.about_source)) == [""]


def test_a_list_kept_back_costs_nothing_to_keep_back(
    app: Flask, make: Factory, queries: Callable[..., object]
) -> None:
    """What is not loaded cannot leak: no query asks for the posts of a member who keeps them from others."""
    owner = make.member("mia", activity_audience="me")
    make.thread(make.board(), owner)
    guest = Surfer(app)
    guest.get("/m/mia")
    with queries() as seen:  # type: ignore[attr-defined]
        guest.get("/m/mia")
    assert not any("FROM post" in statement or "FROM thread" in statement for statement in seen), seen
