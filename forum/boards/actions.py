"""Writes to boards: who joined, what stands where, who may come in, who looks after them."""

from typing import TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.boards import nesting
from forum.boards.models import STAFF, Board, BoardMembership, BoardModerator, Category
from forum.boards.pictures import PICTURES
from forum.content.lines import one_line
from forum.content.slugs import slugify
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import AccessChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.moderation.record import record
from forum.reputation.rulesets import in_force

TITLE_LENGTH = 60
DESCRIPTION_LENGTH = 300
HUES = 12

Shelved = TypeVar("Shelved", Board, Category)


# Joining --------------------------------------------------------------------------------------


def join_board(session: Session, actor: Actor, board: Board) -> None:
    """The actor joins; doing it twice is once."""
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_join_board(actor, board), actor)
    _lock(session, board)
    if session.get(BoardMembership, (actor.id, board.id)) is None:
        session.add(BoardMembership(member_id=actor.id, board_id=board.id, joined_at=now()))
        _count(session, board, 1)


def leave_board(session: Session, actor: Actor, board: Board) -> None:
    """The actor leaves; leaving what one never joined changes nothing."""
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_join_board(actor, board), actor)
    _lock(session, board)
    membership = session.get(BoardMembership, (actor.id, board.id))
    if membership is not None:
        session.delete(membership)
        _count(session, board, -1)


def recount_members(session: Session, actor: Actor) -> None:
    """Set each board's number of members to what the memberships say."""
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    joined = select(func.count()).where(BoardMembership.board_id == Board.id).scalar_subquery()
    session.execute(update(Board).values(member_count=joined), execution_options={"synchronize_session": False})


# Arranging ------------------------------------------------------------------------------------


def create_category(session: Session, actor: Actor, *, title: str) -> Category:
    """A new shelf, below the others.

    Raises:
        Invalid: the title is empty or too long.
    """
    guardian.require(guardian.may_arrange_boards(actor), actor)
    title = _line("title", title, TITLE_LENGTH, least=1)
    last = session.scalar(select(func.max(Category.position)))
    category = Category(slug=_free_slug(session, Category, title), title=title, position=(last or 0) + 1)
    session.add(category)
    session.flush()
    _tell_shelf(session, actor, "create_category", category)
    return category


def rename_category(session: Session, actor: Actor, category: Category, *, title: str) -> None:
    """Another title; the address of nothing changes.

    Raises:
        Invalid: the title is empty or too long.
    """
    guardian.require(guardian.may_arrange_boards(actor), actor)
    title = _line("title", title, TITLE_LENGTH, least=1)
    if title == category.title:
        return
    category.title = title
    session.flush()
    _tell_shelf(session, actor, "rename_category", category)


def order_category(session: Session, actor: Actor, category: Category, *, up: bool) -> None:
    """Change places with the shelf above or below; at the end nothing happens."""
    guardian.require(guardian.may_arrange_boards(actor), actor)
    shelves = session.scalars(select(Category).order_by(Category.position, Category.id).with_for_update()).all()
    moved = _swap(list(shelves), category, up)
    session.flush()
    if moved:
        _tell_shelf(session, actor, "order_category", category)


def create_board(
    session: Session, actor: Actor, category: Category, *, title: str, description: str = "", hue: int = 0,
    picture: str = "", parent: Board | None = None,
) -> Board:
    """A new board, the last on its shelf (or below `parent`, on that one's), open to all who see that one.

    Args:
        hue: 0 to 11, a color of the palette.
        picture: a name of PICTURES, or nothing: then its mark is its initial.

    Raises:
        Invalid: a word is missing or too long, there is no such color or picture, or `parent` takes none.
    """
    guardian.require(guardian.may_arrange_boards(actor), actor)
    if parent is not None:
        nesting.lock_family(session, parent)
        nesting.check(session, None, parent)
    title = _line("title", title, TITLE_LENGTH, least=1)
    last = session.scalar(select(func.max(Board.position)).where(Board.category_id == category.id))
    board = Board(
        category_id=category.id, slug=_free_slug(session, Board, title), title=title, position=(last or 0) + 1,
        description=_line("description", description, DESCRIPTION_LENGTH), hue=_hue(hue), picture=_picture(picture),
    )
    session.add(board)
    session.flush()
    if parent is not None:
        nesting.put_below(session, board, parent)
        session.flush()
    _tell(session, actor, "create_board", board)
    return board


def edit_words(
    session: Session, actor: Actor, board: Board, *, title: str, description: str, hue: int, picture: str
) -> None:
    """What a board is called and looks like. Its address stays.

    Raises:
        Invalid: as for `create_board`.
    """
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_edit_board_words(actor, board), actor)
    board.title = _line("title", title, TITLE_LENGTH, least=1)
    board.description = _line("description", description, DESCRIPTION_LENGTH)
    board.hue, board.picture = _hue(hue), _picture(picture)
    _changed(session, actor, "edit_board", board)


