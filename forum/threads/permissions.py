"""What a viewer may do with each post of a page: the guardian's verdicts, asked once a post."""

from forum.access import guardian
from forum.access.actors import Actor
from forum.access.guardian import Verdict
from forum.threads.models import Post
from forum.threads.rows import Head, May, PostRow


class Judge:
    """Asks the guardian about posts of one thread for one member; `owner` as `purchases.queries.owns` says."""

    def __init__(self, viewer: Actor, head: Head, owner: bool | None) -> None:
        self._viewer, self._head, self._owner = viewer, head, owner
        thread, board = head.thread, head.board
        self._reply = guardian.may_reply(viewer, thread, board)
        self._moderate = guardian.may_moderate(viewer, board.id)
        self._turn = guardian.may_turn_into_reply(viewer, thread, board)
        self._duplicate = guardian.may_mark_duplicate(viewer, thread, board)
        self._judged: dict[tuple[object, ...], May] = {}

    def may(self, row: PostRow) -> May:
        """The verdicts on a post: one for all posts that are alike to the guardian."""
        whose = row.author.id if row.author.id in (self._viewer.id, self._head.thread.author_id) else None
        alike = (row.kind, whose, row.deleted, row.deleted_by_id, row.hidden)
        if alike not in self._judged:
            self._judged[alike] = self._judge(row)
        return self._judged[alike]

    def _judge(self, row: PostRow) -> May:
        viewer, thread, board = self._viewer, self._head.thread, self._head.board
        post = _as_post(row)
        return May(
            reply=self._reply if not row.gone else Verdict(""),
            edit=guardian.may_edit(viewer, post, thread, board),
            delete=guardian.may_delete(viewer, post, thread, board),
            undelete=guardian.may_undelete(viewer, post, thread, board),
            vote_up=guardian.may_vote(viewer, post, thread, board, 1),
            vote_down=guardian.may_vote(viewer, post, thread, board, -1),
            accept=guardian.may_accept(viewer, post, thread, board, self._head.asker_seen_at),
            worked=guardian.may_say_worked(viewer, post, thread, board, self._owner),
            endorse=guardian.may_endorse(viewer, post, thread, board),
            name_helped=guardian.may_name_helped(viewer, post, thread, board),
            flag=guardian.may_flag(viewer, post.author_id),
            moderate=self._moderate,
            turn_into_reply=self._turn,
            mark_duplicate=self._duplicate,
        )


def _as_post(row: PostRow) -> Post:
    """A post outside any session with what the guardian looks at."""
    return Post(
        id=row.id, thread_id=row.thread_id, kind=row.kind, author_id=row.author.id,
        deleted_at=row.created_at if row.deleted else None, deleted_by_id=row.deleted_by_id,
        hidden_at=row.created_at if row.hidden else None,
    )
