"""Votes without voters, accepted answers, awards and badges."""

from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from forum.content.slugs import slugify
from forum.core.bulk import chunks, insert_rows
from forum.core.database import Base
from forum.integrations.importers import keys, people
from forum.integrations.importers.records import AcceptanceRecord, AwardRecord, BadgeRecord, VoteRecord
from forum.integrations.importers.run import Run
from forum.reputation.models import Award, Badge, MemberBadge
from forum.threads.models import Acceptance, Post, Thread, Vote

ACCEPTANCE, AWARD, BADGE = "acceptance", "award", "badge"
_VOTES: Table = Base.metadata.tables[Vote.__tablename__]
_VOTE = ("post_id", "voter_id", "value", "created_at", "changed_at", "external_id")
_CAST = _VOTES.update().where(_VOTES.c.id == bindparam("of")).values(
    value=bindparam("now"), created_at=bindparam("at"), changed_at=bindparam("at")
)


def vote_id(source: str, id: str) -> str:
    """The external id of a vote: unique over all sources."""
    return f"{source}:{id}"


def write_votes(run: Run, records: list[VoteRecord]) -> None:
    """Take these votes. One that was taken before is the same vote."""
    with run.reading() as session:
        posts = keys.find(session, run.name, "post", (one.post for one in records))
        known = _known_votes(session, [vote_id(run.name, one.id) for one in records])
    new, changed = [], []
    for one in records:
        held = known.get(vote_id(run.name, one.id))
        if one.post not in posts:
            continue
        if held is None:
            new.append((posts[one.post].row_id, None, one.value, one.at, one.at, vote_id(run.name, one.id)))
        elif held[1] != one.value:
            changed.append({"of": held[0], "now": one.value, "at": one.at})
    if new or changed:
        with run.writing(len(new) + len(changed)) as session:
            insert_rows(session, _VOTES, _VOTE, new)
            if changed:
                session.connection().execute(_CAST, changed)


def _known_votes(session: Session, ids: list[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for some in chunks(ids):
        rows = session.execute(select(Vote.external_id, Vote.id, Vote.value).where(Vote.external_id.in_(some)))
        found.update((str(row[0]), (row[1], row[2])) for row in rows)
    return found


def write_acceptances(run: Run, records: list[AcceptanceRecord]) -> None:
    """Take what was accepted; who accepted is who asked. An answer that was accepted here already stays so."""
    with run.reading() as session:
        news = keys.News(session, run.name, ACCEPTANCE, records)
        posts = keys.find(session, run.name, "post", (one.post for one in records))
    todo = [one for one in news.todo if one.post in posts]
    if not todo:
        return
    with run.writing(len(todo)) as session:
        for one in todo:
            answer = session.get_one(Post, posts[one.post].row_id)
            thread = session.get_one(Thread, answer.thread_id)
            row = session.scalars(select(Acceptance).where(Acceptance.post_id == answer.id)).one_or_none()
            if row is None:
                row = Acceptance(
                    thread_id=thread.id, post_id=answer.id, by_id=thread.author_id, created_at=one.at,
                    external_id=vote_id(run.name, one.id),
                )
                session.add(row)
            row.undone_at, row.created_at, row.by_id = None, one.at, thread.author_id
            thread.accepted_post_id = answer.id
            session.flush()
            news.keep(session, one, row.id)


def write_awards(run: Run, records: list[AwardRecord]) -> None:
    """Take points that are no votes."""
    with run.reading() as session:
        news = keys.News(session, run.name, AWARD, records)
    todo, known = news.todo, news.known
    if not todo:
        return
    with run.writing(len(todo)) as session:
        members = people.authors(session, run.name, (one.member for one in todo))
        for one in todo:
            row = session.get_one(Award, known[one.id].row_id) if one.id in known else Award(
                external_id=vote_id(run.name, one.id)
            )
            row.member_id, row.kind, row.points, row.created_at = members[one.member], one.kind, one.points, one.at
            row.undone_at = None
            session.add(row)
            session.flush()
            news.keep(session, one, row.id)


def write_badges(run: Run, records: list[BadgeRecord]) -> None:
    """Take badges of people who are here. Those of others write nothing, so that a run repeated changes nothing."""
    with run.reading() as session:
        news = keys.News(session, run.name, BADGE, records)
        members = keys.members(session, run.name, (one.member for one in news.todo))
    there, known = [one for one in news.todo if one.member in members], news.known
    if not there:
        return
    with run.writing(len(there)) as session:
        kinds = _badges(session, {one.name: one.level for one in there})
        new = [one for one in there if one.id not in known]
        rows: list[dict[str, Any]] = [
            {"member_id": members[one.member], "badge_id": kinds[one.name], "awarded_at": one.at,
             "external_id": vote_id(run.name, f"b{one.id}")}
            for one in new
        ]
        ids: list[int] = []
        if rows:
            ids = list(session.scalars(
                insert(MemberBadge).returning(MemberBadge.id, sort_by_parameter_order=True), rows
            ))
        keys.add(session, run.name, BADGE, {one.id: news.key(one, id) for one, id in zip(new, ids, strict=True)})
        changed = {one.id: news.key(one, known[one.id].row_id) for one in there if one.id in known}
        for one in there:
            if one.id in known:
                row = session.get_one(MemberBadge, known[one.id].row_id)
                row.member_id, row.badge_id, row.awarded_at = members[one.member], kinds[one.name], one.at
        keys.change(session, run.name, BADGE, changed)


def _badges(session: Session, levels: dict[str, str | None]) -> dict[str, int]:
    """The badges of these names; a level that was not known is filled in."""
    slugs = {name: slugify(name) for name in levels}
    imported = select(Badge).where(Badge.slug.in_(slugs.values()), Badge.key.is_(None))
    there = {row.slug: row for row in session.scalars(imported)}
    for name, level in levels.items():
        row = there.setdefault(slugs[name], Badge(slug=slugs[name], labels={"en": name, "zh": name}))
        row.level = level or row.level
        session.add(row)
    session.flush()
    return {name: there[slug].id for name, slug in slugs.items()}
