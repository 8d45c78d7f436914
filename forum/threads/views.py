"""How often threads were looked at: counted in the process, written together (a GET never writes)."""

import threading
from collections import Counter

from sqlalchemy import case, select, update

from forum.core.unit_of_work import unit_of_work
from forum.threads.models import Thread

_lock = threading.Lock()
_seen: Counter[int] = Counter()
_AT_ONCE = 400  # threads in one statement: SQLite takes some thousand values


def count_view(thread_id: int) -> None:
    """Remember that a thread's page was looked at. What is not written yet when the process ends is lost."""
    with _lock:
        _seen[thread_id] += 1


def flush_views() -> int:
    """Write what was counted since the last time, in one statement. Returns the number of threads."""
    with _lock:
        waiting = sorted(_seen.items())
        _seen.clear()
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        with unit_of_work() as session:
            # Rows are locked by id, so that two processes that write their views never wait for each other in a ring.
            ids = [thread_id for thread_id, _times in some]
            session.execute(
                select(Thread.id).where(Thread.id.in_(ids)).order_by(Thread.id).with_for_update(key_share=True)
            )
            session.execute(
                update(Thread).where(Thread.id.in_(ids))
                .values(view_count=Thread.view_count + case(dict(some), value=Thread.id, else_=0)),
                execution_options={"synchronize_session": False},
            )
    return len(waiting)
