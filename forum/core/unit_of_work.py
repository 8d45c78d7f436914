"""One door, one transaction: every write of the product happens inside `unit_of_work`."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from forum.core.database import writing
from forum.extensions import db

T = TypeVar("T")
AfterCommit = Callable[[], None]
BeforeCommit = Callable[[Session], None]
_AFTER_COMMIT = "laurel_after_commit"
_BEFORE_COMMIT = "laurel_before_commit"
_OPEN = "laurel_unit_of_work"

# SQLite lets one write at a time, and who waits polls, in no order: of eight busy writers some waited past the
# busy timeout and failed. In one process the writers queue up here instead, first come, first served (a plain lock
# may pass over the same one again and again); SQLite decides after QUEUE_TIME.
QUEUE_TIME = 20.0


class Turns:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, timeout: float) -> bool:
        """Wait for one's turn; returns whether it came within `timeout` seconds."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=timeout):
            return True
        with self._guard:
            if ticket not in self._waiting:  # it was handed over at this very moment
                return True
            self._waiting.remove(ticket)
        return False

    def give_back(self) -> None:
        """End one's turn: the next one has it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


_writers = Turns()


@contextmanager
def unit_of_work(*, repeatable: bool = False) -> Iterator[Session]:
    """Open a write transaction, yield its session, commit at the end.

    Ends whatever read transaction is open first, and begins the write at once (`BEGIN IMMEDIATE`
    on SQLite), so that a decision and the write that rests on it see the same rows. An exception
    rolls everything back and passes on. What `after_commit` collected runs after the commit.

    Args:
        repeatable: the commit need not wait for the disk, since whatever a power cut takes back is done again
            by itself (deliveries of the outbox). Commits that follow never outlive this one.

    Raises:
        RuntimeError: a unit of work is open already; actions never open one of their own.
    """
    session = db.session()
    if session.info.get(_OPEN):
        raise RuntimeError("a unit of work is already open")
    session.rollback()
    session.expunge_all()
    session.info[_OPEN] = True
    session.info[_AFTER_COMMIT] = []
    with alone(session.get_bind()):
        try:
            session.connection(execution_options=writing(session.get_bind().dialect.name, repeatable=repeatable))
            yield session
            session.flush()
            for last in session.info.pop(_BEFORE_COMMIT, []):
                last(session)
            session.commit()
        except BaseException:
            session.rollback()
            session.info.pop(_OPEN, None)
            session.info.pop(_AFTER_COMMIT, None)
            session.info.pop(_BEFORE_COMMIT, None)
            raise
    session.info.pop(_OPEN, None)
    for callback in session.info.pop(_AFTER_COMMIT, []):
        callback()


@contextmanager
def alone(bind: Engine | Connection) -> Iterator[None]:
    """Wait for one's turn to write, on SQLite: no unit of work of this process begins meanwhile."""
    waits = bind.dialect.name == "sqlite"
    taken = waits and _writers.take(QUEUE_TIME)
    try:
        yield
    finally:
        if taken:
            _writers.give_back()


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """A part of the open unit of work that may fail alone: it is undone then, with what it had left to be done later.

    The exception passes on.
    """
    later = {name: list(session.info.get(name, ())) for name in (_AFTER_COMMIT, _BEFORE_COMMIT)}
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info.update(later)
        raise


def after_commit(session: Session, callback: AfterCommit) -> None:
    """Have `callback` called once the open unit of work is committed; never if it is rolled back."""
    callbacks: list[AfterCommit] = session.info.setdefault(_AFTER_COMMIT, [])
    if callback not in callbacks:
        callbacks.append(callback)


def after_commit_together(session: Session, callback: Callable[[Sequence[T]], None], item: T) -> None:
    """As `after_commit`, once for all: `callback` is called with every item that was given with it, in their order."""
    callbacks: list[AfterCommit] = session.info.setdefault(_AFTER_COMMIT, [])
    for place, held in enumerate(callbacks):
        if isinstance(held, _Together) and held.callback == callback:
            callbacks[place] = _Together(callback, (*held.items, item))
            return
    callbacks.append(_Together(callback, (item,)))


@dataclass(frozen=True, slots=True)
class _Together:
    callback: Callable[[Sequence[Any]], None]
    items: tuple[Any, ...]

    def __call__(self) -> None:
        self.callback(self.items)


def before_commit(session: Session, callback: BeforeCommit) -> None:
    """Have `callback` called once at the end of the open unit of work, inside it: for locks to be taken last."""
    callbacks: list[BeforeCommit] = session.info.setdefault(_BEFORE_COMMIT, [])
    if callback not in callbacks:
        callbacks.append(callback)
