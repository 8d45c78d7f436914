"""What members say about themselves, which boards they follow, and that they were here."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from forum.access import guardian, visible
from forum.access.actors import Actor
from forum.boards import actions as boards
from forum.boards.models import Board
from forum.content import limits, markdown
from forum.core.clock import now
from forum.core.errors import Invalid
from forum.core.i18n import LANGUAGES
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import MemberNamed
from forum.events.publish import publish
from forum.members import names
from forum.members.models import AUDIENCES, HUES, Member, MemberSession
from forum.members.state import count_visit, is_taken

AUDIENCE_FIELDS = ("about", "interests", "joined", "activity")
LONGEST_ABOUT = 2000
_COMMAS = re.compile("[,，、]")  # those of Chinese too
LONGEST_INTERESTS = 200
SEEN_EVERY = dt.timedelta(hours=1)  # a finer "last use" is worth no write


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile form holds. `theme` is "light", "dark" or "" (as the device says)."""

    shown_name: str
    about: str
    interests: str
    hue: int
    theme: str
    mail_answers: bool
    locale: str  # a language, or "" (as the browser says)
    on_leaderboards: bool
    keys_on: bool
    audiences: Mapping[str, str]  # by field: a word of AUDIENCES; others stay as they are


def change_profile(session: Session, actor: Actor, profile: Profile) -> None:
    """Keep what the member says about themselves.

    Raises:
        Invalid: a name that is taken or tricks the eye, or a text that is too long or too complex.
    """
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    shown = names.shown(profile.shown_name)
    shown_key = names.name_key(shown) if shown else None
    if shown_key and is_taken(session, shown_key, but=member.id):
        raise Invalid({"shown_name": _l("That name is taken, or looks too much like one that is.")})
    interests = ", ".join(filter(None, (" ".join(word.split()) for word in _COMMAS.split(profile.interests))))
    if len(interests) > LONGEST_INTERESTS:
        raise Invalid({"interests": _l("Please keep it to 200 characters.")})
    if not 0 <= profile.hue < HUES or profile.theme not in ("", "light", "dark"):
        raise Invalid({"hue": _l("Please choose one of the colors.")})
    if profile.locale and profile.locale not in LANGUAGES:
        raise Invalid({"locale": _l("Please choose one of the list.")})
    wrong = {
        f"{field}_audience": _l("Choose one of the list.")
        for field, audience in profile.audiences.items() if audience not in AUDIENCES or field not in AUDIENCE_FIELDS
    }
    if wrong:
        raise Invalid(wrong)
    if shown != member.shown_name:
        publish(session, MemberNamed(member.id))
    member.shown_name, member.shown_key = shown, shown_key
    member.interests = interests
    member.hue = profile.hue
    member.theme = profile.theme or None
    member.mail_answers = profile.mail_answers
    member.locale = profile.locale or None
    member.on_leaderboards = profile.on_leaderboards
    member.keys_on = profile.keys_on
    for field, audience in profile.audiences.items():
        setattr(member, f"{field}_audience", audience)
    _write_about(member, profile.about)
    session.flush()


def choose_boards(session: Session, actor: Actor, board_ids: frozenset[int]) -> None:
    """Join these boards; those joined before stay joined. Boards that the actor may not see are left out."""
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_edit_member(actor, member), actor)
    for board in session.scalars(visible.boards(actor).where(Board.id.in_(board_ids)).order_by(Board.id)).all():
        boards.join_board(session, actor, board)


def be_here(session: Session, actor: Actor, session_id: int | None, language: str) -> None:
    """Count the visit of this UTC day, and keep when the member and this session were last here, in which language."""
    member = session.get_one(Member, actor.id)
    guardian.require(guardian.may_open_session(actor), actor)
    moment = now()
    if member.last_seen_at is None or moment - member.last_seen_at >= SEEN_EVERY:
        member.last_seen_at = moment
    member.browser_locale = language
    if session_id is not None:
        session.execute(
            update(MemberSession)
            .where(
                MemberSession.id == session_id, MemberSession.member_id == member.id,
                MemberSession.used_at <= moment - SEEN_EVERY,
            )
            .values(used_at=moment)
        )
    session.flush()
    count_visit(session, member.id)


def _write_about(member: Member, source: str) -> None:
    text = source.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_ABOUT:
        raise Invalid({"about": _l("Please keep it to 2,000 characters.")})
    if text == member.about_source:
        return
    try:
        member.about_html = markdown.render(text).html if text else ""
    except limits.TooComplex:
        raise Invalid({"about": _l("This is nested too deeply to be shown. Please make it simpler.")}) from None
    member.about_source = text
