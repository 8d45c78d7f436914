"""Doors of the editor: each page is one form, saved into the draft whatever was typed, and shown with what is wrong.

Every form carries the version of the draft that it shows. When somebody else saved meanwhile, what was typed is shown
on the newer draft, unsaved, with a word about it.
"""

from collections.abc import Callable
from typing import Any

from flask import redirect, request

from forum.content.lines import one_line
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, needs, said
from forum.extensions import db
from forum.reputation import actions, draft, editing, rulesets, settings, versions, words
from forum.reputation.checks import PRIVILEGES
from forum.reputation.draft import Draft
from forum.reputation.ranks import needs_in_words
from forum.reputation.routes.blueprint import blueprint
from forum.reputation.routes.rules import as_file, page
from forum.reputation.routes.saving import Form, arrange, number, save, version
from forum.reputation.rulesets import DEFAULT, preset
from forum.reputation.typed import Data, mapping

LARGEST_FILE = 256 * 1024


# Beginning and ending -------------------------------------------------------------------------


@blueprint.post("/manage/rules/draft")
@needs("admin")
def begin_draft() -> Page:
    """Begin a draft: from the version in force, a preset, an older version, or a file."""
    try:
        data, origin, name = _source(request.form)
        with acting() as (session, actor):
            actions.begin_draft(session, actor, data, origin=origin, origin_name=name, over=version())
    except (Conflict, Invalid) as refusal:
        said(str(refusal.message), "error")
        return redirect("/manage/rules", 303)
    return redirect("/manage/rules/draft", 303)


def _source(form: Form) -> tuple[Data, str, str]:
    """What to begin from: the data, and where it comes from."""
    session = db.session()
    match form.get("from", ""):
        case "preset":
            name = form.get("preset", "")
            return editing.plain(rulesets.preset(name)), "preset", name
        case "file":
            return *_uploaded(),
        case "version":
            number = form.get("number", "")
            if not (number.isascii() and number.isdigit() and len(number) < 10):
                raise NotFound
            return editing.plain(versions.version(session, int(number)).ruleset), "version", number
        case _:
            newest = versions.newest(session)
            if newest is None:
                return editing.plain(preset(DEFAULT)), "preset", DEFAULT
            return editing.plain(newest.ruleset), "version", str(newest.number)


