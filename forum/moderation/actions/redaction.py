"""Purging leaked words for good: an address, an order number. There is no way back, and the log has no words.

In two steps: `redact` takes them out of every row, at once; a job then has the database's files forget what those rows
held, and the log says so (`forum.moderation.finishing`).
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.chat import state as chat_state
from forum.chat.writing import clean_message
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import lazy_gettext as _l
from forum.moderation import finishing
from forum.moderation.leaks import leak_between
from forum.moderation.purge import Before, purge, repeats
from forum.moderation.record import record
from forum.moderation.targets import Target
from forum.search import indexing
from forum.threads import queries
from forum.threads import state as threads_state
from forum.threads.models import PostRevision
from forum.threads.writing import tag_slugs


def redact(
    session: Session, actor: Actor, target: Target, *, words: str, title: str | None = None,
    tags: Iterable[str] | None = None,
) -> list[str]:
    """Put `words` in the place of what a post or message (loaded with `lock`) says; the old words are purged.

    Gone with them: all revisions, tags that nothing bears any more, and what repeats the words in mail that waits,
    notices, kept forms, the author's drafts and flags.

    Args:
        words: the text with the leaked part edited out.
        title: for an opening, the title likewise; None leaves it.
        tags: for an opening, those that stay; None leaves them.

    Returns:
        addresses of other posts and messages that say the same, for the moderator to look at.

    Raises:
        Invalid: nothing is left, nothing was taken out, or more tags than a thread may bear.
        Conflict: a member's page cannot be redacted.
    """
    guardian.require(guardian.may_redact(actor, target.board_id), actor)
    row = target.post or target.message
    if row is None:
        raise Conflict(_l("Only posts and chat messages can be redacted."))
    old, old_html = row.body_source, row.body_html
    old_text = target.post.body_text if target.post is not None else old
    old_title = target.thread.title if target.thread is not None else ""
    old_slug = target.thread.slug if target.thread is not None else None
    taken = _tags_taken(session, target, tags)
    leak = leak_between(
        [old, old_title, *_history(session, target), *taken, *(slug.replace("-", " ") for slug in taken)],
        f"{words}\n{title if title is not None else old_title}",
    )
    if leak.is_empty and not taken:
        raise Invalid({"body": _l("Nothing is taken out yet. Edit the leaked part out of the text.")})
    _replace(session, target, words, title, tags)
    threads_state.forget_tags(session, taken)
    new_text = target.post.body_text if target.post is not None else row.body_source
    texts = {old: row.body_source, old_html: row.body_html, old_text: new_text}
    before = Before(
        texts={before: after for before, after in texts.items() if before != after},
        titles={old_title: title} if title is not None and target.thread is not None and title != old_title else {},
        slug=old_slug if target.thread is not None and target.thread.slug != old_slug else None,
        tags=taken,
    )
    purge(session, target, leak, before)
    entry = record(session, actor, "redact", target.kind, target.id, board_id=target.board_id)
    finishing.ask(session, entry)
    return repeats(session, target, leak, taken)


def _tags_taken(session: Session, target: Target, tags: Iterable[str] | None) -> tuple[str, ...]:
    """The tags that a thread bears, or bore before an edit, and that do not stay."""
    if target.post is None or target.post.kind != "opening":
        return ()
    held = queries.tags_of(session, target.post.thread_id)
    former = session.scalars(select(PostRevision.tags).where(PostRevision.post_id == target.id))
    bore = [slug for row in former if row for slug in row.split(",")]
    stay = set(held) if tags is None else set(tag_slugs(tags))
    return tuple(slug for slug in dict.fromkeys([*held, *bore]) if slug not in stay)


def _history(session: Session, target: Target) -> list[str]:
    """What a post said before its edits: the leak may be there alone."""
    if target.post is None:
        return []
    rows = session.execute(
        select(PostRevision.body_source, PostRevision.title).where(PostRevision.post_id == target.id)
    )
    return [text for row in rows for text in row if text]


def _replace(
    session: Session, target: Target, words: str, title: str | None, tags: Iterable[str] | None
) -> None:
    if target.post is not None:
        threads_state.redact_post(session, target.post, words, title, tags)
        if target.post.kind == "opening":  # every post of the thread is indexed under its title
            indexing.add_whole_thread(session, target.post.thread_id)
        else:
            indexing.add_posts(session, [target.post.id])
    elif target.message is not None:
        chat_state.redact_message(session, target.message, clean_message(words))
