"""Nobody learns what was said of them while they may still rate: whatever the two do, in any order, whoever looks."""

import itertools
import random

import pytest

from forum.trades.state import BLIND
from tests.sampling import always
from tests.trades.world import Pair

WATCHERS = ("ann", "ben", "otto", "mo", "guest")


class Model:
    """What may be known, by the sentence alone: both have rated, or two weeks have passed since the first one did."""

    def __init__(self) -> None:
        self.day = 0.0
        self.said: dict[str, str] = {}
        self.first: float | None = None

    @property
    def open(self) -> bool:
        """Whether ratings show."""
        return len(self.said) == 2 or (self.first is not None and self.day - self.first >= BLIND.days)

    def knows(self, who: str) -> set[str]:
        """The words that somebody may find anywhere: all once they show, before that one's own alone."""
        return {words for by, words in self.said.items() if self.open or by == who}


@pytest.mark.parametrize("seed", always(range(6), 0))
def test_nobody_ever_learns_it_before(pair: Pair, seed: int) -> None:
    """Twelve steps of rating, waiting, agreeing anew, working off what follows; after each, all look everywhere."""
    chance = random.Random(seed)
    model, id = Model(), pair.agreed()
    sentences = (f"Sentence-{seed}-{n}." for n in itertools.count())
    for _step in range(12):
        match chance.choice(("rate", "rate", "wait", "wait", "follow")):
            case "rate":
                _rate(pair, model, id, chance.choice(("ann", "ben")), next(sentences), chance.choice((1, 0, -1)))
            case "wait":
                days = chance.choice((0.5, 3.0, 6.0, 13.5))
                pair.passes(days)
                model.day += days
            case "follow":
                pair.drain()
        _look(pair, model, id)


def _rate(pair: Pair, model: Model, id: int, who: str, words: str, value: int) -> None:
    """Who may still rate has found nothing of what the other said; who knows it may not."""
    may = who not in model.said and not model.open
    status = pair.rate(who, id, value, words)
    assert (status == 303) == may, (status, who, model.said)
    if may:
        assert not model.knows(who), "they rated without knowing anything"
        model.said[who] = words
        model.first = model.day if model.first is None else model.first


def _look(pair: Pair, model: Model, id: int) -> None:
    """Each looks wherever it could stand: only what they may know is found, and what shows is found."""
    for who in WATCHERS:
        pages = [f"/agreements/{id}", f"/t/{pair.thread.id}/agreements", f"/t/{pair.thread.id}/{pair.thread.slug}",
                 "/notifications", "/m/ann", "/m/ben", "/m/ann/feedback", "/m/ben/feedback", "/moderation/log"]
        pages += [f"/ratings/{number}/withdrawal" for number in (1, 2)]
        drawn = {path: pair.page(who, path) for path in pages}
        seen = "".join(drawn.values())
        for by, words in model.said.items():
            assert (words in seen) == (words in model.knows(who)), (who, by, model.day, model.first)
        if not model.open:
            for path in ("/m/ann", "/m/ann/feedback", "/m/ben", "/m/ben/feedback"):
                assert "rating-value" not in drawn[path] and "in twelve months" not in drawn[path], "not even a count"
