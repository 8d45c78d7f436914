"""Names and boards found in a text before it is rendered."""

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.content.limits import TooComplex
from forum.content.markdown import render
from forum.content.mentions import MAX_CANDIDATES, MAX_MENTIONS, find_boards, find_mentions, fold


def test_handles_are_found_outside_code() -> None:
    source = "Hi @Ana, `@no` and @bo_li! a@b.org https://e.org/@x\n\n```\n@code\n```\n\n(@eve) @Ａda"
    assert find_mentions(source) == {"ana", "bo_li", "eve", "ada"}


def test_a_handle_ends_before_punctuation() -> None:
    assert find_mentions("@ana. @bo-li- @x.y") == {"ana", "bo-li", "bo", "x.y", "x"}


def test_chinese_names_give_every_beginning() -> None:
    assert find_mentions("@小明你好") == {"小", "小明", "小明你", "小明你好"}
    assert find_mentions("@tom你好") == {"tom", "tom你", "tom你好"}


def test_boards_are_found_outside_code() -> None:
    assert find_boards("#general, #蘑菇 and `#no` page#frag &#35; /#x") == {"general", "蘑菇"}


def test_names_are_folded() -> None:
    assert fold("STRASSE") == fold("straße") == "strasse"
    assert fold("Ｆｕｌｌ") == "full"


def test_counts_are_capped() -> None:
    assert len(find_mentions(" ".join(f"@a{n}" for n in range(999)))) == MAX_MENTIONS
    assert len(find_mentions(" ".join("@" + "中" * 30 + chr(0x4E00 + n) * 9 for n in range(99)))) == MAX_CANDIDATES
    assert len(find_boards(" ".join(f"#a{n}" for n in range(999)))) == MAX_MENTIONS


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(["@ana", "@小明好", "#b", " ", "`", "```\n", "\n", "> ", "*", "[", "](/x)", "a", ".", "- "]),
        max_size=25,
    )
)
def test_who_is_mentioned_was_found_before(parts: list[str]) -> None:
    source = "".join(parts)
    try:
        rendered = render(source, members={"ana": "ana", "小明": "小明"}, boards={"b": "b"})
    except TooComplex:
        return
    assert set(rendered.mentions) <= find_mentions(source)
    assert set(rendered.boards) <= find_boards(source)
