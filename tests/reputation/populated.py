"""A simulated population in the database."""

import datetime as dt
from collections import Counter, defaultdict

from sqlalchemy import insert
from sqlalchemy.orm import Session

from forum.boards.models import Board, Category
from forum.members.models import Member
from forum.members.names import name_key
from forum.reputation import rulesets
from forum.reputation.models import RulesetVersion
from forum.threads.models import Post, Thread, Vote
from tests.reputation.populations import Ballot

AT_ONCE = 2_000  # rows in a statement


def write(session: Session, ballots: list[Ballot], start: dt.datetime) -> dict[int, int]:
    """Members, a question a board with as many answers as needed, and the ballots as votes; ids by number.

    The n-th ballot of a giver for a receiver on a board is for the receiver's n-th answer there. The rules are those
    of `laurel`. Nothing is settled: rebuild the ledger if points matter.
    """
    rules = rulesets.preset("laurel").model_dump(mode="json", exclude_none=True)
    session.add(RulesetVersion(name="laurel", data=rules, published_at=start, generation=1))
    numbers = sorted({number for ballot in ballots for number in ballot[:2]})
    people = [{"name": f"p{number}", "name_key": name_key(f"p{number}"), "joined_at": start, "confirmed_at": start}
              for number in [*numbers, "asker"]]
    made = list(session.scalars(insert(Member).returning(Member.id, sort_by_parameter_order=True), people))
    ids = dict(zip(numbers, made, strict=False))
    threads = _questions(session, sorted({ballot.board for ballot in ballots}), made[-1], start)
    turn: Counter[tuple[int, int, int]] = Counter()
    placed = []
    for ballot in ballots:
        key = (ballot.giver, ballot.receiver, ballot.board)
        placed.append((ballot, turn[key]))
        turn[key] += 1
    posts = _answers(session, placed, threads, ids, start)
    votes = [
        {"post_id": posts[ballot.receiver, ballot.board][turn], "voter_id": ids[ballot.giver], "value": 1,
         "created_at": start + dt.timedelta(days=ballot.day, seconds=number % 80_000),
         "changed_at": start + dt.timedelta(days=ballot.day, seconds=number % 80_000)}
        for number, (ballot, turn) in enumerate(placed)
    ]
    for first in range(0, len(votes), AT_ONCE):
        session.execute(insert(Vote), votes[first:first + AT_ONCE])
    session.flush()
    return ids


def _questions(session: Session, boards: list[int], asker: int, start: dt.datetime) -> dict[int, int]:
    category = Category(slug="all", title="All")
    session.add(category)
    session.flush()
    threads = {}
    for number in boards:
        board = Board(category_id=category.id, slug=f"board{number}", title=f"Board {number}")
        session.add(board)
        session.flush()
        thread = Thread(board_id=board.id, author_id=asker, kind="question", title="How?", slug="how",
                        created_at=start, last_activity_at=start)
        session.add(thread)
        session.flush()
        threads[number] = thread.id
    return threads


def _answers(
    session: Session, placed: list[tuple[Ballot, int]], threads: dict[int, int], ids: dict[int, int],
    start: dt.datetime,
) -> dict[tuple[int, int], list[int]]:
    needed: Counter[tuple[int, int]] = Counter()
    for ballot, turn in placed:
        key = (ballot.receiver, ballot.board)
        needed[key] = max(needed[key], turn + 1)
    rows = [
        {"thread_id": threads[board], "author_id": ids[receiver], "kind": "answer", "body_source": "Yes.",
         "body_html": "<p>Yes.</p>", "renderer_version": 1, "created_at": start}
        for (receiver, board), number in sorted(needed.items()) for _answer in range(number)
    ]
    posts: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    author = {id: number for number, id in ids.items()}
    board_of = {thread: number for number, thread in threads.items()}
    for first in range(0, len(rows), AT_ONCE):
        returned = insert(Post).returning(Post.id, Post.author_id, Post.thread_id)
        for id, author_id, thread_id in session.execute(returned, rows[first:first + AT_ONCE]):
            posts[author[author_id], board_of[thread_id]].append(id)
    return posts
