""""This worked for me": an up vote that says more. It takes the vote's place, so it can never count beside it."""

import re
import unicodedata

from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.purchases.queries import owned_until_commit, owns
from forum.threads import ballots, projections
from forum.threads.models import Post, Vote

LONGEST_VERSION = 40
# Letters, digits, and what stands in the name of a version: no address, no mark-up.
_VERSION = re.compile(r"[\w .,+()#/-]*")


def say_worked(session: Session, actor: Actor, post: Post, version: str | None = None) -> Vote:
    """Say that an answer worked, with which version; again changes the version alone (None leaves it).

    It is an up vote as well: one that was given stays, a down vote gives way.

    Raises:
        Forbidden, Unauthenticated: as for voting up; where the thread is about a product, for who does not own it.
        Invalid: the version is too long, or is none.
        TooMany: as for voting up.
    """
    board, thread = ballots.lock(session, post)
    guardian.require_seen(actor, board)
    owned = owned_until_commit(session, actor.id, thread) if actor.id is not None else None
    owner = True if owned is not None else owns(session, None, thread)
    guardian.require(guardian.may_say_worked(actor, post, thread, board, owner), actor)
    typed = clean_version(version) if version is not None else None
    held = ballots.held_by(session, actor, post)
    before = projections.tally_of(held)
    anew = held is None or not before.up or held.worked_at is None
    if held is None or not before.up:
        ballots.check_limits(session, actor, post, 1)
        held = ballots.cast(session, actor, post, thread, held, 1)
        held.worked_at, held.worked_with = held.changed_at, None
    if anew or owner:  # what was said before rests on what it rested on then
        held.by_owner, held.owned_product_id = owner, owned
    if held.worked_at is None:
        held.worked_at = now()
    if typed is not None:
        held.worked_with = typed or None
    ballots.settle(session, None, thread, post, held, before)
    return held


def unsay_worked(session: Session, actor: Actor, post: Post) -> Vote | None:
    """Take it back, and the up vote that came with it; one that was there before stays. Again is harmless.

    Raises:
        Forbidden, Unauthenticated: as for taking a vote back.
    """
    board, thread = ballots.lock(session, post)
    guardian.require_seen(actor, board)
    guardian.require(guardian.may_vote(actor, post, thread, board, 0), actor)
    held = ballots.held_by(session, actor, post)
    if held is None or held.worked_at is None:
        return held
    before = projections.tally_of(held)
    if held.changed_at == held.worked_at:  # the vote came with it
        ballots.cast(session, actor, post, thread, held, 0)
    held.worked_at = held.worked_with = held.by_owner = held.owned_product_id = None
    ballots.settle(session, None, thread, post, held, before)
    return held


def clean_version(text: str) -> str:
    """A version as it is kept: blanks put in order.

    Raises:
        Invalid: too long, or with signs that no version has.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(typed) > LONGEST_VERSION:
        raise Invalid({"version": _("A version has at most %(num)s characters.", num=LONGEST_VERSION)})
    if not _VERSION.fullmatch(typed):
        raise Invalid({"version": _("Write a version like “firmware 2.1”: letters and digits.")})
    return typed
