"""Threads and posts of the demo community, written in the order in which they were said."""

import datetime as dt
from dataclasses import dataclass

from forum.integrations.demo import pictures
from forum.integrations.demo.scenes import Said, Topic
from forum.integrations.demo.topics_espresso import TOPICS as ESPRESSO
from forum.integrations.demo.topics_ideas import TOPICS as IDEAS
from forum.integrations.demo.topics_kettles import TOPICS as KETTLES
from forum.integrations.demo.topics_pour import TOPICS as POUR
from forum.integrations.demo.topics_table import TOPICS as TABLE
from forum.integrations.demo.world import World
from forum.threads import writing
from forum.threads.models import IdeaChange, Post, PostRevision, Thread
from forum.uploads import state as uploads

TOPICS: tuple[Topic, ...] = (*KETTLES, *POUR, *ESPRESSO, *TABLE, *IDEAS)
NEWCOMER_FOR = dt.timedelta(days=2)


@dataclass(slots=True)
class Spoken:
    """Something that was said, with its row once that is written. The opening has no `said`."""

    topic: Topic
    said: Said | None
    at: dt.datetime
    opening: "Spoken | None" = None
    parent: "Spoken | None" = None
    root: "Spoken | None" = None
    post: Post | None = None
    thread: Thread | None = None

    @property
    def author(self) -> str:
        """Who said it."""
        return self.said.author if self.said else self.topic.author

    @property
    def row(self) -> Post:
        """Its post, which is written by now."""
        assert self.post is not None
        return self.post

    @property
    def home(self) -> Thread:
        """Its thread, which is written by now."""
        thread = (self.opening or self).thread
        assert thread is not None
        return thread


def speak(world: World) -> list[Spoken]:
    """Write every thread with every post, oldest first. Returns what was said, in that order."""
    everything: list[Spoken] = []
    for topic in TOPICS:
        opening = Spoken(topic, None, world.before(days=topic.days))
        everything.append(opening)
        for said in topic.posts:
            everything += _with_replies(world, said, opening, opening, None)
    everything.sort(key=lambda one: one.at)
    for one in everything:
        if one.said is None:
            _start(world, one)
        else:
            _add(world, one)
        world.did(one.author, one.at)
    world.session.flush()
    return everything


def _with_replies(
    world: World, said: Said, opening: Spoken, before: Spoken, parent: Spoken | None
) -> list[Spoken]:
    """What was said `said.hours` after `before`, and the replies to it; never in the future."""
    at = min(before.at + dt.timedelta(hours=said.hours), world.before(minutes=3))
    one = Spoken(opening.topic, said, max(at, before.at + dt.timedelta(seconds=40)), opening, parent)
    one.root = parent.root if parent else one
    found = [one]
    for reply in said.replies:
        found += _with_replies(world, reply, opening, one, one)
    return found


def _start(world: World, one: Spoken) -> None:
    topic = one.topic
    checked = writing.topic(topic.title, topic.tags)
    author_id = world.members[topic.author]
    thread = Thread(
        board_id=world.boards[topic.board], product_id=world.products[topic.product] if topic.product else None,
        author_id=author_id, kind=topic.kind, title=checked.title,
        slug=checked.slug, language=topic.language, created_at=one.at, last_activity_at=one.at,
        last_author_id=author_id, view_count=topic.views, pinned_at=one.at if topic.pinned else None,
        asked_as_newcomer=one.at - world.joined[topic.author] < NEWCOMER_FOR,
    )
    world.session.add(thread)
    world.session.flush()
    one.thread = thread
    one.post = _write(world, one, topic.body, kind="opening")
    one.post.root_id = thread.opening_id = one.post.id
    writing.set_tags(world.session, thread, checked.tags, counted=True)
    for said in topic.becomes:
        thread.idea_state, thread.idea_when = said.state, said.when or None
        world.session.add(IdeaChange(
            thread_id=thread.id, state=said.state, planned_for=said.when or None, reason=said.reason,
            by_id=world.members["nele"], created_at=world.before(days=said.days),
        ))


def _add(world: World, one: Spoken) -> None:
    assert one.said is not None
    thread = one.home
    if one.parent is None:
        kind = "answer" if thread.kind == "question" else "reply"
        one.post = _write(world, one, one.said.body, kind=kind, position=thread.next_position or 0)
        one.post.root_id = one.post.id
        thread.next_position = (thread.next_position or 0) + 1
    else:
        assert one.root is not None
        root, parent = one.root.row, one.parent.row
        one.post = _write(
            world, one, one.said.body, kind="reply", parent_id=parent.id, root_id=root.id, depth=parent.depth + 1,
            reply_index=root.next_reply_index,
        )
        root.next_reply_index += 1
    thread.last_activity_at, thread.last_author_id = one.at, world.members[one.author]
    if one.said.first:
        _revise(world, one, one.said.first)


def _write(world: World, one: Spoken, body: str, **place: object) -> Post:
    source = writing.clean_body(pictures.put_in(world, one.author, one.at, body))
    post = Post(
        thread_id=one.home.id, author_id=world.members[one.author], body_source=source, body_html="",
        renderer_version=0, created_at=one.at, **{"depth": 0, "next_reply_index": 1, **place},
    )
    world.session.add(post)
    world.session.flush()
    rendered = writing.render(world.session, source, f"p{post.id}")
    writing.set_body(post, source, rendered)
    uploads.attach(world.session, post.id, post.author_id, rendered.pictures)
    return post


def _revise(world: World, one: Spoken, first: str) -> None:
    post = one.row
    post.edited_at = min(one.at + dt.timedelta(minutes=25), world.now)
    post.revision_count = 1
    world.session.add(PostRevision(
        post_id=post.id, number=1, editor_id=post.author_id, body_source=first, created_at=post.edited_at,
    ))