def _uploaded() -> tuple[Data, str, str]:
    """The rules in the file that was sent. Whether they are right is said by the draft."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(_("Choose a file first."))
    text = sent.stream.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise Invalid(_("This file is too large to be a set of rules."))
    data = rulesets.parse(text)
    if not isinstance(data, dict) or not editing.rank_keys(data):
        raise Invalid(_("This file holds no rules: it names no ranks."))
    return data, "file", one_line(sent.filename)[-60:]


@blueprint.get("/manage/rules/draft")
@needs("admin")
def draft_summary() -> Page:
    """What the draft changes, what is wrong in it, and the ways on."""
    return _summary(None)


def _summary(refused: str | None, note: str = "") -> str:
    session = db.session()
    held = draft.needed(session)
    return page(
        "draft", draft=held, changes=draft.changes(session, held), hindrance=draft.hindrance(session, held),
        refused=refused, note=note,
    )


@blueprint.post("/manage/rules/draft/deletion")
@needs("admin")
def discard_draft() -> Page:
    """Let go of the draft."""
    try:
        with acting() as (session, actor):
            actions.discard_draft(session, actor, version() or 0)
    except Conflict as refusal:
        said(str(refusal.message), "error")
        return redirect("/manage/rules", 303)
    said(_("The draft is gone. The rules in force are as they were."))
    return redirect("/manage/rules", 303)


@blueprint.get("/manage/rules/draft/file")
@needs("admin")
def draft_file() -> Page:
    """The draft as a file."""
    held = draft.needed(db.session())
    if held.ruleset is None:
        raise Invalid(_("Something in the draft is wrong yet; put it right first."))
    return as_file(held.ruleset, "rules-draft")


@blueprint.post("/manage/rules/draft/publication")
@needs("admin")
def publish_draft() -> Page:
    """Put the draft into force."""
    note = request.form.get("note", "")
    try:
        with acting() as (session, actor):
            actions.publish_draft(session, actor, version() or 0, note)
    except (Conflict, Invalid) as refusal:
        if draft.read(db.session()) is None:
            said(str(refusal.message), "error")
            return redirect("/manage/rules", 303)
        return _summary(str(refusal.message), note), refusal.status
    said(_("The new rules are on their way into force."))
    return redirect("/manage/rules", 303)


# The pages of the editor ----------------------------------------------------------------------


@blueprint.get("/manage/rules/draft/points")
@needs("admin")
def edit_points() -> Page:
    """Points, caps, voters, windows, grace."""
    return _points(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/points")
@needs("admin")
def save_points() -> Page:
    """Keep them."""
    return save(editing.with_settings, _points, lambda _data: "/manage/rules/draft/points")


def _points(held: Draft, conflict: str | None = None) -> str:
    groups = [
        (key, title, [(one, settings.typed(held.data, one)) for one in group])
        for key, title, group in settings.groups()
    ]
    return page("points", draft=held, groups=groups, faults=held.beside("points"), conflict=conflict)


@blueprint.get("/manage/rules/draft/ranks")
@needs("admin")
def edit_ladder() -> Page:
    """The ladder, to read and to rearrange."""
    return _ladder(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/ranks")
@needs("admin")
def arrange_ladder() -> Page:
    """Move, remove or add a rank."""
    act, _colon, key = request.form.get("do", "").partition(":")

    def onward(data: Data) -> str:
        key_there = editing.rank_keys(data)[-1] if act == "add" else key if act in ("up", "down") else ""
        return "/manage/rules/draft/ranks" + (f"#rank-{key_there}" if key_there else "")

    return arrange(_arranged, _ladder, onward)


def _arranged(data: Data, form: Form) -> Data:
    act, _colon, key = form.get("do", "").partition(":")
    match act:
        case "up" | "down":
            return editing.move_rank(data, key, 1 if act == "up" else -1)
        case "remove":
            return editing.remove_rank(data, key)
        case "add":
            return editing.add_rank(data, form.get("name", ""))
    raise NotFound


def _ladder(held: Draft, conflict: str | None = None) -> str:
    return page(
        "ladder", draft=held, steps=draft.ladder(held), faults=held.beside("ranks"), conflict=conflict,
        name=request.form.get("name", ""),
    )


@blueprint.get("/manage/rules/draft/ranks/<key>")
@needs("admin")
def edit_rank(key: str) -> Page:
    """One rank: what it is called, what it needs, how much it may do."""
    return _rank_page(key)(draft.needed(db.session()), None)


@blueprint.post("/manage/rules/draft/ranks/<key>")
@needs("admin")
def save_rank(key: str) -> Page:
    """Keep it, and add or remove a way or a part of one."""

    def changed(data: Data, form: Form) -> Data:
        return _rearranged(editing.with_rank(data, key, form), key, form)

    return save(changed, _rank_page(key), lambda data: f"/manage/rules/draft/ranks/{key}{_spot(data, key)}")


def _spot(data: Data, key: str) -> str:
    """Where on the page one was: after a button of a way the way, so that nobody has to look for it again."""
    act, _colon, rest = request.form.get("do", "").partition(":")
    if act in ("add-clause", "remove-clause"):
        return f"#way-{number(rest.partition(':')[0]) + 1}"
    if act == "add-way":
        return f"#way-{len(editing.ways_of(editing.rank_named(data, key).get('needs')) or ())}"
    return "#needs" if act == "remove-way" else ""


def _rearranged(data: Data, key: str, form: Form) -> Data:
    act, _colon, rest = form.get("do", "").partition(":")
    place, _colon, measure = rest.partition(":")
    way = number(place)
    match act:
        case "add-way":
            return editing.add_way(data, key)
        case "remove-way":
            return editing.remove_way(data, key, way)
        case "add-clause":
            return editing.add_clause(data, key, way, form.get(f"measure.{way}", ""))
        case "remove-clause":
            return editing.remove_clause(data, key, way, measure)
    return data


def _rank_page(key: str) -> Callable[[Draft, str | None], str]:
    def shown(held: Draft, conflict: str | None = None) -> str:
        rank = editing.rank_named(held.data, key)
        keys = editing.rank_keys(held.data)
        default = next((one for one in preset(DEFAULT).ranks if one.key == key), None)
        return page(
            "rank", draft=held, key=key, rank=rank, name=draft.name_of(rank), leaves=draft.leaves_of(rank),
            is_lowest=keys[:1] == [key], ways=editing.ways_of(rank.get("needs")), default=default,
            limits=[(one, settings.typed(rank, one)) for one in settings.limits(default)],
            measures=[(one, settings.measure_label(one), settings.measure_help(one)) for one in editing.CLAUSES],
            words_of={one: {"label": settings.measure_label(one)} for one in editing.CLAUSES},
            default_needs=needs_in_words(default) if default is not None else [],
            faults=held.beside(f"ranks/{key}"), conflict=conflict,
        )

    return shown


@blueprint.get("/manage/rules/draft/privileges")
@needs("admin")
def edit_privileges() -> Page:
    """From which rank on each privilege is open."""
    return _privileges(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/privileges")
@needs("admin")
def save_privileges() -> Page:
    """Keep them."""
    return save(editing.with_privileges, _privileges, lambda _data: "/manage/rules/draft/privileges")


def _privileges(held: Draft, conflict: str | None = None) -> str:
    defaults = preset(DEFAULT)
    granted = mapping(held.data.get("privileges"))
    order = [*defaults.privileges, *sorted(PRIVILEGES - set(defaults.privileges))]
    rows: list[tuple[str, str, Any, str]] = []
    for word in order:
        default = defaults.privileges.get(word)
        told = _("no rank") if default is None else _from(defaults.rank(default.rank).name, default.points)
        rows.append((word, words.privilege_in_words(word), mapping(granted.get(word)), told))
    ranks = [(key, draft.name_of(editing.rank_named(held.data, key))) for key in editing.rank_keys(held.data)]
    return page(
        "privileges", draft=held, rows=rows, ranks=ranks, faults=held.beside("privileges"), conflict=conflict
    )


def _from(rank: str, points: int | None) -> str:
    if points is None:
        return _("from %(rank)s on", rank=rank)
    return _("from %(rank)s and %(points)s points on", rank=rank, points=points)


@blueprint.get("/manage/rules/draft/perks")
@needs("admin")
def edit_perks() -> Page:
    """The services that a rank gives, in words."""
    return _perks(draft.needed(db.session()))


@blueprint.post("/manage/rules/draft/perks")
@needs("admin")
def save_perks() -> Page:
    """Keep them, add one or remove one."""

    def changed(data: Data, form: Form) -> Data:
        data = editing.with_perks(data, form)
        act, _colon, place = form.get("do", "").partition(":")
        if act == "add":
            return editing.add_perk(data)
        if act == "remove":
            return editing.remove_perk(data, number(place))
        return data

    def onward(data: Data) -> str:
        added = request.form.get("do") == "add"
        return "/manage/rules/draft/perks" + (f"#perk-{len(editing.perks_of(data))}" if added else "")

    return save(changed, _perks, onward)


def _perks(held: Draft, conflict: str | None = None) -> str:
    ranks = [(key, draft.name_of(editing.rank_named(held.data, key))) for key in editing.rank_keys(held.data)]
    perks = editing.perks_of(held.data)
    return page("perks", draft=held, perks=perks, ranks=ranks, faults=held.beside("perks"), conflict=conflict)
