"""Feeds, sitemap, robots.txt, and the addresses that pages give themselves: what guests see, whoever asks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.feeds import queries as feeds
from forum.threads.models import Post, Thread
from tests.boards.planting import plant
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.search.test_costs import plans
from tests.security.hostile import BODIES
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
WORD = "Quillfeather"


def tree(surfer: Surfer, path: str) -> Any:
    """An XML document of ours, which must be well-formed."""
    answer = surfer.get(path)
    assert answer.status_code == 200, path
    return fromstring(answer.get_data())


def titles(surfer: Surfer, path: str) -> list[str | None]:
    """The titles of a feed's entries."""
    return [entry.findtext(f"{ATOM}title") for entry in tree(surfer, path).iter(f"{ATOM}entry")]


def locations(surfer: Surfer, path: str) -> list[str]:
    """The addresses of a sitemap."""
    return [place.text or "" for place in tree(surfer, path).iter(f"{MAP}loc")]


@pytest.fixture
def thread(make: Factory) -> Thread:
    """A thread with an answer and a tag, among others."""
    ann = make.member("ann")
    kettles, pans = make.board("kettles", title="Kettles"), make.board("pans")
    make.thread(pans, ann, title="Which pan for eggs?")
    found = make.thread(kettles, ann, title="Does it <whistle> & sing?", body="On [a page](/boards).", tags=("lime",))
    make.answer(found, make.member("ben"), body="It sings.")
    return found


def test_what_is_in_each_feed(browse: Browse, thread: Thread) -> None:
    """New threads of all, of a board, with a tag; the newest posts of a thread; whole addresses in and around them."""
    whistle, eggs = "Does it <whistle> & sing?", "Which pan for eggs?"
    assert titles(browse(), "/feeds/latest.atom") == [whistle, eggs]
    assert titles(browse(), "/feeds/board/kettles.atom") == titles(browse(), "/feeds/tag/lime.atom") == [whistle]
    posts = tree(browse(), f"/feeds/thread/{thread.id}.atom")
    assert len(list(posts.iter(f"{ATOM}entry"))) == 2
    entry = next(tree(browse(), "/feeds/board/kettles.atom").iter(f"{ATOM}entry"))
    content = entry.find(f"{ATOM}content")
    assert content is not None and content.get("type") == "html"
    assert 'href="http://localhost/boards"' in (content.text or "")
    link = entry.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"http://localhost/t/{thread.id}/{thread.slug}"
    for path in ("/feeds/board/nowhere.atom", "/feeds/tag/nowhere.atom", "/feeds/thread/999.atom"):
        assert browse().get(path).status_code == 404


def test_only_what_guests_see(app: Flask, make: Factory, browse: Browse, thread: Thread) -> None:
    """T8: closed boards, and what is hidden, deleted or waits; also for staff who ask, and in the sitemap."""
    ada = make.member("ada", role="admin")
    make.thread(make.board("cellar", see_rank="staff"), ada, title=f"{WORD} in the cellar", tags=("lime",))
    hidden = make.thread(make.board("attic"), make.member(), title=f"{WORD} in the attic", tags=("lime",))
    make.thread(make.board("hall"), make.member(confirmed=False), title=f"{WORD} in the hall", tags=("lime",))
    gone = make.answer(thread, make.member(), body=f"{WORD} in an answer")
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(Thread).where(Thread.id == hidden.id).values(hidden_at=now()))
            session.execute(update(Post).where(Post.id == hidden.opening_id).values(hidden_at=now()))
            session.execute(update(Post).where(Post.id == gone.id).values(deleted_at=now()))
        db.session.remove()
    paths = ["/feeds/latest.atom", "/feeds/tag/lime.atom", "/feeds/board/attic.atom", "/feeds/board/hall.atom",
             f"/feeds/thread/{thread.id}.atom", "/sitemaps/boards.xml", "/sitemaps/threads-0.xml"]
    for surfer in (browse(), browse(ada)):
        for path in paths:
            page = surfer.get(path).get_data(as_text=True)
            assert WORD not in page and WORD.lower() not in page and "cellar" not in page, path
        assert surfer.get("/feeds/board/cellar.atom").status_code == 404
        assert surfer.get(f"/feeds/thread/{hidden.id}.atom").status_code == 404
    assert f"http://localhost/t/{thread.id}/{thread.slug}" in locations(browse(), "/sitemaps/threads-0.xml")


