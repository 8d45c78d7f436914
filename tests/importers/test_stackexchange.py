"""A small dump with every trap: what becomes of each part, and what is left out."""

import shutil
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.core.unit_of_work import unit_of_work
from forum.desk.models import HelperTopic
from forum.extensions import db
from forum.members.models import Member
from forum.reputation.models import Award, Badge, MemberBadge
from forum.threads.models import Acceptance, Post, PostRevision, Tag, Thread, Vote
from forum.threads.state import recount_thread
from tests.importers.conftest import Import
from tests.importers.reading import OLDER
from tests.search.finding import titles
from tests.surfing import Surfer


def _post(session: Session, id: str) -> Post:
    return session.scalars(select(Post).where(Post.external_id == id)).one()


def _author(session: Session, post: Post) -> Member:
    return session.get_one(Member, post.author_id)


def _member(session: Session, id: str) -> Member:
    return session.scalars(select(Member).where(Member.external_id == id)).one()


def test_posts_keep_what_the_dump_says(session: Session, take: Import) -> None:
    """Kinds, places, scores, counts, dates and views; nothing that is no question, answer or comment."""
    done = take(OLDER)
    assert done.exit_code == 0, done.output
    found = {
        post.external_id: (post.kind, post.score, post.up_count, post.down_count, post.reply_count, post.depth)
        for post in session.scalars(select(Post))
    }
    assert found == {
        "1": ("opening", 2, 3, 1, 1, 0), "2": ("answer", 3, 3, 0, 2, 0), "3": ("answer", -1, 0, 1, 0, 0),
        "4": ("opening", 0, 0, 0, 0, 0), "5": ("answer", 1, 1, 0, 0, 0), "6": ("opening", 1, 1, 0, 1, 0),
        "7": ("answer", 2, 2, 0, 0, 0), "10": ("opening", 1, 1, 0, 0, 0), "11": ("answer", 1, 1, 0, 0, 0),
        "12": ("answer", 0, 0, 0, 0, 0), "c1": ("reply", 0, 0, 0, 0, 1), "c2": ("reply", 4, 0, 0, 0, 1),
        "c3": ("reply", 0, 0, 0, 0, 1), "c4": ("reply", 1, 0, 0, 0, 1),
    }
    first = session.scalars(select(Thread).where(Thread.external_id == "1")).one()
    assert (first.title, first.view_count, first.answer_count, first.reply_count, first.score) == (
        "How hot should water be for green tea?", 70, 2, 5, 2)
    assert first.created_at.isoformat() == "2020-01-02T12:00:00+00:00"
    assert _post(session, "c1").parent_id == first.opening_id
    assert _post(session, "c2").parent_id == _post(session, "2").id


def test_counters_are_those_that_a_recount_finds(app: Flask, session: Session, take: Import) -> None:
    """What was counted in bulk is what `recount_thread` counts one by one."""
    take(OLDER)
    ids = session.scalars(select(Thread.id)).all()
    session.rollback()
    with unit_of_work() as writing:
        assert [recount_thread(writing, id) for id in ids] == [{}] * len(ids)


def test_words_are_markdown_and_safe(session: Session, take: Import) -> None:
    """Markdown from the history, HTML where there is none; few tags that other sites allow; nothing that runs."""
    take(OLDER)
    second = _post(session, "2")
    assert "`sencha`" in second.body_source
    assert "H2O  \nboiled" in second.body_source
    assert "<li>for <code>sencha</code></li>" in second.body_html
    sixth = _post(session, "6")
    assert "<img" not in sixth.body_html
    assert 'href="https://pictures.example/kettle.png">my kettle</a>' in sixth.body_html
    assert "a &lt; b" in sixth.body_html
    assert "<script" not in "".join(session.scalars(select(Post.body_html)))
    assert "<code>measured</code>. &lt;script&gt;" in _post(session, "c2").body_html
    assert "mention" not in _post(session, "c1").body_html
    third = _member(session, "3")
    assert "script" not in third.about_html
    assert "this" in third.about_html
    assert "<strong>water</strong>" in _member(session, "1").about_html


