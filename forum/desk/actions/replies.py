"""Saved replies: a member's own, and staff's for everybody."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.content.lines import one_line
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import Text, parted
from forum.core.i18n import gettext as _
from forum.desk import placeholders
from forum.desk.models import SavedReply
from forum.desk.state import MOST_REPLIES
from forum.members.models import Member
from forum.threads import writing

TITLE_LENGTH = 80


def save_reply(session: Session, actor: Actor, *, title: str, body: str, shared: bool = False) -> SavedReply:
    """Keep words to use again; `shared`: for everybody.

    Raises:
        Forbidden, Unauthenticated: shared ones are staff's.
        Invalid: by field, what to change; a placeholder that nothing stands for is named.
        Conflict: there are fifty already.
    """
    guardian.require(guardian.may_keep_reply(actor, actor.id, shared), actor)
    title, body = _checked(title, body)
    session.execute(select(Member.id).where(Member.id == actor.id).with_for_update(key_share=True))
    there = select(func.count()).select_from(SavedReply).where(SavedReply.shared.is_(shared))
    if not shared:
        there = there.where(SavedReply.owner_id == actor.id)
    if (session.scalar(there) or 0) >= MOST_REPLIES:
        raise Conflict(_("There are %(num)s already. Delete one that is not used any more.", num=MOST_REPLIES))
    moment = now()
    reply = SavedReply(
        owner_id=actor.id, shared=shared, title=title, body=body, created_at=moment, changed_at=moment
    )
    session.add(reply)
    session.flush()
    return reply


def change_reply(session: Session, actor: Actor, reply_id: int, *, title: str, body: str) -> None:
    """Put other words in the place of a saved reply.

    Raises:
        NotFound: there is none of the actor's, or for everybody, with this id.
        Forbidden: it is for everybody, and the actor is not staff.
        Invalid: as for saving.
    """
    reply = _own(session, actor, reply_id)
    guardian.require(guardian.may_keep_reply(actor, reply.owner_id, reply.shared), actor)
    reply.title, reply.body = _checked(title, body)
    reply.changed_at = now()
    session.flush()


def delete_reply(session: Session, actor: Actor, reply_id: int) -> None:
    """Take a saved reply away.

    Raises:
        NotFound, Forbidden: as for changing.
    """
    reply = _own(session, actor, reply_id)
    guardian.require(guardian.may_keep_reply(actor, reply.owner_id, reply.shared), actor)
    session.delete(reply)
    session.flush()


def _own(session: Session, actor: Actor, reply_id: int) -> SavedReply:
    reply = session.get(SavedReply, reply_id, with_for_update=True)
    if reply is None or not (reply.shared or reply.owner_id == actor.id):
        raise NotFound(_("There is no such saved reply."))
    return reply


def _checked(title: str, body: str) -> tuple[str, str]:
    problems: dict[str, Text] = {}
    title = one_line(title)
    if not 1 <= len(title) <= TITLE_LENGTH:
        problems["title"] = _("Give it a name of at most %(num)s characters.", num=TITLE_LENGTH)
    try:
        body = writing.clean_body(body)
    except Invalid as error:
        problems |= error.fields
    wrong = placeholders.unknown(body)
    if wrong:
        problems["body"] = _(
            "Nothing stands for %(names)s. You can use {asker}, {board}, {title} and {me}.",
            names=parted(f"{{{name}}}" for name in wrong),
        )
    if problems:
        raise Invalid(problems)
    return title, body
