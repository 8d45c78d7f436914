"""What a post said before each edit."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.content.diff import Line, diff
from forum.core.errors import NotFound
from forum.members.models import Member
from forum.purchases.models import Product
from forum.threads.about import slug_of
from forum.threads.models import Post, PostRevision
from forum.threads.queries import tags_of, visible_post

MOST = 50  # edits shown; a post with more is quarreled over, and the newest tell


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: who, when, and what changed. Title, tags and product are (before, after) where they changed."""

    editor: str
    at: dt.datetime
    lines: list[Line]
    title: tuple[str, str] | None
    tags: tuple[str, str] | None
    product: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class History:
    """All edits of a post, the newest first."""

    post_id: int
    thread_href: str
    thread_title: str
    edits: list[Edit]


def history_of(session: Session, viewer: Actor, post_id: int) -> History:
    """The edits of a post, for whoever may read it.

    Raises:
        NotFound: not there, not open to the viewer, or never edited.
    """
    post = visible_post(session, viewer, post_id)
    rows = session.execute(
        select(PostRevision, Member)
        .join(Member, Member.id == PostRevision.editor_id)
        .where(PostRevision.post_id == post_id)
        .order_by(PostRevision.number.desc())
        .limit(MOST)
    ).all()
    if not rows:
        raise NotFound
    body, title, tags, product = _now(session, post)
    names = _names(session, {product, *(revision.product for revision, _editor in rows)})
    edits = []
    for revision, editor in rows:
        old_title, old_tags = revision.title or title, revision.tags if revision.tags is not None else tags
        old_product = revision.product if revision.product is not None else product
        edits.append(
            Edit(
                editor=editor.label, at=revision.created_at, lines=diff(revision.body_source, body),
                title=(old_title, title) if old_title != title else None,
                tags=(old_tags, tags) if old_tags != tags else None,
                product=(names[old_product], names[product]) if old_product != product else None,
            )
        )
        body, title, tags, product = revision.body_source, old_title, old_tags, old_product
    return History(post.id, f"/t/{post.thread_id}/{post.thread.slug}", post.thread.title, edits)


def _now(session: Session, post: Post) -> tuple[str, str, str, str]:
    tags = ",".join(tags_of(session, post.thread_id))
    return post.body_source, post.thread.title, tags, slug_of(session, post.thread)


def _names(session: Session, slugs: set[str | None]) -> dict[str, str]:
    """What products are called now, by slug; one that is gone by its slug."""
    known = {slug: slug for slug in slugs if slug is not None}
    if any(known):
        found = session.execute(select(Product.slug, Product.name).where(Product.slug.in_(known)))
        known |= {row.slug: row.name for row in found}
    return known
