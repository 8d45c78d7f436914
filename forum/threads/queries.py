"""Reads of threads and posts: single ones for actions, and the pages of a thread in a fixed number of queries."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.access.alike import like, open_values
from forum.boards.models import Board, Category
from forum.core.errors import NotFound
from forum.purchases.queries import owns
from forum.threads import loading, permissions, statements
from forum.threads.duplicates import original_of
from forum.threads.loading import Reader, own_or_there, there
from forum.threads.models import Post, Thread
from forum.threads.rows import LEVELS, Head, Node, PostRow, ThreadPage, every
from forum.threads.statements import GONE_WINDOW, PAGE, WINDOW
from forum.threads.trees import grow


def visible_thread(session: Session, actor: Actor, thread_id: int) -> Thread:
    """A thread with its board.

    Raises:
        NotFound: not there, or not open to the actor.
    """
    found = statements.one_thread(like(actor))
    thread: Thread | None = session.scalars(found, open_values(actor, one_id=thread_id)).one_or_none()
    if thread is None:
        raise NotFound
    return thread


def visible_post(session: Session, actor: Actor, post_id: int) -> Post:
    """A post with its thread and board.

    Raises:
        NotFound: not there, or not open to the actor.
    """
    found = statements.one_post(like(actor))
    post: Post | None = session.scalars(found, open_values(actor, one_id=post_id)).one_or_none()
    if post is None:
        raise NotFound
    return post


def visible_board(session: Session, actor: Actor, slug: str) -> Board:
    """A board by its slug.

    Raises:
        NotFound: not there, or not open to the actor.
    """
    board = session.scalars(visible.boards(actor).where(Board.slug == slug)).one_or_none()
    if board is None:
        raise NotFound
    return board


def boards_to_start_on(session: Session, actor: Actor) -> list[Board]:
    """The boards on which the actor may start a thread, as they stand on the shelves."""
    shelved = visible.boards(actor).join(Category, Category.id == Board.category_id)
    boards = session.scalars(shelved.order_by(Category.position, Category.id, Board.position, Board.id))
    return [board for board in boards if guardian.may_start(actor, board)]


def sees_a_board(session: Session, actor: Actor) -> bool:
    """Whether there is any board for the actor to see."""
    return session.scalars(visible.boards(actor).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class AnswerForAsker:
    """An answer as the mail's form shows it to the asker."""

    post_id: int
    title: str
    author: str
    body_html: str


def answer_for_asker(session: Session, asker: Actor, post_id: int) -> AnswerForAsker:
    """An answer to a question of the asker's.

    Raises:
        NotFound: not there (any more), or someone else asked.
    """
    post = visible_post(session, asker, post_id)
    if post.thread.author_id != asker.id or post.kind != "answer" or post.is_gone:
        raise NotFound
    return AnswerForAsker(post.id, post.thread.title, post.author.label, post.body_html)


def post_path(session: Session, viewer: Actor, post_id: int) -> str:
    """Where a post is drawn: its thread opened at its place, or its conversation when it lies deep or far down.

    Raises:
        NotFound: not there, or not open to the viewer.
    """
    post = visible_post(session, viewer, post_id)
    return path_of(session, post.thread, post)


def path_of(session: Session, thread: Thread, post: Post) -> str:
    """`post_path` of a post of a thread, both loaded and open to whom the path is for."""
    root_id = post.root_id or post.id
    page = f"/t/{thread.id}/{thread.slug}"
    if post.kind == "opening":
        return f"{page}#p-{post.id}"
    if post.id != root_id and not _in_window(session, post):
        return f"{page}/conversation/{post.id}#p-{post.id}"
    return f"{page}#p-{post.id}" if root_id == thread.opening_id else f"{page}?from={root_id}#p-{post.id}"


def _in_window(session: Session, post: Post) -> bool:
    """Whether a reply is drawn on its thread's page: among the first under its root, and not too deep."""
    root = session.get_one(Post, post.root_id)
    if post.depth - root.depth > LEVELS:
        return False
    before = select(Post.id).where(Post.root_id == root.id, Post.reply_index.between(1, post.reply_index))
    shown, all_of_them = (
        select(func.count()).select_from(part.limit(WINDOW + GONE_WINDOW + 1).subquery()).scalar_subquery()
        for part in (before.where(there()), before)
    )
    row = session.execute(select(shown, all_of_them)).one()
    return int(row[0]) <= WINDOW - post.is_gone and int(row[1]) <= WINDOW + GONE_WINDOW


