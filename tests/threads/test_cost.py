"""What a vote, a reply and a list cost: statements sent, and statements built."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from forum.threads import streams
from tests.factory import Factory
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Queries = Callable[[], AbstractContextManager[list[str]]]
# Statements, from the session that is looked up to the commit (PostgreSQL's NOTIFY among them).
# A vote: who asks, twice; the post; post and thread locked; the vote held; the day's votes, one at a time; what it
# weighs (2); vote, post and thread; the outbox; standings; is a ledger being written; the rules; votes of the pair;
# their lines; new lines; the month; the board; totals; who was helped; standings; the visit, counted (7); the box (4);
# pages that show the standings of either are told (2).
VOTE = 37
# A reply: who asks, twice; the thread; board and thread locked; the id; post, board, thread and author; the outbox; the
# draft; the visit.
REPLY = 13
FRAGMENT = {"X-Fragment": "1"}


def test_a_vote_sends_a_fixed_number_of_statements(make: Factory, browse: Browse, queries: Queries) -> None:
    """Also with other votes there."""
    thread = make.thread(make.board(), make.member())
    answer = make.answer(thread, make.member())
    sent = []
    for _voter in range(3):
        surfer = browse(make.member())
        with queries() as seen:
            assert surfer.post(f"/p/{answer.id}/vote", {"value": "1"}, headers=FRAGMENT).status_code == 200
        sent.append(len(seen))
    assert sent[1] == sent[2] <= VOTE, seen


def test_a_reply_sends_a_fixed_number_of_statements(make: Factory, browse: Browse, queries: Queries) -> None:
    """However many are there; the way to the new post is known without a look."""
    thread = make.thread(make.board(), make.member(), kind="discussion")
    surfer, sent = browse(make.member()), []
    for _reply in range(3):
        with queries() as seen:
            answer = surfer.post(f"/t/{thread.id}/replies", {"body": "The same here, and it helped."})
        assert answer.status_code == 303
        sent.append(len(seen))
    assert sent[1] == sent[2] <= REPLY, seen


@pytest.mark.parametrize("path", ["/", "/b/kettles", "/b/kettles?kind=question"])
def test_lists_are_not_built_again_for_viewers_alike(make: Factory, browse: Browse, path: str) -> None:
    """A second member of the same rank is served by the statements that the first one's page built."""
    make.thread(make.board("kettles"), make.member())
    built = (streams._by_activity, streams._pinned, streams.counts)
    assert browse(make.member()).get(path).status_code == 200
    before = [one.cache_info().misses for one in built]
    assert browse(make.member()).get(path).status_code == 200
    assert [one.cache_info().misses for one in built] == before
