"""What is not in the newest state of a source any more: posts are deleted softly, votes taken away, people nameless."""

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from forum.core.clock import now
from forum.integrations.importers import keys, people, places
from forum.integrations.importers.keys import Key
from forum.integrations.importers.run import Run
from forum.reputation.models import Award, MemberBadge
from forum.threads.models import Acceptance, Post, Thread, ThreadTag, Vote

SIZE = 1000
KINDS = ("badge", "award", "acceptance", "post", "thread", "tag", "member")


def take_away(run: Run) -> None:
    """Find what was taken before and was not seen in this run, and take it away."""
    _votes(run)
    for kind in KINDS:
        after = ""
        while True:
            with run.reading() as session:
                held = keys.page(session, run.name, kind, after, SIZE)
            if not held:
                break
            after = held[-1][0]
            missing = run.scratch.unseen(kind, [id for id, _key in held if not id.startswith("~")])
            if missing:
                _drop(run, kind, {id: key for id, key in held if id in missing})


def _drop(run: Run, kind: str, gone: dict[str, Key]) -> None:
    with run.writing(len(gone)) as session:
        if kind == "tag":
            for name, key in gone.items():
                places.forget_tag(session, run.name, name, key.row_id)
        else:
            for key in gone.values():
                _DROPS[kind](session, key.row_id)
            if kind == "badge":
                for id in gone:
                    keys.drop(session, run.name, kind, id)
            else:
                keys.change(session, run.name, kind, {
                    id: Key(key.row_id, key.digest, key.edits, gone=True) for id, key in gone.items()
                })
    run.vanished[kind] += len(gone)


def _drop_badge(session: Session, id: int) -> None:
    session.execute(delete(MemberBadge).where(MemberBadge.id == id))


def _drop_award(session: Session, id: int) -> None:
    session.get_one(Award, id).undone_at = now()


def _drop_acceptance(session: Session, id: int) -> None:
    acceptance = session.get_one(Acceptance, id)
    acceptance.undone_at = acceptance.undone_at or now()
    thread = session.get_one(Thread, acceptance.thread_id)
    if thread.accepted_post_id == acceptance.post_id:
        thread.accepted_post_id = None


def _drop_post(session: Session, id: int) -> None:
    post = session.get_one(Post, id)
    post.deleted_at = post.deleted_at or now()
    post.base_score = 0


def _drop_thread(session: Session, id: int) -> None:
    thread = session.get_one(Thread, id)
    thread.deleted_at = thread.deleted_at or now()
    thread.version += 1
    session.execute(delete(ThreadTag).where(ThreadTag.thread_id == id))


_DROPS: dict[str, Callable[[Session, int], None]] = {
    "badge": _drop_badge, "award": _drop_award, "acceptance": _drop_acceptance, "post": _drop_post,
    "thread": _drop_thread, "member": people.forget,
}


def _votes(run: Run) -> None:
    """Votes have no keys: their external ids say whose they are."""
    after, prefix = 0, f"{run.name}:"
    while True:
        with run.reading() as session:
            held = session.execute(
                select(Vote.id, Vote.external_id, Vote.value)
                .where(Vote.id > after, Vote.external_id.is_not(None)).order_by(Vote.id).limit(SIZE)
            ).all()
        if not held:
            return
        after = held[-1][0]
        cast = {str(row[1]).removeprefix(prefix): row[0] for row in held if row[2] and str(row[1]).startswith(prefix)}
        missing = run.scratch.unseen("vote", list(cast))
        if missing:
            with run.writing(len(missing)) as session:
                session.execute(
                    update(Vote).where(Vote.id.in_([cast[id] for id in missing])).values(value=0, changed_at=now()),
                    execution_options={"synchronize_session": False},
                )
            run.vanished["vote"] += len(missing)
