"""The order of answers."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from forum.reputation.helpfulness import (
    WHOLE,
    Candidate,
    Tally,
    accepted_leads,
    best_answer,
    helpfulness,
    parts,
    weight_of,
    wilson_lower,
)

COUNTS = st.integers(min_value=0, max_value=10_000)
START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def answer(id: int, up: int = 0, down: int = 0, score: int | None = None) -> Candidate:
    """An answer with these votes, posted `id` minutes after the first moment."""
    shown = up - down if score is None else score
    return Candidate(id, up + down, helpfulness(plain(up, down)), shown, START + dt.timedelta(minutes=id))


def plain(up: int, down: int = 0, worked: int = 0) -> Tally:
    """Votes that weigh one each."""
    return Tally(up, down, up * WHOLE, down * WHOLE, worked)


@pytest.mark.parametrize(("up", "down", "bound"), [
    (0, 0, 0.0), (1, 0, 0.2065), (10, 0, 0.7225), (60, 40, 0.5020), (0, 10, 0.0), (500, 25, 0.9307),
])
def test_known_values(up: int, down: int, bound: float) -> None:
    """Values worked out by hand from the formula."""
    assert wilson_lower(up, down) == pytest.approx(bound, abs=5e-4)


def test_negative_counts_are_refused() -> None:
    """Fewer votes than none is a mistake of the caller."""
    with pytest.raises(ValueError, match="fewer than none"):
        wilson_lower(-1, 0)


@given(up=COUNTS, down=COUNTS)
def test_bound_lies_under_the_share_and_moves_with_votes(up: int, down: int) -> None:
    """It stays between 0 and the share of up votes; an up vote never lowers it, a down vote never raises it."""
    bound = wilson_lower(up, down)
    assert 0.0 <= bound <= (up / (up + down) if up + down else 0.0) + 1e-12
    assert wilson_lower(up + 1, down) >= bound - 1e-12
    assert wilson_lower(up, down + 1) <= bound + 1e-12
    assert helpfulness(plain(up, down)) == round(1e6 * bound)


def test_the_accepted_answer_stands_first() -> None:
    """Also before one that was voted up more often."""
    assert best_answer([answer(1, up=5), answer(2)], accepted_id=2) == 2


def test_the_accepted_answer_yields_when_its_score_is_negative() -> None:
    """It turned out wrong: the most helpful other one leads."""
    answers = [answer(1, up=1), answer(2, down=2)]
    assert not accepted_leads(answers[1], answers)
    assert best_answer(answers, accepted_id=2) == 1


def test_the_accepted_answer_yields_to_twice_its_bound_from_eight_votes_on() -> None:
    """Seven votes are not enough, eight are; less than twice the bound is not enough."""
    accepted = answer(1, up=1)
    assert accepted_leads(accepted, [answer(2, up=7)])
    assert not accepted_leads(accepted, [answer(2, up=8)])
    assert accepted_leads(answer(1, up=4), [answer(2, up=8)])


def test_an_answer_that_was_only_voted_down_leads_nothing() -> None:
    """Eight down votes have a bound of 0, which is not twice 0."""
    assert accepted_leads(answer(1), [answer(2, down=8)])
    assert best_answer([answer(2, down=8), answer(3)], accepted_id=None) is None


def test_equal_answers_stand_in_the_order_of_time() -> None:
    """The earlier one first."""
    assert best_answer([answer(2, up=3), answer(1, up=3)], accepted_id=None) == 1


@pytest.mark.parametrize(("owner", "accepted", "weight"), [
    (False, 0, 100), (True, 0, 150), (False, 1, 112), (False, 3, 125), (False, 7, 138), (False, 15, 150),
    (False, 400, 150), (True, 3, 188), (True, 15, 225),
])
def test_what_a_vote_weighs(owner: bool, accepted: int, weight: int) -> None:
    """Half a vote more for owning it, up to half more for accepted answers, by their logarithm."""
    assert weight_of(owner=owner, accepted=accepted) == weight


WEIGHTS = st.lists(st.integers(100, 225), max_size=12)


@given(ups=WEIGHTS, downs=WEIGHTS, endorsed=st.booleans(), days=st.integers(-10, 2_000), other=st.integers(100, 225))
def test_below_three_voters_no_weight_can_be_read_off(
    ups: list[int], downs: list[int], endorsed: bool, days: int, other: int
) -> None:
    """With one or two voters of a direction it makes no difference what they weigh; with three only their sum does."""
    def total(up: list[int], down: list[int]) -> int:
        tally = Tally(len(up), len(down), sum(up), sum(down))
        return helpfulness(tally, endorsed=endorsed, age=dt.timedelta(days=days))

    few_ups, few_downs = ups[:2], downs[:2]
    assert total(few_ups, downs) == total([other] * len(few_ups), downs)
    assert total(ups, few_downs) == total(ups, [other] * len(few_downs))
    assert total(ups, downs) == total(sorted(ups), sorted(downs))


@given(ups=WEIGHTS, downs=WEIGHTS, worked=st.integers(0, 5), days=st.integers(0, 2_000))
def test_what_speaks_for_an_answer_never_lowers_it(ups: list[int], downs: list[int], worked: int, days: int) -> None:
    """A mark that it worked, or the shop's word, only raises it; nothing lifts what nobody speaks for."""
    tally = Tally(len(ups), len(downs), sum(ups), sum(downs), min(worked, len(ups)))
    age = dt.timedelta(days=days)
    plain_one = helpfulness(tally, age=age)
    assert helpfulness(tally, endorsed=True, age=age) >= plain_one
    if tally.worked < tally.up:
        more = Tally(tally.up, tally.down, tally.up_weight, tally.down_weight, tally.worked + 1)
        assert helpfulness(more, age=age) >= plain_one
    if not ups:
        assert plain_one == 0
    assert 0 <= plain_one <= 1_000_000


@pytest.mark.parametrize("votes", [1, 2, 3, 4])
def test_the_date_never_outweighs_half_a_vote(votes: int) -> None:
    """A year later helps among equals where few voted, and less than half a vote more does."""
    year = dt.timedelta(days=365)
    later, earlier = helpfulness(plain(votes), age=year), helpfulness(plain(votes))
    assert earlier < later < helpfulness(plain(votes, worked=1))
    assert helpfulness(plain(5), age=year) == helpfulness(plain(5))


def _examples() -> list[tuple[Tally, bool, int, str]]:
    """The rows of the table in the document: votes, endorsed, days, and the figure that it gives."""
    text = (ROOT / "docs" / "helpful-answers.md").read_text()
    whole, part = r"(\d+)", r"([\d.]+)"
    cells = (whole, whole, part, part, whole, "(yes|no)", whole, part)
    rows = re.findall("^" + r"\|".join(f" {cell} " for cell in cells).join((r"\|", r"\|$")), text, re.M)
    return [
        (
            Tally(int(up), int(down), round(float(weight) * 100), round(float(against) * 100), int(worked)),
            endorsed == "yes", int(days), figure,
        )
        for up, down, weight, against, worked, endorsed, days, figure in rows
    ]


def test_the_examples_of_the_document_are_right() -> None:
    """Each worked example in docs/helpful-answers.md comes out as it says."""
    examples = _examples()
    assert len(examples) >= 8
    for tally, endorsed, days, figure in examples:
        found = parts(tally, endorsed=endorsed, age=dt.timedelta(days=days))
        assert f"{found.total / 10_000:.1f}" == figure, (tally, endorsed, days)
