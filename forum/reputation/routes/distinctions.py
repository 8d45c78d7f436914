"""Doors of the editor: badges, and rules for awards."""

from flask import request

from forum.core.errors import NotFound
from forum.doors import Page, needs
from forum.extensions import db
from forum.reputation import award_editing, badge_editing, badge_words, draft, line_words
from forum.reputation.badge_rules import FAMILIES, LEVELS, OF_MEMBERS, OF_POSTS, BadgeRule
from forum.reputation.draft import Draft
from forum.reputation.routes.blueprint import blueprint
from forum.reputation.routes.rules import page
from forum.reputation.routes.saving import Form, Shown, arrange, number, save
from forum.reputation.rulesets import DEFAULT, preset
from forum.reputation.typed import Data, text

BADGES = "/manage/rules/draft/badges"
AWARDS = "/manage/rules/draft/awards"
PLACE = "<int(min=1, max=999):place>"
STEPS = {"up": -1, "down": 1}

# Badges ---------------------------------------------------------------------------------------


@blueprint.get("/manage/rules/draft/badges")
@needs("admin")
def edit_badges() -> Page:
    """All badges by family, to read and to rearrange."""
    return _badges(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/badges")
@needs("admin")
def arrange_badges() -> Page:
    """Move, remove or add a badge; a new one is filled in next."""
    act, _colon, place = request.form.get("do", "").partition(":")

    def onward(data: Data) -> str:
        if act == "add":
            return f"{BADGES}/{len(data['badges'])}"
        if act == "remove":
            return BADGES
        return f"{BADGES}#badge-{badge_editing.neighbor(data, number(place) - 1, STEPS[act]) + 1}"

    return arrange(_arranged, _badges, onward)


def _arranged(data: Data, form: Form) -> Data:
    act, _colon, place = form.get("do", "").partition(":")
    if act == "add":
        return badge_editing.add_badge(data, form.get("name", ""), form.get("family", ""))
    at = badge_editing.place_of(data, number(place) - 1, "")
    match act:
        case "up" | "down":
            return badge_editing.move_badge(data, at, STEPS[act])
        case "remove":
            return badge_editing.remove_badge(data, at)
    raise NotFound


def _badges(held: Draft, conflict: str | None = None) -> str:
    return page(
        "badges", draft=held, families=draft.badge_families(held), faults=held.beside("badges"), conflict=conflict,
        choices=[(key, badge_words.family(key)) for key in FAMILIES], typed=request.form,
    )


@blueprint.get(f"/manage/rules/draft/badges/{PLACE}")
@needs("admin")
def edit_badge(place: int) -> Page:
    """One badge: what it is called, what it is given for, where it stands."""
    return _badge(place)(draft.needed(db.session()), None)


@blueprint.post(f"/manage/rules/draft/badges/{PLACE}")
@needs("admin")
def save_badge(place: int) -> Page:
    """Keep it."""

    def changed(data: Data, form: Form) -> Data:
        return badge_editing.with_badge(data, badge_editing.place_of(data, place - 1, form.get("badge", "")), form)

    return save(changed, _badge(place), lambda _data: f"{BADGES}/{place}")


def _badge(place: int) -> Shown:
    def shown(held: Draft, conflict: str | None = None) -> str:
        # Unsaved, it has the key that was typed already, and will be found by the one that it had.
        kept = conflict is None
        key = "" if kept else text(request.form.get("key", request.form.get("badge", "")))
        at = badge_editing.place_of(held.data, place - 1, key)
        badge = badge_editing.badges_of(held.data)[at]
        default = next((one for one in preset(DEFAULT).badges if one.key == badge.get("key")), None)
        return page(
            "badge", draft=held, number=at + 1, badge=badge,
            was=badge.get("key", "") if kept else request.form.get("badge", ""),
            name=draft.name_of(badge), default=default, given_for=draft.given_for(badge),
            default_words=_given_for(default) if default is not None else "",
            of_members=_measures(OF_MEMBERS), of_posts=_measures(OF_POSTS),
            levels=[(key, badge_words.level(key)) for key in LEVELS],
            families=[(key, badge_words.family(key)) for key in FAMILIES],
            faults=held.beside(f"badges/{at + 1}"), conflict=conflict,
        )

    return shown


def _given_for(badge: BadgeRule) -> str:
    return draft.given_for(badge.model_dump())


def _measures(which: frozenset[str]) -> list[tuple[str, str, str]]:
    """Measures to choose from, in the order in which they are told: (key, name, what it counts)."""
    return [(key, badge_words.measure_label(key), badge_words.measure_help(key))
            for key in badge_words.MEASURES if key in which]


# Awards ---------------------------------------------------------------------------------------


@blueprint.get("/manage/rules/draft/awards")
@needs("admin")
def edit_awards() -> Page:
    """How points count that are no vote."""
    return _awards(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/awards")
@needs("admin")
def save_awards() -> Page:
    """Keep the rules, add one or remove one."""

    def changed(data: Data, form: Form) -> Data:
        data = award_editing.with_awards(data, form)
        act, _colon, kind = form.get("do", "").partition(":")
        if act == "add":
            return award_editing.add_award(data, form.get("kind", ""))
        return award_editing.remove_award(data, kind) if act == "remove" else data

    return save(changed, _awards, lambda _data: AWARDS)


def _awards(held: Draft, conflict: str | None = None) -> str:
    others = [(kind, line_words.kind_in_words(kind)) for kind in award_editing.without_rule(held.data)]
    return page(
        "awards", draft=held, rows=draft.award_lines(held), others=others, faults=held.beside("awards"),
        conflict=conflict,
    )
