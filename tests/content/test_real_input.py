"""Strings that other projects collected because they break things. Optional data beside the repository."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from forum.content.limits import TooComplex
from forum.content.markdown import render, render_chat
from forum.content.sanitize import clean
from tests.content.safe_html import faults

NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty"

pytestmark = pytest.mark.skipif(
    not NAUGHTY.is_dir() and os.environ.get("REQUIRE") != "all", reason="the collections are not beside the repository"
)


def test_big_list_of_naughty_strings() -> None:
    strings = json.loads((NAUGHTY / "blns" / "blns.json").read_text("utf-8"))
    assert len(strings) > 500
    for string in strings:
        _harmless(string)


def test_examples_of_commonmark() -> None:
    spec = (NAUGHTY / "commonmark" / "spec.txt").read_text("utf-8")
    examples = re.findall(r"^`{32} example\n(.*?)^\.\n.*?^`{32}$", spec, re.MULTILINE | re.DOTALL)
    assert len(examples) > 600
    for example in examples:
        _harmless(example.replace("→", "\t"))


def test_cases_of_bleach() -> None:
    cases = sorted((NAUGHTY / "bleach" / "data").glob("*.test"))
    assert len(cases) >= 20
    for case in cases:
        _harmless(case.read_text("utf-8").split("\n--\n")[0])


def _harmless(text: str) -> None:
    makers: list[Callable[[], str]] = [
        lambda: clean(text),
        lambda: render(text).html,
        lambda: render_chat(text).html,
    ]
    for make in makers:
        try:
            html = make()
        except TooComplex:
            continue
        assert faults(html) == [], text
        assert clean(html) == html, text
