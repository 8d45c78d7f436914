"""/ranks/changes: what members and guests read of changed rules; and the notice that leads there."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.extensions import db
from forum.jobs import worker
from forum.reputation import editing, rulesets, versions
from forum.reputation.models import RulesetVersion
from forum.reputation.rules import Ruleset, read
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.plans import explained, touched
from tests.reputation.drafting import drafted
from tests.reputation.test_commands import _helped
from tests.reputation.test_publishing import laurel, publish
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Counting = Callable[[], AbstractContextManager[list[str]]]


def page(surfer: Surfer, path: str) -> str:
    """A page's text."""
    answer = surfer.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def changed(**parts: Any) -> Ruleset:
    """The rules of `laurel()` with whole parts of the data replaced."""
    return read({**editing.plain(laurel()), **parts})


def test_before_anything_was_published(browse: Browse) -> None:
    """No list, no link to it, and no version to be had."""
    assert "Nothing has changed yet" in page(browse(), "/ranks/changes")
    assert "/ranks/changes" not in page(browse(), "/ranks")
    assert browse().get("/ranks/changes/1").status_code == 404


def test_guests_read_what_changed_the_newest_first(app: Flask, make: Factory, browse: Browse) -> None:
    """Number, note, author and sentences; linked from /ranks; the newest marked; each with a page of its own."""
    publish(app, laurel(), "One way each")
    manager = browse(make.member("nele", role="admin"))
    manager.post("/manage/rules/draft")
    manager.post("/manage/rules/draft/points", {"version": str(drafted(app)[0]), "points.answer_up": "12"})
    manager.post("/manage/rules/draft/publication", {"version": str(drafted(app)[0]), "note": "Help is worth more"})
    with app.app_context():
        worker.drain()
        db.session.remove()
    assert 'href="/ranks/changes"' in page(browse(), "/ranks")
    text = page(browse(), "/ranks/changes")
    assert text.index("Rules number 2") < text.index("Rules number 1")
    assert text.count("In force") == 1 and text.index("In force") < text.index("Rules number 1")
    for words in ("Help is worth more", "nele", "An answer is voted up: 10 → 12", "One way each", "The team"):
        assert words in text, words
    assert "/manage" not in text
    alone = page(browse(make.member()), "/ranks/changes/2")
    assert "An answer is voted up: 10 → 12" in alone and "One way each" not in alone
    for path in ("/ranks/changes/3", "/ranks/changes/0", "/ranks/changes/x", "/ranks/changes?before=x",
                 "/ranks/changes/99999999999"):
        assert browse().get(path).status_code == 404, path


def test_what_is_not_offered_yet_is_not_told(app: Flask, make: Factory, browse: Browse) -> None:
    """A privilege that no member is shown stays out, until it is offered: then it is told as opened."""
    privileges = editing.plain(laurel())["privileges"]
    publish(app, changed(privileges={**privileges, "mentor": {"rank": "bough", "shown": False}}), "For later")
    publish(app, changed(privileges={**privileges, "mentor": {"rank": "bough", "shown": True}}), "Mentors")
    assert "mentor" not in page(browse(), "/ranks/changes/1")
    assert "Opened from Bough on: become the mentor of a board." in page(browse(), "/ranks/changes/2")
    assert "mentor" in page(browse(make.member(role="admin")), "/manage/rules/versions/1"), "the manager reads it"


def test_badges_perks_and_awards_are_told_in_words(app: Flask, browse: Browse) -> None:
    """No key, no word of the file format: what a badge is given for, from which rank on, how an award counts."""
    data = editing.plain(laurel())
    badges = data["badges"]
    badges[4]["least"], badges[5]["level"], badges[6]["repeat"] = 7, "gold", False
    badges[2], badges[3] = badges[3], badges[2]
    gone = badges.pop()
    tea: dict[str, Any] = {"key": "tea", "labels": {"en": "Tea", "zh": "茶"},
                           "about": {"en": "A box.", "zh": "一盒。"}, "rank": "laurel"}
    publish(app, read({**data, "perks": [tea], "awards": {"bounty_given": {"in_day": True}}}))
    publish(app, read({**data, "perks": [{**tea, "rank": "bough"}], "badges": [*badges, gone]}))
    first, second = page(browse(), "/ranks/changes/1"), page(browse(), "/ranks/changes/2")
    for words in (
        "Well put: for an answer that 5 different members found helpful → for an answer that 7 different members found"
        " helpful", "Reference, level: silver → gold", "Landmark, can be earned again: yes → no",
        "Removed: the badge Fifty members helped.", "The order of badges under “Firsts” is now First answer accepted,"
        " First help, Not alone, and First question solved.", "Added: Tea.",
        "Added: a rule for “Gave a bounty for an answer”: counted among what votes can bring in a day.",
    ):
        assert words in first, words
    for words in (
        "Added: the badge Fifty members helped, for answers to 50 different members that were voted up or accepted.",
        "Tea: from Laurel on → from Bough on", "Removed: the rule for “Gave a bounty for an answer”.",
    ):
        assert words in second, words
    assert "in_day" not in first and "answer_thanks" not in first
    assert "Gave a bounty" not in page(browse(), "/ranks"), "gone with the second version"
    publish(app, changed(awards={"bounty_won": {"most": 300}}))
    assert "“Won a bounty”: at most 300 points of one member in all." in page(browse(), "/ranks")


