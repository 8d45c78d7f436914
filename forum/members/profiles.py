"""Doors: the page about a member."""

from urllib.parse import quote

from flask import render_template, request

from forum.access import guardian
from forum.access.actors import Actor, initials
from forum.core.errors import NotFound
from forum.doors import Page, moved, needs, viewer
from forum.extensions import db
from forum.members import activity, queries
from forum.members.blueprint import blueprint
from forum.members.merging import is_imported
from forum.members.models import Member
from forum.members.queries import Portrait
from forum.reputation import history
from forum.reputation import queries as reputation
from forum.reputation.queries import ProfileStanding
from forum.trades import queries as trades

SHOWS = ("", "answers", "questions")
LATEST = 5  # lines of the ledger beside the profile
RECENT = 5


@blueprint.get("/m/<name>")
@needs("public")
def profile(name: str) -> Page:
    """Who they are, what they answered and asked; for its owner also what only they see."""
    session, asking = db.session(), viewer()
    show, before = request.args.get("show", ""), request.args.get("before", "")
    if show not in SHOWS or (before and not show):
        raise NotFound
    # The standing is read along: it is in the session when `reputation.profile` asks for it.
    person, _standing, ratings, positive = queries.called_with(session, name, *trades.counted(asking, Member.id))
    if person.name != name:
        return moved(f"/m/{quote(person.name)}")
    shown = queries.portrait(asking, person)
    standing = reputation.profile(session, person.id)
    reads_ledger = bool(guardian.may_read_ledger(asking, person))
    return render_template(
        "members/profile.html", person=shown, initials=initials(person.label), standing=standing,
        show=show, before=before,
        goals=_goals(standing), is_own=bool(guardian.may_see_purchases(asking, person)), reads_ledger=reads_ledger,
        may_flag=bool(guardian.may_flag(asking, person.id)), may_sanction=bool(guardian.may_sanction(asking, person)),
        may_hold_rank=bool(guardian.may_hold_rank(asking, person)),
        may_claim=is_imported(person) and bool(guardian.may_write(asking)),
        months=activity.by_month(session, person.id) if shown.activity and not show else [],
        latest=history.latest(session, asking, person.id, LATEST) if reads_ledger and not show else [],
        badges=reputation.badges(session, person.id) if shown.activity and not show else [],
        feedback=trades.share_of(ratings, positive) if not show else None, **_lists(asking, shown, show, before),
    )


def _lists(asking: Actor, person: Portrait, show: str, before: str) -> dict[str, object]:
    session = db.session()
    if show == "answers":
        return {"page": queries.answers(session, asking, person, before)}
    questions = queries.questions(session, asking, person, before)
    if show == "questions":
        return {"page": questions}
    return {"best": queries.best_answers(session, asking, person), "questions": questions.rows[:RECENT]}


def _goals(standing: ProfileStanding) -> dict[str, int]:
    """Where the bars end: the most that any way to the next rank asks for, at least what is there."""
    ways = standing.next.ways if standing.next else ()
    return {
        measure: max([standing.numbers.get(measure), 1, *(
            step.least for way in ways for step in way.steps if step.measure == measure
        )])
        for measure in ("points", "purchases")
    }
