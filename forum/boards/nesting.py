"""Sub-boards: one level below a board, and never open wider than it. The blocks here do not ask the guardian.

A sub-board knows in three columns (`above_…_rank`) what the board above it asks for. Whoever sees, starts or replies
must meet both; so every read and every decision looks at one row, and nothing is joined for it.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.boards.models import STAFF, Board
from forum.core.errors import Invalid
from forum.core.i18n import lazy_gettext as _l
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import in_force

MOST_BELOW = 20  # a board's list reads each of its sub-boards; more of them is a shelf
ACTS = ("see", "start", "reply")


def lock_family(session: Session, board: Board) -> list[Board]:
    """The board's sub-boards, locked as they are now, then the board itself: below before above, as writers do."""
    statement = select(Board).where(Board.parent_id == board.id).order_by(Board.id).with_for_update()
    below = list(session.scalars(statement, execution_options={"populate_existing": True}))
    session.execute(select(Board.id).where(Board.id == board.id).with_for_update())
    return below


def check(session: Session, board: Board | None, parent: Board) -> None:
    """Whether `board` (None: one that is yet to be made) may stand below `parent`.

    Raises:
        Invalid: sub-boards go one level deep, and a board has at most MOST_BELOW of them.
    """
    below = select(func.count()).select_from(Board)
    if parent.parent_id is not None:
        words = _l("%(board)s is a sub-board itself, and sub-boards go one level deep.", board=parent.title)
        raise Invalid({"parent": words})
    if board is not None and board.id == parent.id:
        raise Invalid({"parent": _l("%(board)s cannot stand below itself.", board=parent.title)})
    if board is not None and session.scalar(below.where(Board.parent_id == board.id)):
        words = _l("%(board)s has sub-boards itself, and sub-boards go one level deep.", board=board.title)
        raise Invalid({"parent": words})
    if (session.scalar(below.where(Board.parent_id == parent.id)) or 0) >= MOST_BELOW:
        raise Invalid({"parent": _l("A board has at most %(num)s sub-boards.", num=MOST_BELOW)})


def put_below(session: Session, board: Board, parent: Board) -> None:
    """Stand below `parent`, on its shelf, behind those that do already."""
    let_go(session, board)
    last = session.scalar(select(func.max(Board.position)).where(Board.parent_id == parent.id))
    board.parent_id, board.category_id, board.position = parent.id, parent.category_id, (last or 0) + 1
    pass_down(parent, [board])


def let_go(session: Session, board: Board) -> None:
    """Stand by itself. What the board above asked for is asked from now on by this one: it opens nothing."""
    rules = in_force(session).ruleset
    for act in ACTS:
        own, above = getattr(board, f"{act}_rank"), getattr(board, f"above_{act}_rank")
        setattr(board, f"{act}_rank", _narrower(rules, own, above))
        setattr(board, f"above_{act}_rank", None)
    board.parent_id = None


def pass_down(parent: Board, below: list[Board]) -> None:
    """Have sub-boards know what the board above asks for."""
    for board in below:
        for act in ACTS:
            setattr(board, f"above_{act}_rank", getattr(parent, f"{act}_rank"))


def _narrower(rules: Ruleset, one: str | None, other: str | None) -> str | None:
    order = [None, *(rank.key for rank in rules.ranks), STAFF]
    return max(one, other, key=lambda key: order.index(key) if key in order else len(order))

