"""The editor of the rules, through its forms: what is typed is kept, what is wrong is said beside the field."""

import re

from flask import Flask
from sqlalchemy.orm import Session

from forum.core.i18n import in_language
from forum.reputation import comparing, editing, rulesets, settings
from forum.reputation.rules import Limits, Rank, Ruleset
from tests.factory import Factory
from tests.reputation.drafting import Browse, drafted, save
from tests.surfing import Surfer


def test_every_setting_has_its_words() -> None:
    """Label and help for each number that the models have: a new field cannot come without them."""
    silent = [name for name in settings.all_names() if settings.label(name) == name]
    assert silent == []
    assert {f"limits.{name}" for name in Limits.model_fields} <= set(settings.all_names())
    told = {name.split(".")[0] for name in settings.all_names()} | set(settings.APART) | {"limits"}
    assert set(Ruleset.model_fields) <= told
    assert set(Rank.model_fields) == {"key", "labels", "leaves", "needs", "limits"}
    assert all(settings.measure_help(one) and "_" not in settings.measure_label(one) for one in editing.CLAUSES)


def test_only_the_manager(browse: Browse, make: Factory) -> None:
    """Moderators and members are refused, guests asked to sign in."""
    for page in ("", "/draft", "/draft/ranks", "/versions", "/simulation"):
        assert browse(make.member(role="moderator")).get(f"/manage/rules{page}").status_code == 403
        assert browse(make.member()).get(f"/manage/rules{page}").status_code == 403
        assert browse().get(f"/manage/rules{page}").status_code == 303


def test_each_setting_shows_its_explanation_and_default(manager: Surfer) -> None:
    """Beside the field, with what is in force in it."""
    text = manager.get("/manage/rules/draft/points").get_data(as_text=True)
    for words in ("An answer is voted up", "By default 10.", "Votes of one giver a day", "Empty: no limit."):
        assert words in text, words
    assert re.search(r'name="points.answer_up" value="10"', text)


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(app: Flask, manager: Surfer) -> None:
    """A word where a number belongs stays in its field; the summary names the place and leads there."""
    page = save(app, manager, "points", {"points.answer_up": "ten", "points.accepting": "7", "caps.question": ""})
    assert 'name="points.answer_up" value="ten"' in page
    field = "set-points-answer_up"
    assert f'aria-describedby="{field}-help {field}-error" aria-invalid="true"' in page
    assert "must be a whole number" in page
    assert 'name="points.accepting" value="7"' in page
    assert 'name="caps.question" value=""' in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert 'href="/manage/rules/draft/points"' in summary
    assert "An answer is voted up: must be a whole number" in summary
    assert "Publish the rules" not in summary
    refused = manager.post("/manage/rules/draft/publication", {"version": str(drafted(app)[0]), "note": "More."})
    assert refused.status_code == 422
    page = save(app, manager, "points", {"points.answer_up": "12"})
    assert "must be a whole number" not in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for words in (
        "An answer is voted up: 10 → 12", "Accepting an answer: 5 → 7", "Most points for one question: 25 → no limit",
    ):
        assert words in summary, words


def test_a_rank_is_changed_in_sentences(app: Flask, manager: Surfer) -> None:
    """Numbers, a new way, one more thing needed, one thing less, another name."""
    save(app, manager, "ranks/twig", {"needs.0.points": "60", "labels.en": "Shoot", "limits.links": "12"})
    save(app, manager, "ranks/twig", {"do": "add-way"})
    save(app, manager, "ranks/twig", {"do": "add-clause:3", "measure.3": "helped"})
    page = save(app, manager, "ranks/twig", {"needs.3.points": "200", "needs.3.helped": "3", "do": "add-clause:3",
                                             "measure.3": "days"})
    assert 'name="needs.3.days" value="10"' in page
    save(app, manager, "ranks/twig", {"do": "remove-way:2"})
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for words in (
        "Twig is called Shoot now.", "Shoot, way 1: 50 points → 60 points",
        "Shoot, added: a way with 200 points, 10 days here, and 3 different members helped.",
        "Shoot, removed: the way with 25 points, 8 days here, and 3 purchases.", "Shoot, Links in a post: 10 → 12",
    ):
        assert words in summary, words
    page = save(app, manager, "ranks/twig", {"do": "remove-clause:2:helped"})
    assert 'name="needs.2.helped"' not in page
    # Without the way that hid it, one by purchases would show to others that something was bought.
    page = save(app, manager, "ranks/branch", {"do": "remove-way:1"})
    assert "form-errors" in page
    assert "purchases" in page


