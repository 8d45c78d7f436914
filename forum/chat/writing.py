"""What somebody typed into a chat, checked and rendered."""


from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access.actors import GUEST, Actor
from forum.access.visible import board_is_visible
from forum.boards.models import Board
from forum.content import markdown
from forum.content.limits import MAX_CHAT, TooComplex
from forum.content.mentions import find_boards, find_mentions, fold
from forum.content.sanitize import readable
from forum.core.errors import Invalid
from forum.core.i18n import gettext as _
from forum.core.i18n import ngettext
from forum.core.network import own_host
from forum.members.models import Member
from forum.members.names import name_key
from forum.reputation import rulesets
from forum.reputation.words import limit_anchor


def clean_message(text: str) -> str:
    """A message's source with plain line ends, without what no database keeps.

    Raises:
        Invalid: there is nothing in it, or more than 2,000 characters.
    """
    body = readable(text).strip()
    if not body:
        raise Invalid({"body": _("Write something first.")})
    if len(body) > MAX_CHAT:
        raise Invalid({"body": _("That is too long: %(num)s characters at most.", num=MAX_CHAT)})
    return body


def render_message(session: Session, body: str, actor: Actor) -> str:
    """The HTML of a checked body, with the members and open boards that it names linked.

    Raises:
        Invalid: too many links for the actor's rank, or too costly to show.
    """
    try:
        rendered = markdown.render_chat(
            body, members=_members(session, body), boards=_boards(session, body), host=own_host()
        )
    except TooComplex as error:
        raise Invalid({"body": _(error.reason)}) from error
    most = rulesets.current(session).rank(actor.rank_key).limits.links
    if rendered.links > most and not actor.is_staff:
        raise Invalid({"body": ngettext(
            "Your rank opens %(num)s link to other sites in a message.",
            "Your rank opens %(num)s links to other sites in a message.",
            most,
        )}, limit_anchor("links"))
    return rendered.html


def _members(session: Session, body: str) -> dict[str, str]:
    wanted = find_mentions(body)
    if not wanted:
        return {}
    keys = {name_key(handle) for handle in wanted}
    names = session.scalars(select(Member.name).where(Member.name_key.in_(keys), Member.erased_at.is_(None)))
    return {fold(name): name for name in names if fold(name) in wanted}


def _boards(session: Session, body: str) -> dict[str, str]:
    wanted = find_boards(body)
    if not wanted:
        return {}
    open_ones = select(Board).where(Board.slug.in_(wanted), board_is_visible(GUEST))
    return {board.slug: board.title for board in session.scalars(open_ones)}
