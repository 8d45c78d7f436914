"""T9: a form sets what it is for. Every column of the model added to it changes nothing else."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Column, Date, Integer, Table, select

from forum.boards.models import Board
from forum.core.clock import now
from forum.core.database import Base
from forum.desk.models import SavedReply
from forum.drafts.models import Draft
from forum.extensions import db
from forum.members.actions.profile import AUDIENCE_FIELDS
from forum.members.models import Member, MemberClaim
from forum.threads.models import IdeaChange, Post, Thread, Vote
from forum.trades.models import TradeAgreement, TradeRating
from forum.uploads.models import Picture
from tests.factory import Factory
from tests.security.walking import appoint
from tests.surfing import Surfer
from tests.uploads.making import drawn, upload

# What differs between two rows that were made in the same way.
OWN = {
    "id", "created_at", "changed_at", "last_activity_at", "joined_at", "last_seen_at", "edited_at", "thread_id",
    "opening_id", "root_id", "slug", "version", "name", "name_key", "position", "next_position", "password_hash",
    "post_id",
}  # fmt: skip


def forged(model: type[Base], form: dict[str, str]) -> dict[str, str]:
    """A value for each column that the form itself does not have."""
    table = model.__table__
    assert isinstance(table, Table)
    return {column.name: _value(column) for column in table.columns if column.name not in form}


def _value(column: Column[Any]) -> str:
    if isinstance(column.type, Boolean):
        return "y"
    if isinstance(column.type, Integer):
        return "1"
    if isinstance(column.type, Date) or column.type.python_type is dt.datetime:
        return "2001-01-01T00:00:00"
    return "admin" if column.name == "role" else "forged"


def newest(app: Flask, model: type[Base]) -> dict[str, Any]:
    """The row that was made last, without what is its own."""
    with app.app_context():
        row = db.session.execute(select(model.__table__).order_by(model.__table__.c.id.desc())).mappings().first()
        db.session.remove()
    assert row is not None
    return {name: value for name, value in row.items() if name not in OWN}


@pytest.mark.parametrize("model", [Thread, Post])
def test_a_thread(app: Flask, make: Factory, model: type[Base]) -> None:
    """Asked twice, once with everything that a thread and a post have."""
    hand = Surfer(app, make.member("ann"))
    make.board("kettles")
    form = {"title": "Does it whistle loudly?", "body": "I hope so.", "kind": "discussion", "tags": "", "board": "x"}
    rows = []
    for more in ({}, forged(model, form)):
        assert hand.post("/b/kettles/new", {**form, **more}).status_code == 303
        rows.append(newest(app, model))
    assert rows[0] == rows[1]


def test_a_reply_an_edit_and_a_vote(app: Flask, make: Factory) -> None:
    """Posts and votes take their words and their value, nothing else."""
    ann, otto, mia = make.member("ann"), make.member("otto"), make.member("mia")
    thread = make.thread(make.board(), ann)
    answers = [make.answer(thread, otto), make.answer(thread, otto)]
    rows: dict[str, list[dict[str, Any]]] = {"vote": [], "revision": [], "reply": []}
    for answer, more in zip(answers, (False, True), strict=True):
        vote, words = {"value": "1", "reason": ""}, {"body": "One more word.", "parent_id": str(answers[0].id)}
        extra = forged(Vote, vote) if more else {}
        assert Surfer(app, mia).post(f"/p/{answer.id}/vote", {**extra, **vote}).status_code == 303
        rows["vote"].append(newest(app, Vote))
        extra = forged(Post, words) if more else {}
        assert Surfer(app, otto).post(f"/p/{answer.id}/revision", {**extra, "body": "Other words."}).status_code == 303
        with app.app_context():
            row = db.session.execute(select(Post.__table__).where(Post.id == answer.id)).mappings().one()
            rows["revision"].append({name: value for name, value in row.items() if name not in {*OWN, "reply_count"}})
            db.session.remove()
        assert Surfer(app, mia).post(f"/t/{thread.id}/replies", {**extra, **words}).status_code == 303
        rows["reply"].append(newest(app, Post) | {"reply_index": 0})
    next_index = [row.pop("next_reply_index") for row in rows["revision"]]
    assert next_index == [1, 1]
    for what, (plain, greedy) in rows.items():
        assert plain == greedy, what


def test_members(app: Flask, make: Factory) -> None:
    """Nobody joins as the community manager, confirmed and with a rank; nor becomes one by a setting."""
    rows = []
    for number, more in enumerate((False, True)):
        form = {"name": f"joiner{'ab'[number]}", "email": f"j{number}@example.org", "password": "correct horse battery"}
        extra = forged(Member, {**form, "nickname": ""}) if more else {}
        hand = Surfer(app)
        assert hand.post("/join", {**extra, **form}).status_code == 303
        rows.append(newest(app, Member))
        profile = {"shown_name": "", "about": "", "interests": "", "hue": "3", "theme": "", "locale": "",
                   "mail_answers": "y", "on_leaderboards": "y", "keys_on": "y"}
        profile |= dict.fromkeys((f"{field}_audience" for field in AUDIENCE_FIELDS), "everyone")
        hand.token = "joined"
        assert hand.post("/settings", {**(forged(Member, profile) if more else {}), **profile}).status_code == 303
        rows.append(newest(app, Member))
    assert rows[0]["role"] == "member" and rows[0]["confirmed_at"] is None
    assert rows[0] | {"hue": 0} == rows[2] | {"hue": 0}
    assert rows[1] == rows[3]


def test_a_saved_reply(app: Flask, make: Factory) -> None:
    """It belongs to whoever is signed in, and is not for everybody."""
    hand, form = Surfer(app, make.member("ann")), {"title": "Hello", "body": "Hello {asker}"}
    rows = []
    for more in ({}, {key: value for key, value in forged(SavedReply, form).items() if key != "shared"}):
        assert hand.post("/desk/replies", {**more, **form}).status_code == 303
        rows.append(newest(app, SavedReply))
    assert rows[0] == rows[1]
    assert hand.post("/desk/replies", {**forged(SavedReply, form), **form}).status_code == 403


def test_a_draft(app: Flask, make: Factory) -> None:
    """It is the member's own, of the place that the form names, with the version that the server counts."""
    ann, otto = make.member("ann"), make.member("otto")
    thread = make.thread(make.board(), otto)
    form = {"place": f"t-{thread.id}", "body": "I think that", "title": "", "tags": "", "version": "0"}
    rows = []
    for member, more in ((ann, {}), (otto, forged(Draft, form))):
        assert Surfer(app, member).post("/drafts", {**more, **form}).status_code == 200
        row = newest(app, Draft)
        assert row.pop("member_id") == member.id
        rows.append({**row, "saved_at": None})
    assert rows[0] == rows[1]


