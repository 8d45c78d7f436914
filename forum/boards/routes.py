"""Doors of the boards room: the home page, the index, a board, and where boards are arranged."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import GUEST, Actor, initials
from forum.admin.queries import site_settings
from forum.boards import actions, queries
from forum.boards import home as beside
from forum.boards.forms import NO_BOARD, AccessForm, BoardForm, CategoryForm, NameForm
from forum.boards.models import Board
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.desk.queries import waiting_for
from forum.doors import Page, acting, back, needs, said, viewer, wants_fragment
from forum.extensions import db
from forum.reputation import rulesets
from forum.reputation.leaderboard import Leader, leaders_of_week
from forum.reputation.rules import Rank
from forum.threads import listing, streams

blueprint = Blueprint("boards", __name__)

HELPERS = 5  # beside the stream
STREAMS = ("latest", "unanswered", "top")


# Reading --------------------------------------------------------------------------------------


@blueprint.get("/")
@needs("public")
def home() -> Page:
    """The streams, and beside them what is going on."""
    session, asking = db.session(), viewer()
    stream, before = request.args.get("stream", "latest"), request.args.get("before", "")
    mine = request.args.get("boards") == "mine" and not asking.is_guest and stream == "latest"
    if stream not in STREAMS:
        raise NotFound
    pulse = beside.pulse(session, asking)
    asked = request.args.get("span", "") if stream == "top" else ""
    span = streams.span_of(session, asking, asked=asked, before=before) if stream == "top" else ""
    page = _stream(session, asking, stream, before, mine, span)
    words = {"stream": stream if stream != "latest" else "", "span": asked, "boards": "mine" if mine else ""}
    empty = not page.rows and not before and stream == "latest" and not mine
    helpers, this_week = ([], True) if empty else _helpers(session)
    return render_template(
        "boards/home.html", stream=stream, span=span, mine=mine, page=page, before=before,
        pulse=pulse, waiting=None if empty or asking.is_guest else waiting_for(session, asking),
        older=_address("/", **words, before=page.next), newest=_address("/", **words) if before else None,
        helpers=helpers, this_week=this_week, rooms=[] if empty else beside.in_chat(session, asking),
        team=beside.team(session) if empty else [], boards_there=queries.board_total(session) if empty else 0,
        unnamed=site_settings(session).name == "Laurel", community_is_empty=empty,
        all_answered=stream == "unanswered" and not page.rows and streams.anything_asked(session, asking),
    )


def _stream(session: Session, asking: Actor, stream: str, before: str, mine: bool, span: str) -> listing.Page:
    if stream == "unanswered":
        return streams.unanswered(session, asking, before)
    if stream == "top":
        return streams.top(session, asking, before, span=span)
    return streams.latest(session, asking, before, mine=mine)


@blueprint.get("/boards")
@needs("public")
def index() -> Page:
    """Every board that the viewer may see, on its shelf."""
    shelves = queries.index(db.session(), viewer())
    return render_template("boards/index.html", shelves=shelves)


@blueprint.get("/b/<slug>")
@needs("public")
def board(slug: str) -> Page:
    """A board and its threads."""
    session, asking = db.session(), viewer()
    near = queries.board_for_page(session, asking, slug)
    found = near.board
    kind, show, before = (request.args.get(name, "") for name in ("kind", "show", "before"))
    below = [card.id for card in near.below]
    asked = request.args.get("span", "") if show == "top" else ""
    span = _span_of_board(session, asking, [found.id, *below], kind, asked, before) if show == "top" else ""
    page = streams.of_board(session, asking, found.id, kind=kind, show=show, before=before, below=below, span=span)
    return render_template(
        "boards/board.html", feed_open=bool(guardian.may_see_board(GUEST, found)), board=found, joined=near.joined,
        room=near.room, above=near.above, below=near.below, kind=kind, show=show, span=span, page=page, before=before,
        older=_address(f"/b/{slug}", kind=kind, show=show, span=asked, before=page.next),
        newest=_address(f"/b/{slug}", kind=kind, show=show, span=asked) if before else None,
        keepers=queries.keepers(session, found.id), may_start=guardian.may_start(asking, found),
        may_edit=bool(guardian.may_edit_board_words(asking, found)),
        ranks={rank.key: rank for rank in rulesets.current(session).ranks},
    )


def _span_of_board(
    session: Session, asking: Actor, boards: list[int], kind: str, asked: str, before: str
) -> str:
    """Of which days the top of a board is. An idea may wait for years: the most wanted ones are those of all time."""
    if kind == "idea" and not before:
        asked = asked or "all"
    return streams.span_of(session, asking, asked=asked, before=before, boards=boards, kind=kind)


def _helpers(session: Session) -> tuple[list[tuple[Leader, str, Rank]], bool]:
    """The helpers of the week with their initials and ranks, and whether it is this week."""
    ruleset = rulesets.current(session)
    leaders, this_week = leaders_of_week(session, HELPERS)
    return [(leader, initials(leader.label), ruleset.rank(leader.rank_key)) for leader in leaders], this_week


def _address(path: str, **words: str | None) -> str | None:
    """`path` with those words that are not empty; None where `before` is asked for and there is no next page."""
    if "before" in words and not words["before"]:
        return None
    given = {name: value for name, value in words.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


# Joining --------------------------------------------------------------------------------------


@blueprint.post("/b/<slug>/membership")
@needs("member")
def join_board(slug: str) -> Page:
    """Join a board."""
    return _membership(slug, joining=True)


@blueprint.post("/b/<slug>/membership/undo")
@blueprint.delete("/b/<slug>/membership")
@needs("member")
def leave_board(slug: str) -> Page:
    """Leave a board."""
    return _membership(slug, joining=False)


def _membership(slug: str, *, joining: bool) -> Page:
    with acting() as (session, actor):
        found = queries.board_by_slug(session, actor, slug)
        (actions.join_board if joining else actions.leave_board)(session, actor, found)
        board_id, title = found.id, found.title
    if wants_fragment():
        return render_template("boards/_membership.html", board_id=board_id, slug=slug, title=title, joined=joining)
    return back(f"/b/{slug}")


# A board's own pages --------------------------------------------------------------------------


@blueprint.route("/b/<slug>/edit", methods=["GET", "POST"])
@needs("member")
def edit_board(slug: str) -> Page:
    """Words and looks of a board: its own moderators and staff; its shelf: staff."""
    session, asking = db.session(), viewer()
    found = queries.board_by_slug(session, asking, slug)
    guardian.require(guardian.may_edit_board_words(asking, found), asking)
    form = BoardForm(data=_words(found))
    form.offer_shelves(queries.categories(session) if asking.is_staff else [])
    form.offer_boards(queries.tops(session) if asking.is_staff else [], but=found.id)
    if form.sent() and _saved(form, lambda: _edit(slug, form)):
        said(_("The board is changed."))
        return redirect(f"/b/{slug}", 303)
    if form.errors:
        found = queries.board_by_slug(session, asking, slug)  # what was loaded before the attempt is gone with it
    page = render_template("boards/edit.html", board=found, form=form, may_set_access=asking.is_admin, is_new=False)
    return (page, 422) if form.errors else page


def _words(found: Board) -> dict[str, Any]:
    return {
        "title": found.title, "description": found.description, "category": found.category_id, "hue": found.hue,
        "picture": found.picture, "parent": found.parent_id or NO_BOARD,
    }


def _edit(slug: str, form: BoardForm) -> None:
    with acting() as (session, actor):
        found = queries.board_by_slug(session, actor, slug)
        actions.edit_words(
            session, actor, found, title=form.title.data or "", description=form.description.data or "",
            hue=_hue(form), picture=form.picture.data or "",
        )
        parent = _parent(session, form)
        if "parent" in form:
            actions.nest_board(session, actor, found, parent)
        if "category" in form and parent is None:
            actions.place_board(session, actor, found, queries.category(session, form.category.data))


def _parent(session: Session, form: BoardForm) -> Board | None:
    """The board that the form would have this one stand below."""
    chosen = form.parent.data if "parent" in form else NO_BOARD
    return queries.board_with_id(session, chosen) if chosen else None


@blueprint.route("/b/<slug>/access", methods=["GET", "POST"])
@needs("admin")
def board_access(slug: str) -> Page:
    """Who sees a board, starts and replies on it, and who looks after it."""
    session, asking = db.session(), viewer()
    found = queries.board_by_slug(session, asking, slug)
    form = AccessForm()
    form.offer(rulesets.current(session).ranks, found)
    if form.sent() and _saved(form, lambda: _set_access(slug, form)):
        said(_("Access is changed, at once and for everyone."))
        return redirect(f"/b/{slug}/access", 303)
    return _access_page(slug, form, NameForm(formdata=None), 422 if form.errors else 200)


def _set_access(slug: str, form: AccessForm) -> None:
    with acting() as (session, actor):
        actions.set_access(
            session, actor, queries.board_by_slug(session, actor, slug), see=form.see.data or None,
            start=form.start.data or None, reply=form.reply.data or None,
        )


def _access_page(slug: str, form: AccessForm, name_form: NameForm, status: int) -> Page:
    session = db.session()
    found = queries.board_by_slug(session, viewer(), slug)
    keepers = queries.keepers(session, found.id)
    page = render_template(
        "boards/access.html", board=found, form=form, name_form=name_form, keepers=keepers,
        above=queries.above(session, viewer(), found),
    )
    return page, status


@blueprint.post("/b/<slug>/moderators")
@needs("admin")
def appoint_moderator(slug: str) -> Page:
    """Have a member look after a board."""
    form = NameForm()
    if form.sent() and _saved(form, lambda: _appoint(slug, form.name.data or "")):
        said(_("Done: this board has another moderator."))
        return redirect(f"/b/{slug}/access", 303)
    session = db.session()
    access = AccessForm(formdata=None)
    access.offer(rulesets.current(session).ranks, queries.board_by_slug(session, viewer(), slug), shown=True)
    return _access_page(slug, access, form, 422)


def _appoint(slug: str, name: str) -> None:
    with acting() as (session, actor):
        actions.appoint_moderator(
            session, actor, queries.board_by_slug(session, actor, slug), queries.member_called(session, name)
        )


@blueprint.post("/b/<slug>/moderators/undo")
@blueprint.delete("/b/<slug>/moderators")
@needs("admin")
def dismiss_moderator(slug: str) -> Page:
    """A member looks after a board no longer."""
    with acting() as (session, actor):
        found = queries.board_by_slug(session, actor, slug)
        actions.dismiss_moderator(session, actor, found, queries.member_called(session, request.form.get("name", "")))
    said(_("Done: the board has one moderator fewer."))
    return redirect(f"/b/{slug}/access", 303)


@blueprint.post("/b/<slug>/archive")
@needs("staff")
def archive_board(slug: str) -> Page:
    """Close a board: it stays to be read."""
    with acting() as (session, actor):
        actions.archive_board(session, actor, queries.board_by_slug(session, actor, slug))
    said(_("The board is archived: it can be read, but nothing new is added."))
    return back("/boards/arrange")


@blueprint.post("/b/<slug>/archive/undo")
@blueprint.delete("/b/<slug>/archive")
@needs("staff")
def unarchive_board(slug: str) -> Page:
    """Open an archived board again."""
    with acting() as (session, actor):
        actions.unarchive_board(session, actor, queries.board_by_slug(session, actor, slug))
    said(_("The board is open again."))
    return back("/boards/arrange")


@blueprint.post("/b/<slug>/order")
@needs("staff")
def order_board(slug: str) -> Page:
    """One place up or down on its shelf."""
    up = request.form.get("direction") == "up"
    with acting() as (session, actor):
        actions.order_board(session, actor, queries.board_by_slug(session, actor, slug), up=up)
    return redirect(f"/boards/arrange#board-{slug}", 303)


# Arranging ------------------------------------------------------------------------------------


@blueprint.get("/boards/arrange")
@needs("staff")
def arrange() -> Page:
    """All shelves and boards, to be ordered, added to and archived."""
    return render_template("boards/arrange.html", shelves=queries.arrangement(db.session(), viewer()))


@blueprint.route("/boards/new", methods=["GET", "POST"])
@needs("staff")
def new_board() -> Page:
    """Create a board; the first one comes with a shelf."""
    shelves = queries.categories(db.session())
    wish = request.args.get
    form = BoardForm(data={"category": wish("shelf", type=int), "parent": wish("below", NO_BOARD, type=int)})
    form.offer_shelves(shelves)
    form.offer_boards(queries.tops(db.session()))
    made: list[str] = []
    if form.sent() and _saved(form, lambda: made.append(_create(form))):
        said(_("The board is there."))
        return redirect(f"/b/{made[0]}", 303)
    page = render_template("boards/edit.html", board=None, form=form, may_set_access=False, is_new=True)
    return (page, 422) if form.errors else page


def _create(form: BoardForm) -> str:
    with acting() as (session, actor):
        shelf = (
            queries.category(session, form.category.data)
            if "category" in form
            else actions.create_category(session, actor, title=_("Boards"))
        )
        made = actions.create_board(
            session, actor, shelf, title=form.title.data or "", description=form.description.data or "",
            hue=_hue(form), picture=form.picture.data or "", parent=_parent(session, form),
        )
        return made.slug


@blueprint.route("/categories/new", methods=["GET", "POST"])
@needs("staff")
def new_category() -> Page:
    """Create a shelf."""
    form = CategoryForm()
    if form.sent() and _saved(form, lambda: _create_category(form.title.data or "")):
        said(_("The shelf is there. Now put boards on it."))
        return redirect(url_for("boards.arrange"), 303)
    page = render_template("boards/category.html", form=form, is_new=True)
    return (page, 422) if form.errors else page


def _create_category(title: str) -> None:
    with acting() as (session, actor):
        actions.create_category(session, actor, title=title)


@blueprint.route("/categories/<int(max=2147483647):category_id>/edit", methods=["GET", "POST"])
@needs("staff")
def edit_category(category_id: int) -> Page:
    """Rename a shelf."""
    found = queries.category(db.session(), category_id)
    form = CategoryForm(data={"title": found.title})
    if form.sent() and _saved(form, lambda: _rename(category_id, form.title.data or "")):
        said(_("The shelf is renamed."))
        return redirect(url_for("boards.arrange"), 303)
    page = render_template("boards/category.html", form=form, is_new=False)
    return (page, 422) if form.errors else page


def _rename(category_id: int, title: str) -> None:
    with acting() as (session, actor):
        actions.rename_category(session, actor, queries.category(session, category_id), title=title)


@blueprint.post("/categories/<int(max=2147483647):category_id>/order")
@needs("staff")
def order_category(category_id: int) -> Page:
    """One place up or down among the shelves."""
    up = request.form.get("direction") == "up"
    with acting() as (session, actor):
        actions.order_category(session, actor, queries.category(session, category_id), up=up)
    return redirect(f"/boards/arrange#shelf-{category_id}", 303)


def _hue(form: BoardForm) -> int:
    return -1 if form.hue.data is None else form.hue.data


def _saved(form: Any, save: Any) -> bool:
    """Run `save`; what it refuses becomes errors of the form's fields."""
    try:
        save()
    except Invalid as refusal:
        for name, text in refusal.fields.items():
            field = form[name] if name in form else next(iter(form))
            field.errors = [*field.errors, str(text)]
        return False
    return True
