"""Adding pictures. The file itself travels between the two steps: no transaction waits for a storage."""

import datetime as dt
import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core import ratelimit
from forum.core.clock import beginning, now
from forum.core.errors import NotFound, TooMany
from forum.core.i18n import ngettext
from forum.jobs.queue import enqueue
from forum.members.models import Member
from forum.reputation import rulesets
from forum.reputation.words import limit_anchor
from forum.uploads.inspection import Facts
from forum.uploads.models import Picture


def begin_picture(session: Session, actor: Actor, facts: Facts) -> Picture:
    """Make a place for a picture; its file is stored next, under a name that is made here.

    Raises:
        Forbidden, Unauthenticated: the actor may not add pictures.
        TooMany: too many at once, or today.
    """
    limits = rulesets.current(session).rank(actor.rank_key).limits
    guardian.require(guardian.may_add_pictures(actor, limits.images), actor)
    ratelimit.take("upload", actor.id)
    if not actor.is_staff:
        _check_day(session, actor, limits.images_a_day)
    picture = Picture(
        public_id=secrets.token_hex(16), uploader_id=actor.id, width=facts.width, height=facts.height,
        state="arriving", created_at=now(),
    )
    session.add(picture)
    session.flush()
    return picture


def finish_picture(session: Session, actor: Actor, public_id: str) -> Picture:
    """The file is in the storage: have it made small and clean.

    Raises:
        Forbidden, NotFound: it is not the actor's, or gone.
    """
    picture = session.scalars(
        select(Picture).where(Picture.public_id == public_id, Picture.removed_at.is_(None)).with_for_update()
    ).one_or_none()
    if picture is None:
        raise NotFound
    guardian.require(guardian.may_finish_picture(actor, picture.uploader_id), actor)
    if picture.state == "arriving":
        picture.state = "waiting"
        enqueue(session, "encode_picture", {"picture_id": picture.id})
        session.flush()
    return picture


def _check_day(session: Session, actor: Actor, most: int) -> None:
    """Count this UTC day's pictures, while this member adds no other."""
    session.execute(select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True))
    moment = now()
    midnight = beginning(moment.date())
    added = session.scalar(
        select(func.count()).where(Picture.uploader_id == actor.id, Picture.created_at >= midnight)
    )
    if (added or 0) >= most:
        wait = int((midnight + dt.timedelta(days=1) - moment).total_seconds()) + 1
        raise TooMany(wait, ngettext(
            "That was your picture for today. Your text is kept; tomorrow you can add more.",
            "Those were your %(num)s pictures for today. Your text is kept; tomorrow you can add more.", most,
        ), limit_anchor("images_a_day"))