def thread_page(
    session: Session,
    viewer: Actor,
    thread_id: int,
    *,
    number: int = 1,
    after: int | None = None,
    start: int | None = None,
) -> ThreadPage:
    """A page of a thread, in five queries (four for guests; one more for a duplicate), whatever the length.

    Args:
        number: which page of a discussion, from 1.
        after: of a question: the id of the answer after which the page begins.
        start: the id of the post of the first level at which (discussions: on whose page) the page begins.

    Raises:
        NotFound: no such thread, or no such page of it.
    """
    anchor_id = start or after
    head, anchor, reader = head_of(session, viewer, thread_id, anchor_id)
    thread = head.thread
    if thread.kind == "question":
        firsts, beginning = _answers(session, viewer, head, reader, anchor, inclusive=start is not None)
    else:
        if start is not None and anchor is not None:
            number = anchor.position // PAGE + 1
        firsts, beginning = _positions(session, viewer, head, reader, number), number == 1
    more = len(firsts) > PAGE
    firsts = firsts[:PAGE]
    roots = [head.opening, *firsts] if beginning else firsts
    below = _windows(session, viewer, head, reader, [row.id for row in roots])
    tags = tags_of(session, thread.id)
    head, firsts, below = with_viewer(session, viewer, head, firsts, below)
    opening = grow([head.opening], below)[0] if not head.opening.gone or head.opening.readable else Node(head.opening)
    nodes = grow(firsts, below)
    for node in [opening, *nodes]:
        _count_more(node, below)
    best = nodes.pop(0) if beginning and thread.kind == "question" and nodes and _is_best(nodes[0].post) else None
    return ThreadPage(
        head=head, opening=opening, best=best, others=nodes, tags=tags, first=beginning, number=number,
        pages=max(1, -(-thread.next_position // PAGE)),
        next_after=firsts[-1].id if more and thread.kind == "question" else None,
    )


def node_of(session: Session, viewer: Actor, thread_id: int, post_id: int) -> tuple[Head, Node] | None:
    """A post with the replies drawn below it, as on its thread's page; None where it is not drawn there.

    Raises:
        NotFound: no such thread, or not open to the viewer.
    """
    head, _key, reader = head_of(session, viewer, thread_id)
    root_id = session.scalar(select(Post.root_id).where(Post.id == post_id, Post.thread_id == thread_id))
    if root_id is None:
        return None
    words = own_or_there(viewer, head.board)
    tops = [reader.post(row) for row in session.execute(loading.posts(words).where(Post.id == root_id))]
    below = _windows(session, viewer, head, reader, [root_id])
    head, tops, below = with_viewer(session, viewer, head, tops, below)
    nodes = grow(tops, below)
    for node in nodes:
        _count_more(node, below)
    return next(((head, node) for node in every(nodes) if node.post.id == post_id), None)


def head_of(session: Session, viewer: Actor, thread_id: int, anchor_id: int | None = None) -> tuple[Head, Any, Reader]:
    """A thread with board and opening; the keys of one post of it (None if it is not in this thread); a reader of rows.

    Raises:
        NotFound: no such thread, or not open to the viewer.
    """
    statement = statements.head(like(viewer))
    values = open_values(viewer, head_thread_id=thread_id, head_anchor_id=anchor_id)
    row = session.execute(statement, values).one_or_none()
    if row is None:
        raise NotFound
    reader = Reader(session, row.Thread.accepted_post_id)
    anchor = None
    if row.anchor_id is not None:
        anchor = statements.Key(
            row.anchor_id, row.anchor_position, row.anchor_accepted, row.anchor_helpfulness, row.anchor_created_at
        )
    elif anchor_id is not None:
        raise NotFound
    original = original_of(session, viewer, row.Thread)
    head = Head(
        row.Thread, row.Board, reader.post(row), row.last_seen_at, row.accepted_by_id, original, row.product_name
    )
    return head, anchor, reader


def _answers(
    session: Session, viewer: Actor, head: Head, reader: Reader, anchor: statements.Key | None, *, inclusive: bool
) -> tuple[list[PostRow], bool]:
    """A stretch of answers (one more than a page if more follow), and whether it is the beginning."""
    words = own_or_there(viewer, head.board)
    shown = and_(Post.thread_id == head.thread.id, Post.kind == "answer", or_(words, Post.reply_count > 0))
    order = statements.ANSWERS_ORDER
    beginning = anchor is None or anchor.leads or (inclusive and head.thread.next_position <= PAGE)
    if anchor is None or beginning:
        statement = statements.first_answers(like(viewer), viewer.moderates(head.board.id))
        rows = session.execute(statement, open_values(viewer, of_thread_id=head.thread.id))
    else:
        ids = statements.answers_after(shown, anchor, inclusive=inclusive)
        rows = session.execute(loading.posts(words).where(Post.id.in_(ids)).order_by(*order).limit(PAGE + 1))
    return [reader.post(row) for row in rows], beginning


def _positions(session: Session, viewer: Actor, head: Head, reader: Reader, number: int) -> list[PostRow]:
    """The posts of page `number` of a discussion."""
    if number < 1 or (number > 1 and (number - 1) * PAGE >= head.thread.next_position):
        raise NotFound
    statement = statements.first_level(like(viewer), viewer.moderates(head.board.id))
    stretch = {"first": (number - 1) * PAGE, "behind": number * PAGE}
    rows = session.execute(statement, open_values(viewer, of_thread_id=head.thread.id, **stretch))
    return [reader.post(row) for row in rows]


def _windows(session: Session, viewer: Actor, head: Head, reader: Reader, roots: list[int]) -> list[PostRow]:
    """The first replies of each root, parents first: for each root a stretch of the index (root_id, reply_index)."""
    if not roots:
        return []
    statement = statements.first_replies(like(viewer), viewer.moderates(head.board.id))
    rows = session.execute(statement, open_values(viewer, roots=roots))
    return [reader.post(row) for row in rows]


def tags_of(session: Session, thread_id: int) -> list[str]:
    """The slugs of a thread's tags, in their order."""
    return list(session.scalars(statements.TAGS, {"of_thread_id": thread_id}))


def with_viewer(
    session: Session, viewer: Actor, head: Head, *groups: list[PostRow]
) -> tuple[Any, ...]:
    """The same rows with the viewer's votes and what they may do; for guests as they are."""
    if viewer.id is None:
        return head, *groups
    ids = [head.opening.id, *(row.id for group in groups for row in group)]
    own = session.execute(statements.OWN_VOTES, open_values(viewer, post_ids=ids))
    mine = {vote.post_id: vote for vote in own}
    owner = owns(session, viewer.id, head.thread) if head.thread.kind == "question" else None
    judge = permissions.Judge(viewer, head, owner)

    def seen(row: PostRow) -> PostRow:
        vote, may = mine.get(row.id), judge.may(row)
        if vote is None:
            return dataclasses.replace(row, may=may)
        worked = vote.worked_at is not None
        return dataclasses.replace(
            row, mine=vote.value, mine_worked=worked, mine_version=vote.worked_with, may=may
        )

    return dataclasses.replace(head, opening=seen(head.opening)), *([seen(row) for row in group] for group in groups)


def _count_more(node: Node, below: list[PostRow]) -> None:
    """How many replies of this conversation are not on the page, and from where they go on."""
    loaded = [row for row in below if row.root_id == node.post.id]
    node.more = max(0, node.post.below - sum(1 for row in loaded if not row.gone))
    node.last_index = loaded[-1].reply_index if loaded else 0


def _is_best(row: PostRow) -> bool:
    """Whether the first answer of the list is framed: accepted and in force, or spoken for by votes or the shop."""
    spoken_for = row.helpfulness > 0 and (row.score > 0 or (row.endorsed and row.score == 0))
    return not row.gone and (row.leads or spoken_for)