def test_an_empty_way_is_named(app: Flask, manager: Surfer) -> None:
    """Without its last clause a way asks for nothing; that is said at the way."""
    page = save(app, manager, "ranks/bough", {"do": "add-way"})
    page = save(app, manager, "ranks/bough", {"do": "remove-clause:1:points"})
    assert 'id="way-1-error"' in page
    assert "name at least one of" in page


def test_the_ladder_is_rearranged(app: Flask, manager: Surfer) -> None:
    """Up, down, away, and one more on top; what then does not hold is said."""
    save(app, manager, "ranks", {"do": "remove:bough"})
    save(app, manager, "ranks", {"do": "down:laurel"})
    page = save(app, manager, "ranks", {"do": "add", "name": "Grove"})
    assert editing.rank_keys(drafted(app)[1]) == ["seed", "sprout", "twig", "laurel", "branch", "new_1"]
    assert "Grove" in page
    assert "to put right" in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert "there is no rank bough" in summary
    for act in ("up:seed", "down:sprout", "up:new_1"):  # the lowest stays, and nothing goes past an end
        save(app, manager, "ranks", {"do": act})
    assert editing.rank_keys(drafted(app)[1]) == ["seed", "sprout", "twig", "laurel", "branch", "new_1"]


def test_privileges_and_perks(app: Flask, manager: Surfer) -> None:
    """From another rank on, from no rank at all, without purchases; a perk with both languages."""
    page = save(app, manager, "privileges", {"invite.rank": "branch", "invite.points": "300", "vote_down.rank": ""})
    assert "vote_down" not in drafted(app)[1]["privileges"]
    assert 'name="invite.points" value="300"' in page
    page = save(app, manager, "privileges", {"edit_tags.rank": "sprout", "edit_tags.points": ""})
    assert 'id="grant-edit_tags-error"' in page
    save(app, manager, "privileges", {"edit_tags.rank": "sprout", "edit_tags.without_purchases": "y"})
    page = save(app, manager, "perks", {"do": "add"})
    assert "must not be empty" not in page and "has-error" not in page and 'value="None"' not in page
    assert "must not be empty" in manager.get("/manage/rules/draft").get_data(as_text=True)
    page = save(app, manager, "perks", {
        "perks.0.labels.en": "Workshop", "perks.0.labels.zh": "", "perks.0.rank": "laurel", "do": "add",
    })
    assert page.count('<span>must not be empty</span>') == 1, "of the one that was saved, not of the one just added"
    save(app, manager, "perks", {"do": "remove:1"})
    save(app, manager, "perks", {
        "perks.0.key": "workshop", "perks.0.labels.zh": "工作坊", "perks.0.about.en": "An evening a month.",
        "perks.0.about.zh": "每月一晚。",
    })
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for words in (
        "invite friends: from Twig on → from Branch on", "No rank opens “vote an answer down, with a reason” any more.",
        "Added: Workshop.",
    ):
        assert words in summary, words
    save(app, manager, "perks", {"do": "remove:0"})
    assert drafted(app)[1]["perks"] == []


