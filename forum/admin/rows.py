"""Rows by the thousand: read, deleted and emptied by the values of one column, in pieces that statements can hold."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from forum.core.bulk import chunks

Column = InstrumentedAttribute[Any]


def ids_of(session: Session, statement: Select[Any], column: Column, values: Sequence[int]) -> list[int]:
    """What `statement` gives where `column` is one of `values`."""
    return [id for some in chunks(values) for id in session.scalars(statement.where(column.in_(some)))]


def delete_where(session: Session, column: Column, values: Sequence[int]) -> None:
    """Delete the rows whose `column` is one of `values`."""
    for some in chunks(values):
        session.execute(delete(column.class_).where(column.in_(some)), execution_options={"synchronize_session": False})


def empty_where(session: Session, column: Column, values: Sequence[int]) -> None:
    """Empty `column` where it is one of `values`."""
    for some in chunks(values):
        statement = update(column.class_).where(column.in_(some)).values({column.key: None})
        session.execute(statement, execution_options={"synchronize_session": False})
