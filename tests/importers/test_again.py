"""Importing again: nothing doubles, what changed is changed, what vanished goes, and a killed run ends the same."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forum.access.actors import SYSTEM, load_actor
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.importers.models import ImportRun
from forum.integrations.importers.run import Run
from forum.members.models import Member
from forum.reputation import maintenance
from forum.threads import actions, state
from forum.threads.models import Post, PostRevision, Tag, Thread, ThreadTag, Vote
from tests.factory import Factory
from tests.importers.conftest import Import
from tests.importers.reading import NEWER, OLDER, community, tables


def _votes(session: Session, *, cast: bool) -> set[str | None]:
    which = Vote.value != 0 if cast else Vote.value == 0
    return set(session.scalars(select(Vote.external_id).where(which)))


def test_a_second_run_changes_no_row(session: Session, take: Import) -> None:
    """Not one, in no table."""
    take(OLDER)
    before = tables(session)
    again = take(OLDER)
    assert again.exit_code == 0, again.output
    assert "Nothing had changed." in again.output
    assert tables(session) == before


def test_a_newer_dump_over_an_older_one(
    app: Flask, session: Session, take: Import, empty_database: Callable[[bool], None]
) -> None:
    """The same as the newer dump alone: but for boards, which stay, and what people saw of what is gone."""
    take(OLDER)
    older = dict(session.execute(select(Thread.external_id, Thread.board_id)).all())  # type: ignore[arg-type]
    newer = take(NEWER)
    assert newer.exit_code == 0, newer.output
    over = community(session)
    gone = set(session.scalars(select(Post.external_id).where(Post.deleted_at.is_not(None))))
    assert gone == {"10", "11", "c3"}
    assert _votes(session, cast=False) == {f"stackexchange:{number}" for number in (1, 15, 16)}
    boards = dict(session.execute(select(Thread.external_id, Thread.board_id)).all())  # type: ignore[arg-type]
    assert {id: boards[id] for id in older} == older
    left = session.scalars(select(Member).where(Member.external_id == "8")).one()
    assert left.erased_at is not None
    assert "Leaving" not in left.name
    assert session.scalars(select(Tag).where(Tag.slug == "passing")).all() == []
    assert maintenance.verify(session) == []
    session.close()
    db.engine.dispose()
    empty_database(False)
    take(NEWER)
    alone = community(session)
    for part in ("boards",):
        over.pop(part)
        alone.pop(part)
    assert over == alone


def test_what_came_back_is_back(session: Session, take: Import, tmp_path: Path) -> None:
    """A post that was missing in one dump and is there in the next is not gone any more."""
    take(NEWER)
    before = community(session)
    less = tmp_path / "less"
    shutil.copytree(NEWER, less)
    for name, sign in (("Posts", 'Id="20"'), ("Votes", 'PostId="20"'), ("Users", 'Id="4"'), ("Badges", 'Id="1"')):
        _without(less / f"{name}.xml", sign)
    assert take(less).exit_code == 0
    between = community(session)
    assert "20" not in {post[0] for post in between["posts"]}
    assert take(NEWER).exit_code == 0
    assert community(session) == before


def test_a_badge_of_nobody_in_the_dump_changes_nothing(session: Session, take: Import, tmp_path: Path) -> None:
    """It is left out and counted as such: a run repeated writes no row, and no new generation of the ledger."""
    dump = tmp_path / "dump"
    shutil.copytree(OLDER, dump)
    badges = dump / "Badges.xml"
    row = '<row Id="99" UserId="555" Name="Teacher" Date="2020-01-03T12:00:00.000" />'
    badges.write_text(badges.read_text("utf-8-sig").replace("</badges>", f"{row}</badges>"), "utf-8")
    first = take(dump)
    assert "1  badges of people who are not in the dump" in first.output
    before = tables(session)
    again = take(dump)
    assert "Nothing had changed." in again.output
    assert tables(session) == before


def test_what_was_edited_here_stays(app: Flask, session: Session, take: Import) -> None:
    """Words that somebody changed after the import are theirs; votes and new answers still come."""
    take(OLDER)
    with unit_of_work() as writing:
        post = writing.scalars(select(Post).where(Post.external_id == "1")).one()
        actions.edit_post(writing, SYSTEM, post, body="Words of our own.", title="A title of our own here")
    newer = take(NEWER)
    assert "Kept as they were edited here: 1" in newer.output
    session.rollback()
    thread = session.scalars(select(Thread).where(Thread.external_id == "1")).one()
    post = session.scalars(select(Post).where(Post.external_id == "1")).one()
    assert (thread.title, thread.answer_count) == ("A title of our own here", 3)
    assert post.body_source == "Words of our own."
    assert session.scalars(select(PostRevision.number).where(PostRevision.post_id == post.id)).all() == [1, 2]


def test_a_tag_that_is_gone_here_is_made_anew(session: Session, take: Import) -> None:
    """Redaction takes tags away; the next import goes on, and what it brings bears them again."""
    take(OLDER)
    with unit_of_work() as writing:
        writing.execute(delete(ThreadTag))
        state.forget_tags(writing, writing.scalars(select(Tag.slug)).all())
        assert writing.scalars(select(Tag.slug)).all() == []
    newer = take(NEWER)
    assert newer.exit_code == 0, newer.output
    session.rollback()
    assert set(session.scalars(select(Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id))) == {"green-tea", "water"}


def test_votes_of_members_here_stay(app: Flask, session: Session, take: Import, make: Factory) -> None:
    """A vote cast here counts beside the imported ones, also after the next import."""
    take(OLDER)
    voter = make.member()
    with unit_of_work() as writing:
        post = writing.scalars(select(Post).where(Post.external_id == "2")).one()
        actions.vote(writing, load_actor(writing, voter.id), post, 1)
    take(NEWER)
    session.rollback()
    post = session.scalars(select(Post).where(Post.external_id == "2")).one()
    assert (post.score, post.up_count) == (4, 4)
    assert maintenance.verify(session) == []


def test_an_older_dump_and_another_community_are_refused(session: Session, take: Import, tmp_path: Path) -> None:
    """In one sentence, and nothing changes; under a name of its own another community comes beside."""
    later = tmp_path / "later"
    shutil.copytree(NEWER, later)
    posts = later / "Posts.xml"
    row = next(line for line in posts.read_text("utf-8").splitlines() if 'Id="20"' in line)
    ids = (f'Id="{number}"' for number in range(100, 120))
    more = "".join(row.replace('Id="20"', id) + "\n" for id in ids)
    posts.write_text(posts.read_text("utf-8-sig").replace("</posts>", f"{more}</posts>"), "utf-8")
    assert take(later).exit_code == 0
    before = tables(session)
    older = take(OLDER)
    assert (older.exit_code, "would take away what came since" in older.output) == (1, True)
    other = tmp_path / "other"
    shutil.copytree(NEWER, other)
    posts = other / "Posts.xml"
    posts.write_text(posts.read_text("utf-8").replace('CreationDate="2020-01', 'CreationDate="2020-02'), "utf-8")
    refused = take(other)
    assert (refused.exit_code, "another community" in refused.output) == (1, True)
    assert tables(session) == before
    assert take(other, "--name", "other").exit_code == 0
    assert len(session.scalars(select(Thread.id)).all()) == 6


class Killed(Exception):
    """The process ends here."""


def test_killed_at_any_batch_and_run_again(
    app: Flask, session: Session, take: Import, monkeypatch: pytest.MonkeyPatch,
    empty_database: Callable[[bool], None],
) -> None:
    """Whichever batch is the last one that was written, the next run comes to the same end."""
    take(OLDER)
    expected = community(session)
    writing = Run.writing
    batches = 0

    @contextmanager
    def counted(run: Run, rows: int) -> Iterator[Session]:
        nonlocal batches
        batches += 1
        if batches == stop:
            raise Killed
        with writing(run, rows) as writer:
            yield writer

    stop, reached = 0, True
    while reached:
        stop, batches = stop + 1, 0
        session.close()
        db.engine.dispose()
        empty_database(False)
        monkeypatch.setattr(Run, "writing", counted)
        first = take(OLDER)
        reached = batches >= stop
        monkeypatch.setattr(Run, "writing", writing)
        assert isinstance(first.exception, Killed) == reached, first.output
        assert take(OLDER).exit_code == 0
        assert community(session) == expected, stop
        assert maintenance.verify(session) == []
        assert all(run.finished_at for run in session.scalars(select(ImportRun)))
    assert stop > 8


def _without(file: Path, sign: str) -> None:
    lines = file.read_text("utf-8-sig").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if sign not in line), "utf-8")