def test_a_setting_that_is_left_out_has_its_value() -> None:
    """What a file leaves out is said by what it means, and less than nothing has its own sign."""
    from forum.reputation.comparing import differences

    told = differences(rulesets.preset("laurel"), rulesets.preset("stackexchange"))
    assert "A question is voted down: 0 → −2" in told


def test_the_notice_of_a_rank_leads_to_the_version_behind_it(app: Flask, make: Factory, browse: Browse) -> None:
    """To that version, also when others came after it; in both ways of coming into force."""
    helper = _helped(app, make, times=2)
    publish(app, laurel(grace=0), "One way each")
    publish(app, laurel(grace=0, twig=20), "Twigs come sooner")  # ranks alone: step by step
    publish(app, laurel(grace=0, twig=20, answer_up=40), "Up")  # points too: with the switch
    publish(app, laurel(grace=0, twig=100, answer_up=40), "Later again")
    with app.app_context():
        worker.drain()
        db.session.remove()
    text = page(browse(helper), "/notifications")
    assert 'href="/ranks/changes/2"' in text
    assert 'href="/ranks/changes/4"' in text
    assert "Twigs come sooner" in page(browse(helper), "/ranks/changes/2")


def test_the_cost_is_flat(app: Flask, browse: Browse, session: Session, queries: Counting) -> None:
    """With 300 versions as with 3: the same number of queries on every page, a stretch of one index, none left out."""
    data = editing.plain(rulesets.preset("laurel"))
    moment = now()

    def more(first: int, last: int) -> None:
        session.execute(insert(RulesetVersion), [
            {"number": n, "name": "laurel", "data": {**data, "grace_days": n}, "note": f"Note {n}",
             "published_at": moment, "generation": 1}
            for n in range(first, last + 1)
        ])
        session.commit()

    def asked(path: str) -> tuple[list[str], str]:
        rulesets.forget()
        browse().get("/ranks")
        with queries() as seen:
            shown = page(browse(), path)
        return [one for one in seen if "ruleset_version" in one], shown

    more(1, 3)
    few, _shown = asked("/ranks/changes")
    more(4, 300)
    many, _shown = asked("/ranks/changes")
    assert len(few) == len(many) == 1
    numbers: list[int] = []
    path = "/ranks/changes"
    while path:
        seen, shown = asked(path)
        assert len(seen) == 1 and shown.count('id="version-') <= versions.PAGE
        found = [int(part.split('"')[0]) for part in shown.split('id="version-')[1:]]
        numbers += found
        path = f"/ranks/changes?before={found[-1]}" if f"before={found[-1]}" in shown else ""
    assert numbers == list(range(300, 0, -1))
    assert len(asked("/ranks/changes/150")[0]) == 2
    if DATABASE == "postgresql":  # so few rows are read whole there; what many would be read by is asked
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SET LOCAL enable_sort = off"))
    plan = explained(session, versions._versions().where(RulesetVersion.number < 100).limit(versions.PAGE + 1))
    if DATABASE == "sqlite":
        assert "number<" in plan and "TEMP B-TREE" not in plan, plan
    else:
        assert touched(plan) <= versions.PAGE + 1, plan


def test_long_changes_are_shortened_on_the_list_alone(app: Flask, browse: Browse) -> None:
    """The list shows the beginning and how much more there is; the page of the version all of it."""
    publish(app, rulesets.preset("stackexchange"), "Another set")
    listed, alone = page(browse(), "/ranks/changes"), page(browse(), "/ranks/changes/1")
    assert listed.count("<li>") < alone.count("<li>")
    assert "more changes" in listed and "more changes" not in alone
