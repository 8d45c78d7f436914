"""The one loader: takes the records of a source in their order and writes them, a batch a transaction.

A run that was killed is begun again: what is there already is passed over by its digest, so the end is the same. A run
over the same state of a source changes no row.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.core.i18n import gettext as _
from forum.core.unit_of_work import unit_of_work
from forum.events.catalogue import CommunityImported
from forum.events.publish import publish
from forum.integrations.importers import counting, opinions, people, places, posts, threads, vanishing
from forum.integrations.importers.models import ImportKey, ImportRun
from forum.integrations.importers.records import PostRecord, Record
from forum.integrations.importers.run import Progress, Run, unfinished
from forum.integrations.importers.scratch import Scratch
from forum.integrations.importers.source import Known, Source, Unreadable
from forum.reputation.regeneration import regenerate
from forum.threads.models import Post, Thread

R = TypeVar("R", bound=Record)
BATCH = 200  # texts in one transaction: rendering them is done before it begins
MANY = 2_000  # votes and the like
SEEN_AS = {"thread": ("thread", "post")}  # an opening is a post with its thread's id
FIRST, LAST = 200, 20  # threads and posts by which a source is recognized


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run. `taken`: records in the source by kind. `changed`: rows that were new or not the same."""

    taken: Counter[str]
    changed: int
    vanished: Counter[str]
    left_out: Counter[str]
    plain: int
    edited_here: int


def load(source: Source, progress: Progress = lambda _stage, _done, _total: None) -> Summary:
    """Take everything that a source has. Needs an application context; `source` is open.

    Raises:
        Unreadable: the source is not what it seems, or older than what was taken before.
    """
    scratch = Scratch()
    try:
        run = _begin(source, scratch, progress)
        try:
            _take(run)
        except IntegrityError as error:
            raise Unreadable(_("Something else wrote the same at the same time. Is another import running?")) from error
        return Summary(run.taken, run.written, run.vanished, source.left_out, run.plain, run.edited_here)
    finally:
        scratch.close()


def _begin(source: Source, scratch: Scratch, progress: Progress) -> Run:
    run = Run(source, scratch, compares=False, resumed=False, progress=progress)
    with run.reading() as session:
        source.check(_known(session, source.name))
        run.resumed = session.scalars(unfinished(source.name)).first() is not None
        known = select(ImportKey.row_id).where(ImportKey.source == source.name)
        run.compares = session.scalar(known.limit(1)) is not None
    return run


def _known(session: Session, name: str) -> Known:
    threads = session.execute(
        select(Thread.external_id, Thread.created_at).where(Thread.external_source == name)
        .order_by(Thread.id).limit(FIRST)
    )
    posts = session.scalars(
        select(Post.external_id)
        .where(Post.external_source == name, Post.kind.in_(("opening", "answer")), Post.deleted_at.is_(None))
        .order_by(Post.id.desc()).limit(LAST)
    )
    return Known(
        tuple((str(id), at.isoformat()) for id, at in threads), tuple(map(str, posts)),
        session.scalar(select(func.max(ImportRun.through)).where(ImportRun.source == name)),
    )


def _take(run: Run) -> None:
    source = run.source
    _stage(run, "tag", source.tags(), MANY, places.write_tags)
    there = places.make_boards(run)
    _stage(run, "member", source.people(), BATCH, people.write)
    _stage(run, "thread", source.threads(), BATCH, lambda run, some: threads.write(run, some, there))
    _stage(run, "post", source.posts(), BATCH, posts.write)
    _stage(run, "vote", source.votes(), MANY, opinions.write_votes)
    _stage(run, "acceptance", source.acceptances(), MANY, opinions.write_acceptances)
    _stage(run, "award", source.awards(), MANY, opinions.write_awards)
    _stage(run, "badge", source.badges(), MANY, opinions.write_badges)
    if run.compares:
        run.stage = "vanished"
        vanishing.take_away(run)
    if run.written or run.resumed:
        run.stage, run.done = "counting", 0
        counting.count(run)
        regenerate(unit_of_work, progress=lambda done, total: run.progress("reputation", done, total))
        _end(run)


def _stage(
    run: Run, kind: str, records: Iterator[R], size: int, write: Callable[[Run, list[R]], None]
) -> None:
    run.stage = kind
    for some in _batches(records, size):
        write(run, some)
        if run.compares:
            for same in SEEN_AS.get(kind, (kind,)):
                run.scratch.see(same, (one.id for one in some))
        run.step(kind, list(some))


def _batches(records: Iterable[R], size: int) -> Iterator[list[R]]:
    """Lists of records, none of which stands under another one of the same list."""
    some: list[R] = []
    ids = set[str]()
    for one in records:
        under = isinstance(one, PostRecord) and one.parent in ids
        if some and (under or len(some) >= size):
            yield some
            some, ids = [], set()
        some.append(one)
        ids.add(one.id)
    if some:
        yield some


def _end(run: Run) -> None:
    with unit_of_work() as session:
        row = session.scalars(unfinished(run.name)).one()
        row.finished_at, row.stage, row.through = now(), "done", run.source.through()
        publish(session, CommunityImported())