@pytest.mark.parametrize(("typed", "shown"), [
    ("<p>One rule:\n<p>drink <b>water</b>", "<p>One rule:</p>\n<p>drink <strong>water</strong></p>"),
    ("<sup>1 a source\nin two lines</sup>", "<p>1 a source\nin two lines</p>"),
    ("<ol>\n<li>One</li>\n<li>Two</li>\n</ol>", "<ul>\n<li>One</li>\n<li>Two</li>\n</ul>"),
    ("Use `<b>x</b>`:\n\n    <b>y</b>\n", "&lt;b&gt;x&lt;/b&gt;</code>:"),
    ("Use it:\n\n    <b>y</b>\n", "&lt;b&gt;y&lt;/b&gt;"),
    ("#Ice cubes\nmelt", "Ice cubes</h3>"),
])  # fmt: skip
def test_tags_are_what_they_were_there(
    session: Session, take: Import, tmp_path: Path, typed: str, shown: str
) -> None:
    """Tags between the Markdown are not shown as typed, those in code are; headings need no blank after the sign."""
    dump = tmp_path / "dump"
    shutil.copytree(OLDER, dump)
    for name, was, words in (
        ("PostHistory", "About 80 degrees,&#10;&#10;- for &lt;kbd&gt;sencha&lt;/kbd&gt;&#10;- H&lt;sub&gt;2"
                        "&lt;/sub&gt;O&lt;br&gt;boiled", typed),
        ("Posts", "&lt;p&gt;About 80 degrees.&lt;/p&gt;", "<h1>x</h1>" if typed.startswith("#") else "<p>x</p>"),
    ):
        file = dump / f"{name}.xml"
        text = file.read_text("utf-8-sig")
        assert was in text
        file.write_text(text.replace(was, escape(words).replace("\n", "&#10;")), "utf-8")
    assert take(dump).exit_code == 0
    assert shown in _post(session, "2").body_html


def test_edits_become_revisions(session: Session, take: Import) -> None:
    """One for each edit, with what stood there before; a rollback is an edit; who has no account is a name."""
    take(OLDER)
    rows: list[Any] = []
    for id in ("1", "7"):
        rows += session.execute(
            select(Post.external_id, PostRevision.number, PostRevision.title, PostRevision.tags,
                   PostRevision.body_source, Member.name)
            .join(Post, Post.id == PostRevision.post_id).join(Member, Member.id == PostRevision.editor_id)
            .where(Post.external_id == id).order_by(PostRevision.number)
        ).all()
    second = _member(session, "2").name
    assert [tuple(row) for row in rows] == [
        ("1", 1, "How hot should water be for green tea?", "green-tea", "How hot for green te?", second),
        ("7", 1, None, None, "Everybody owns this.", "user79"),
        ("7", 2, None, None, "Nobody owns this.", second),
    ]
    assert _post(session, "1").revision_count == 1
    assert _post(session, "1").body_source == "How hot for *green* tea?"


def test_names_become_handles_that_nobody_can_mistake(session: Session, take: Import) -> None:
    """Two of one name, spaces, other scripts, reserved, mixed, turned and empty ones; nobody can sign in."""
    take(OLDER)
    found = {row[0]: (row[1], row[2]) for row in session.execute(
        select(Member.external_id, Member.name, Member.shown_name).where(Member.external_id.is_not(None)))}
    assert found == {
        "-1": ("member-1", "Community · imported"), "1": ("Ana-Maria", "Ana Maria"), "2": ("Sam", None),
        "3": ("Sam-3", "Sam"), "4": ("小明", None), "5": ("member-5", "Admin · imported"), "6": ("paul", None),
        "7": ("evilgnp", None), "8": ("Leaving-Soon", "Leaving Soon"), "9": ("Old-Name", "Old Name"),
        "10": ("member-10", "☕☕"),
    }
    nameless = set(session.scalars(select(Member.name).where(Member.external_id.is_(None))))
    assert nameless == {"user77", "user78", "user79"}
    assert not session.scalars(select(Member.id).where(
        Member.password_hash.is_not(None) | Member.confirmed_at.is_not(None))).all()
    assert _author(session, _post(session, "6")).name == "user77"


def test_opinions_come_without_voters(session: Session, take: Import) -> None:
    """Votes on what is there, acceptances, bounties from giver to winner, approved edits, badges."""
    take(OLDER)
    assert session.scalars(select(Vote.voter_id).where(Vote.voter_id.is_not(None))).all() == []
    assert len(session.scalars(select(Vote.id)).all()) == 14
    accepted = session.execute(
        select(Post.external_id, Member.external_id).join(Acceptance, Acceptance.post_id == Post.id)
        .join(Member, Member.id == Acceptance.by_id).order_by(Post.id)
    ).all()
    assert [tuple(row) for row in accepted] == [("2", "1"), ("5", "3")]
    assert session.scalars(select(Thread.solved).order_by(Thread.id)).all() == [True, True, False, False]
    awards = session.execute(
        select(Member.external_id, Award.kind, Award.points).join(Member, Member.id == Award.member_id)
        .order_by(Award.kind)
    ).all()
    assert [tuple(row) for row in awards] == [
        ("1", "bounty_given", -50), ("2", "bounty_won", 50), ("4", "suggested_edit", 2)]
    badges = session.execute(
        select(Member.external_id, Badge.slug).join(MemberBadge, MemberBadge.badge_id == Badge.id)
        .join(Member, Member.id == MemberBadge.member_id)
    ).all()
    assert sorted(map(tuple, badges)) == [
        ("1", "student"), ("2", "nice-answer"), ("2", "nice-answer"), ("2", "teacher"), ("8", "student")]


