"""Drafts of the rules out of files: whatever stands in one is shown, named and never in force by a slip."""

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.reputation import editing, rulesets
from tests.reputation.drafting import begin_from_file, drafted, save
from tests.surfing import Surfer

RANK = {"key": "seed", "labels": {"en": "Seed", "zh": "种子"}, "leaves": 0, "limits": {"votes_a_day": 10, "links": 2}}


def test_begin_from_a_preset_and_from_a_file(app: Flask, manager: Surfer) -> None:
    """The draft that was seen gives way; a file comes with what is wrong in it, or is refused with a sentence."""

    def begin(**form: Any) -> str:
        manager.post("/manage/rules/draft", {"version": str(drafted(app)[0]), **form})
        return manager.get("/manage/rules").get_data(as_text=True)

    assert "the preset “stackexchange”" in begin(**{"from": "preset", "preset": "stackexchange"})
    data = editing.plain(rulesets.preset("laurel"))
    data["points"]["answer_up"] = 0
    data["unknown"] = 1
    file = (io.BytesIO(json.dumps(data).encode()), "mine.json")
    assert "the file “mine.json”" in begin(**{"from": "file", "file": file})
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert "An answer is voted up: must be at least 1" in summary
    assert "is not known here" in summary
    marked = (io.BytesIO(b"\xef\xbb\xbf" + json.dumps(data).encode()), "notepad.json")  # as Windows saves it
    assert "the file “notepad.json”" in begin(**{"from": "file", "file": marked})
    bad = (
        (b"{", "is not JSON"), (b"[1]", "holds no rules"), (b"[" * 100_000, "not JSON"), (b"", "not JSON"),
        (b'{"ranks": [{"key": "seed", "needs": ' + b'{"any": [' * 300 + b"]}" * 300 + b"}]}", "nested too deep"),
    )
    for content, words in bad:
        assert words in begin(**{"from": "file", "file": (io.BytesIO(content), "x.json")})
    assert "Choose a file first." in begin(**{"from": "file"})
    assert drafted(app)[1]["unknown"] == 1


@pytest.mark.parametrize("wrong", [
    {"perks": [1, {"key": 2}]}, {"perks": {"key": "tea"}}, {"perks": [None]}, {"privileges": [{}]},
    {"privileges": {"triage": 3, "vote_down": ["twig"]}}, {"badges": [{"key": "x", "least": 10**30}]},
    {"ranks": [{"key": "seed"}, {"key": "twig", "needs": {"points": 10**30, "days": "many"}}]}, {"points": 7},
    {"ranks": [{"key": "a b/c?#", "labels": ["x"], "leaves": {}, "limits": 3, "needs": {"any": [[]]}}]}, {"awards": 3},
    {"ranks": [{**RANK, "key": "a/b"}, {**RANK, "key": ""}, {**RANK, "key": True}]},
], ids=str)
def test_a_file_may_hold_anything(app: Flask, manager: Surfer, wrong: dict[str, Any]) -> None:
    """Every page of the editor shows a draft in which nothing is what belongs there, and leads to none that is not."""
    begin_from_file(app, manager, {**editing.plain(rulesets.preset("laurel")), **wrong})
    assert "What is wrong yet" in manager.get("/manage/rules/draft").get_data(as_text=True)
    for page in ("", "/ranks", "/points", "/privileges", "/badges", "/perks", "/awards"):
        shown = manager.get(f"/manage/rules/draft{page}")
        assert shown.status_code == 200, page
        for link in set(re.findall(r'href="(/manage/rules/draft/[^"#]*)', shown.get_data(as_text=True))):
            assert manager.get(html.unescape(link)).status_code == 200, (page, link)


def test_a_file_brings_no_signs_that_cannot_be_seen(app: Flask, manager: Surfer) -> None:
    """As in forms: they would hide in every name of a rank, and half a sign can be drawn on no page."""
    data = editing.plain(rulesets.preset("laurel"))
    data["ranks"][1]["labels"]["en"] = "\u202eSpr\x00out\ud800"
    data["privileges"]["\ud800"] = {"rank": "seed"}
    begin_from_file(app, manager, data, "mine\u202e.json")
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert "there is no such privilege" in summary and "\u202e" not in summary
    assert drafted(app)[1]["ranks"][1]["labels"]["en"] == "Spr out"


def test_a_key_that_is_no_word_is_told_where_the_ladder_is(app: Flask, manager: Surfer) -> None:
    """With its rank named, which has no page of its own; it can be taken off the ladder."""
    data = editing.plain(rulesets.preset("laurel"))
    data["ranks"][1]["key"] = "a/b"
    begin_from_file(app, manager, data)
    ladder = manager.get("/manage/rules/draft/ranks").get_data(as_text=True)
    assert "rank a/b → key: must be a word of small letters" in ladder and 'value="remove:a/b"' in ladder


@pytest.mark.parametrize(("wrong", "words"), [
    ({"ranks": [{"key": "seed"}, "x"]}, "ranks, number 2: is not what belongs here"),
    ({"ranks": [{**RANK, "key": f"r{number}"} for number in range(21)]}, "ranks: has too many parts; at most 20"),
    ({"badges": [None]}, "badges, number 1: is not what belongs here"),
    ({"perks": {"key": "tea"}}, "perks: is not what belongs here"),
], ids=["a rank", "too many ranks", "a badge", "all perks"])
def test_a_part_without_a_name_is_told_by_where_it_is(
    app: Flask, manager: Surfer, wrong: dict[str, Any], words: str
) -> None:
    """Its part of the rules is named, where there is nothing else to call it by."""
    begin_from_file(app, manager, {**editing.plain(rulesets.preset("laurel")), **wrong})
    assert f">{words}<" in manager.get("/manage/rules/draft").get_data(as_text=True)


def test_numbers_of_a_file_are_whole_numbers(app: Flask, manager: Surfer, tmp_path: Path) -> None:
    """`true`, "3" and 3.0 are none: said at their place, by the command and in the editor, where a number mends it."""
    data = editing.plain(rulesets.preset("laurel"))
    data["points"]["answer_up"], data["caps"]["day_net"], data["ranks"][1]["leaves"] = True, "3", 1.0
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(data))
    refused = app.test_cli_runner().invoke(args=["reputation", "simulate", str(path)])
    assert refused.exit_code == 1
    for place in ("points → answer_up", "caps → day_net", "rank sprout → leaves"):
        assert f"{place}: must be a whole number" in refused.output
    begin_from_file(app, manager, data)
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert "An answer is voted up: must be a whole number" in summary and "Publish the rules" not in summary
    page = save(app, manager, "points", {"points.answer_up": "+12", "caps.day_net": "200"})
    assert "must be a whole number" not in page and 'name="points.answer_up" value="12"' in page
    page = save(app, manager, "points", {"points.answer_up": "12345678901"})
    assert "must be at most 1000" in page


def test_the_draft_as_a_file_is_what_a_command_takes(app: Flask, manager: Surfer) -> None:
    """Down and up again, it is the same."""
    save(app, manager, "ranks/twig", {"needs.0.points": "60"})
    answer = manager.get("/manage/rules/draft/file")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rules-draft.json"'
    before = drafted(app)[1]
    begin_from_file(app, manager, answer.get_data(), "rules-draft.json")
    assert editing.check(drafted(app)[1])[0] == editing.check(before)[0]
