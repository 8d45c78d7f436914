"""Texts that froze or crashed Markdown or bleach in trials: each is refused, or rendered well within the budget."""

import threading

import pytest

from forum.content import markdown
from forum.content.budget import within_budget
from forum.content.limits import TOO_LONG, TOO_NESTED, TOO_SLOW, TooComplex, check
from forum.content.markdown import render, render_chat
from forum.content.sanitize import clean
from tests.content.safe_html import faults

BOMBS = {
    "open brackets": "[" * 10_000,
    "open pictures": "![" * 10_000,
    "cdata": "<![CDATA[" * 2_222,
    "open tags": "<a " * 6_666,
    "comments": "<!--" * 5_000,
    "one-line list": "- " * 500 + "a",
    "one-line list, longer": "- " * 9_999 + "a",
    "nested tags": "<div>" * 4_000,
    "nested quotes": ">" * 19_990 + "a",
    "nested quotes, spaced": "> " * 9_990 + "a",
    "nested spoilers": ">! " * 6_000 + "a",
    "stars": "*" * 20_000,
    "open stars": "*a " * 6_600,
    "underscores": "_" * 20_000,
    "tildes": "~" * 20_000,
    "backticks": "`" * 20_000,
    "growing backticks": " ".join("`" * n for n in range(1, 195)),
    "growing fences": "\n".join("`" * n for n in range(3, 190)),
    "wide table": "|a" * 200 + "\n" + "|-" * 200 + "\n" + "|\n" * 9_000,
    "long table": "|a|b|\n|-|-|\n" + "|\n" * 9_000,
    "references": f"[a]: /{'x' * 5_000}\n\n" + "[a]" * 4_900,
    "reference with title": f'[a]: /x\n"{"x" * 5_000}"\n\n' + "[a]" * 4_900,
    "footnotes": "[^1]: x\n\n" + "[^1]" * 4_900,
    "footnotes of footnotes": "\n\n".join(f"[^{n}]: [^{n + 1}] [^{n}]" for n in range(900)),
    "open links": "[a](" * 4_900,
    "open angle links": "[a](<" * 3_900,
    "open titles": '[a](b "' * 2_800,
    "underlined headings": "a\n=\n" * 4_900,
    "staircase": "\n".join(" " * (4 * n) + "- a" for n in range(98)),
    "addresses": "http://" * 2_800,
    "mail addresses": "a." * 9_000 + "@",
    "entities": "&" * 20_000,
    "spoilers": "||a" * 6_600,
    "mentions": "@a" * 9_999,
    "chinese mentions": "@" + "中" * 19_000,
    "colons": ":a" * 9_999,
    "blank": " \n" * 9_999,
    "code": "```python\n" + "a=1;" * 4_900 + "\n```",
    "perl": "```perl\n" + "s{" * 3_900 + "\n```",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_or_rendered(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caps notice it, or it is harmless: with time without end (a busy machine decides nothing here)."""
    monkeypatch.setattr(markdown, "within_budget", lambda work: within_budget(work, seconds=300))
    try:
        rendered = render(bomb[:20_000])
    except TooComplex as refusal:
        assert refusal.reason != TOO_SLOW
    else:
        assert faults(rendered.html) == []
        assert len(rendered.html) < 600_000


@pytest.mark.parametrize(
    "name", ["open brackets", "open pictures", "cdata", "one-line list, longer", "nested quotes", "wide table"]
)
def test_these_bombs_never_reach_a_parser(name: str) -> None:
    with pytest.raises(TooComplex):
        check(BOMBS[name], 20_020)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_in_chat(bomb: str) -> None:
    try:
        assert faults(render_chat(bomb[:2_000]).html) == []
    except TooComplex as refusal:
        assert refusal.reason != TOO_SLOW


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 30_000,
        "<div>" * 20_000,
        "<table>" * 20_000,
        "".join(f"<b x={n}>" for n in range(900)) + "<p>" * 9_000,
        "<a <" * 20_000,
        "&" * 100_000,
        "x" * 700_000,
    ],
    ids=["deep", "deep blocks", "deep tables", "formatting", "half tags", "entities", "long"],
)
def test_an_html_bomb_is_refused_or_cleaned(html: str) -> None:
    try:
        assert faults(clean(html)) == []
    except TooComplex as refusal:
        assert refusal.reason in (TOO_LONG, TOO_NESTED)


def test_length_is_counted_in_characters() -> None:
    assert render("菜" * 20_000).text == "菜" * 20_000
    with pytest.raises(TooComplex, match=TOO_LONG):
        render("菜" * 20_001)
    with pytest.raises(TooComplex, match=TOO_LONG):
        render_chat("a" * 2_001)


def test_honest_texts_pass() -> None:
    check("- - - - - - - - - - - - - - - - -\n\n" + "*" * 79 + "\n\n" + "=" * 79, 20_000)
    check("> " * 12 + "a long mail thread", 20_000)
    check("|a" * 12 + "|\n" + "|-" * 12 + "|\n" + ("|b" * 12 + "|\n") * 150, 20_000)
    check("```\n" + "if (a[i] > b[j]) { f(g(x)); }\n" * 600 + "```", 20_000)
    check("\n".join(f"[{n}]: https://example.org/a/quite/long/path/{n}" for n in range(90)) + "[1]" * 90, 20_000)


def test_work_over_its_budget_is_given_up() -> None:
    go_on = threading.Event()
    with pytest.raises(TooComplex, match=TOO_SLOW):
        within_budget(lambda: go_on.wait(30), seconds=0.05)
    go_on.set()
    assert within_budget(lambda: 7) == 7


def test_too_deep_recursion_is_a_refusal() -> None:
    def deeper() -> int:
        return deeper() + 1

    with pytest.raises(TooComplex, match=TOO_NESTED):
        within_budget(deeper)
