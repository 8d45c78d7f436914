"""The words of a text: one form for all spellings, Chinese by characters and pairs, places that can be marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.content.marked import marked, marked_excerpt
from forum.content.words import LONGEST, MOST_WORDS, fold, forms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kettle", "KETTLES"), ("descaling’s", "descaling's"), ("Ångström", "angstrom"), ("Straße", "strasse"),
        ("batteries", "battery"), ("cookies", "cookie"), ("boxes", "box"),
        ("ｋｅｔｔｌｅ", "kettle"), ("ﬁlter", "filter"),
        ("café", "cafe\u0301"), ("ｶﾞﾗｽ", "ガラス"), ("don't", "dont"), ("Ёлка", "елка"), ("smørrebrød", "smorrebrod"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_have_one_form(one: str, other: str) -> None:
    assert forms(one) == forms(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("glass", "glas"), ("bus", "bu"), ("か", "が"), ("v60", "v6"), ("水", "永")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert forms(one) != forms(other)


def test_runs_without_blanks_are_characters_and_pairs() -> None:
    """Chinese, Japanese, Korean and Thai; Latin words inside a run stay whole."""
    assert forms("降噪耳机") == ["降", "降噪", "噪", "噪耳", "耳", "耳机", "机"]
    assert forms("iPhone手机v60") == ["iphone", "手", "手机", "机", "v60"]
    assert forms("커피를") == ["커", "커피", "피", "피를", "를"]
    assert forms("ガラス")[:2] == ["ガ", "ガラ"]
    assert forms("水，火。") == ["水", "火"]


def test_words_are_bounded() -> None:
    assert forms("a" * 500) == ["a" * LONGEST]
    assert len(forms("降" * 20_000)) == MOST_WORDS == len(list(words("降" * 20_000)))


@given(st.text(max_size=200))
def test_forms_hold_nothing_that_a_query_language_reads(text: str) -> None:
    """No blank, no quote, no operator of FTS5 or tsquery, whatever is typed; and the places are in the text."""
    found = list(words(text))
    assert [word.form for word in found] == forms(text)
    for word in found:
        assert word.form and not set(word.form) & set(" \t\n\r\x00'\"&|!()<>:*\\^~=-+{}")
        assert 0 <= word.start < word.end <= len(text)
        assert fold(word.form) == word.form or not word.form.isascii()


@given(st.text(max_size=300), st.text(max_size=30))
def test_marking_changes_no_word(text: str, wanted: str) -> None:
    """A marked text says what it said, with blanks drawn together."""
    pieces = marked(text, [tuple(forms(wanted))])
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())


def test_the_excerpt_shows_where_most_words_stand() -> None:
    text = "A kettle. " + "Nothing here. " * 60 + "The kettle wants citric acid, 降噪耳机 too. " + "The end. " * 60
    pieces = marked_excerpt(text, [("kettle",), ("citric",), ("降噪",)])
    assert [piece.text for piece in pieces if piece.marked] == ["kettle", "citric", "降噪"]
    assert pieces[0].text == "… " and pieces[-1].text == " …"
    assert len("".join(piece.text for piece in pieces)) < 260


def test_overlapping_finds_are_one_mark() -> None:
    assert [(piece.text, piece.marked) for piece in marked("用降噪耳机吗", [("降噪",), ("噪耳",), ("耳机",)])] == [
        ("用", False), ("降噪耳机", True), ("吗", False),
    ]  # fmt: skip


def test_without_a_find_the_excerpt_is_the_beginning() -> None:
    assert [piece.text for piece in marked_excerpt("Short and plain.", [("kettle",)])] == ["Short and plain."]