def test_a_picture(app: Flask, make: Factory) -> None:
    """It is the uploader's, in no post, of the size that it has, and waits for its job under a name of the server."""
    ann, otto = make.member("ann"), make.member("otto")
    opening = make.thread(make.board(), otto).opening_id
    rows = []
    for more in ({}, {**forged(Picture, {}), "post_id": str(opening), "state": "ready", "uploader_id": str(otto.id)}):
        assert upload(Surfer(app, ann), drawn(), **more).status_code == 201
        with app.app_context():
            picture = db.session.scalars(select(Picture).order_by(Picture.id.desc())).first()
            assert picture is not None and picture.post_id is None and picture.public_id != "forged"
            db.session.remove()
        rows.append({**newest(app, Picture), "public_id": None})
    assert rows[0] == rows[1]
    assert rows[0]["uploader_id"] == ann.id and rows[0]["state"] == "waiting"


def test_a_claim(app: Flask, make: Factory) -> None:
    """It is the asker's and undecided, whatever the form says."""
    imported = make.member("Old-Me", external_source="elsewhere", confirmed=False, password_hash=None)
    form = {"name": imported.name, "words": "It was me."}
    rows = []
    for member, more in ((make.member("ann"), {}), (make.member("otto"), forged(MemberClaim, form))):
        assert Surfer(app, member).post("/settings/claims", {**more, **form}).status_code == 303
        row = newest(app, MemberClaim)
        assert row.pop("member_id") == member.id
        rows.append({**row, "asked_at": None})
    assert rows[0] == rows[1]
    assert rows[0]["decided_at"] is None and rows[0]["approved"] is not True


def test_what_becomes_of_an_idea(app: Flask, make: Factory) -> None:
    """The line says who decided and when; the thread takes the state and nothing else."""
    staff, ann, board = make.member("mo", role="moderator"), make.member("ann"), make.board()
    form = {"state": "planned", "when": "spring", "reason": "We like it."}
    rows = []
    for more in ({}, forged(IdeaChange, form) | forged(Thread, form)):
        thread = make.thread(board, ann, kind="idea")
        assert Surfer(app, staff).post(f"/t/{thread.id}/state", {**more, **form}).status_code == 303
        rows.append((newest(app, IdeaChange), newest(app, Thread)))
    assert rows[0][0] | {"at": None} == rows[1][0] | {"at": None}
    assert rows[0][0]["by_id"] == staff.id
    assert rows[0][1] == rows[1][1]


def test_a_rating(app: Flask, make: Factory) -> None:
    """A rating is about the other one, unseen for two weeks, and not withdrawn; an agreement is only proposed."""
    ann, otto = make.member("ann"), make.member("otto")
    rows: dict[str, list[dict[str, Any]]] = {"agreement": [], "rating": []}
    for more in (False, True):
        thread = make.thread(make.board(), ann)
        make.answer(thread, otto)
        form = {"kind": "deal", "name": "otto"}
        extra = forged(TradeAgreement, form) if more else {}
        made = Surfer(app, ann).post(f"/t/{thread.id}/agreements", {**extra, **form}).headers["Location"]
        rows["agreement"].append({**newest(app, TradeAgreement), "proposed_at": None})
        assert Surfer(app, otto).post(f"{made}/acceptance").status_code == 303
        form = {"value": "1", "words": "Good."}
        extra = forged(TradeRating, form) if more else {}
        assert Surfer(app, ann).post(f"{made}/ratings", {**extra, **form}).status_code == 303
        rating = newest(app, TradeRating)
        assert rating["shown_from"] > now() + dt.timedelta(days=13)
        rows["rating"].append({**rating, "shown_from": None, "agreement_id": None})
    for what, (plain, greedy) in rows.items():
        assert plain == greedy, what


def test_a_board(app: Flask, make: Factory) -> None:
    """A board's own moderator edits its words: not who sees it, not its shelf."""
    keeper, board = make.member("kim"), make.board("kettles")
    appoint(app, keeper, board)
    before = newest(app, Board)
    form = {"title": "Kettles", "description": "", "hue": "0", "picture": ""}
    extra = forged(Board, form) | {"category": "99", "see": "staff", "see_rank": "staff"}
    assert Surfer(app, keeper).post("/b/kettles/edit", {**extra, **form}).status_code == 303
    assert newest(app, Board) == before
