"""Rows of posts → the trees that a page draws. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from forum.threads.rows import LEVELS, Node, PostRow


def grow(tops: Iterable[PostRow], below: Iterable[PostRow], *, levels: int = LEVELS) -> list[Node]:
    """Hang `below` under their parents, `tops` first, each as deep as `levels`.

    Gone posts stay as long as something that is there hangs below them, or the viewer may read them.
    Rows of `below` must come parents first.
    """
    children: dict[int, list[PostRow]] = defaultdict(list)
    for row in below:
        if row.parent_id is not None:
            children[row.parent_id].append(row)
    nodes = (_node(row, children, 0, levels) for row in tops)
    return [node for node in nodes if node is not None]


def _node(row: PostRow, children: dict[int, list[PostRow]], level: int, levels: int) -> Node | None:
    node = Node(row, level, last_index=row.reply_index)
    for child in children.get(row.id, ()):
        if level < levels:
            reply = _node(child, children, level + 1, levels)
            if reply is not None:
                node.replies.append(reply)
        else:
            node.deeper += _there(child, children)
    if row.gone and not row.readable and not node.replies and not node.deeper and not row.below:
        return None
    return node


def _there(row: PostRow, children: dict[int, list[PostRow]]) -> int:
    """How many posts of a branch that is not drawn are there."""
    waiting, found = [row], 0
    while waiting:
        one = waiting.pop()
        found += not one.gone
        waiting += children.get(one.id, ())
    return found
