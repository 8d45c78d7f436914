"""What follows from what a thread is about, for those who own it, and what does not."""

import pytest
from sqlalchemy import select

from forum.desk import jobs
from forum.desk.models import DeskAsk
from tests.desk.acting import age, read, run, willing
from tests.threads.town import FORM, Town, text, town

__all__ = ["town"]


def test_votes_of_owners_weigh_more_once_the_form_said_what_it_is_about(town: Town) -> None:
    """Three owners of the kettle: their votes weigh one and a half each; on the other kettle one each."""
    owners = [town.owner(f"owner{at}", "K2") for at in range(3)]
    about, beside = town.ask(product="k2"), town.ask(product="k3", title="Does the other one whistle?")
    weights = []
    for thread in (about, beside):
        answer = town.answer(thread)
        for owner in owners:
            assert town.browse(owner).post(f"/p/{answer.id}/vote", {"value": "1"}).status_code == 303
        weights.append(town.counted(answer))
    assert weights == [(3, 450, 0), (3, 300, 0)]


def test_the_desk_shows_the_question_to_an_owner(town: Town) -> None:
    """Of a product without a board, to whom nothing else leads; and no more once it is about something else."""
    town.change("k3", board_id=None)
    owner, other = town.owner("owen", "MUG"), town.owner("kim", "K2")
    thread = town.ask(product="mug")
    assert FORM["title"] in text(town.browse(owner), "/desk?why=owned")
    town.edit(thread, tags="", product="k3")
    assert FORM["title"] not in text(town.browse(owner), "/desk?why=owned")
    assert FORM["title"] in text(town.browse(other), "/desk?why=owned")  # its board's product


def test_only_owners_say_that_it_worked(town: Town) -> None:
    owner, other = town.owner("owen", "K2"), town.owner("kim", "K3")
    answer = town.answer(town.ask(product="k2"))
    refused = town.browse(other).post(f"/p/{answer.id}/worked")
    assert refused.status_code == 403 and 'href="/ranks#limit-worked"' in refused.get_data(as_text=True)
    assert town.browse(owner).post(f"/p/{answer.id}/worked", {"version": "2.1"}).status_code == 303
    assert town.counted(answer) == (1, 150, 1)


@pytest.mark.parametrize("probe", ["k3", "mug", ""])
def test_changing_it_tells_nobody_what_somebody_owns(town: Town, probe: str) -> None:
    """An asker who tries one product after the other moves neither weights nor marks, at once or at later purchases."""
    town.change("k3", board_id=None)
    owner = town.owner("owen", "K2")
    thread = town.ask(product="k2")
    answer = town.answer(thread)
    town.browse(owner).post(f"/p/{answer.id}/worked")
    said = town.counted(answer)
    assert town.edit(thread, tags="", product=probe) == 303
    assert town.counted(answer) == said
    order = town.buy("owen@example.org", "MUG")
    town.drain()
    assert town.counted(answer) == said
    town.refund(order)
    town.drain()
    assert town.counted(answer) == said == (1, 150, 1)


def test_a_refund_of_what_it_rested_on_is_heard_wherever_the_thread_went(town: Town) -> None:
    """The word rests on the kettle that its giver had: given back it counts no more, bought again it does."""
    owner = town.make.member("owen")
    order = town.buy("owen@example.org", "K2")
    thread = town.ask(product="k2")
    answer = town.answer(thread)
    town.browse(owner).post(f"/p/{answer.id}/worked")
    town.edit(thread, tags="", product="k3")
    town.refund(order)
    town.drain()
    assert town.counted(answer) == (1, 150, 0)
    town.buy("owen@example.org", "K2")
    town.drain()
    assert town.counted(answer) == (1, 150, 1)


def test_a_word_said_about_no_product_stays_one(town: Town) -> None:
    """Set afterwards, the product does not ask who had it."""
    town.change("k2", board_id=None)
    town.change("k3", board_id=None)
    thread = town.ask(product="")
    answer = town.answer(thread)
    town.browse(town.make.member("kim")).post(f"/p/{answer.id}/worked")
    said = town.counted(answer)
    assert said == (1, 100, 1) and town.edit(thread, tags="", product="k2") == 303
    town.buy("kim@example.org", "MUG")
    town.drain()
    assert town.counted(answer) == said


def test_helpers_who_own_it_are_asked(town: Town) -> None:
    """After four hours: owners of what it names, not those of the board's other products."""
    owner, other = town.owner("owen", "K2"), town.owner("kim", "K3")
    willing(town.app, owner, other)
    thread = town.ask(product="k2")
    age(town.app, thread, hours=5)
    run(town.app, jobs.ask_helpers)
    assert read(town.app, select(DeskAsk.member_id).where(DeskAsk.thread_id == thread.id)) == [owner.id]
