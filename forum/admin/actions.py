"""Writes of the community manager: what the community is called, and the end of the demo."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import SYSTEM, Actor, load_actor
from forum.admin import closing_shop, uprooting
from forum.admin.models import SiteSetting
from forum.admin.queries import (
    demo_boards,
    demo_shop,
    demo_words,
    forget_site_settings,
    has_own_manager,
    kept_value,
)
from forum.content.lines import one_line
from forum.core.errors import Conflict, Invalid
from forum.core.i18n import lazy_gettext as _l
from forum.core.unit_of_work import after_commit
from forum.events.catalogue import AccessChanged
from forum.events.publish import publish
from forum.members.actions import create_member
from forum.members.models import Member
from forum.moderation.record import record

NAME_LENGTH = 40  # what fits into the top bar beside the search
TAGLINE_LENGTH = 160


@dataclass(frozen=True, slots=True)
class NewManager:
    """The account of whoever manages the community once the demo's manager is gone."""

    name: str
    email: str
    password_hash: str
    privacy_key: str


def set_words(session: Session, actor: Actor, *, name: str, tagline: str) -> None:
    """What the community is called, and the line that says what people find there.

    Raises:
        Invalid: the name is empty, or one of them is too long.
    """
    guardian.require(guardian.may_manage(actor), actor)
    name, tagline = one_line(name), one_line(tagline)
    wrong = {}
    if not 1 <= len(name) <= NAME_LENGTH:
        wrong["name"] = _l("Please give it a name of at most %(most)s characters.", most=NAME_LENGTH)
    if len(tagline) > TAGLINE_LENGTH:
        wrong["tagline"] = _l("Please keep it to %(most)s characters.", most=TAGLINE_LENGTH)
    if wrong:
        raise Invalid(wrong)
    keep(session, actor, "name", name)
    keep(session, actor, "tagline", tagline)


def keep(session: Session, actor: Actor, key: str, value: Any) -> None:
    """Keep one setting of the community by name; None takes it away."""
    guardian.require(guardian.may_manage(actor), actor)
    row = session.get(SiteSetting, key)
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(SiteSetting(key=key, value={"value": value}))
    else:
        row.value = {"value": value}
    session.flush()
    after_commit(session, forget_site_settings)


def remove_demo(session: Session, actor: Actor, manager: NewManager | None = None) -> Member | None:
    """Take away the demo's people, everything that they wrote, and its boards that nobody else wrote on.

    Its name and tagline go too, unless the manager has chosen others: a community does not open under a made-up name.
    What others wrote in threads of the demo goes with those threads. Points that came from the demo
    are taken back through the ledger first, so that it stays right.

    Args:
        manager: who manages the community from now on; asked for when nobody outside the demo does (a member who
            acts leaves no community without a manager). Their name may be one that goes with the demo.

    Returns:
        The new manager, if one was asked for.

    Raises:
        Conflict: there is no demo, or whether a manager is asked for has changed.
        Invalid: the manager's account cannot be made like this, as `create_member` says.
    """
    guardian.require(guardian.may_manage(actor), actor)
    marked = demo_boards(session)
    plot = uprooting.plot(session, marked)
    if not plot.members and not plot.boards:
        raise Conflict(_l("The demo is gone already."))
    if actor.id is not None and has_own_manager(session) == (manager is not None):
        raise Conflict(_l("Who manages the community has changed meanwhile. Please look once more."))
    if actor.id is not None and manager is None:  # before: who is of the demo stays on record, without a name
        record(session, actor, "remove_demo", "member", actor.id)
    uprooting.take_back_points(session, plot)
    uprooting.uproot(session, plot)
    uprooting.put_away(session, marked)
    closing_shop.close_shop(session, demo_shop(session))
    spoken = [key for key, words in demo_words(session).items() if words == kept_value(session, key)]
    for key in (*spoken, "has_demo", "demo_boards", "demo_shop", "demo_words"):
        keep(session, actor, key, None)
    made = None if manager is None else _install(session, manager)
    publish(session, AccessChanged())
    return made


def _install(session: Session, manager: NewManager) -> Member:
    """Make the manager's account, and have the log say that it is they who removed the demo."""
    made = create_member(
        session, SYSTEM, manager.name, manager.email, manager.password_hash, manager.privacy_key, "admin"
    )
    record(session, load_actor(session, made.id), "remove_demo", "member", made.id)
    return made
