"""How far the next rank is, in words."""

import pytest
from sqlalchemy.orm import Session

from forum.reputation import rulesets
from forum.reputation.formulas import Numbers
from forum.reputation.ranks import kept_by, needs_in_words, next_rank, rank_for

LAUREL = rulesets.preset("laurel")


@pytest.mark.parametrize(("numbers", "rank", "sentence"), [
    (Numbers(0, 1), "Sprout", "5 more points and 1 more day here"),
    (Numbers(0, 4), "Sprout", "1 more day here"),
    (Numbers(30, 20), "Twig", "5 more days here"),
    (Numbers(49, 8), "Twig", "1 more point"),
    (Numbers(240, 30, 3), "Branch", "10 more points and 1 more accepted answer"),
    (Numbers(3400, 199, 59, 39), "Laurel",
     "100 more points, 1 more day here, 1 more accepted answer, and 1 more member helped"),
])
def test_the_nearest_way_is_told(session: Session, numbers: Numbers, rank: str, sentence: str) -> None:
    """Of several ways the nearest, and of each only what is missing."""
    ahead = next_rank(numbers, LAUREL)
    assert ahead is not None
    assert (ahead.rank.name, ahead.sentence) == (rank, sentence)


@pytest.mark.parametrize(("numbers", "sentence", "advice"), [
    (Numbers(300, 30, 3), "1 more accepted answer", ""),
    (Numbers(300, 19, 4), "1 more day here", ""),
    (Numbers(240, 30, 3), "10 more points and 1 more accepted answer", "One accepted answer would be enough."),
    (Numbers(245, 30, 4), "5 more points", "One vote up on an answer of yours would be enough."),
])
def test_what_keeps_a_rank_is_said_once(session: Session, numbers: Numbers, sentence: str, advice: str) -> None:
    """Where one number is missing by itself the advice would say it again."""
    kept = kept_by(numbers, LAUREL, "branch")
    assert kept is not None
    assert (kept.sentence, kept.advice) == (sentence, advice)


def test_nobody_is_nudged_to_buy(session: Session) -> None:
    """A way that still asks for purchases is told after the others, however near it is."""
    ahead = next_rank(Numbers(25, 8, 0, 0, 2), LAUREL)
    assert ahead is not None
    assert "purchase" not in ahead.sentence
    assert ahead.ways[-1].sentence == "1 more purchase"


def test_at_the_top_nothing_is_next() -> None:
    """Laurel is the highest."""
    numbers = Numbers(3500, 200, 60, 40)
    assert rank_for(numbers, LAUREL) == "laurel"
    assert next_rank(numbers, LAUREL) is None


def test_needs_are_phrases(session: Session) -> None:
    """One for each alternative; the lowest rank needs a confirmed address."""
    assert needs_in_words(LAUREL.rank("seed")) == ["a confirmed address"]
    assert needs_in_words(LAUREL.rank("sprout")) == [
        "5 points and 2 days here", "5 days here", "2 days here and 1 purchase",
    ]
    assert needs_in_words(LAUREL.rank("laurel")) == [
        "3,500 points, 200 days here, 60 accepted answers, and 40 different members helped",
    ]
