"""Caps are pure functions of a set of events: the order in which they are told never matters."""

import datetime as dt
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from forum.reputation.caps import Cast, counted_of_month, first_of_each_giver, withheld_of_day, within_total

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def vote(id: int, points: int = 10, giver: int | None = 1, minutes: int = 0) -> Cast:
    """A vote cast `minutes` after noon."""
    return Cast(id, NOON + dt.timedelta(minutes=minutes), giver, points)


@st.composite
def votes(draw: st.DrawFn) -> list[Cast]:
    """Up to 40 votes of few givers within three days; many fall on the same moment."""
    drawn = draw(st.lists(st.tuples(
        st.sampled_from([10, 10, 10, 5, 1, -2]), st.sampled_from([None, 1, 2, 3]), st.integers(0, 3 * 24 * 2),
    ), max_size=40))
    return [vote(id, points, giver, minutes * 30) for id, (points, giver, minutes) in enumerate(drawn)]


@given(votes(), st.randoms())
def test_order_of_telling_never_matters(cast: list[Cast], random: Random) -> None:
    """Each cap gives the same for any order of the same events."""
    shuffled = list(cast)
    random.shuffle(shuffled)
    assert first_of_each_giver(shuffled, 4) == first_of_each_giver(cast, 4)
    assert withheld_of_day(shuffled, 30) == withheld_of_day(cast, 30)
    ups = [vote for vote in cast if vote.points > 0]
    assert within_total([v for v in shuffled if v.points > 0], 25) == within_total(ups, 25)


def test_of_one_giver_the_first_four_votes_of_a_day_count() -> None:
    """Told backwards, with another giver and another day beside."""
    cast = [vote(id, minutes=id) for id in range(6)]
    others = [vote(10, giver=2), vote(11, minutes=24 * 60)]
    assert first_of_each_giver([*reversed(cast), *others], 4) == {0, 1, 2, 3, 10, 11}


def test_votes_without_a_known_giver_all_count() -> None:
    """An import may not say who voted."""
    assert first_of_each_giver([vote(id, giver=None) for id in range(9)], 4) == set(range(9))


def test_an_opening_is_filled_by_its_first_votes_and_the_last_may_count_in_part() -> None:
    """Five votes of +5 fill 25; the third of +10 fills it in part."""
    assert [v.id for v in within_total([vote(id, 5, id, id) for id in range(9)], 25)] == [0, 1, 2, 3, 4]
    assert [v.points for v in within_total([vote(id, 10, id, id) for id in range(4)], 25)] == [10, 10, 5]


@given(votes(), st.integers(0, 100))
def test_a_day_brings_at_most_its_net(cast: list[Cast], most: int) -> None:
    """The sum after withholding is the smaller of net and cap; nothing else is touched."""
    withheld = withheld_of_day(cast, most)
    net = sum(vote.points for vote in cast)
    assert net - sum(withheld.values()) == min(net, most)
    points = {vote.id: vote.points for vote in cast}
    assert all(0 < taken <= points[id] for id, taken in withheld.items())


def test_a_day_withholds_from_the_latest() -> None:
    """So that the month knows whose points count."""
    assert withheld_of_day([vote(id, minutes=-id) for id in range(4)], 25) == {0: 10, 1: 5}


MONTH = st.tuples(st.dictionaries(st.integers(1, 8), st.integers(-20, 400), max_size=8), st.integers(0, 300))


@given(MONTH)
def test_no_giver_has_more_than_the_share_of_a_months_counted_points(month: tuple[dict[int, int], int]) -> None:
    """From 100 counted points on; and what counts is the largest amount for which one level of cutting does it."""
    by_giver, rest = month
    given_points = [points for points in by_giver.values() if points > 0]
    counted = counted_of_month(by_giver, rest, 40, 100)
    everything = rest + sum(given_points)
    assert min(everything, 99) <= counted <= everything
    levels = [rest + sum(min(points, level) for points in given_points) for level in range(401)]
    holds = [
        total for level, total in enumerate(levels)
        if all(100 * min(points, level) <= 40 * total for points in given_points)
    ]
    expected = everything if everything < 100 else max(min(everything, 99), *holds)
    assert counted == expected


@given(MONTH, st.integers(1, 8), st.integers(1, 50))
def test_more_points_never_lead_to_fewer(month: tuple[dict[int, int], int], giver: int, more: int) -> None:
    """A vote up never lowers a month, whoever gave it."""
    by_giver, rest = month
    before = counted_of_month(by_giver, rest, 40, 100)
    richer = {**by_giver, giver: max(0, by_giver.get(giver, 0)) + more}
    assert counted_of_month(richer, rest, 40, 100) >= before
    assert counted_of_month(by_giver, rest + more, 40, 100) >= before


def test_a_single_giver_brings_less_than_a_hundred() -> None:
    """However many points they give; a second friend does not help, a third does."""
    steps = [counted_of_month({1: points}, 0, 40, 100) for points in (50, 99, 100, 120, 5000)]
    assert steps == [50, 99, 99, 99, 99]
    assert counted_of_month({1: 500, 2: 500}, 0, 40, 100) == 99
    assert counted_of_month({1: 500, 2: 500, 3: 500}, 0, 40, 100) == 1500
    assert all(low <= high for low, high in pairwise(steps))


def test_a_giver_of_most_is_cut_to_the_share() -> None:
    """300 from one and 100 from ten others: 66 of the 300 count, which is 40 percent of 166."""
    assert counted_of_month({0: 300, **dict.fromkeys(range(1, 11), 10)}, 0, 40, 100) == 166
