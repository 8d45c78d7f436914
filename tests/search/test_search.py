"""Searching through the page: what is found, by which words, in which order, and how it is shown."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.search import indexing
from forum.threads.models import Post, Thread
from tests.conftest import days_ago
from tests.factory import Factory
from tests.search.finding import hits, offered, people, shown, titles
from tests.surfing import Surfer

Browse = Callable[..., Surfer]


def change(app: Flask, kind: Any, key: int, **values: Any) -> None:
    """Set columns of a row."""
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(kind).where(kind.id == key).values(**values))
        db.session.remove()


def name_all(app: Flask) -> None:
    """Index the members, whom the factory makes without an event."""
    with app.app_context():
        indexing.reindex()
        db.session.remove()


def test_words_are_found_in_title_tags_opening_answer_and_reply(
    make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """All words of a query must be there; an answer is also read under its title."""
    ana, board = make.member("ana", rank="sprout"), make.board()
    thread = make.thread(board, ana, title="My gooseneck smells", body="Like vinegar.", tags=("descaling",))
    answer = make.answer(thread, ana, "Use citric acid instead.")
    reply = make.reply(answer, ana, "Thanks, lemons did it.")
    drain()
    guest = browse()
    assert hits(guest, "gooseneck") == hits(guest, "VINEGAR") == hits(guest, "descaling") == [thread.opening_id]
    assert hits(guest, "citric acids") == hits(guest, "gooseneck citric") == [answer.id]
    assert hits(guest, "lemon") == hits(guest, "lemons descaling") == [reply.id]
    assert hits(guest, "gooseneck banana") == hits(guest, "vinegar citric") == []


def test_phrases_and_exclusions(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    ana, board = make.member("ana"), make.board()
    one = make.thread(board, ana, title="About the hard water", body="Steel pan.")
    two = make.thread(board, ana, title="Water is not hard", body="Copper pan.")
    drain()
    guest = browse()
    assert set(hits(guest, "hard water")) == {one.opening_id, two.opening_id}
    assert hits(guest, '"hard water"') == hits(guest, "hard-water") == [one.opening_id]
    assert hits(guest, "hard water -copper") == hits(guest, "hard -copper") == [one.opening_id]
    assert hits(guest, '"steel water"') == []


def test_chinese_is_found_by_words_of_one_two_and_more_characters(
    app: Flask, make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """Whatever the words in the text are; a run typed without blanks finds its words in any order."""
    lin, board = make.member("小林"), make.board()
    one = make.thread(board, lin, title="第一次用手冲壶，水流总是太快怎么办？", body="新手求助，咖啡机也有水垢。")
    two = make.thread(board, lin, title="推荐一款降噪耳机", body="预算五百。")
    drain()
    guest = browse()
    for word in ("手冲", "水流", "水垢", "咖啡机", "壶", "水垢咖啡机", "“手冲壶”", "咖啡机 水流"):
        assert hits(guest, word) == [one.opening_id], word
    for word in ("降噪", "耳机", "降噪耳机", "降噪耳机推荐", "“降噪耳机”"):
        assert hits(guest, word) == [two.opening_id], word
    for word in ("流水", "机耳", "“推荐耳机”", "噪降"):
        assert hits(guest, word) == [], word
    assert "<mark>降噪耳机</mark>" in shown(guest, "降噪耳机")
    name_all(app)
    assert people(guest, "小林") == people(guest, "林") == ["小林"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kettle board:pans", "pans"), ("kettle board:Pans", "pans"), ("kettle by:ben", "ben"),
        ("kettle tag:lid", "tagged"), ("kettle is:solved", "solved"), ("kettle is:unanswered", "ben pans tagged"),
        ("kettle before:2020", "old"), ("kettle after:2019-06 before:2019-07", "old"), ("by:ben", "ben"),
        ("board:pans", "pans"), ("tag:lid", "tagged"), ("is:solved", "solved"), ("before:2020", "old"),
        ("kettle after:2019-07 is:solved", "solved"),
        ("tag:lid tag:tea", "tagged"), ("kettle tag:tea tag:lid tag:lid", "tagged"), ("tag:tea", "tagged solved"),
        ("kettle board:home board:pans", "pans"), ("tag:tea -tag:lid", "tagged solved"),
    ],
)  # fmt: skip
def test_filters(
    app: Flask, make: Factory, browse: Browse, drain: Callable[[], None], query: str, found: str
) -> None:
    """Each filter, with words and alone."""
    ana, ben = make.member("ana", rank="sprout"), make.member("ben", rank="sprout")
    home, pans = make.board("home"), make.board("pans", title="Pans")
    made = {
        "pans": make.thread(pans, ana, title="A kettle on pans"),
        "ben": make.thread(home, ben, title="The kettle of Ben"),
        "tagged": make.thread(home, ana, title="A kettle that is tagged", tags=("lid", "tea")),
        "solved": make.thread(home, ana, title="A kettle that is solved", tags=("tea",)),
        "old": make.thread(home, ana, title="A kettle that is old"),
    }
    change(app, Thread, made["solved"].id, solved=True, answer_count=1)
    for kind, key in ((Thread, made["old"].id), (Post, made["old"].opening_id)):
        change(app, kind, key, created_at=dt.datetime(2019, 6, 15, tzinfo=dt.UTC))
    change(app, Thread, made["old"].id, answer_count=1)
    drain()
    assert set(hits(browse(), query)) == {made[name].opening_id for name in found.split()}


def test_a_filter_that_means_nothing_is_said_and_the_rest_is_looked_for(
    make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """Also one whose board or tag is there, but not for this viewer: the same sentence."""
    ana, staff = make.member("ana"), make.member("mo", role="moderator")
    thread = make.thread(make.board(), ana, title="A kettle for all")
    secret = make.board("secret", see_rank="staff")
    make.thread(secret, staff, title="A kettle for staff", tags=("hush",))
    drain()
    for typed, sentence in (
        ("board:nowhere", "There is no board “nowhere”"), ("board:secret", "There is no board “secret”"),
        ("tag:nothing", "There is no tag “nothing”"), ("tag:hush", "There is no tag “hush”"),
        ("by:nobody-there", "Nobody is called “nobody-there”"), ("size:big", "“size:” is not a filter"),
        ("-tag:hush", "A minus leaves out words, not filters"), ("by:ana by:ana", "the last one counts"),
    ):
        page = shown(browse(ana), f"kettle {typed}")
        assert sentence in page, typed
        assert f'href="/p/{thread.opening_id}"' in page and "for staff" not in page
    assert len(hits(browse(staff), "kettle board:secret")) == 1


def test_the_order(app: Flask, make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """A title with all words comes before texts with them; then votes and solutions, then the newer."""
    ana, board = make.member("ana", rank="sprout"), make.board()
    texts = [make.thread(board, ana, title=f"Thread number {n}", body="The copper lid.") for n in range(4)]
    named = make.thread(board, ana, title="Which copper lid fits?", body="Mine is gone.")
    turned = make.thread(board, ana, title="A lid, not a copper one", body="Mine is gone.")
    change(app, Thread, texts[1].id, solved=True)
    change(app, Post, texts[2].opening_id, score=7)
    change(app, Post, texts[3].opening_id, created_at=days_ago(400))
    drain()
    wanted = [named, turned, texts[2], texts[1], texts[0], texts[3]]
    guest = browse()
    assert titles(guest, "copper lid") == [thread.title for thread in wanted]
    assert hits(guest, "copper lid", sort="new")[-1] == texts[3].opening_id


def test_a_thread_is_shown_once_by_its_best_post(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """But every post by somebody who is asked for."""
    ana, board = make.member("ana", rank="sprout"), make.board()
    thread = make.thread(board, ana, title="Something about pans")
    answers = [make.answer(thread, ana, f"Seasoning, part {n}.") for n in range(3)]
    drain()
    assert hits(browse(), "seasoning") == [answers[2].id]
    assert set(hits(browse(), "seasoning by:ana")) == {answer.id for answer in answers}


def test_pages(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """Twenty a page, each once, ten pages at most; no page, no result, no such place: not there."""
    ana, board = make.member("ana", role="moderator"), make.board()
    wanted = {make.thread(board, ana, title=f"Kettle number {n}").opening_id for n in range(25)}
    drain()
    guest = browse()
    pages = [hits(guest, "kettle"), hits(guest, "kettle", page="2")]
    assert [len(page) for page in pages] == [20, 5] and {*pages[0], *pages[1]} == wanted
    assert "25 results" in shown(guest, "kettle") and "Page 1 of 2" in shown(guest, "kettle")
    assert hits(guest, "kettle", page="10") == []
    for words in ({"page": "0"}, {"page": "11"}, {"page": "x"}, {"page": "²"}, {"in": "cars"}, {"sort": "old"}):
        assert guest.get("/search", query_string={"q": "kettle", **words}).status_code == 404


def test_marks_are_marks_and_the_rest_is_text(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """T1: what people wrote comes out as they wrote it, with the words looked for marked."""
    ana, board = make.member("ana"), make.board()
    make.thread(
        board, ana, title="Kettles <b>& <mark>lids</mark>", body="A `<script>alert(1)</script>` kettle & <i>more</i>"
    )
    drain()
    page = shown(browse(), "kettle")
    assert "<mark>Kettles</mark> &lt;b&gt;&amp; &lt;mark&gt;lids&lt;/mark&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>kettle</mark> &amp;" in page
    assert "<script>alert" not in page
    echo = shown(browse(), '"><script>x</script> <b>')
    assert "<script>x" not in echo and "&lt;script&gt;x" in echo


def test_people_by_handle_and_by_name(app: Flask, make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """By the beginning of either; whoever is called so exactly first. Those who never confirmed are not offered."""
    nora = make.member("nora", shown_name="Nora Lindqvist")
    make.member("noralyn"), make.member("norab", confirmed=False), make.member("mo")
    name_all(app)
    guest = browse()
    assert people(guest, "nora") == ["nora", "noralyn"]
    assert people(guest, "lind") == people(guest, "nora lindqvist") == people(guest, "@nora lin") == ["nora"]
    assert people(guest, "qvist") == []
    assert "@nora<" in shown(guest, "nora")
    assert offered(guest, "nor")[:2] == ["/m/nora", "/m/noralyn"]
    assert nora.name == "nora"


def test_what_is_offered_while_typing(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """Threads by the beginnings of words in their titles, then the search itself; nothing for filters."""
    ana, board = make.member("ana"), make.board()
    thread = make.thread(board, ana, title="How do I descale a kettle?", body="Gooseneck.")
    drain()
    guest = browse()
    for typed in ("ket", "kettl", "descale ke", "KETTLES"):
        assert offered(guest, typed) == [f"/t/{thread.id}/{thread.slug}"], typed
    for typed in ("gooseneck", "k", "ket ", "ettle", "board:x ket", ""):
        assert offered(guest, typed) == [], typed
    page = guest.get("/search/suggestions?q=%3Cb%3E").get_data(as_text=True)
    assert "<b>" not in page and "/search?q=%3Cb%3E" in page


def test_a_tag_leads_to_its_threads(make: Factory, browse: Browse, drain: Callable[[], None]) -> None:
    """The newest first, page after page; a tag that only unseen threads bear is not there."""
    ana, staff, board = make.member("ana", role="moderator"), make.member("mo", role="moderator"), make.board()
    threads = [make.thread(board, ana, title=f"Kettle number {n}", tags=("lime-scale",)) for n in range(23)]
    make.thread(make.board("secret", see_rank="staff"), staff, title="For staff alone", tags=("hush", "lime-scale"))
    guest = browse()
    page = guest.get("/tags/lime-scale").get_data(as_text=True)
    shown_ids = [int(one) for one in re.findall(r'thread-row-title"><a href="/t/(\d+)/', page)]
    assert shown_ids == [thread.id for thread in reversed(threads)][:20] and "For staff" not in page
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older and page.count('href="/tags/lime-scale"') >= 20
    rest = guest.get(older[1]).get_data(as_text=True)
    assert len(re.findall(r'thread-row-title"><a href="/t/', rest)) == 3
    assert guest.get("/tags/Lime-Scale").headers["Location"].endswith("/tags/lime-scale")
    for path in ("/tags/hush", "/tags/nothing", "/tags/lime-scale?before=x"):
        assert guest.get(path).status_code == 404, path
    assert browse(staff).get("/tags/hush").status_code == 200


def test_the_page_before_anything_is_typed(make: Factory, browse: Browse) -> None:
    """Says how to search; finds nothing kindly, with what to do; is not for search engines."""
    guest = browse()
    page = guest.get("/search").get_data(as_text=True)
    assert "is:unanswered" in page and 'content="noindex"' in page
    nothing = shown(guest, "zyzzyva")
    assert "Nothing found" in nothing and 'href="/ask"' in nothing
    assert 'value="zyzzyva"' in nothing
    assert "is:unanswered" in shown(guest, "   ")
    make.thread(make.board(), make.member(), title="My copper kettle")
    for meaningless in ('""', "!?"):
        assert "Nothing found" in shown(guest, meaningless), meaningless
    for meaningless in ("-copper", "color:red", "tag:nothing", "by:nobody"):
        assert hits(guest, meaningless) == [] and "search-problem" in shown(guest, meaningless), meaningless


def test_the_beginning_of_a_word_is_marked_as_one_types(
    make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """As much of it as was typed; whole words before it; the page of results looks for whole words alone."""
    make.thread(make.board(), make.member(), title="My kettle clicks twice")
    drain()
    page = browse().get("/search/suggestions", query_string={"q": "kettle cl"}).get_data(as_text=True)
    assert "My <mark>kettle</mark> <mark>cl</mark>icks twice" in page
    page = browse().get("/search/suggestions", query_string={"q": "kettle-cli"}).get_data(as_text=True)
    assert "My <mark>kettle cli</mark>cks twice" in page
    member = browse(make.member())
    page = member.get("/ask/similar", query_string={"title": "kettle clic"}).get_data(as_text=True)
    assert "<mark>clic</mark>ks" in page


def test_a_hit_shows_its_tags_and_marks_what_was_looked_for(
    make: Factory, browse: Browse, drain: Callable[[], None]
) -> None:
    """Found by its tag alone, it shows why; by word and by filter."""
    make.thread(make.board(), make.member(), title="It smells", tags=("descaling", "lid"))
    drain()
    for typed in ("descaling", "tag:descaling", "smells tag:descaling"):
        page = shown(browse(), typed)
        assert '<a class="tag" href="/tags/descaling"><mark>descaling</mark></a>' in page, typed
        assert '<a class="tag" href="/tags/lid">lid</a>' in page, typed


def test_where_nothing_can_be_looked_for_nothing_is_missing(make: Factory, browse: Browse) -> None:
    """The sentence about the filter stands alone; beside a word or a good filter, nothing was found."""
    make.board("kettles")
    for typed in ("is:open", "before:yesterday", "board:nowhere", "size:big is:open", "-steel"):
        page = shown(browse(), typed)
        assert "search-problem" in page and "Nothing found" not in page, typed
    for typed in ("is:open kettle", "board:kettles is:open"):
        assert "Nothing found" in shown(browse(), typed), typed
