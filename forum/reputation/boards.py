"""Boards that are open from a rank on: rules without that rank are refused."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from forum.boards.models import STAFF, Board
from forum.core.errors import Invalid
from forum.core.i18n import ngettext, parted
from forum.reputation.rules import Ruleset


def left_without(session: Session, ruleset: Ruleset) -> list[str]:
    """The titles of the boards that name a rank which `ruleset` does not have."""
    known = (STAFF, *(rank.key for rank in ruleset.ranks))
    asks = (Board.see_rank, Board.start_rank, Board.reply_rank)
    unknown = or_(*(column.not_in(known) for column in asks))
    return list(session.scalars(select(Board.title).where(unknown).order_by(Board.title)))


def sentence(titles: list[str]) -> str:
    """What is wrong with rules that leave these boards without their rank."""
    named = parted(f"“{title}”" for title in titles)
    return ngettext(
        "The board %(boards)s is open from a rank on that these rules do not have. Choose another for it first.",
        "The boards %(boards)s are open from a rank on that these rules do not have. Choose others for them first.",
        len(titles), boards=named,
    )


def keep_their_ranks(session: Session, ruleset: Ruleset) -> None:
    """Refuse rules without a rank that a board names.

    Raises:
        Invalid: with a sentence that names the boards.
    """
    if titles := left_without(session, ruleset):
        raise Invalid(sentence(titles))
