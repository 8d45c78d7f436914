"""Opening an account."""

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Invalid
from forum.core.i18n import lazy_gettext as _l
from forum.core.tokens import address_key
from forum.events.catalogue import MemberNamed
from forum.events.publish import publish
from forum.members import names
from forum.members.addresses import address
from forum.members.models import HUES, ROLES, Member, MemberEmail
from forum.members.state import email_row, is_taken
from forum.reputation import standings


def join(session: Session, actor: Actor, name: str, email: str, password_hash: str, privacy_key: str) -> Member:
    """Open an account with an address that is not confirmed yet.

    Whether the address belongs to somebody makes no difference here: it is the job that mails who
    finds out (see `ask_confirmation`), so that joining tells nobody who has an account.

    Raises:
        Invalid: the name or the address cannot be used, or the name (or one that looks like it) is taken.
    """
    guardian.require(guardian.may_join(actor), actor)
    return _insert(session, names.handle(name), address(email), password_hash, privacy_key)


def create_member(
    session: Session, actor: Actor, name: str, email: str, password_hash: str, privacy_key: str, role: str = "member"
) -> Member:
    """An account made by whoever runs the community: its address counts as confirmed.

    Raises:
        Invalid: as `join`, or the address is another member's, or there is no such role.
    """
    guardian.require(guardian.may_act_for_nobody(actor), actor)
    if role not in ROLES:
        raise Invalid({"role": _l("A role is one of member, moderator, admin.")})
    key = address_key(address(email))
    taken = select(MemberEmail.id).where(MemberEmail.address_key == key, MemberEmail.confirmed_at.is_not(None))
    if session.scalar(taken):
        raise Invalid({"email": _l("This address belongs to a member already.")})
    # The community's own people may bear names that are kept for it, such as "admin".
    handle = names.handle(name, reserved=True)
    return _insert(session, handle, address(email), password_hash, privacy_key, role, confirmed=True)


def _insert(
    session: Session, name: str, email: str, password_hash: str, privacy_key: str, role: str = "member", *,
    confirmed: bool = False,
) -> Member:
    key = names.name_key(name)
    if is_taken(session, key):
        raise _name_taken()
    moment = now()
    member = Member(
        name=name, name_key=key, role=role, password_hash=password_hash, joined_at=moment, last_seen_at=moment,
        confirmed_at=moment if confirmed else None, hue=secrets.randbelow(HUES),
    )
    try:
        with session.begin_nested():
            session.add(member)
            session.flush()
    except IntegrityError:
        raise _name_taken() from None
    session.add(email_row(member.id, email, privacy_key, confirmed=confirmed))
    session.flush()
    standings.open_standing(session, member.id)
    publish(session, MemberNamed(member.id))
    return member


def _name_taken() -> Invalid:
    return Invalid({"name": _l("That name is taken, or looks too much like one that is. Please choose another.")})