def test_hostile_words_are_words(app: Flask, make: Factory, browse: Browse) -> None:
    """T1: markup in titles and names, non-characters that XML forbids: the document is well-formed, all is text."""
    body = "\n\n".join(BODIES)
    board, author = make.board(title="]]><b>"), make.member(rank="bough")
    thread = make.thread(board, author, title="</title><script>x</script> \ufffe")
    with app.app_context():
        with unit_of_work() as session:
            values = {"body_html": f"<p>{body}\ufffe\uffff</p>", "body_source": body}
            session.execute(update(Post).where(Post.id == thread.opening_id).values(values))
        db.session.remove()
    for path in ("/feeds/latest.atom", f"/feeds/thread/{thread.id}.atom"):
        document = tree(browse(), path)
        assert {element.tag.removeprefix(ATOM) for element in document.iter()} <= {
            "feed", "id", "title", "updated", "link", "entry", "published", "author", "name", "category", "content",
        }
        assert titles(browse(), path)[0] == "</title><script>x</script> "


def test_who_has_it_already_gets_nothing(browse: Browse, make: Factory, thread: Thread) -> None:
    """ETag and Last-Modified: 304, and the whole again after a new post. Guests may keep it, members' browsers not."""
    guest, path = browse(), f"/feeds/thread/{thread.id}.atom"
    first = guest.get(path)
    assert first.mimetype == "application/atom+xml" and "public" in first.headers["Cache-Control"]
    assert guest.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert guest.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    make.answer(thread, make.member())
    assert guest.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert "no-store" in browse(make.member()).get(path).headers["Cache-Control"]


def test_the_sitemap_lists_its_files(
    app: Flask, make: Factory, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By ranges of ids; each thread is in exactly one, with the moment of its last change."""
    monkeypatch.setattr(feeds, "CHUNK", 10)
    ids = plant(app, make.board("kettles"), make.member(), 25)
    files = locations(browse(), "/sitemap.xml")
    assert files[0] == "http://localhost/sitemaps/boards.xml" and len(files) == 2 + max(ids) // 10
    found = [place for file in files[1:] for place in locations(browse(), file.removeprefix("http://localhost"))]
    assert [int(place.split("/")[4]) for place in found] == ids
    assert len(list(tree(browse(), "/sitemaps/threads-0.xml").iter(f"{MAP}lastmod"))) == 9
    assert browse().get(f"/sitemaps/threads-{len(files)}.xml").status_code == 404
    assert "http://localhost/b/kettles" in locations(browse(), "/sitemaps/boards.xml")


def test_addresses_for_machines_are_quoted(make: Factory, browse: Browse) -> None:
    """One spelling, in ASCII, wherever a thread's address is whole: sitemap, feed, canonical, card, JSON-LD."""
    thread = make.thread(make.board("kettles"), make.member(), title="水流太快 & schön?", kind="discussion")
    assert not thread.slug.isascii()
    address = f"http://localhost/t/{thread.id}/{quote(thread.slug)}"
    assert locations(browse(), "/sitemaps/threads-0.xml") == [address]
    for path in ("latest", "board/kettles", f"thread/{thread.id}"):
        feed = browse().get(f"/feeds/{path}.atom").get_data(as_text=True)
        assert thread.slug not in feed and (f'href="{address}"' in feed), path
    page = browse().get(f"/t/{thread.id}/{thread.slug}").get_data(as_text=True)
    assert f'<link rel="canonical" href="{address}">' in page and f'"url": "{address}"' in page
    assert f'property="og:url" content="{address}"' in page
    assert browse().get(address.removeprefix("http://localhost")).status_code == 200


def test_robots(browse: Browse) -> None:
    """Where the sitemap is, and what is nobody's business."""
    words = browse().get("/robots.txt").get_data(as_text=True)
    assert "Sitemap: http://localhost/sitemap.xml" in words and "Disallow: /settings" in words


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/", "/"), ("/?utm_source=x", "/"), ("/?stream=top", "/?stream=top"), ("/boards", "/boards"),
        ("/b/kettles?kind=idea&x=1", "/b/kettles?kind=idea"), ("/ranks", "/ranks"), ("/m/ann", "/m/ann"),
        ("/leaderboard?period=all", "/leaderboard?period=all"),
    ],
)
def test_pages_give_themselves_one_address(browse: Browse, thread: Thread, path: str, canonical: str) -> None:
    """Absolute, with the words that make a page of its own and without others; cards for those who share it."""
    page = browse().get(path).get_data(as_text=True)
    whole = f"http://localhost{canonical}".replace("&", "&amp;")
    assert page.count('rel="canonical"') == 1 and f'<link rel="canonical" href="{whole}">' in page
    assert f'property="og:url" content="{whole}"' in page and 'property="og:title"' in page
    if path == "/":
        assert 'property="og:title" content="Laurel"' in page and 'property="og:description" content="Q' in page
    assert 'content="http://localhost/static/share.png"' in page and 'name="twitter:card"' in page
    picture = browse().get("/static/share.png", buffered=True)
    assert picture.mimetype == "image/png"
    picture.close()


