"""The editor's pages for badges and awards, through their forms."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forum.core.i18n import in_language
from forum.reputation import badge_words, editing, line_words, rulesets
from forum.reputation.badge_rules import FAMILIES, LEVELS, MEASURES
from tests.factory import Factory
from tests.reputation.drafting import Browse, begin_from_file, drafted, save
from tests.surfing import Surfer

BADGES = [one.key for one in rulesets.preset("laurel").badges]


def keys(app: Flask) -> list[str]:
    """The keys of the draft's badges, in their order."""
    return [str(badge.get("key")) for badge in drafted(app)[1]["badges"]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_can_be_chosen_has_its_words(session: Session, language: str) -> None:
    """A name and a sentence for each measure, level, family and kind of award, in both languages."""
    with in_language(language):
        assert set(badge_words.MEASURES) == MEASURES
        for measure in MEASURES:
            assert badge_words.measure_label(measure) != measure and badge_words.measure_help(measure)
            told = badge_words.given_for(measure, 7)
            assert "7" in told and "_" not in told and told.startswith("for ") == (language == "en")
        assert all(badge_words.level(one) != one or language == "en" for one in LEVELS)
        assert all(badge_words.family(one) != one for one in FAMILIES)
        unknown = line_words.line_in_words("no such kind", 1)
        assert all(line_words.kind_in_words(kind) != unknown for kind in line_words.AWARD_KINDS)


def test_only_the_manager(browse: Browse, make: Factory, manager: Surfer) -> None:
    """Moderators and members are refused, guests asked to sign in."""
    for page in ("badges", "badges/1", "awards"):
        for who in (make.member(role="moderator"), make.member()):
            assert browse(who).get(f"/manage/rules/draft/{page}").status_code == 403
            assert browse(who).post(f"/manage/rules/draft/{page}", {"version": "1"}).status_code == 403
        assert browse().get(f"/manage/rules/draft/{page}").status_code == 303


def test_badges_are_read_as_sentences_by_family(manager: Surfer) -> None:
    """Each with what it is given for; the page of one with what it is by default."""
    text = manager.get("/manage/rules/draft/badges").get_data(as_text=True)
    assert text.index("Firsts") < text.index("Craft") < text.index("Kindness")
    assert re.search(r"for an answer that 5 different members found helpful · can be earned again", text)
    assert "for solving the question of 1 member in their first month" in text
    assert "answer_thanks" not in text
    one = manager.get("/manage/rules/draft/badges/5").get_data(as_text=True)
    assert "By default for an answer that 5 different members found helpful." in one
    assert re.search(r'name="least" value="5"', one) and 'value="answer_thanks" selected' in one
    assert manager.get("/manage/rules/draft/badges/18").status_code == 404


def test_a_badge_is_changed_and_what_is_wrong_stands_beside_its_field(app: Flask, manager: Surfer) -> None:
    """What was typed stays; the summary names badge and field in words and leads there."""
    page = save(app, manager, "badges/5", {"least": "many", "measure": "answer_thanks", "labels.zh": ""})
    assert 'value="many"' in page and 'id="set-least-error"' in page and "must be a whole number" in page
    assert 'id="set-labels-zh-error"' in page
    assert drafted(app)[1]["badges"][4]["repeat"] is False, "the box was not ticked"
    listed = manager.get("/manage/rules/draft/badges").get_data(as_text=True)
    assert "2 things to put right" in listed
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert 'href="/manage/rules/draft/badges/5"' in summary
    assert "the badge “Well put”, from how many on: must be a whole number" in summary
    assert "the badge “Well put”, name in Chinese: must not be empty" in summary
    page = save(app, manager, "badges/5", {"least": "3", "measure": "helped", "labels.zh": "好", "repeat": "y"})
    assert "counts all that a member did together" in page
    page = save(app, manager, "badges/5", {"least": "3", "measure": "helped", "level": "gold", "family": "kindness"})
    assert "field-error" not in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    for said in (
        "Well put: for an answer that 5 different members found helpful → for answers to 3 different members that were"
        " voted up or accepted", "Well put, level: bronze → gold", "Well put, family: Craft → Kindness",
        "Well put, can be earned again: yes → no", "Well put, name in Chinese: 说得好 → 好",
    ):
        assert said in summary, said
    save(app, manager, "badges/5", {"least": "3", "measure": "purchases"})
    assert "there is no measure purchases" in manager.get("/manage/rules/draft").get_data(as_text=True)


def test_badges_are_rearranged_removed_and_added(app: Flask, manager: Surfer) -> None:
    """Up and down among those of the family; a new one has a key of its name and is filled in next."""
    save(app, manager, "badges", {"do": "down:1"})
    save(app, manager, "badges", {"do": "up:5"})  # the first of its family stays
    save(app, manager, "badges", {"do": "down:17"})  # and the last
    assert keys(app) == [BADGES[1], BADGES[0], *BADGES[2:]]
    save(app, manager, "badges", {"do": "remove:3"})
    assert keys(app) == [BADGES[1], BADGES[0], *BADGES[3:]]
    for name, key in (("Tea & Friends", "tea_friends"), ("Tea, friends", "tea_friends_1"), ("茶友", "new_1")):
        form = {"version": str(drafted(app)[0]), "do": "add", "name": name, "family": "first"}
        answer = manager.post("/manage/rules/draft/badges", form)
        assert answer.headers["Location"] == f"/manage/rules/draft/badges/{len(keys(app))}"
        assert keys(app)[-1] == key
    page = manager.get(answer.headers["Location"]).get_data(as_text=True)
    assert "must not be empty" not in page, "nothing is typed yet"
    page = save(app, manager, "badges/19", {"about.en": "", "about.zh": ""})
    assert page.count("must not be empty") == 2, "the sentence, in both languages"
    save(app, manager, "badges/19", {"about.en": "Friends of tea.", "about.zh": "茶的朋友。"})
    for place in ("17", "18"):
        save(app, manager, f"badges/{place}", {"about.en": "Friends.", "about.zh": "朋友。"})
    assert "Added: the badge 茶友, for an answer that 5 different members found helpful." in manager.get(
        "/manage/rules/draft").get_data(as_text=True)
    for act in ("remove:99", "up:x", "sideways:1", ""):
        form = {"version": str(drafted(app)[0]), "do": act}
        assert manager.post("/manage/rules/draft/badges", form).status_code == 404
    for left in range(len(keys(app)), 0, -1):
        save(app, manager, "badges", {"do": f"remove:{left}"})
    assert "No badges yet" in manager.get("/manage/rules/draft/badges").get_data(as_text=True)
    assert "Publish the rules" in manager.get("/manage/rules/draft").get_data(as_text=True)


def test_whatever_a_file_holds_is_shown_and_can_be_put_right(app: Flask, manager: Surfer) -> None:
    """A key twice, none, one that breaks addresses, an unknown family or measure, and things that are no badge."""
    data = editing.plain(rulesets.preset("laurel"))
    good = data["badges"][0]
    data["badges"] = [
        "nothing", good, {**good}, {**good, "key": "a/b", "family": "luck"}, {"labels": "Tea", "about": 3},
        {**good, "key": "odd", "measure": "visits", "level": "tin", "repeat": True},
    ]
    begin_from_file(app, manager, data)
    listed = manager.get("/manage/rules/draft/badges").get_data(as_text=True)
    assert "Of no family yet" in listed
    for place in range(1, 6):
        assert manager.get(f"/manage/rules/draft/badges/{place}").status_code == 200
    assert 'value="visits" selected' in manager.get("/manage/rules/draft/badges/5").get_data(as_text=True)
    assert 'value="tin" selected' in manager.get("/manage/rules/draft/badges/5").get_data(as_text=True)
    save(app, manager, "badges/3", {"key": "third", "family": "craft"})
    save(app, manager, "badges", {"do": "remove:5"})
    save(app, manager, "badges", {"do": "remove:4"})
    page = manager.get("/manage/rules/draft/badges/1").get_data(as_text=True)
    assert "is there 2 times" in page, "said at the first of the two"
    save(app, manager, "badges/1", {"key": "another"})
    assert "What is wrong yet" not in manager.get("/manage/rules/draft").get_data(as_text=True)
    data["badges"] = {"no": "list"}
    begin_from_file(app, manager, data)
    assert manager.get("/manage/rules/draft/badges").status_code == 200
    assert "badges" in manager.get("/manage/rules/draft").get_data(as_text=True)


def test_two_managers_and_a_badge_that_moved(app: Flask, manager: Surfer, browse: Browse, make: Factory) -> None:
    """What was typed is shown on the badge it was meant for, wherever it stands now, unsaved; saved then, it is it."""
    other, version = browse(make.member("omar", role="admin")), str(drafted(app)[0])
    assert other.post("/manage/rules/draft/badges", {"version": version, "do": "down:5"}).status_code == 303
    typed = {"version": version, "badge": "well_put", "key": "well_said", "least": "6", "measure": "answer_thanks"}
    late = manager.post("/manage/rules/draft/badges/5", typed)
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "omar changed the draft after you opened this page. Below is what you typed" in text
    assert 'action="/manage/rules/draft/badges/6"' in text
    assert 'name="badge" value="well_put"' in text and 'name="key" value="well_said"' in text
    assert keys(app)[4:6] == ["reference_answer", "well_put"]
    again = re.search(r'name="version" value="(\d+)"', text)
    assert again
    typed["version"] = again[1]
    assert manager.post("/manage/rules/draft/badges/6", typed).status_code == 303
    assert keys(app)[4:6] == ["reference_answer", "well_said"] and drafted(app)[1]["badges"][5]["least"] == 6
    late = manager.post("/manage/rules/draft/badges/5", typed | {"version": version})
    assert late.status_code == 404 and "not in the draft any more" in late.get_data(as_text=True)


@pytest.mark.parametrize(("page", "act"), [("badges", "remove:1"), ("ranks", "remove:bough")])
def test_a_button_pressed_too_late_does_nothing_and_says_so(
    app: Flask, manager: Surfer, browse: Browse, make: Factory, page: str, act: str
) -> None:
    """The list is shown as it is now, not as the button would have had it; a name that was typed is still there."""
    other, version = browse(make.member("omar", role="admin")), str(drafted(app)[0])
    other.post("/manage/rules/draft/points", {"version": version, "points.accepting": "8"})
    before = drafted(app)
    late = manager.post(f"/manage/rules/draft/{page}", {"version": version, "do": act, "name": "Grove"})
    text = late.get_data(as_text=True)
    assert late.status_code == 409 and "what you asked for is not done" in text
    assert 'value="Grove"' in text
    assert ("Bough" if page == "ranks" else "First answer accepted") in text
    assert drafted(app) == before
    other.post("/manage/rules/draft/deletion", {"version": str(drafted(app)[0])})
    gone = manager.post(f"/manage/rules/draft/{page}", {"version": version, "do": act})
    assert gone.headers["Location"] == "/manage/rules"


def test_rules_for_awards(app: Flask, manager: Surfer) -> None:
    """Added, read as a sentence, changed, wrong beside its field, removed; each kind once."""
    assert "No rules for awards" in manager.get("/manage/rules/draft/awards").get_data(as_text=True)
    page = save(app, manager, "awards", {"do": "add", "kind": "suggested_edit"})
    assert "counted as they stand" in page and '<option value="suggested_edit"' not in page
    page = save(app, manager, "awards", {"suggested_edit.most": "lots", "suggested_edit.in_day": "y"})
    assert 'value="lots"' in page and "must be a whole number" in page
    summary = manager.get("/manage/rules/draft").get_data(as_text=True)
    assert 'href="/manage/rules/draft/awards"' in summary
    assert "A suggested edit was taken over, most points of one member: must be a whole number" in summary
    page = save(app, manager, "awards", {"suggested_edit.most": "500", "suggested_edit.in_day": "y"})
    assert "at most 500 points of one member in all, counted among what votes can bring in a day" in page
    page = save(app, manager, "awards", {"do": "add", "kind": "bounty_given", "suggested_edit.most": "600"})
    assert "Gave a bounty for an answer" in page
    assert drafted(app)[1]["awards"]["suggested_edit"] == {"most": 600, "in_day": False}
    for kind in ("bounty_given", "votes", ""):
        form = {"version": str(drafted(app)[0]), "do": "add", "kind": kind}
        assert manager.post("/manage/rules/draft/awards", form).status_code == 404
    save(app, manager, "awards", {"do": "remove:bounty_given"})
    assert set(drafted(app)[1]["awards"]) == {"suggested_edit"}
    laurel = editing.plain(rulesets.preset("laurel"))
    begin_from_file(app, manager, {**laurel, "awards": {"hand.made": 3, "bounty_won": {}}})
    page = manager.get("/manage/rules/draft/awards").get_data(as_text=True)
    assert "Points given by the team" in page
    page = save(app, manager, "awards", {"do": "remove:hand.made"})
    assert "field-error" not in page and "form-errors" not in page
