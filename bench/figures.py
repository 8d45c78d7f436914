"""What is measured: the pages of each size, and which floor each figure is held against."""

from dataclasses import dataclass

from bench.records import Size
from bench.requests import get, post

MEMBER = 7
WORDS = "I had the same, and **rinsing twice** helped. See [this](https://example.org/9).\n\n- first warm\n- then cold"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. `goal` is the least ratio to `floor`."""

    name: str
    lanes: list[list[str]]
    floor: str = ""
    goal: float = 0.0


def floors() -> list[Figure]:
    """The bare applications."""
    return [
        Figure("hello", [[get("/hello")]] * 8), Figure("page", [[get("/page")]] * 8),
        Figure("write", [[post("/write", {"body": WORDS})]] * 8),
    ]  # fmt: skip


def kept() -> list[Figure]:
    """What guests read most."""
    paths = {"thread, 20 posts": "/t/3/thread-3", "board": "/b/board-5", "home": "/"}
    return [Figure(f"kept {name}", [[get(path)]] * 8, "hello", 0.6) for name, path in paths.items()]


def drawn(size: Size, deep: dict[str, str]) -> list[Figure]:
    """The same pages, and deep ones, built anew for a guest and for a member. `deep`: cursors by name of page."""
    last = size.longest // 20
    paths = {
        "home": "/", "home, deep": f"/?before={deep['home']}", "board": "/b/board-5",
        "board, deep": f"/b/board-5?before={deep['board']}", "thread, 20 posts": "/t/3/thread-3",
        "long discussion, first": "/t/1/thread-1", "long discussion, middle": f"/t/1/thread-1?page={last // 2}",
        "long discussion, last": f"/t/1/thread-1?page={last}", "long question, first": "/t/2/thread-2",
        "long question, deep": f"/t/2/thread-2?after={size.longest + size.longest - 100}", "boards": "/boards",
    }  # fmt: skip
    anew = [Figure(f"{name} (guest)", [[get(path, anew=True)]] * 8, "page", 0.5) for name, path in paths.items()]
    signed = ("home", "board", "thread, 20 posts", "long discussion, last")
    return anew + [
        Figure(f"{name} (member)", [[get(paths[name], MEMBER + lane)] for lane in range(8)], "page", 0.5)
        for name in signed
    ]


def search() -> list[Figure]:
    """Search, where the product has it."""
    typed = "/ask/similar?title=How+do+I+descale+a+kettle+with+a+grinder+filt"
    return [
        Figure("search (guest)", [[get("/search?q=kettle+grinder")]] * 8),
        Figure("search, one reader", [[get("/search?q=kettle+grinder")]]),
        Figure("search, threads like a title", [[get(typed, MEMBER + lane)] for lane in range(8)]),
    ]


def writes(size: Size, spread: int) -> list[Figure]:
    """Replies of four members and votes of eight, each as fast as the last was taken.

    Args:
        spread: over how many threads the replies of "many threads" go.
    """
    many = [
        [post(f"/t/{10 + 4 * turn + lane}/replies", {"body": WORDS}, 20 + lane) for turn in range(spread)]
        for lane in range(4)
    ]
    hot = [[post("/t/1/replies", {"body": WORDS}, 20 + lane)] for lane in range(4)]
    answer = size.longest + 2  # the first answer of the long question
    votes = [
        [post(f"/p/{answer}/vote", {"value": value}, 30 + lane) for value in (1, 0)] for lane in range(8)
    ]
    return [
        Figure("replies, many threads", many, "write", 0.4), Figure("replies, one long thread", hot, "write", 0.4),
        Figure("votes on one post", votes, "write", 0.4),
    ]  # fmt: skip
