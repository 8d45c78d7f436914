"""Reads of conversations too long or too deep for their thread's page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.core.errors import NotFound
from forum.threads import loading, statements
from forum.threads.loading import Parent, ParentAuthor, Reader, own_or_there
from forum.threads.models import Post
from forum.threads.queries import head_of, tags_of, with_viewer
from forum.threads.rows import LEVELS, ConversationPage, Head, PostRow
from forum.threads.trees import grow

ABOVE = 3  # posts that lead to the one asked for, so that it can be understood
STRETCH = 50  # replies on a page of a conversation
BRANCH = 100  # posts of a branch at most; the rest is read in order


def conversation_page(
    session: Session, viewer: Actor, thread_id: int, post_id: int, after: int | None = None
) -> ConversationPage:
    """A conversation from a post on, in a fixed number of queries.

    For a post of the first level (or the opening): its replies in order, from reply index `after` on.
    For a reply: what leads to it, and the branch below it.

    Raises:
        NotFound: no such thread or post in it, or not open to the viewer.
    """
    head, _key, reader = head_of(session, viewer, thread_id)
    post = session.get(Post, post_id)
    if post is None or post.thread_id != thread_id or post.root_id is None:
        raise NotFound
    if post.id == post.root_id:
        page = _stretch(session, viewer, head, reader, post, after or 0)
    else:
        page = _branch(session, viewer, head, reader, post)
    page.tags = tags_of(session, thread_id)
    return page


def _stretch(
    session: Session, viewer: Actor, head: Head, reader: Reader, root: Post, after: int
) -> ConversationPage:
    """Replies under a root in their order; those whose parent is not on the page stand on their own."""
    words = own_or_there(viewer, head.board)
    parent_author = loading.name_of(ParentAuthor).label("parent_author")
    rows = session.execute(
        loading.posts(words, parent_author)
        .outerjoin(Parent, Parent.id == Post.parent_id)
        .outerjoin(ParentAuthor, ParentAuthor.id == Parent.author_id)
        .where(Post.root_id == root.id, Post.reply_index > after)
        .order_by(Post.reply_index)
        .limit(STRETCH + 1)
    )
    below = [reader.post(row) for row in rows]
    more, below = len(below) > STRETCH, below[:STRETCH]
    tops = [_row(session, viewer, head, reader, root.id)] if after == 0 else []
    head, tops, below = with_viewer(session, viewer, head, tops, below)
    on_page = {row.id for row in (*tops, *below)}
    tops += [row for row in below if row.parent_id not in on_page]
    return ConversationPage(
        head=head, above=[], nodes=grow(tops, below), focus_id=root.id, root_id=root.id,
        next_after=below[-1].reply_index if more else None,
    )


def _branch(session: Session, viewer: Actor, head: Head, reader: Reader, post: Post) -> ConversationPage:
    """A reply with what leads to it and what hangs below it, so deep as a page draws and one level more."""
    words = own_or_there(viewer, head.board)
    up = select(Post.id, Post.parent_id, Post.depth).where(Post.id == post.id).cte("above", recursive=True)
    higher = select(Post.id, Post.parent_id, Post.depth).join(up, Post.id == up.c.parent_id)
    up = up.union_all(higher.where(Post.depth >= post.depth - ABOVE))
    down = select(Post.id).where(Post.id == post.id).cte("below", recursive=True)
    deeper = select(Post.id).join(down, Post.parent_id == down.c.id)
    down = down.union_all(deeper.where(Post.depth <= post.depth + LEVELS + 1))
    branch = select(down.c.id).limit(BRANCH + 1)  # breadth first: parents come before their children
    above = [
        reader.post(row)
        for row in session.execute(loading.posts(words).where(Post.id.in_(select(up.c.id))).order_by(Post.depth))
    ][:-1]
    rows = session.execute(loading.posts(words).where(Post.id.in_(branch)).order_by(Post.reply_index))
    found = [reader.post(row) for row in rows]
    if not found or (found[0].gone and not found[0].readable and len(found) == 1):
        raise NotFound
    head, above, found = with_viewer(session, viewer, head, above, found)
    return ConversationPage(
        head=head, above=above, nodes=grow(found[:1], found[1:]), focus_id=post.id, root_id=post.root_id or post.id,
        next_after=found[0].reply_index if len(found) > BRANCH else None,
    )


def _row(session: Session, viewer: Actor, head: Head, reader: Reader, post_id: int) -> PostRow:
    if post_id == head.opening.id:
        return head.opening
    words = own_or_there(viewer, head.board)
    return reader.post(session.execute(loading.posts(words).where(Post.id == post_id)).one())


def post_row(session: Session, viewer: Actor, thread_id: int, post_id: int) -> tuple[Head, PostRow]:
    """One post as a page draws it, with its thread: for a fragment drawn anew.

    Raises:
        NotFound: not there, or not open to the viewer.
    """
    head, _key, reader = head_of(session, viewer, thread_id)
    if post_id == head.opening.id:
        (head,) = with_viewer(session, viewer, head)
        return head, head.opening
    statement = statements.row_of_thread(like(viewer), viewer.moderates(head.board.id))
    row = session.execute(statement, open_values(viewer, one_id=post_id, of_thread_id=thread_id)).one_or_none()
    if row is None:
        raise NotFound
    head, rows = with_viewer(session, viewer, head, [reader.post(row)])
    return head, rows[0]
