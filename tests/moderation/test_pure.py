"""What needs no database: weights of flags, the ladder, what a redaction takes out."""

import datetime as dt

import pytest

from forum.moderation.ladder import Step, next_step
from forum.moderation.leaks import MARK, cleaned, leak_between, without
from forum.moderation.weights import Flagger, hides, together

GOOD, BAD, WRONG = Flagger(True), Flagger(False), Flagger(True, upheld=1, dismissed=2)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("flaggers", "guests", "weight"),
    [
        ([], 0, 0),
        ([GOOD] * 3, 0, 3),
        ([GOOD, GOOD], 1, 3),
        ([GOOD, GOOD], 9, 3),
        ([], 9, 1),
        ([GOOD, GOOD, BAD], 0, 2),
        ([GOOD, GOOD, WRONG], 0, 2.5),
        ([GOOD, GOOD, WRONG, WRONG], 0, 3),
        ([Flagger(True, dismissed=2)], 0, 1),
        ([Flagger(True, upheld=5, dismissed=5)], 0, 1),
    ],
)
def test_weights(flaggers: list[Flagger], guests: int, weight: float) -> None:
    assert together(flaggers, guests) == weight
    assert hides(flaggers, guests) == (weight >= 3)


def test_the_ladder_goes_up_and_ends() -> None:
    past: list[tuple[str, dt.datetime | None, dt.datetime]] = []
    proposed = []
    for _turn in range(6):
        step = next_step(past)
        proposed.append(step)
        past.append((step.kind, START + dt.timedelta(days=step.days) if step.days else None, START))
    assert proposed == [
        Step("warning", 0),
        Step("suspension", 1),
        Step("suspension", 7),
        Step("suspension", 30),
        Step("suspension", 365),
        Step("suspension", 365),
    ]


def test_a_leak_is_what_is_gone() -> None:
    leak = leak_between(["Send it to Elm Street 12, Berlin. Thanks!"], "Send it to [removed]. Thanks!")
    assert leak.words == ("Elm", "Street", "12", "Berlin")
    assert leak.telling == ("Elm Street 12, Berlin",)
    assert leak_between(["The kettle is red"], "The is red").telling == ()
    assert leak_between(["same"], "same").is_empty


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("I live in BERLIN too", f"I live in {MARK} too"),
        ("/p/12", "/p/12"),
        ("nothing", "nothing"),
    ],
)
def test_pieces_are_taken_out(text: str, clean: str) -> None:
    assert without(text, ("Berlin", "12", "p")) == clean


def test_plain_values_are_cleaned_through_and_through() -> None:
    value = {"a": ["whole", {"b": "in Berlin"}], "n": 3, "path": "/p/Berlin"}
    assert cleaned(value, {"whole": "new"}, ("Berlin",)) == {
        "a": ["new", {"b": f"in {MARK}"}],
        "n": 3,
        "path": "/p/Berlin",
    }
