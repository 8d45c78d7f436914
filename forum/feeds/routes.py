"""Doors for machines that follow along: feeds (Atom), the sitemap, robots.txt. All say what guests see."""

from urllib.parse import quote

from flask import Blueprint, Response, make_response, render_template, request

from forum.admin.queries import site_settings
from forum.content.absolute import absolute, for_xml, whole
from forum.core.page_cache import VARY
from forum.doors import Page, needs, settings, viewer
from forum.extensions import db
from forum.feeds import queries

blueprint = Blueprint("feeds", __name__)

FIVE_MINUTES = 300
PAGES = ("/", "/boards", "/ranks", "/leaderboard")
# What search engines have no business with: forms, one's own pages, endless variants of lists.
KEPT_OUT = ("/ask", "/drafts", "/manage", "/moderation", "/notifications", "/preview", "/search", "/settings",
            "/sign-in", "/*/flags$", "/*/reply$", "/*/new$", "/*?before=", "/*&before=")


@blueprint.get("/feeds/latest.atom")
@needs("public")
def latest() -> Page:
    """New threads."""
    return _atom(queries.latest(db.session()))


@blueprint.get("/feeds/board/<board>.atom")
@needs("public")
def of_board(board: str) -> Page:
    """New threads of a board."""
    return _atom(queries.of_board(db.session(), board))


@blueprint.get("/feeds/tag/<tag>.atom")
@needs("public")
def of_tag(tag: str) -> Page:
    """New threads with a tag."""
    return _atom(queries.of_tag(db.session(), tag))


@blueprint.get("/feeds/thread/<int(max=2147483647):thread_id>.atom")
@needs("public")
def of_thread(thread_id: int) -> Page:
    """The newest posts of a thread."""
    return _atom(queries.of_thread(db.session(), thread_id))


@blueprint.get("/sitemap.xml")
@needs("public")
def sitemap() -> Page:
    """The list of the sitemap's files."""
    chunks = queries.chunks(db.session())
    return _xml(render_template("feeds/sitemap_index.xml", base=settings().base_url, chunks=chunks))


@blueprint.get("/sitemaps/boards.xml")
@needs("public")
def sitemap_of_boards() -> Page:
    """Boards, and the pages that are there once."""
    pages = [queries.Place(path, None) for path in PAGES]
    return _places([*pages, *queries.boards(db.session())])


@blueprint.get("/sitemaps/threads-<int(max=999999):number>.xml")
@needs("public")
def sitemap_of_threads(number: int) -> Page:
    """Ten thousand threads, by their ids."""
    return _places(queries.threads_of_chunk(db.session(), number))


@blueprint.get("/robots.txt")
@needs("public")
def robots() -> Page:
    """What search engines should leave alone, and where the sitemap is."""
    where = f"Sitemap: {settings().base_url}/sitemap.xml"
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in KEPT_OUT), "", where]
    return _conditional(make_response("\n".join(lines) + "\n"), "text/plain")


def _places(places: list[queries.Place]) -> Response:
    base = settings().base_url
    told = [(whole(place.path, base), place.changed_at) for place in places]
    return _xml(render_template("feeds/sitemap.xml", places=told))


def _atom(feed: queries.Feed) -> Response:
    base = settings().base_url
    site = site_settings(db.session()).name
    page = render_template(
        "feeds/feed.xml", base=base, feed=feed, title=for_xml(f"{feed.title} · {site}" if feed.title else site),
        here=whole(quote(request.path), base), page=whole(feed.path, base),
        updated=max((entry.updated_at for entry in feed.entries), default=None),
        entries=[
            (entry, whole(entry.path, base), for_xml(entry.title), for_xml(absolute(entry.html, base)))
            for entry in feed.entries
        ],
    )
    response = make_response(page)
    if feed.entries:
        response.last_modified = max(entry.updated_at for entry in feed.entries)
    return _conditional(response, "application/atom+xml")


def _xml(page: str) -> Response:
    return _conditional(make_response(page), "application/xml")


def _conditional(response: Response, mimetype: str) -> Response:
    """With an ETag by its content, and 304 for whoever has it already. Guests may keep it for five minutes."""
    response.mimetype = mimetype
    response.add_etag()
    if viewer().is_guest:
        response.headers["Cache-Control"] = f"public, max-age={FIVE_MINUTES}"
        response.headers["Vary"] = VARY
    response.make_conditional(request)
    return response
