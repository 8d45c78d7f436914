"""What somebody typed, checked and made ready to be stored: titles, bodies, tags."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, Actor
from forum.access.visible import board_is_visible
from forum.boards.models import Board
from forum.content import markdown
from forum.content.limits import MAX_POST, TooComplex
from forum.content.mentions import find_boards, find_mentions, fold
from forum.content.pictures import find_pictures
from forum.content.slugs import slugify
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.core.network import own_host
from forum.members.models import Member
from forum.members.names import name_key
from forum.reputation import rulesets
from forum.reputation.words import limit_anchor
from forum.threads.models import Post, Tag, Thread, ThreadTag
from forum.uploads import state as uploads

TITLE_LENGTH = (8, 150)  # shorter says nothing in a list, longer is a post
LEAST_HAN = 4  # of a title with Chinese, Japanese or Korean letters, each of which says what a syllable does
MOST_TAGS = 5  # more describe nothing
TAG_LENGTH = 40

_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# They turn the reading direction of whatever stands around them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a thread is about, checked: its title, its slug and the slugs of its tags."""

    title: str
    slug: str
    tags: tuple[str, ...]


def topic(title: str, tags: Iterable[str]) -> Topic:
    """Check a title and tags.

    Raises:
        Invalid: by field, what to change.
    """
    problems = {}
    clean = clean_line(title)
    least, most = TITLE_LENGTH
    least = LEAST_HAN if _DENSE.search(clean) else least
    if len(clean) < least or not any(map(str.isalnum, clean)):
        problems["title"] = _("Say in the title what it is about, in at least %(num)s characters.", num=least)
    elif len(clean) > most:
        problems["title"] = _("The title is too long: %(num)s characters at most.", num=most)
    slugs = tag_slugs(tags)
    if len(slugs) > MOST_TAGS:
        problems["tags"] = _("Choose at most %(num)s tags.", num=MOST_TAGS)
    if problems:
        raise Invalid(problems)
    return Topic(clean, slugify(clean), slugs)


def clean_line(text: str) -> str:
    """One line without control characters, direction marks and doubled blanks, in NFC."""
    kept = (" " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text if one not in _TURNS)
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def clean_body(text: str) -> str:
    """A body with plain line ends, without what no database keeps.

    Raises:
        Invalid: there is nothing in it, or too much.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    body = "".join(one for one in plain if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs")).strip()
    if not body:
        raise Invalid({"body": _("Write something first.")})
    if len(body) > MAX_POST:
        raise Invalid({"body": _("That is too long: %(num)s characters at most.", num=MAX_POST)})
    return body


def tag_slugs(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: slugs, each once, in the order given; those without a letter or digit are left out."""
    words = (clean_line(tag)[:TAG_LENGTH] for tag in tags)
    slugs = (slugify(word)[:TAG_LENGTH].strip("-") for word in words if any(map(str.isalnum, word)))
    return tuple(dict.fromkeys(slugs))


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of a form's one field, parted by commas."""
    return tuple(word for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip())


def render(session: Session, source: str, anchor: str) -> markdown.Rendered:
    """Render a checked body, with the members and boards that it names.

    Raises:
        Invalid: it is built so that showing it would cost too much.
    """
    members, boards = _members(session, find_mentions(source)), _boards(session, find_boards(source))
    shapes = uploads.shapes(session, find_pictures(source))
    try:
        return markdown.render(source, members=members, boards=boards, pictures=shapes, anchor=anchor, host=own_host())
    except TooComplex as error:
        raise Invalid({"body": _(error.reason)}) from error


def write_body(session: Session, post: Post, source: str, actor: Actor) -> None:
    """Give a post (that has its id) a checked body, in Markdown and rendered, within the limits of the actor's rank.

    A new one is written with it.

    Pictures in it that the actor has uploaded belong to the post from now on.

    Raises:
        Invalid: too many links or pictures for the actor's rank, or too costly to show.
    """
    rendered = render(session, source, f"p{post.id}")
    _check_links(session, rendered.links, actor)
    _check_images(session, rendered.images, actor)
    set_body(post, source, rendered)
    session.add(post)
    session.flush()
    uploads.attach(session, post.id, actor.id, rendered.pictures)


