"""Writes of the community manager: the draft of the rules, what it would do, and putting it into force."""

from collections.abc import Callable
from secrets import randbelow
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.content.lines import one_line
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import gettext as _
from forum.jobs.queue import enqueue
from forum.reputation import editing, publishing, versions
from forum.reputation.rule_tables import THE_DRAFT, RulesetDraft, RulesetPublication, RulesetSimulation
from forum.reputation.rules import Ruleset
from forum.reputation.rulesets import DEFAULT, preset
from forum.reputation.typed import Data
from forum.reputation.versions import NOTE_LENGTH

# A draft begins at one of so many numbers, so that a page left open from a draft that is gone fits no later one.
DRAFT_VERSIONS = 100_000_000


def begin_draft(
    session: Session, actor: Actor, data: Data, *, origin: str, origin_name: str, over: int | None = None
) -> RulesetDraft:
    """Begin a draft from some rules. `over` is the version of the draft that it takes the place of.

    Raises:
        Conflict: there is a draft that whoever asks has not seen.
    """
    guardian.require(guardian.may_manage(actor), actor)
    draft = _draft(session)
    if draft is not None and draft.version != over:
        raise Conflict(_("There is a draft already. Look at it first; you can discard it there."))
    if draft is not None:
        session.delete(draft)
        session.flush()
    begun = RulesetDraft(
        id=THE_DRAFT, version=1 + randbelow(DRAFT_VERSIONS), data=data, origin=origin, origin_name=origin_name[:60],
        changed_by_id=actor.id, changed_at=now(),
    )
    session.add(begun)
    return begun


def change_draft(session: Session, actor: Actor, version: int, change: Callable[[Data], Data]) -> RulesetDraft:
    """Change the draft by a function of what it holds. Right or wrong, it is kept.

    Raises:
        Conflict: somebody changed it after `version`, or it is there no more.
    """
    guardian.require(guardian.may_manage(actor), actor)
    draft = _seen(session, version)
    draft.data = change(draft.data)
    draft.version += 1
    draft.changed_by_id, draft.changed_at = actor.id, now()
    session.flush()
    return draft


def discard_draft(session: Session, actor: Actor, version: int) -> None:
    """Let go of the draft.

    Raises:
        Conflict: somebody changed it after `version`, or it is there no more.
    """
    guardian.require(guardian.may_manage(actor), actor)
    session.delete(_seen(session, version))


def ask_simulation(session: Session, actor: Actor, version: int, *, later: bool) -> RulesetSimulation:
    """Note that it is to be worked out what the draft would do, in place of what was worked out before.

    Args:
        later: a job works it out; else whoever asks does.

    Raises:
        Conflict: somebody changed the draft after `version`.
        Invalid: something in it is wrong.
    """
    guardian.require(guardian.may_manage(actor), actor)
    ruleset = _right(_seen(session, version).data)
    session.execute(delete(RulesetSimulation), execution_options={"synchronize_session": False})
    asked = RulesetSimulation(data=editing.plain(ruleset), asked_by_id=actor.id, asked_at=now())
    session.add(asked)
    session.flush()
    if later:
        enqueue(session, "simulate_rules", {"simulation_id": asked.id})
    return asked


def publish_draft(session: Session, actor: Actor, version: int, note: str) -> RulesetPublication:
    """Put the draft into force, in a job.

    Raises:
        Conflict: somebody changed it after `version`, it says what is in force, or other rules are on their way.
        Invalid: there is no note, something in the draft is wrong, or boards need a rank that it does not have.
    """
    guardian.require(guardian.may_manage(actor), actor)
    draft = _seen(session, version)
    return _publish(session, actor, _right(draft.data), versions.noted(note))


def take_back(session: Session, actor: Actor, number: int, note: str) -> RulesetPublication:
    """Put an older version into force again, as a new version; 0 is what comes with the product.

    Raises:
        NotFound: there is no such version.
        Conflict: it says what is in force, or other rules are on their way.
        Invalid: boards need a rank that it does not have.
    """
    guardian.require(guardian.may_manage(actor), actor)
    older = versions.version(session, number).ruleset if number else preset(DEFAULT)
    otherwise = _("Back to version %(number)s", number=number) if number else _("Back to what comes with the product")
    return _publish(session, actor, older, one_line(note)[:NOTE_LENGTH] or otherwise)


def _publish(session: Session, actor: Actor, ruleset: Ruleset, note: str) -> RulesetPublication:
    publication = publishing.begin(session, ruleset, note=note, by_id=actor.id)
    enqueue(session, "publish_rules", {"publication_id": publication.id})
    return publication


def _right(data: Data) -> Ruleset:
    ruleset, faults = editing.check(data)
    if ruleset is None:
        raise Invalid({f"{fault.page} {fault.field}": fault.sentence for fault in faults})
    return ruleset


def _draft(session: Session) -> RulesetDraft | None:
    found: Any = select(RulesetDraft).with_for_update()
    return session.scalars(found).one_or_none()


def _seen(session: Session, version: int) -> RulesetDraft:
    """The draft, if it is the one that whoever asks has seen."""
    draft = _draft(session)
    if draft is None:
        raise Conflict(_("The draft is gone: it was published, or discarded."))
    if draft.version != version:
        raise Conflict(_("Somebody changed the draft after you opened it."))
    return draft