def test_boards_come_from_the_most_used_tags(session: Session, take: Import) -> None:
    """As many as asked for, and one for the rest; tags keep their counts, "c#" is not "c"."""
    take(OLDER, "--boards", "1")
    boards = session.execute(select(Thread.external_id, Thread.board_id)).all()
    assert len({row[1] for row in boards}) == 2
    kettles = {row[0] for row in boards if row[1] == dict(map(tuple, boards))["4"]}
    assert kettles == {"4", "6"}
    assert {row[0]: row[1] for row in session.execute(select(Tag.slug, Tag.thread_count))} == {
        "kettles": 2, "green-tea": 1, "water": 1, "c-sharp": 1, "passing": 1, "unused": 0}


def test_tags_that_differ_in_a_sign_stay_apart(session: Session, take: Import, tmp_path: Path) -> None:
    """In whatever order they come; with words for the signs."""
    dump = tmp_path / "dump"
    shutil.copytree(OLDER, dump)
    for name, was, now in (
        ("Tags", "</tags>", "".join(f'<row Id="{number}" TagName="{tag}" Count="1" />' for number, tag in enumerate(
            ("c++", "c", "net", ".net", "x/y", "x-y"), start=20)) + "</tags>"),
        ("Posts", "&lt;kettles&gt;&lt;c#&gt;", "".join(f"&lt;{tag}&gt;" for tag in ("c#", "c", "c++", "x/y", "x-y"))),
    ):
        file = dump / f"{name}.xml"
        text = file.read_text("utf-8-sig")
        assert was in text
        file.write_text(text.replace(was, now), "utf-8")
    assert take(dump).exit_code == 0
    tags = {row.slug: row.thread_count for row in session.execute(select(Tag.slug, Tag.thread_count))}
    one = {"c-sharp", "c", "c-plus-plus", "x-y", "x-y-2"}
    assert {slug for slug, number in tags.items() if number == 1} == one | {"kettles", "green-tea", "water", "passing"}
    assert tags["net"] == tags["dot-net"] == 0
    assert "Nothing had changed." in take(dump).output


def test_the_summary_says_what_was_not_taken_and_why(take: Import) -> None:
    """Each reason with its number."""
    lines = {line.strip() for line in take(OLDER).output.splitlines()}
    for sentence in (
        "4  questions", "6  answers", "4  comments", "3  edits", "14  votes", "2  accepted answers", "11  members",
        "2  posts that are no questions or answers (articles about tags, notices)",
        "2  comments on what is not taken", "2  votes on what is not taken or not in the dump",
        "1  favorites (whose they are is theirs alone)", "1  votes to close, delete, review or report",
        "1  edits suggested by guests (their points belong to nobody)",
        "1  closings of questions (they are open here)", "1  marks of duplicates (both questions are there)",
        "2  lists of related questions (links in the texts are kept)", "2  places where members live",
        "1  websites of members", "1  ages of members",
    ):
        assert sentence in lines, sentence


def test_people_read_it_in_the_browser(app: Flask, take: Import, browse: Callable[..., Surfer]) -> None:
    """Home, board, thread, history and profile answer, with the names that people had."""
    take(OLDER)
    guest = browse()
    with app.app_context():
        first = db.session.scalars(select(Thread).where(Thread.external_id == "1")).one()
        address, post = f"/t/{first.id}/{first.slug}", first.opening_id
    page = guest.get(address)
    assert page.status_code == 200
    assert "Ana Maria" in page.text
    assert "About 80 degrees" in page.text
    assert guest.get("/").status_code == guest.get("/boards").status_code == 200
    assert "boil" in guest.get("/m/Ana-Maria").text
    assert "Nice Answer <span class=\"quiet\">× 2" in guest.get("/m/Sam").text
    history = guest.get(f"/p/{post}/revisions")
    assert history.status_code == 200
    assert "Sam" in history.text


def test_what_came_is_found_and_waits_on_the_desk(
    take: Import, browse: Callable[..., Surfer], drain: Callable[[], None], app: Flask
) -> None:
    """Nobody has to ask for it: the search and the helpers' desk know what was imported as soon as the worker ran."""
    take(OLDER)
    assert titles(browse(), "vinegar") == []
    drain()
    assert titles(browse(), "vinegar") == ["Who descales a kettle with vinegar?"]
    with app.app_context():
        known = db.session.scalar(select(func.count()).select_from(HelperTopic))
        db.session.remove()
    assert known
