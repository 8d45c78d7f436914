"""Posts are drawn once and kept: what a reader gets is what would have been drawn for them alone."""

import random
import re
from collections.abc import Callable

import pytest
from flask import Flask
from jinja2 import meta, nodes

from forum.access.actors import load_actor
from forum.core.templating import TOKEN_SLOT
from forum.core.unit_of_work import unit_of_work
from forum.members.models import Member
from forum.threads import actions
from forum.threads.models import Post, Thread
from forum.threads.routes import drawing
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]

TEMPLATES = (
    "threads/_post.html", "threads/_words.html", "threads/_votes.html", "threads/_answer_acts.html",
    "moderation/_post_tools.html",
)
GIVEN = {"node", "around", "framed", "typed"}  # the key of what is kept, or what keeps it from being kept
SET_BY_INCLUDERS = {"post", "may", "ui"}  # of node and around, in the including template


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_templates_of_a_post_read_nothing_but_the_key(app: Flask, name: str) -> None:
    """No viewer, no request, no site: whoever reads more must put it into the key."""
    loader = app.jinja_env.loader
    assert loader is not None
    source, _path, _fresh = loader.get_source(app.jinja_env, name)
    parsed = app.jinja_env.parse(source)
    own = {one.target.name for one in parsed.find_all(nodes.Assign) if isinstance(one.target, nodes.Name)}
    read = meta.find_undeclared_variables(parsed) - own
    assert read <= GIVEN | SET_BY_INCLUDERS | set(app.jinja_env.globals), read


@pytest.fixture
def people(make: Factory) -> dict[str, Member]:
    """Who takes part."""
    return {name: make.member(name, rank=rank) for name, rank in (("ann", "twig"), ("otto", "branch"), ("lin", "seed"))}


@pytest.fixture
def thread(app: Flask, make: Factory, people: dict[str, Member]) -> Thread:
    """A question with answers and replies of several people in every state."""
    asker, otto, lin = people.values()
    thread = make.thread(make.board("kettles"), asker)
    answers = [make.answer(thread, author, f"Rinse it {n} times.") for n, author in enumerate((otto, lin, asker, otto))]
    reply = make.reply(answers[0], lin, "How hot?")
    make.reply(reply, otto, "Just off the boil.")
    with app.app_context(), unit_of_work() as session:
        found = [session.get_one(Post, answer.id) for answer in answers]
        actions.accept_answer(session, load_actor(session, asker.id), found[1])
        actions.vote(session, load_actor(session, lin.id), found[0], 1)
        actions.delete_post(session, load_actor(session, otto.id), found[3])
    return thread


def _page(surfer: Surfer, thread: Thread, language: str) -> str:
    page = surfer.get(f"/t/{thread.id}/{thread.slug}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert "\x00" not in page.text
    return re.sub(r'(name="csrf_token" value|data-csrf)="[^"]*"', r'\1="…"', page.text)


def test_what_is_kept_is_what_would_be_drawn(
    make: Factory, browse: Browse, people: dict[str, Member], thread: Thread
) -> None:
    """Guests, the asker, authors, a newcomer, a moderator and an admin, in two languages and in any order."""
    seen_by: list[Member | None] = [
        None, *people.values(), make.member("new"), make.member("piet", role="moderator"),
        make.member("nele", role="admin"), make.member("bo", rank="bough"),
    ]
    readers = [(browse(person), language) for person in seen_by for language in ("en", "zh")]
    alone = []
    for surfer, language in readers:
        drawing.forget()
        alone.append(_page(surfer, thread, language))
    assert len(set(alone)) > 10, "readers differ"
    order = list(range(len(readers))) * 2
    random.Random(5).shuffle(order)
    for place in order:
        assert _page(readers[place][0], thread, readers[place][1]) == alone[place]


def test_every_form_has_the_token_of_its_reader(make: Factory, browse: Browse, thread: Thread) -> None:
    """Of two alike the second gets what was drawn for the first, and none of the first's tokens."""
    first, second = (browse(make.member(name, rank="twig")) for name in ("eva", "kai"))
    pages = [surfer.get(f"/t/{thread.id}/{thread.slug}").text for surfer in (first, second)]
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]*)"', page)) for page in pages]
    assert [len(one) for one in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    answer = re.search(r'action="(/p/\d+/vote)"', pages[1])
    assert answer is not None
    sent = second.client.post(answer[1], data={"csrf_token": tokens[1].pop(), "value": "1"})
    assert sent.status_code == 303


def test_nobody_writes_the_slot_of_a_token_into_a_page(make: Factory, browse: Browse, thread: Thread) -> None:
    """Known, it would put each reader's token into an address of the writer's choice; a NUL is no text."""
    writer, reader = browse(make.member("eva")), browse(make.member("kai"))
    body = f"![x](https://evil.example/{TOKEN_SLOT}) and {TOKEN_SLOT}"
    assert writer.post(f"/t/{thread.id}/replies", {"body": body}).status_code in (303, 422)
    page = reader.get(f"/t/{thread.id}/{thread.slug}").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token is not None
    places = [match.start() for match in re.finditer(re.escape(token[1]), page)]
    allowed = [match.start(1) for match in re.finditer(r'(?:name="csrf_token" value|data-csrf)="([^"]*)"', page)]
    assert places == allowed


def test_a_draft_below_a_post_is_seen_by_its_writer_alone(make: Factory, browse: Browse, thread: Thread) -> None:
    """What is begun is in the writer's form, and not kept for the next reader."""
    eva, kai = (browse(make.member(name, rank="twig")) for name in ("eva", "kai"))
    answer = re.search(r'name="parent_id" value="(\d+)"', eva.get(f"/t/{thread.id}/{thread.slug}").text)
    assert answer is not None
    place = f"p-{answer[1]}"
    kept = eva.post("/drafts", {"place": place, "body": "Half a thought", "version": "0"}, fragment=True)
    assert kept.status_code == 200, kept.text
    assert "Half a thought" in eva.get(f"/t/{thread.id}/{thread.slug}").text
    assert "Half a thought" not in kai.get(f"/t/{thread.id}/{thread.slug}").text
