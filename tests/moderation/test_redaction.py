"""Redaction: a canary is in no table any more, and nobody but staff does it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from forum.core.clock import now
from forum.core.database import Base
from forum.core.unit_of_work import unit_of_work
from forum.drafts.models import Draft
from forum.extensions import db
from forum.jobs import worker
from forum.jobs.models import Job
from forum.jobs.queue import enqueue
from forum.members.models import KeptForm, Member
from forum.moderation.models import LogEntry
from forum.threads.models import Post, PostRevision, Tag
from forum.threads.writing import tag_slugs
from tests.factory import Factory
from tests.moderation.conftest import World
from tests.surfing import Surfer

Look = Callable[[Callable[[Session], Any]], Any]
CANARY = "Canary-Street-4711"


def places(session: Session) -> list[str]:
    """Every column of every table in which the canary is found, whatever its case."""
    found = []
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
        for row in session.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if CANARY.casefold() in str(value).casefold():
                    found.append(f"{table.name}.{column.name}")
    return found


def test_the_words_are_in_no_table_any_more(
    world: World,
    app: Flask,
    make: Factory,
    browse: Callable[..., Surfer],
    flag: Callable[..., TestResponse],
    look: Look,
    drain: Callable[[], None],
) -> None:
    leaking = make.answer(world.thread, make.member("leo"), f"Send it to {CANARY}, please. I use vinegar.")
    path = f"/p/{leaking.id}"
    assert (
        browse(world.moderator).post(f"{path}/revision", {"body": f"Send it to {CANARY}. I use vinegar!"}).status_code
        == 303
    )
    flag(path, world.asker, reason="private", note=f"He lives at {CANARY}!")
    with app.app_context():
        with unit_of_work() as session:
            session.add(KeptForm(token_hash="k", path="/t/1", fields={"body": f"at {CANARY}"}, created_at=now()))
        db.session.remove()
    waiting = look(places)
    assert {
        "post.body_source",
        "post.body_html",
        "post.body_text",
        "post_revision.body_source",
        "flag.note",
        "kept_form.fields",
    } <= set(waiting)
    refused = browse(world.moderator).post(f"{path}/redaction", {"body": leaking.body_source})
    assert refused.status_code in (303, 422)
    done = browse(world.moderator).post(f"{path}/redaction", {"body": "Send it to [removed]. I use vinegar!"})
    assert done.status_code == 303
    assert look(places) == []
    post = look(
        lambda session: session.execute(select(Post.redacted_at, Post.body_text).where(Post.id == leaking.id)).one()
    )
    assert post.redacted_at is not None and post.body_text == "Send it to [removed]. I use vinegar!"
    entry = look(lambda session: session.execute(select(LogEntry.verb, LogEntry.reason, LogEntry.details)).all())[-1]
    assert tuple(entry) == ("redact", "", {})
    drain()
    assert look(places) == []


def test_mail_that_waits_goes_out_with_the_new_words(
    world: World, app: Flask, make: Factory, browse: Callable[..., Surfer], look: Look, mails: Callable[[], list[Any]]
) -> None:
    """The first answer is mailed to the asker, whole, also when it was redacted before the mail went out."""
    thread = make.thread(world.kettles, make.member("dora"), title="Where do I send it?")
    answer = make.answer(thread, world.author, f"To {CANARY}, of course.")
    with app.app_context():
        worker.deliver_events()
        with unit_of_work() as session:
            values = {"answer_text": answer.body_text, "path": f"/p/{answer.id}", "quote": f"at {CANARY}…"}
            enqueue(session, "send_mail", {"values": values}, run_at=now() + dt.timedelta(days=1))
        db.session.remove()
    assert "job.payload" in look(places)
    browse(world.moderator).post(f"/p/{answer.id}/redaction", {"body": "To a secret place, of course."})
    assert look(places) == []
    waiting = look(lambda session: session.scalar(select(Job.payload).where(Job.name == "send_mail")))["values"]
    assert waiting == {"answer_text": "To a secret place, of course.", "path": f"/p/{answer.id}", "quote": "at […]…"}
    sent = [mail.as_string() for mail in mails()]
    assert any("To a secret place" in mail for mail in sent)
    assert not any(CANARY in mail for mail in sent)


def test_an_openings_title_goes_too(world: World, make: Factory, browse: Callable[..., Surfer], look: Look) -> None:
    thread = make.thread(world.kettles, world.asker, title=f"I live at {CANARY} and it leaks", body="Help me out.")
    page = browse(world.moderator).get(f"/p/{thread.opening_id}/redaction")
    assert CANARY in page.text and 'name="title"' in page.text
    data = {"title": "I live somewhere and it leaks", "body": "Help me out."}
    assert browse(world.moderator).post(f"/p/{thread.opening_id}/redaction", data).status_code == 303
    assert look(places) == []


def test_a_tag_goes_wherever_it_was_borne(
    world: World, app: Flask, make: Factory, browse: Callable[..., Surfer], look: Look, drain: Callable[[], None]
) -> None:
    """An order number that somebody tagged: off the thread, its list, its own address, revisions, drafts and search."""
    secret = f"Order {CANARY}"
    slug = tag_slugs([secret])[0]
    thread = make.thread(world.kettles, world.asker, title="Where is my kettle?", tags=(secret, "descaling"))
    other = make.thread(world.kettles, world.author, title="How soft is your water?", tags=("water", secret))
    edited = browse(world.asker).post(f"/p/{thread.opening_id}/revision", {"body": "Still not here.", "tags": secret})
    assert edited.status_code == 303
    assert browse(world.author).post(f"/p/{other.opening_id}/revision", {"tags": "water"}).status_code == 303
    for member, fields in ((world.asker, {"title": "Again", "tags": f"a, {secret}"}), (world.author, {"body": "Mine"})):
        assert browse(member).post("/drafts", {"place": "new-thread", "base": "0", **fields}).status_code == 200
    with app.app_context():
        with unit_of_work() as session:
            session.add(KeptForm(token_hash="k", path="/ask", fields={"tags": secret}, created_at=now()))
        db.session.remove()
    drain()
    assert {"tag.slug", "post_revision.tags", "draft.fields", "kept_form.fields"} <= set(look(places))
    moderator, path = browse(world.moderator), f"/p/{thread.opening_id}/redaction"
    assert f'name="tags" type="text" value="{slug}"' in " ".join(moderator.get(path).text.split())
    form = {"title": thread.title, "body": "Still not here."}
    assert moderator.post(path, {**form, "tags": "a,b,c,d,e,f"}).status_code == 422
    assert browse().get(f"/tags/{slug}").status_code == 200
    assert moderator.post(path, {**form, "tags": ""}).status_code == 303
    assert look(places) == []
    for page in ("/", "/b/kettles", f"/t/{thread.id}/{thread.slug}", "/m/ana"):
        assert slug not in browse().get(page).text
    assert browse().get(f"/tags/{slug}").status_code == 404
    assert look(lambda session: session.scalars(select(Draft.fields)).all()) == [{"body": "Mine"}]
    kept = select(PostRevision.tags).where(PostRevision.post_id == other.opening_id)
    assert look(lambda session: session.scalars(kept).all()) == ["water"]
    drain()
    assert look(places) == []


def test_a_tag_that_others_bear_stays_with_them(
    world: World, make: Factory, browse: Callable[..., Surfer], look: Look
) -> None:
    """It leaves this thread alone, and the moderator is told where it still is."""
    thread = make.thread(world.kettles, world.asker, title="Where is my kettle?", tags=(CANARY,))
    other = make.thread(world.kettles, world.author, title="Where is his kettle?", tags=(CANARY,))
    surfer = browse(world.moderator)
    form = {"title": thread.title, "body": "Help me out.", "tags": ""}
    assert surfer.post(f"/p/{thread.opening_id}/redaction", form).status_code == 303
    assert f"/p/{other.opening_id}" in surfer.get("/moderation").text
    assert look(lambda session: session.execute(select(Tag.slug, Tag.thread_count)).all()) == [(CANARY.casefold(), 1)]


def test_a_message_is_redacted(
    world: World,
    browse: Callable[..., Surfer],
    look: Look,
    say: Callable[[Member, str], int],
    flag: Callable[..., TestResponse],
) -> None:
    message = say(world.author, f"I am at {CANARY}")
    assert browse(world.asker).post(f"/chat/messages/{message}/redaction", {"body": "gone"}).status_code == 403
    page = browse(world.moderator).get(f"/chat/messages/{message}/redaction")
    assert CANARY in page.text
    assert (
        browse(world.moderator).post(f"/chat/messages/{message}/redaction", {"body": "I am at home"}).status_code == 303
    )
    left = [place for place in look(places) if place != "chat_message.client_id"]  # the test's own client put it there
    assert left == []


def test_quotes_elsewhere_are_pointed_out(
    world: World, make: Factory, browse: Callable[..., Surfer], look: Look
) -> None:
    leaking = make.answer(world.thread, world.author, f"Send it to {CANARY}.")
    quote = make.reply(leaking, world.asker, f"> Send it to {CANARY}.\n\nThank you.")
    surfer = browse(world.moderator)
    surfer.post(f"/p/{leaking.id}/redaction", {"body": "Send it to me."})
    assert f"/p/{quote.id}" in surfer.get("/moderation").text
    assert set(look(places)) == {"post.body_source", "post.body_html", "post.body_text"}


def test_taking_nothing_out_is_refused(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer = browse(world.moderator)
    for body in (world.answer.body_source, "", "   "):
        answer = surfer.post(f"/p/{world.answer.id}/redaction", {"body": body})
        assert answer.status_code == 422
    assert look(lambda session: session.scalar(select(LogEntry.id))) is None


def test_there_is_no_way_back(world: World, browse: Callable[..., Surfer], look: Look) -> None:
    surfer = browse(world.admin)
    surfer.post(f"/p/{world.answer.id}/redaction", {"body": "Use something."})
    entry = look(lambda session: session.scalar(select(LogEntry.id)))
    surfer.post(f"/moderation/log/{entry}/undo")
    assert "cannot be taken back" in surfer.get("/moderation/log").text
    assert look(lambda session: session.get_one(Post, world.answer.id).body_source) == "Use something."