def set_body(post: Post, source: str, rendered: markdown.Rendered) -> None:
    """Store a body that was rendered already."""
    post.body_source = source
    post.body_html = rendered.html
    post.body_text = rendered.text
    post.renderer_version = markdown.RENDERER_VERSION


def _check_links(session: Session, links: int, actor: Actor) -> None:
    if actor.is_staff:
        return
    most = rulesets.current(session).rank(actor.rank_key).limits.links
    if links > most:
        raise Invalid({"body": ngettext(
            "Your rank opens %(num)s link to other sites in a post. Take some out, or write the address as code.",
            "Your rank opens %(num)s links to other sites in a post. Take some out, or write the addresses as code.",
            most,
        )}, limit_anchor("links"))


def _check_images(session: Session, images: int, actor: Actor) -> None:
    if actor.is_staff:
        return
    most = rulesets.current(session).rank(actor.rank_key).limits.images
    if images > most:
        raise Invalid({"body": ngettext(
            "Your rank opens %(num)s picture in a post. Take some out; a reply can show them.",
            "Your rank opens %(num)s pictures in a post. Take some out; a reply can show them.", most,
        )}, limit_anchor("images"))


def set_tags(session: Session, thread: Thread, slugs: Iterable[str], *, counted: bool) -> None:
    """Let the thread bear these tags (synonyms stand for what they point to); new ones are made.

    `counted` says whether the thread counts: whether it is there for all.
    """
    tags = _tags(session, tuple(slugs))
    held = {row.tag_id: row for row in session.scalars(select(ThreadTag).where(ThreadTag.thread_id == thread.id))}
    wanted = {tag.id: place for place, tag in enumerate(tags)}
    for tag_id, row in held.items():
        if tag_id not in wanted:
            session.delete(row)
    for tag_id, place in wanted.items():
        if tag_id in held:
            held[tag_id].place = place
        else:
            session.add(ThreadTag(thread_id=thread.id, tag_id=tag_id, place=place))
    session.flush()
    if counted:
        count_tags(session, wanted.keys() - held.keys(), 1)
        count_tags(session, held.keys() - wanted.keys(), -1)


def count_tags(session: Session, tag_ids: Iterable[int], by: int) -> None:
    """Add to the number of threads of these tags, by id, so that two writers never wait for each other in a ring."""
    for tag_id in sorted(tag_ids):
        tag = session.get_one(Tag, tag_id)
        tag.thread_count = Tag.thread_count + by
        session.flush()


def _tags(session: Session, slugs: tuple[str, ...]) -> list[Tag]:
    if not slugs:
        return []
    found = {tag.slug: tag for tag in session.scalars(select(Tag).where(Tag.slug.in_(slugs)))}
    for slug in sorted(set(slugs) - found.keys()):
        found[slug] = Tag(slug=slug)
        session.add(found[slug])
        session.flush()
    tags = [found[slug] for slug in slugs]
    meant = [session.get_one(Tag, tag.synonym_of_id) if tag.synonym_of_id else tag for tag in tags]
    return list({tag.id: tag for tag in meant}.values())


def _members(session: Session, handles: Iterable[str]) -> dict[str, str]:
    wanted = set(handles)
    if not wanted:
        return {}
    keys = {name_key(handle) for handle in wanted}
    names = session.scalars(select(Member.name).where(Member.name_key.in_(keys), Member.erased_at.is_(None)))
    return {fold(name): name for name in names if fold(name) in wanted}


def _boards(session: Session, slugs: Iterable[str]) -> dict[str, str]:
    wanted = set(slugs)
    if not wanted:
        return {}
    boards = session.scalars(select(Board).where(Board.slug.in_(wanted), board_is_visible(GUEST)))
    return {board.slug: board.title for board in boards}
