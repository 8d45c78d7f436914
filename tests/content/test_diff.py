"""What an edit changed, and that nothing is lost in showing it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.content.diff import Chunk, Line, diff

TEXT = st.lists(
    st.sampled_from(["one two three", "one 2 three", "蘑菇怎么种", "蘑菇怎样种", "", "x", "# T"]), max_size=8
).map("\n".join)


def test_a_changed_word() -> None:
    assert diff("keep\nthe old word", "keep\nthe new word") == [
        Line("same", (Chunk("same", "keep"),)),
        Line(
            "changed", (Chunk("same", "the "), Chunk("removed", "old"), Chunk("added", "new"), Chunk("same", " word"))
        ),
    ]


def test_a_changed_chinese_character() -> None:
    (line,) = diff("蘑菇怎么种", "蘑菇怎样种")
    assert line.chunks == (Chunk("same", "蘑菇怎"), Chunk("removed", "么"), Chunk("added", "样"), Chunk("same", "种"))


def test_lines_with_little_in_common_go_and_come_whole() -> None:
    assert [line.kind for line in diff("alpha beta gamma", "一二三四五六")] == ["removed", "added"]


def test_added_and_removed_lines() -> None:
    assert [line.kind for line in diff("a\nb", "a\nb\nc")] == ["same", "same", "added"]
    assert [line.kind for line in diff("a\nb", "a")] == ["same", "removed"]
    assert diff("", "") == []
    assert [line.kind for line in diff("", "a")] == ["added"]


def test_very_long_texts_are_shown_whole() -> None:
    kinds = {line.kind for line in diff("a\n" * 5_000, "b\n" * 5_000)}
    assert kinds == {"removed", "added"}
    assert {line.kind for line in diff("a " * 9_000, "b " * 9_000)} == {"removed", "added"}


@settings(max_examples=200)
@given(st.one_of(TEXT, st.text()), st.one_of(TEXT, st.text()))
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    lines = diff(old, new)
    assert _side(lines, "removed") == (old.replace("\r\n", "\n").split("\n") if old else [])
    assert _side(lines, "added") == (new.replace("\r\n", "\n").split("\n") if new else [])


def _side(lines: list[Line], own: str) -> list[str]:
    return [
        "".join(chunk.text for chunk in line.chunks if chunk.kind in ("same", own))
        for line in lines
        if line.kind in ("same", "changed", own)
    ]