def test_two_managers_do_not_overwrite_each_other_unseen(
    app: Flask, manager: Surfer, browse: Browse, make: Factory
) -> None:
    """The second one's words are shown on top of the first one's, unsaved, with the name of who was quicker."""
    other, version = browse(make.member("omar", role="admin")), str(drafted(app)[0])
    assert other.post("/manage/rules/draft/points", {"version": version, "points.accepting": "8"}).status_code == 303
    late = manager.post("/manage/rules/draft/points", {"version": version, "points.answer_up": "11"})
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "omar changed the draft after you opened this page." in text
    assert 'name="points.answer_up" value="11"' in text
    assert 'name="points.accepting" value="8"' in text
    assert drafted(app)[1]["points"]["answer_up"] == 10
    again = re.search(r'name="version" value="(\d+)"', text)
    assert again
    form = {"version": again[1], "points.answer_up": "11", "points.accepting": "8"}
    assert manager.post("/manage/rules/draft/points", form).status_code == 303
    assert drafted(app)[1]["points"]["answer_up"] == 11
    for late in (
        manager.post("/manage/rules/draft/deletion", {"version": version}),
        manager.post("/manage/rules/draft", {"from": "preset", "preset": "laurel", "version": version}),
    ):
        assert late.status_code == 303
    assert drafted(app)[1]["points"]["answer_up"] == 11
    assert other.post("/manage/rules/draft/deletion", {"version": str(drafted(app)[0])}).status_code == 303
    gone = manager.post("/manage/rules/draft/points", form)
    assert gone.headers["Location"] == "/manage/rules"


def test_a_page_of_a_draft_that_is_gone_changes_nothing_of_a_later_one(app: Flask, manager: Surfer) -> None:
    """Discarded and begun anew meanwhile: neither its numbers nor its note are taken for those of the new draft."""
    save(app, manager, "points", {"points.answer_up": "12"})
    left_open = str(drafted(app)[0])
    manager.post("/manage/rules/draft/deletion", {"version": left_open})
    manager.post("/manage/rules/draft")
    save(app, manager, "points", {"points.answer_up": "500"})
    form = {"version": left_open, "note": "Twelve for an answer"}
    late = manager.post("/manage/rules/draft/publication", form)
    assert late.status_code == 409 and "Twelve for an answer" in late.get_data(as_text=True)
    assert "on their way" not in manager.get("/manage/rules").get_data(as_text=True)
    late = manager.post("/manage/rules/draft/points", {"version": left_open, "points.accepting": "9"})
    assert late.status_code == 409 and drafted(app)[1]["points"]["accepting"] == 5


def test_who_changed_it_and_when_is_read_not_markup(manager: Surfer) -> None:
    """On the draft and beside the button that leads to it: the time as an element, not as its source."""
    for path in ("", "/draft"):
        text = manager.get(f"/manage/rules{path}").get_data(as_text=True)
        assert re.search(r"nele changed it last: <time datetime=", text) and "&lt;time" not in text