def place_board(session: Session, actor: Actor, board: Board, category: Category) -> None:
    """Put a board on another shelf, as the last there; on its own shelf nothing happens."""
    guardian.require(guardian.may_arrange_boards(actor), actor)
    if board.category_id == category.id:
        return
    last = session.scalar(select(func.max(Board.position)).where(Board.category_id == category.id))
    for sub_board in nesting.lock_family(session, board):
        sub_board.category_id = category.id
    board.category_id, board.position = category.id, (last or 0) + 1
    _changed(session, actor, "place_board", board)


def nest_board(session: Session, actor: Actor, board: Board, parent: Board | None) -> None:
    """Put a board below another, or (None) let it stand by itself. This never opens it to more people.

    Raises:
        Invalid: that one is a sub-board itself, this one has sub-boards, or there are enough of them.
    """
    guardian.require(guardian.may_arrange_boards(actor), actor)
    if board.parent_id == (parent.id if parent else None):
        return
    nesting.lock_family(session, board)
    if parent is not None:
        nesting.lock_family(session, parent)
        nesting.check(session, board, parent)
    before = board.parent_id
    _touch_above(session, board)
    if parent is None:
        last = session.scalar(select(func.max(Board.position)).where(Board.category_id == board.category_id))
        nesting.let_go(session, board)
        board.position = (last or 0) + 1
    else:
        nesting.put_below(session, board, parent)
    _changed(session, actor, "nest_board", board, {"before": before, "after": board.parent_id})
    publish(session, AccessChanged())


def order_board(session: Session, actor: Actor, board: Board, *, up: bool) -> None:
    """Change places with the board before or after it (a sub-board: among its like); at the end nothing happens."""
    guardian.require(guardian.may_arrange_boards(actor), actor)
    shelf = session.scalars(
        select(Board)
        .where(
            Board.category_id == board.category_id,
            Board.parent_id.is_(None) if board.parent_id is None else Board.parent_id == board.parent_id,
        )
        .order_by(Board.position, Board.id)
        .with_for_update()
    ).all()
    if _swap(list(shelf), board, up):
        _changed(session, actor, "order_board", board)


def archive_board(session: Session, actor: Actor, board: Board) -> None:
    """It can still be read, but nothing new is added; nor to its sub-boards."""
    guardian.require(guardian.may_arrange_boards(actor), actor)
    if board.archived_at is None:
        moment = now()
        for sub_board in nesting.lock_family(session, board):
            sub_board.archived_at = sub_board.archived_at or moment
        board.archived_at = moment
        _changed(session, actor, "archive_board", board)
        publish(session, AccessChanged())


def unarchive_board(session: Session, actor: Actor, board: Board) -> None:
    """Open an archived board again, with the sub-boards that were archived with it.

    Raises:
        Conflict: the board above it is archived.
    """
    guardian.require(guardian.may_arrange_boards(actor), actor)
    if board.archived_at is not None:
        if board.parent_id is not None and session.get_one(Board, board.parent_id).archived_at is not None:
            raise Conflict(_l("The board above it is archived. Open that one first."))
        for sub_board in nesting.lock_family(session, board):
            if sub_board.archived_at == board.archived_at:
                sub_board.archived_at = None
        board.archived_at = None
        _changed(session, actor, "unarchive_board", board)
        publish(session, AccessChanged())


# Access ---------------------------------------------------------------------------------------


def set_access(
    session: Session, actor: Actor, board: Board, *, see: str | None, start: str | None, reply: str | None
) -> None:
    """Who sees the board, starts threads on it, and replies: the key of the least rank, "staff", or None for everyone.

    Raises:
        Invalid: there is no such rank.
    """
    guardian.require(guardian.may_set_access(actor), actor)
    known = {None, STAFF, *(rank.key for rank in in_force(session).ruleset.ranks)}
    wrong = {name: _l("Choose one of the list.") for name, key in (("see", see), ("start", start), ("reply", reply))
             if key not in known}
    if wrong:
        raise Invalid(wrong)
    before = (board.see_rank, board.start_rank, board.reply_rank)
    if before == (see, start, reply):
        return
    below = nesting.lock_family(session, board)
    board.see_rank, board.start_rank, board.reply_rank = see, start, reply
    nesting.pass_down(board, below)
    _changed(session, actor, "set_access", board, {"before": list(before), "after": [see, start, reply]})
    publish(session, AccessChanged())


