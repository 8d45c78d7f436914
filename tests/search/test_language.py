"""What was typed, read: phrases, filters, exclusions, caps; whatever is wrong is said and the rest is looked for."""

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from forum.search.language import LONGEST, MOST_CLAUSES, Phrase, Query, read


@pytest.fixture(autouse=True)
def context(built_app: Flask) -> None:
    """Sentences want a language."""
    with built_app.test_request_context("/search"):
        yield


def plain(query: Query) -> list[list[str]]:
    """The clauses as texts."""
    return [[" ".join(phrase.forms) for phrase in clause] for clause in query.clauses]


def test_words_phrases_and_exclusions() -> None:
    query = read('descale "citric acid" -steel wi-fi “hard water” - dash')
    assert plain(query) == [["descale"], ["citric acid"], ["wi fi"], ["hard water"], ["dash"]]
    assert query.excluded == (Phrase(("steel",)),)
    assert query.problems == () and not query.filters


def test_filters() -> None:
    query = read("lid board:kettles by:@mara tag:spare-parts is:solved before:2025 after:2024-02-29")
    assert plain(query) == [["lid"]]
    assert (query.board, query.by, query.tags, query.states) == ("kettles", "mara", ("spare-parts",), {"solved"})
    assert query.before == dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    assert query.after == dt.datetime(2024, 2, 29, tzinfo=dt.UTC)
    assert query.problems == ()


def test_filters_take_the_wide_colon_and_quotes() -> None:
    query = read("board：kettles tag:\"spare parts\" 水垢")
    assert (query.board, query.tags) == ("kettles", ("spare parts",))
    assert plain(query) == [["水垢"]]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("color:red", "color:"), ("is:open", "is:open"), ("is:", "is:"), ("before:soon", "before:soon"),
        ("after:2024-13", "after:2024-13"), ("before:2023-02-30", "before:2023-02-30"), ("before:0000", "0000"),
        ("board:", "board:"), ('tag:""', "tag:"),
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named_and_the_rest_is_looked_for(typed: str, named: str) -> None:
    query = read(f"kettle {typed} lid")
    assert plain(query) == [["kettle"], ["lid"]]
    assert len(query.problems) == 1 and named in query.problems[0]
    assert not query.filters


def test_an_address_and_a_time_are_no_filters() -> None:
    assert read("https://shop.example/lid at 12:30 Error: no").problems == ()


def test_chinese_runs_need_no_words_parted() -> None:
    """Each character with a neighbor; quotes ask for the run as it stands."""
    assert plain(read("水垢")) == [["水垢"]]
    assert plain(read("水")) == [["水"]]
    assert plain(read("咖啡机除垢")) == [["咖啡"], ["啡机", "机除"], ["除垢"]]
    assert plain(read("“咖啡机”")) == [["咖啡 啡 啡机"]]


def test_only_what_is_left_out_is_nothing_to_look_for() -> None:
    query = read("-steel")
    assert query.is_empty and len(query.problems) == 1


def test_length_and_number_of_words_are_capped() -> None:
    """T20: a query asks a bounded number of things, and says so."""
    long = read(" ".join(f"word{number}" for number in range(200)))
    assert len(long.text) <= LONGEST and len(long.clauses) <= MOST_CLAUSES and len(long.problems) == 2
    assert len(read("降噪耳机推荐" * 200).clauses) <= MOST_CLAUSES


def test_the_last_word_may_be_a_beginning_while_typing() -> None:
    assert read("hard wat", typing=True).clauses[-1] == (Phrase(("wat",), beginning=True),)
    assert read("hard wat ", typing=True).clauses[-1] == (Phrase(("wat",)),)
    assert read("a", typing=True).clauses == ((Phrase(("a",)),),)


@given(st.text(max_size=400))
def test_nothing_typed_is_an_error(text: str) -> None:
    assert len(read(text).clauses) <= MOST_CLAUSES
    read(text, typing=True)
