"""A community of any size as plain records, the same ones each time. What they mean is the loader's to know.

`records` yields (kind, fields) in an order in which each refers to what came before: members, boards, then
each thread followed by its posts. Numbers of members, boards, threads and posts count from 1.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Record = tuple[str, dict[str, Any]]
BOARDS = 12
BODIES = 64
_WORDS = """
    kettle grinder pour water scale beans filter spout lid handle steel glass taste bitter sweet warm cold slow fast
    morning evening always never often because perhaps after before while clean rinse wait stir measure spoon gram
    degree minute second cup pot drip bloom steam boil heat base cord switch light button seal valve thread screw
"""
WORDS = _WORDS.split()


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is. `longest`: posts of one thread of each kind, the discussion with id 1, the question with 2."""

    name: str
    threads: int
    posts: int
    members: int
    longest: int


SIZES = {
    "S": Size("S", 2_000, 20_000, 200, 1_000),
    "L": Size("L", 20_000, 200_000, 2_000, 10_000),
    "XL": Size("XL", 100_000, 1_000_000, 100_000, 10_000),
}


def bodies() -> list[str]:
    """Texts of about 600 characters of real Markdown: words, bold, a link, a list, code."""
    chance = random.Random(7)

    def some(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    return [
        f"{some(22).capitalize()}. **{some(3)}** and then {some(18)}.\n\n- {some(7)}\n- {some(6)}\n"
        f"- `{some(2)}` {some(4)}\n\nSee [{some(2)}](https://example.org/{number}) for {some(12)}.\n\n"
        f"```\n{some(5)}\n{some(4)}\n```\n\n{some(10)}."
        for number in range(BODIES)
    ]


def records(size: Size) -> Iterator[Record]:
    """All records of a community of this size."""
    chance = random.Random(size.threads)
    for number in range(1, size.members + 1):
        yield "member", {"name": f"member{number}", "hue": number % 12}
    for number in range(1, BOARDS + 1):
        yield "board", {"slug": f"board-{number}", "title": f"Board {number}", "hue": number - 1}
    # The rest of the posts goes to the other threads evenly, so that a page of them is the same in each size.
    each = max(1, (size.posts - 2 * size.longest) // (size.threads - 2))
    for number in range(1, size.threads + 1):
        posts = size.longest if number <= 2 else (20 if number == 3 else each)
        yield "thread", {
            "kind": "discussion" if number == 1 or number % 4 == 0 else "question",
            "title": f"{' '.join(chance.choices(WORDS, k=6)).capitalize()} {number}?",
            # The threads that are measured are the oldest: that other pages change does not touch them.
            "board": 1 + number % BOARDS, "author": 1 + chance.randrange(size.members), "tag": chance.choice(WORDS),
            "minutes_ago": (size.threads - number) * 2 + 10, "posts": posts - 1,
        }
        for place in range(posts):
            yield "post", {
                "opening": place == 0, "body": chance.randrange(BODIES), "author": 1 + chance.randrange(size.members)
            }