def test_pages_name_their_feed(make: Factory, browse: Browse, thread: Thread) -> None:
    """Home, board, thread; none where guests would find nothing. An error has no address of its own."""
    for path, feed, title in (
        ("/", "latest", "New threads"), ("/b/kettles", "board/kettles", "New threads on Kettles"),
        ("/tags/lime", "tag/lime", "New threads tagged “lime”"),
        (f"/t/{thread.id}/-", f"thread/{thread.id}", "New posts in “Does it &lt;whistle&gt; &amp; sing?”"),
    ):
        page = browse().get(path, follow_redirects=True).get_data(as_text=True)
        assert f'title="{title} · Laurel" href="/feeds/{feed}.atom"' in page, path
    make.board("cellar", see_rank="staff")
    assert "atom+xml" not in browse(make.member(role="admin")).get("/b/cellar").get_data(as_text=True)
    assert 'rel="canonical"' not in browse().get("/nowhere").get_data(as_text=True)


def test_a_feed_is_a_stretch_of_an_index(
    app: Flask, make: Factory, session: Session, plan: Callable[..., str], browse: Browse,
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """However many threads there are; a fixed number of queries."""
    board = make.board("kettles")
    plant(app, board, make.member(), 1_500)
    plant(app, make.board("pans"), make.member(), 1_500)
    guest = browse()
    paths = ("latest.atom", "board/kettles.atom", "tag/planted.atom")
    for path in (*(f"/feeds/{one}" for one in paths), "/sitemaps/threads-0.xml"):
        guest.get(path)
        with queries() as seen:
            assert guest.get(path).status_code == 200
        assert len(seen) <= 3, seen
    plant(app, make.board("spouts", parent_id=board.id), make.member(), 1_500)
    session.rollback()
    for shape in plans(session, lambda: feeds.of_board(session, "kettles"), "LIMIT"):
        assert shape.count("ix_thread_board_created") == 2, shape
    found = plan("SELECT id FROM thread WHERE board_id = :board ORDER BY created_at DESC, id DESC LIMIT 20",
                 {"board": board.id})
    assert "ix_thread_board_created" in found, found
    found = plan("SELECT id FROM post WHERE thread_id = 5 ORDER BY id DESC LIMIT 20")
    assert "ix_post_thread" in found or DATABASE == "postgresql", found

