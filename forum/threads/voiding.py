"""Votes and acceptances that do not count, each for one or more causes: a ban, the fairness report, two who became one.

A vote counts while no cause stands against it. Each cause is a row of `Voiding`, so causes come and go in any order:
taking one back restores exactly what no other cause holds. Callers have asked the guardian, write the log, and settle
the ledger last (`ledger.settle_voided`). Locks are taken in the house's order: boards, threads, then votes.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from sqlalchemy import ColumnElement, Select, String, delete, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from forum.threads.models import Acceptance, Voiding, Vote
from forum.threads.recounting import lock_votes, recount_votes

Cause = Literal["sanction", "fairness", "merge"]
_AS_IT_IS = {"synchronize_session": False}


def votes_of(cause: Cause, cause_id: int) -> ColumnElement[bool]:
    """The votes that this cause stands against."""
    return Vote.id.in_(_sources("vote", cause, cause_id))


def acceptances_of(cause: Cause, cause_id: int) -> ColumnElement[bool]:
    """The acceptances that this cause stands against."""
    return Acceptance.id.in_(_sources("acceptance", cause, cause_id))


def void_votes(
    session: Session, ids: Select[int], cause: Cause, cause_id: int, moment: dt.datetime, why: str | None = None
) -> None:
    """Have these votes count no more, for this cause; scores, order of answers and lists follow.

    Args:
        why: one of the reasons that those concerned read in their ledger.
    """
    _note(session, "vote", ids, cause, cause_id, moment, why)
    which = votes_of(cause, cause_id)
    lock_votes(session, which)
    statement = update(Vote).where(which, Vote.voided_at.is_(None)).values(voided_at=moment)
    session.execute(statement, execution_options=_AS_IT_IS)
    session.expire_all()
    recount_votes(session, which)


def void_acceptances(
    session: Session, ids: Select[int], cause: Cause, cause_id: int, moment: dt.datetime, why: str | None = None
) -> None:
    """Have these acceptances bring no points, for this cause. What askers said stays on the page."""
    _note(session, "acceptance", ids, cause, cause_id, moment, why)
    which = acceptances_of(cause, cause_id)
    statement = update(Acceptance).where(which, Acceptance.voided_at.is_(None)).values(voided_at=moment)
    session.execute(statement, execution_options=_AS_IT_IS)
    session.expire_all()


def let_count(session: Session, cause: Cause, cause_id: int) -> None:
    """Take a cause back: what no other cause holds counts again. Settle the ledger, then `forget` the cause."""
    session.flush()
    votes, acceptances = votes_of(cause, cause_id), acceptances_of(cause, cause_id)
    lock_votes(session, votes)
    for table, which, kind in ((Vote, votes, "vote"), (Acceptance, acceptances, "acceptance")):
        other = aliased(Voiding)
        held = select(other.cause_id).where(
            other.kind == kind, other.source_id == table.id, (other.cause != cause) | (other.cause_id != cause_id)
        )
        statement = update(table).where(which, ~held.exists()).values(voided_at=None)
        session.execute(statement, execution_options=_AS_IT_IS)
    session.expire_all()
    recount_votes(session, votes)


def forget(session: Session, cause: Cause, cause_id: int) -> None:
    """Remove the rows of a cause that was taken back."""
    session.execute(delete(Voiding).where(Voiding.cause == cause, Voiding.cause_id == cause_id))


def reasons(session: Session, kind: str, ids: Iterable[int]) -> dict[int, tuple[str, dt.datetime]]:
    """Of these votes or acceptances those set aside for a reason that is to be read: the reason, and since when."""
    rows = session.execute(
        select(Voiding.source_id, Voiding.why, Voiding.at)
        .where(Voiding.kind == kind, Voiding.source_id.in_(list(ids)), Voiding.why.is_not(None))
        .order_by(Voiding.at)
    )
    return {source_id: (why, at) for source_id, why, at in rows if why is not None}


def _note(
    session: Session, kind: str, ids: Select[int], cause: Cause, cause_id: int, moment: dt.datetime, why: str | None
) -> None:
    session.flush()
    source = ids.subquery()
    rows = select(
        literal(kind), source.c[0], literal(cause), literal(cause_id), literal(moment, Voiding.at.type),
        literal(why, String),
    )
    columns = [Voiding.kind, Voiding.source_id, Voiding.cause, Voiding.cause_id, Voiding.at, Voiding.why]
    session.execute(insert(Voiding).from_select(columns, rows))


def _sources(kind: str, cause: Cause, cause_id: int) -> Select[int]:
    return select(Voiding.source_id).where(
        Voiding.cause == cause, Voiding.cause_id == cause_id, Voiding.kind == kind
    )