def appoint_moderator(session: Session, actor: Actor, board: Board, member: Member) -> None:
    """A member looks after the board from now on.

    Raises:
        Invalid: they look after all boards already, or are not in good standing.
    """
    guardian.require(guardian.may_set_access(actor), actor)
    if member.role != "member":
        raise Invalid({"name": _l("%(name)s looks after all boards already.", name=member.label)})
    if member.confirmed_at is None or (member.suspended_until is not None and member.suspended_until > now()):
        raise Invalid({"name": _l("This account has not confirmed its address, or is suspended.")})
    _lock(session, board)
    if session.get(BoardModerator, (board.id, member.id)) is not None:
        return
    session.add(BoardModerator(board_id=board.id, member_id=member.id, appointed_at=now()))
    member.moderates_boards = True
    session.flush()
    _tell(session, actor, "appoint_moderator", board, {"member": member.id})
    publish(session, AccessChanged(member.id))


def dismiss_moderator(session: Session, actor: Actor, board: Board, member: Member) -> None:
    """A member looks after the board no longer.

    Raises:
        Conflict: they did not.
    """
    guardian.require(guardian.may_set_access(actor), actor)
    _lock(session, board)
    gone = session.execute(
        delete(BoardModerator)
        .where(BoardModerator.board_id == board.id, BoardModerator.member_id == member.id)
        .returning(BoardModerator.member_id)
    ).one_or_none()
    if gone is None:
        raise Conflict(_l("%(name)s does not look after this board.", name=member.label))
    others = session.scalar(select(func.count()).where(BoardModerator.member_id == member.id))
    member.moderates_boards = bool(others)
    session.flush()
    _tell(session, actor, "dismiss_moderator", board, {"member": member.id})
    publish(session, AccessChanged(member.id))


# What they are made of ------------------------------------------------------------------------


def _lock(session: Session, board: Board) -> None:
    """Whoever else changes the board's people waits."""
    session.execute(select(Board.id).where(Board.id == board.id).with_for_update())


def _count(session: Session, board: Board, difference: int) -> None:
    session.flush()
    board.member_count = Board.member_count + difference
    session.flush()


def _changed(session: Session, actor: Actor, verb: str, board: Board, details: dict[str, object] | None = None) -> None:
    """Kept pages of the board are out of date, and the log has a line."""
    board.version = Board.version + 1
    session.flush()
    _touch_above(session, board)
    _tell(session, actor, verb, board, details)


def _touch_above(session: Session, board: Board) -> None:
    """The page of the board above shows this one: it is out of date, too."""
    if board.parent_id is not None:
        session.execute(
            update(Board).where(Board.id == board.parent_id).values(version=Board.version + 1),
            execution_options={"synchronize_session": False},
        )


def _tell(session: Session, actor: Actor, verb: str, board: Board, details: dict[str, object] | None = None) -> None:
    """A line in the log of moderation, which tells of people: what the system sets up is not in it."""
    if not actor.is_system:
        record(session, actor, verb, "board", board.id, board_id=board.id, details=details)


def _tell_shelf(session: Session, actor: Actor, verb: str, category: Category) -> None:
    """The same for a shelf, which is on no board: staff alone read of it."""
    if not actor.is_system:
        record(session, actor, verb, "category", category.id)


def _swap(shelf: list[Shelved], thing: Shelved, up: bool) -> bool:
    """Number a shelf anew with `thing` one place further up or down; whether it moved."""
    place = shelf.index(thing)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(shelf):
        return False
    shelf[place], shelf[other] = shelf[other], shelf[place]
    for position, each in enumerate(shelf, start=1):
        each.position = position
    return True


def _line(field: str, text: str, most: int, least: int = 0) -> str:
    """Words on one line."""
    line = one_line(text)
    if len(line) < least:
        raise Invalid({field: _l("Please give it a name.")})
    if len(line) > most:
        raise Invalid({field: _too_long(most)})
    return line


def _too_long(most: int) -> Text:
    return _l("Please keep it to %(most)s characters.", most=most)


def _hue(hue: int) -> int:
    if not 0 <= hue < HUES:
        raise Invalid({"hue": _l("Choose one of the colors.")})
    return hue


def _picture(picture: str) -> str:
    if picture and picture not in PICTURES:
        raise Invalid({"picture": _l("Choose one of the pictures.")})
    return picture


def _free_slug(session: Session, kind: type[Board] | type[Category], title: str) -> str:
    """The title as an address that no other has: "kettles", "kettles-2"."""
    wish = slugify(title)[: TITLE_LENGTH]
    taken = set(session.scalars(select(kind.slug).where(kind.slug.startswith(wish, autoescape=True))))
    number = 2
    slug = wish
    while slug in taken:
        slug, number = f"{wish}-{number}", number + 1
    return slug
