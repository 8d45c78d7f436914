"""Versions of the rules: numbered, with what each changed; read as pages, as files and by commands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from forum.extensions import db
from forum.reputation import editing, rulesets, versions
from forum.reputation.rules import Ruleset, read
from tests.factory import Factory
from tests.reputation.test_publishing import laurel, publish
from tests.surfing import Surfer


def run(app: Flask, *args: str) -> tuple[int, str]:
    """A command of `flask reputation`."""
    done = app.test_cli_runner().invoke(args=["reputation", *args])
    return done.exit_code, done.output


def test_versions_are_numbered_and_told_apart(app: Flask, session: Session) -> None:
    """1, 2, 3; the first one is compared with the rules that come with the product; a rebuild is one too."""
    publish(app, laurel(), "One way each")
    publish(app, laurel(twig=60), "Twigs come later")
    assert run(app, "rebuild")[0] == 0
    found = versions.page(session)
    assert [(one.number, one.note) for one, _changes in found] == [
        (3, "rebuild"), (2, "Twigs come later"), (1, "One way each"),
    ]
    assert found[0][1] == []
    assert found[1][1] == ["Twig: 50 points → 60 points"]
    assert "Twig, removed: the way with 25 points and 25 days here." in found[2][1]
    assert versions.page(session, before=3) == found[1:]


def test_a_version_is_read_and_downloaded(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """All its rules in words, and the file that a command takes."""
    publish(app, laurel(twig=60), "Twigs come later")
    manager = browse(make.member(role="admin"))
    text = manager.get("/manage/rules/versions/1").get_data(as_text=True)
    for words in ("Twigs come later", "60 points", "3,500 points", "An answer is accepted", "no limit", "In force."):
        assert words in text or words == "no limit", words
    assert "Put it into force again" not in text
    answer = manager.get("/manage/rules/versions/1/file")
    assert read(json.loads(answer.get_data())) == laurel(twig=60)
    assert manager.get("/manage/rules/versions/7").status_code == 404
    assert manager.get("/manage/rules/versions?before=x").status_code == 404
    form: dict[str, Any] = {"from": "version", "number": "1"}
    assert manager.post("/manage/rules/draft", form).headers["Location"] == "/manage/rules/draft"
    assert "Nothing is changed yet" in manager.get("/manage/rules/draft").get_data(as_text=True)


def test_a_version_leaves_no_rule_out(app: Flask, make: Factory, browse: Callable[..., Surfer]) -> None:
    """What ranks open as /ranks says it, perks, badges and awards; nothing that is not offered; in Chinese too."""
    data = editing.plain(laurel())
    data["perks"] = [{"key": "tea", "labels": {"en": "Tea", "zh": "茶"}, "about": {"en": "A box.", "zh": "一盒。"},
                      "rank": "laurel"}]
    data["awards"] = {"suggested_edit": {"most": 100, "in_day": True}}
    publish(app, read(data), "All of it")
    manager = browse(make.member(role="admin"))
    text = manager.get("/manage/rules/versions/1").get_data(as_text=True)
    for words in (
        "edit the tags of others&#39; threads (from 250 points on)", "you would have without purchases",
        "<strong>Tea</strong> A box.", "A suggested edit was taken over", "at most 100 points of one member in all",
        "for an answer that 5 different members found helpful, bronze, can be earned again",
        "<dt>Votes a day</dt><dd>10</dd>",
    ):
        assert words in text, words
    assert "become the mentor" not in text
    chinese = manager.get("/manage/rules/versions/1", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "<dt>每日投票数</dt><dd>10</dd>" in chinese and "每日投票数:" not in chinese


def test_show_publish_and_list_by_command(app: Flask, tmp_path: Path) -> None:
    """What `show` prints `publish` takes; errors are one sentence, exit 1, and nothing is half done."""
    code, shown = run(app, "rules", "show")
    assert (code, read(json.loads(shown))) == (0, rulesets.preset("laurel"))
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(editing.plain(laurel(twig=60))))
    assert run(app, "rules", "publish", str(path), "--note", "Twigs come later") == (
        0, "The rules laurel are in force, as version 1.\n",
    )
    assert read(json.loads(run(app, "rules", "show", "--version", "1")[1])) == laurel(twig=60)
    listed = run(app, "rules", "versions")[1]
    assert "Twigs come later" in listed
    assert "    Twig, removed: the way with 25 points and 25 days here." in listed
    again = run(app, "rules", "publish", str(path), "--note", "Again")
    assert again == (1, "Error: These rules are in force already.\n")
    assert run(app, "rules", "publish", str(path), "--note", " ")[0] == 1
    assert run(app, "rules", "publish", str(path))[0] == 2
    assert run(app, "rules", "show", "--version", "9") == (1, "Error: There is no version 9.\n")
    path.write_text("{")
    broken = run(app, "rules", "publish", str(path), "--note", "Broken")
    assert broken == (1, f"Error: {path}: This file is not JSON.\n")
    assert run(app, "rules", "--help")[0] == 0


def test_a_file_that_begins_with_a_mark(app: Flask, tmp_path: Path) -> None:
    """Editors on Windows put a byte order mark in front: it is read over."""
    path = tmp_path / "rules.json"
    path.write_text(laurel(twig=60).model_dump_json(exclude_none=True), "utf-8-sig")
    code, told = run(app, "simulate", str(path))
    assert code == 0, told
    path.write_text("[" * 100_000)
    code, told = run(app, "simulate", str(path))
    assert code == 1 and told.count("\n") == 1 and "not JSON" in told, told[:300]


def test_the_first_version_can_be_taken_back(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None]
) -> None:
    """To the rules that come with the product, from the end of the list of versions; as a version, with a note."""
    publish(app, laurel(twig=60), "Twigs come later")
    manager = browse(make.member(role="admin"))
    door = "/manage/rules/versions/0/publication"
    assert f'action="{door}"' in manager.get("/manage/rules/versions").get_data(as_text=True)
    assert browse(make.member(role="moderator")).post(door).status_code == 403
    assert manager.post(door).headers["Location"] == "/manage/rules"
    assert f'action="{door}"' not in manager.get("/manage/rules/versions").get_data(as_text=True), "on their way"
    drain()
    text = manager.get("/manage/rules/versions").get_data(as_text=True)
    assert "Back to what comes with the product" in text and f'action="{door}"' not in text
    with app.app_context():
        assert rulesets.in_force(db.session()).ruleset == rulesets.preset("laurel")
        db.session.remove()
    again = manager.post(door)
    assert again.headers["Location"] == "/manage/rules/versions"
    assert "These rules are in force already." in manager.get("/manage/rules/versions").get_data(as_text=True)


def test_simulate_by_command(app: Flask, make: Factory, tmp_path: Path) -> None:
    """The figures of the page as text; what is wrong with the file is said, and nothing else."""
    make.member("ann")
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(editing.plain(laurel(twig=60))))
    code, text = run(app, "simulate", str(path))
    assert code == 0
    for words in (
        "1 member, staff and unclaimed profiles not counted.", "Seed", "Nobody. Every member keeps their rank.",
        "Too few members",
    ):
        assert words in text, words
    data = editing.plain(laurel())
    data["points"]["answer_up"] = 0
    path.write_text(json.dumps(data))
    assert run(app, "simulate", str(path)) == (1, "Error: points → answer_up: must be at least 1\n")


def test_what_is_otherwise_is_said_of_everything() -> None:
    """Each part of a ruleset, in the order of a reader."""
    from forum.reputation.comparing import differences

    before = rulesets.preset("laurel")
    data = editing.plain(before)
    data["caps"]["question"] = None
    data["voters"]["after_days"] = 3
    data["awards"] = {"suggested_edit": {"most": 100, "in_day": True}}
    data["ranks"][5]["leaves"], data["ranks"][5]["labels"]["zh"] = 5, "桂冠"
    data["ranks"][5]["needs"]["flags_at_most"] = 1
    data["ranks"][4]["needs"].pop("helped")
    data["perks"] = [{"key": "tea", "labels": {"en": "Tea", "zh": "茶"}, "about": {"en": "A box.", "zh": "一盒。"},
                      "rank": "laurel"}]
    after = Ruleset.model_validate(data)
    assert differences(before, after) == [
        "Most points for one question: 25 → no limit", "A vote counts after: 0 → 3",
        "Added: a rule for “A suggested edit was taken over”: at most 100 points of one member in all, counted among"
        " what votes can bring in a day.",
        "Bough, no longer needed: 10 different members helped.", "月桂 is called 桂冠 now.",
        "Laurel, needed too: at most 1 upheld flag lately.", "Added: Tea.",
    ]
    assert "Removed: Tea." in differences(after, before)
    assert differences(after, after) == []
