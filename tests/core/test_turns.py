"""Writers on SQLite take turns: first come, first served, and who has waited too long lets the others pass."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from forum.core.unit_of_work import Turns


def _waiting(turns: Turns) -> int:
    return len(turns._waiting)


def _until(turns: Turns, number: int) -> None:
    limit = time.monotonic() + 30
    while _waiting(turns) < number:
        assert time.monotonic() < limit, "nobody came to wait"
        time.sleep(0.001)


def test_first_come_first_served() -> None:
    """Whoever came first has the next turn, also against who comes again and again."""
    turns, order = Turns(), list[int]()
    assert turns.take(1)

    def write(number: int) -> None:
        assert turns.take(30)
        order.append(number)
        turns.give_back()

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=write, args=(number,)))
        threads[-1].start()
        _until(turns, number + 1)
    for _again in range(3):
        turns.give_back()
        assert turns.take(30), "behind the twelve that were here before"
        assert order == list(range(12))
    turns.give_back()
    for thread in threads:
        thread.join()


def test_one_at_a_time() -> None:
    """However many come at once, two never write together, and each has its turn."""
    turns, inside, most, done = Turns(), 0, 0, 0

    def write(_number: int) -> None:
        nonlocal inside, most, done
        assert turns.take(60)
        inside += 1
        most = max(most, inside)
        time.sleep(0.0005)
        inside -= 1
        done += 1
        turns.give_back()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(200)))
    assert (most, done) == (1, 200)


def test_who_waited_too_long_is_passed_over() -> None:
    """A turn that was not waited for is nobody's: the next one in the queue has it."""
    turns = Turns()
    assert turns.take(1)
    assert not turns.take(0.01)
    assert _waiting(turns) == 0
    turns.give_back()
    assert turns.take(0)
