"""Doors of the search: its page, what is offered as one types, and the threads of a tag."""

from urllib.parse import quote, urlencode

from flask import Blueprint, make_response, render_template, request

from forum.access.actors import Actor
from forum.core import ratelimit
from forum.core.errors import NotFound, TooMany
from forum.core.network import remote_network
from forum.doors import Page, moved, needs, settings, viewer
from forum.extensions import db
from forum.search import language, queries
from forum.search.filters import tag_called
from forum.threads import streams

blueprint = Blueprint("search", __name__)

PLACES = ("", "people")
SORTS = ("", "new")


@blueprint.get("/search")
@needs("public")
def page() -> Page:
    """What answers `q`: threads and posts, or people; without `q` how to search."""
    session, asking = db.session(), viewer()
    text, place, sort = (request.args.get(name, "") for name in ("q", "in", "sort"))
    number = request.args.get("page", "1")
    if place not in PLACES or sort not in SORTS or not number.isascii() or not number.isdigit() or len(number) > 3:
        raise NotFound
    query = language.read(text)
    shown = {"text": query.text, "query": query, "place": place, "sort": sort, "address": _address}
    if not text.strip():
        return render_template("search/search.html", **shown)
    try:
        _take(asking)
    except TooMany as error:
        answer = make_response(render_template("search/search.html", **shown, wait=error.retry_after), error.status)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    if place == "people":
        return render_template("search/search.html", **shown, people=queries.people(session, query))
    results = queries.search(session, asking, query, page=int(number), newest=sort == "new")
    return render_template("search/search.html", **shown, results=results, number=int(number))


@blueprint.get("/search/suggestions")
@needs("public")
def suggestions() -> Page:
    """A fragment with what is offered for `q` as it is typed."""
    asking = viewer()
    ratelimit.take("search:typing", asking.id if asking.id is not None else remote_network())
    query = language.read(request.args.get("q", ""), typing=True)
    threads, people = queries.suggestions(db.session(), asking, query)
    return render_template(
        "search/_suggestions.html", text=query.text, threads=threads, people=people, address=_address
    )


@blueprint.get("/tags/<name>")
@needs("public")
def tag(name: str) -> Page:
    """The threads that bear a tag. One that the viewer can see no thread of is not there."""
    session, asking = db.session(), viewer()
    before = request.args.get("before", "")
    found = tag_called(session, asking, name)
    if found is None:
        raise NotFound
    if found.slug != name:
        return moved(_tag_path(found.slug))
    threads = streams.of_tag(session, asking, found.id, before)
    path = _tag_path(found.slug)
    return render_template(
        "search/tag.html", tag=found.slug, page=threads, before=before, canonical=settings().base_url + path,
        older=f"{path}?before={threads.next}" if threads.next else None, newest=path if before else None,
        address=_address,
    )


def _tag_path(slug: str) -> str:
    return f"/tags/{quote(slug)}"


def _take(asking: Actor) -> None:
    """Count a search (SECURITY: "Limits")."""
    if asking.id is None:
        ratelimit.take("search:guest", remote_network())
    else:
        ratelimit.take("search", asking.id)


def _address(text: str, **words: object) -> str:
    """The address of a search."""
    return "/search?" + urlencode({"q": text, **{name: word for name, word in words.items() if word}})
