"""Deferred work on the index."""

from forum.core.unit_of_work import unit_of_work
from forum.jobs.queue import enqueue
from forum.search import indexing
from forum.search.indexing import START, Place

STEPS = 4  # batches a job: then others have their turn


def index_thread(thread_id: int) -> None:
    """Index a thread anew that was moved."""
    indexing.reindex_thread(thread_id)


def index_member(member_id: int) -> None:
    """Index anew what a member wrote, and their names."""
    indexing.reindex_member(member_id)


def index_all(what: str = START.what, after: int = START.after) -> None:
    """Index everything anew, a part at a time: each job queues the next. The migration that makes the index asks."""
    place: Place | None = Place(what, after)
    for _step in range(STEPS):
        if place is not None:
            place = indexing.reindex_step(place)
    if place is not None:
        with unit_of_work() as session:
            enqueue(session, "index_all", {"what": place.what, "after": place.after})
