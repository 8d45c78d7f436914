"""What is in the database after an import, told by external ids, so that two ways to the same end can be compared."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, aliased

from forum.boards.models import Board
from forum.core.database import Base
from forum.integrations.importers.models import ImportKey
from forum.members.models import Member
from forum.reputation.models import Award, Badge, MemberBadge, MemberStanding
from forum.threads.models import Acceptance, Post, PostRevision, Tag, Thread, ThreadTag, Vote

FIXTURES = Path(__file__).parent / "fixtures"
OLDER, NEWER = FIXTURES / "older", FIXTURES / "newer"


def tables(session: Session) -> dict[str, str]:
    """A digest of the rows of each table: equal exactly when no row changed."""
    session.rollback()
    found = {}
    for name in sorted(Base.metadata.tables):
        rows = sorted(repr(tuple(row)) for row in session.execute(text(f'SELECT * FROM "{name}"')))
        found[name] = f"{len(rows)} {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"
    session.rollback()
    return found


def community(session: Session) -> dict[str, Any]:
    """Everything that people can see of what was imported, without our own ids and without handles."""
    session.rollback()
    author, board = aliased(Member), aliased(Board)
    threads = session.execute(
        select(Thread.external_id, Thread.title, Thread.kind, Thread.created_at, Thread.answer_count,
               Thread.reply_count, Thread.score, Thread.solved, Thread.view_count, author.external_id)
        .join(author, author.id == Thread.author_id).where(Thread.deleted_at.is_(None))
    ).all()
    posts = session.execute(
        select(Post.external_id, Post.kind, Post.depth, Post.body_source, Post.body_html, Post.created_at, Post.score,
               Post.up_count, Post.down_count, Post.helpfulness, Post.accepted, Post.reply_count, Post.revision_count,
               Post.edited_at, author.external_id)
        .join(author, author.id == Post.author_id).where(Post.deleted_at.is_(None))
    ).all()
    tags = session.execute(
        select(Thread.external_id, ThreadTag.place, Tag.slug)
        .join(Tag, Tag.id == ThreadTag.tag_id).join(Thread, Thread.id == ThreadTag.thread_id)
        .where(Thread.deleted_at.is_(None))
    ).all()
    people = session.execute(
        select(Member.external_id, Member.shown_name, Member.joined_at, Member.about_html, Member.post_count,
               MemberStanding.reputation, MemberStanding.accepted, MemberStanding.helped, MemberStanding.rank_key)
        .join(MemberStanding, MemberStanding.member_id == Member.id)
        .where(Member.external_id.is_not(None), Member.erased_at.is_(None))
    ).all()
    votes = session.execute(select(Vote.external_id, Vote.value, Vote.created_at).where(Vote.value != 0)).all()
    badges = session.execute(
        select(MemberBadge.external_id, Badge.slug, Badge.level).join(Badge, Badge.id == MemberBadge.badge_id)
    ).all()
    return {
        "threads": sorted(map(tuple, threads)), "posts": sorted(map(tuple, posts), key=repr),
        "tags": sorted(map(tuple, tags)), "people": sorted(map(tuple, people), key=repr),
        "votes": sorted(map(tuple, votes)), "badges": sorted(map(tuple, badges)),
        "tag counts": sorted(map(tuple, session.execute(select(Tag.slug, Tag.thread_count)))),
        "boards": sorted(map(tuple, session.execute(select(board.slug, board.thread_count)))),
        "accepted": sorted(session.scalars(select(Acceptance.external_id).where(Acceptance.undone_at.is_(None)))),
        "awards": sorted(map(tuple, session.execute(
            select(Award.external_id, Award.kind, Award.points).where(Award.undone_at.is_(None))))),
        "revisions": sorted(map(tuple, session.execute(
            select(Post.external_id, PostRevision.number, PostRevision.body_source, PostRevision.created_at)
            .join(Post, Post.id == PostRevision.post_id).where(Post.deleted_at.is_(None))))),
        "keys": sorted(map(tuple, session.execute(
            select(ImportKey.kind, ImportKey.external_id, ImportKey.digest)
            .where(~ImportKey.gone, ImportKey.kind != "board")))),
    }
