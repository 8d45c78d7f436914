"""Revisions, tags and replacing of what was taken before: shared by threads and posts."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from forum.content.markdown import RENDERER_VERSION
from forum.core.bulk import insert_rows
from forum.core.database import Base
from forum.integrations.importers import places, texts
from forum.integrations.importers.keys import Key
from forum.integrations.importers.records import Author, Edit, PostRecord, ThreadRecord
from forum.threads.models import Post, PostRevision, ThreadTag
from forum.threads.writing import MOST_TAGS, clean_line, tag_slugs

_REVISIONS: Table = Base.metadata.tables[PostRevision.__tablename__]
_REVISION = ("post_id", "number", "editor_id", "title", "tags", "body_source", "created_at")
_THREAD_TAGS: Table = Base.metadata.tables[ThreadTag.__tablename__]


def columns(one: ThreadRecord | PostRecord, text: texts.Text) -> dict[str, object]:
    """What opening and post have in common, as columns."""
    return {
        "body_source": text.source, "body_html": text.html, "body_text": text.text,
        "renderer_version": RENDERER_VERSION, "created_at": one.created_at, "base_score": one.score,
        "score": one.score, "common_since": one.common_since, "revision_count": len(one.edits),
        "edited_at": one.edits[-1].at if one.edits else None,
    }


def was_edited_here(post: Post, key: Key) -> bool:
    """Whether somebody edited it since it was taken: then its words are theirs."""
    return post.revision_count > key.edits or post.redacted_at is not None


def write_edits(
    session: Session, edits: Iterable[tuple[int, Sequence[Edit]]], people: Mapping[Author, int]
) -> None:
    """The edits of posts, each a pair of the post's id and its edits."""
    insert_rows(session, _REVISIONS, _REVISION, (
        (
            post_id, number, people[edit.editor],
            clean_line(edit.title_before)[:200] if edit.title_before is not None else None,
            ",".join(tag_slugs(edit.tags_before))[:300] if edit.tags_before is not None else None,
            texts.readable(edit.body_before), edit.at,
        )
        for post_id, all_edits in edits for number, edit in enumerate(all_edits, 1)
    ))


def replace_edits(session: Session, post_id: int, edits: Sequence[Edit], people: Mapping[Author, int]) -> None:
    """The edits of a post in place of those that were taken before."""
    session.execute(delete(PostRevision).where(PostRevision.post_id == post_id))
    write_edits(session, [(post_id, edits)], people)


def write_tags(session: Session, source: str, tagged: Mapping[int, Iterable[str]]) -> None:
    """Let threads (by id) bear these tags of the source, and no others."""
    ids = places.tag_ids(session, source, (name for names in tagged.values() for name in names))
    wanted = {
        thread_id: list(dict.fromkeys(ids[name] for name in names))[:MOST_TAGS] for thread_id, names in tagged.items()
    }
    held: dict[int, list[int]] = {}
    rows = session.execute(
        select(ThreadTag.thread_id, ThreadTag.tag_id).where(ThreadTag.thread_id.in_(list(wanted)))
        .order_by(ThreadTag.thread_id, ThreadTag.place)
    )
    for thread_id, tag_id in rows:
        held.setdefault(thread_id, []).append(tag_id)
    changed = [thread_id for thread_id, tags in wanted.items() if held.get(thread_id, []) != tags]
    session.execute(delete(ThreadTag).where(ThreadTag.thread_id.in_([id for id in changed if id in held])))
    insert_rows(session, _THREAD_TAGS, ("thread_id", "tag_id", "place"), (
        (thread_id, tag_id, place) for thread_id in changed for place, tag_id in enumerate(wanted[thread_id])
    ))
