"""Open pages hear of claims at once: those of who may see the question, as long as they may."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import Board
from forum.core.unit_of_work import unit_of_work
from forum.desk import actions
from forum.events.catalogue import AccessChanged
from forum.events.publish import publish
from forum.members.models import Member
from forum.threads.models import Thread
from tests.factory import Factory
from tests.live import Chatter

Connect = Callable[..., Chatter]


def act(act: Callable[..., Any], who: Member, thread: Thread) -> None:
    """Claim or give back, as a member."""
    with unit_of_work() as writing:
        act(writing, load_actor(writing, who.id), writing.get_one(Thread, thread.id))


def test_a_claim_is_told_to_who_watches(session: Session, make: Factory, chatter: Connect) -> None:
    """Its number and nothing else; the acknowledgement says how it stands; a page that has gone on hears no more."""
    board, asker, ann = make.board(), make.member(rank="sprout"), make.member("ann")
    thread, other = make.thread(board, asker), make.thread(board, asker, title="Another one of mine?")
    page = chatter(make.member("ben"))
    assert page.ask("desk:watch", {"threads": [thread.id]})["claims"] == {str(thread.id): 0}
    act(actions.claim, ann, other)
    act(actions.claim, ann, thread)
    assert page.wait_for("desk:claim") == [{"thread": thread.id}]
    assert page.ask("desk:watch", {"threads": [thread.id, 999]})["claims"] == {str(thread.id): ann.id}
    act(actions.give_back, ann, thread)
    assert page.wait_for("desk:claim", 2)[1] == {"thread": thread.id}
    page.ask("desk:watch", {"threads": [other.id]})
    act(actions.claim, ann, thread)
    act(actions.give_back, ann, other)
    assert page.wait_for("desk:claim", 3)[2] == {"thread": other.id}


def test_only_who_may_see_it_and_as_long_as_they_may(session: Session, make: Factory, chatter: Connect) -> None:
    """Refused where nothing is open; and when a board closes, the pages of who is left outside fall silent."""
    board, asker = make.board(), make.member("asker", role="moderator")
    hidden = make.thread(make.board(see_rank="bough"), asker)
    thread, ann = make.thread(board, asker, title="Open for now, to all?"), make.member("ann", role="moderator")
    low, high = chatter(make.member("low")), chatter(make.member("high", role="moderator"))
    refused = low.ask("desk:watch", {"threads": [hidden.id]})
    assert refused["error"]["code"] == "not_found"
    for one in (low, high):
        assert one.ask("desk:watch", {"threads": [thread.id]})["ok"]
    with unit_of_work() as writing:
        writing.execute(update(Board).where(Board.id == board.id).values(see_rank="staff"))
        publish(writing, AccessChanged())
    act(actions.claim, ann, thread)  # told after the change of access: the outbox keeps its order
    assert high.wait_for("desk:claim") == [{"thread": thread.id}]
    assert low.ask("desk:watch", {"threads": [thread.id]})["error"]["code"] == "not_found"
    assert low.messages("desk:claim") == []
