"""The site's epoch: a number that rises when kept guest pages of any address may be out of date.

Posts raise the version of their thread and board. What reaches further (who may see what, what a board is
called, a setting, the rules) raises the epoch, in the same transaction, and so takes all kept pages away.
"""

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.core.database import Base
from forum.core.unit_of_work import before_commit

_RAISE = text(
    "INSERT INTO page_epoch (id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = page_epoch.value + 1"
)


class PageEpoch(Base):
    """One row; none means 0."""

    __tablename__ = "page_epoch"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Integer)


def raise_epoch(session: Session) -> None:
    """Have the epoch rise with the open unit of work, once and at its very end: its row is the last lock taken."""
    before_commit(session, _raise)


def _raise(session: Session) -> None:
    session.execute(_RAISE)