def test_places_in_ranks_are_called_by_their_names(app: Flask, manager: Surfer) -> None:
    """A rank that was just added has a key that nobody knows; the summary says its name and that of the field."""
    save(app, manager, "ranks", {"do": "add", "name": "Grove"})
    save(app, manager, "ranks/new_1", {
        "labels.zh": "", "limits.links": "many", "needs.0.points": "some", "needs.0.days": "1000",
    })
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for words in (
        "rank Grove, name in Chinese: must not be empty", "rank Grove, Links in a post: must be a whole number",
        "rank Grove, way 1, points: must be a whole number",
    ):
        assert words in summary, words
    assert "new_1:" not in summary and "→" not in summary.partition("What is wrong yet")[2].partition("</ul>")[0]
    save(app, manager, "ranks/new_1", {"labels.zh": "树林", "limits.links": "9", "needs.0.points": "100"})
    assert "rank Grove: can be reached without reaching Laurel" in manager.get("/manage/rules/draft").get_data(
        as_text=True
    )
    chinese = manager.get("/manage/rules/draft", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "等级树林" in chinese and "月桂" in chinese.partition("等级树林")[2][:60]


def test_places_in_perks_and_privileges_are_called_as_their_pages_call_them(app: Flask, manager: Surfer) -> None:
    """By the name that was typed and by what a privilege lets one do, not by keys."""
    save(app, manager, "perks", {"do": "add"})
    save(app, manager, "perks", {"perks.0.labels.en": "Tea", "perks.0.labels.zh": "", "perks.0.key": "Tea!"})
    save(app, manager, "privileges", {"vote_down.rank": "twig", "vote_down.points": "many"})
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for words in (
        "the privilege “vote an answer down, with a reason”, from so many points on: must be a whole number",
        "perk Tea, name in Chinese: must not be empty", "perk Tea, key: must be a word of small letters",
    ):
        assert words in summary, words
    manager.post("/manage/rules/draft", {"version": str(drafted(app)[0]), "from": "preset", "preset": "laurel"})
    page = save(app, manager, "privileges", {"vote_down.points": "", "vote_down.rank": "twig", "triage.rank": "branch"})
    assert "leave purchases out" in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert "the privilege “look after what others report: find it in order, or hide it”: rests on" in summary


def test_a_number_that_cannot_be_seen_leaves_its_clause(app: Flask, manager: Surfer) -> None:
    """Emptied in whatever way: the clause stays, and says what is missing."""
    save(app, manager, "ranks/twig", {"needs.0.points": "\u200b"})
    assert drafted(app)[1]["ranks"][2]["needs"]["any"][0] == {"points": "", "days": 8}


def test_two_ranks_of_one_name(app: Flask, manager: Surfer) -> None:
    """Nobody could tell them apart: said beside the name, and not published; what cannot be seen is not typed."""
    page = save(app, manager, "ranks/branch", {"labels.en": "TWIG\x00\u202e", "labels.zh": "枝条"})
    assert 'name="labels.en" value="TWIG"' in page and "another rank has this name" in page
    form = {"version": str(drafted(app)[0]), "note": "Two of them"}
    assert manager.post("/manage/rules/draft/publication", form).status_code == 422
    assert "another rank has this name" not in save(app, manager, "ranks/branch", {"labels.en": "Branch"})


def test_after_a_button_one_is_where_one_was(app: Flask, manager: Surfer) -> None:
    """The page opens at the way or the rank that was touched; Enter in the field of a new rank adds it."""

    def onward(page: str, **form: str) -> str:
        answer = manager.post(f"/manage/rules/draft/{page}", {"version": str(drafted(app)[0]), **form})
        there, _hash, place = answer.headers["Location"].partition("#")
        assert not place or f'id="{place}"' in manager.get(there).get_data(as_text=True), place
        return place

    assert onward("ranks/twig", do="add-clause:2", **{"measure.2": "helped"}) == "way-3"
    assert onward("ranks/twig", do="remove-clause:2:helped") == "way-3"
    assert onward("ranks/twig", do="add-way") == "way-4"
    assert onward("ranks/twig", do="remove-way:3") == "needs"
    assert onward("ranks/twig") == ""
    assert onward("ranks", do="down:bough") == "rank-bough"
    assert onward("ranks", do="remove:bough") == ""
    assert onward("ranks", do="add", name="Grove") == "rank-new_1"
    assert onward("perks", do="add") == "perk-1"
    assert onward("badges", do="down:1") == "badge-2"
    assert onward("badges", do="up:1") == "badge-1"
    assert onward("badges", do="up:2") == "badge-1"
    ladder = manager.get("/manage/rules/draft/ranks").get_data(as_text=True)
    form = ladder.partition('action="/manage/rules/draft/ranks"')[2]
    first = re.search(r"<button[^>]*>", form)
    assert first and 'value="add"' in first[0] and "disabled" not in first[0]


def test_nested_formulas_are_shown_as_ways() -> None:
    """All of any of: multiplied out; what is too much to read is left to a file."""
    nested = {"all": [{"any": [{"points": 5}, {"days": 3}]}, {"days": 2, "flags_at_most": 1}]}
    assert editing.ways_of(nested) == [{"points": 5, "days": 2, "flags_at_most": 1}, {"days": 3, "flags_at_most": 1}]
    assert editing.ways_of({"all": [{"any": [{"points": n} for n in range(1, 7)]}] * 2}) is None
    assert editing.ways_of("all") is None
    assert editing.ways_of(None) == []


def test_differences_in_chinese(session: Session) -> None:
    """The same sentences for whoever reads Chinese."""
    before = rulesets.preset("laurel")
    data = editing.plain(before)
    data["ranks"][2]["needs"]["any"][0]["points"] = 60
    with in_language("zh"):
        (sentence,) = comparing.differences(before, Ruleset.model_validate(data))
    assert "嫩枝" in sentence
    assert "由50分改为60分" in sentence
