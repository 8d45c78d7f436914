"""A limit on the time one text may take, kept outside the thread of whoever asks."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from forum.content.limits import TOO_NESTED, TOO_SLOW, TooComplex

SECONDS = 8.0
"""The longest honest text takes about one second on one busy core."""

_WORKERS = 4
"""A text over its budget keeps its thread until it is done; the caps of `limits` bound how long that can be."""

_Result = TypeVar("_Result")
_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None


def within_budget(work: Callable[[], _Result], seconds: float = SECONDS) -> _Result:
    """The result of `work`, done in another thread. Raises `TooComplex` after `seconds` or at too deep recursion."""
    future = _workers().submit(work)
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        future.cancel()
        raise TooComplex(TOO_SLOW) from None
    except RecursionError:
        raise TooComplex(TOO_NESTED) from None


def _workers() -> ThreadPoolExecutor:
    """Threads are started at the first text, never at import: a server forks after importing."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="render")
        return _pool


def _forget() -> None:
    """A forked child has none of its parent's threads, and the lock may have been held by one of them."""
    global _pool, _lock
    _pool, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
