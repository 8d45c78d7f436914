"""Who acts or reads: a value that guardian and `visible` decide by, loaded anew in each unit of work."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Row, Select, String, bindparam, select
from sqlalchemy.orm import Session

from forum.access.privileges import Privilege
from forum.boards.models import Board, BoardModerator
from forum.core.clock import now
from forum.core.i18n import label
from forum.core.page_epoch import PageEpoch
from forum.members.models import Member, MemberSession
from forum.reputation import rulesets
from forum.reputation.formulas import Numbers
from forum.reputation.models import MemberStanding


@dataclass(frozen=True, slots=True)
class Actor:
    """A member, a guest (`id` is None) or the system, as far as permissions and the page's frame are concerned."""

    id: int | None
    role: str
    name: str = ""
    label: str = ""
    hue: int = 0
    rank_key: str = ""
    rank_names: Mapping[str, str] = field(default_factory=lambda: {"en": ""}, hash=False)  # empty for staff, and
    leaves: int | None = 0  # None: they stand outside the ladder
    points: int = 0
    confirmed: bool = False
    joined_at: dt.datetime | None = None
    suspended_until: dt.datetime | None = None
    silenced_until: dt.datetime | None = None
    reached: tuple[str, ...] = ()
    privileges: frozenset[str] = frozenset()
    moderated: frozenset[int] = frozenset()
    locale: str | None = None
    theme: str | None = None
    keys_on: bool = True
    unread_notices: int = 0
    session_id: int | None = None

    @property
    def is_guest(self) -> bool:
        """Whether nobody is signed in."""
        return self.role == "guest"

    @property
    def is_system(self) -> bool:
        """Whether this is nobody: a job or an import."""
        return self.role == "system"

    @property
    def is_staff(self) -> bool:
        """Whether this is a moderator of all boards, an admin or the system."""
        return self.role in ("moderator", "admin", "system")

    @property
    def is_admin(self) -> bool:
        """Whether this is the community manager or the system."""
        return self.role in ("admin", "system")

    @property
    def is_newcomer(self) -> bool:
        """Whether newcomer limits apply."""
        return not self.is_staff and Privilege.NO_NEWCOMER_LIMITS not in self.privileges

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension is in force."""
        return self.suspended_until is not None and self.suspended_until > now()

    @property
    def is_silenced(self) -> bool:
        """Whether a silence is in force: reading goes on, writing waits."""
        return self.silenced_until is not None and self.silenced_until > now()

    @property
    def rank_label(self) -> str:
        """The rank in the language in force (which may be the actor's own, so it is not known while loading them)."""
        return label(self.rank_names)

    @property
    def sees_queue(self) -> bool:
        """Whether there is a queue for them: they keep order somewhere, or triage by rank."""
        return self.is_staff or bool(self.moderated) or Privilege.TRIAGE in self.privileges

    @property
    def initials(self) -> str:
        """One or two letters for the generated avatar."""
        return initials(self.label)

    def has(self, privilege: Privilege) -> bool:
        """Whether the rank or the role grants `privilege`."""
        return self.is_staff or privilege in self.privileges

    def moderates(self, board_id: int | None) -> bool:
        """Whether this one keeps order on the board (None: something that is on no board)."""
        return self.is_staff or (board_id is not None and board_id in self.moderated)


GUEST = Actor(id=None, role="guest")
SYSTEM = Actor(id=None, role="system", name="system", label="Laurel", confirmed=True)


def initials(label: str) -> str:
    """The letters of a generated avatar: first letters of the first and last word, or one ideograph."""
    words = [word for word in label.replace("_", " ").replace("-", " ").replace(".", " ").split() if word]
    if not words:
        return "?"
    if not words[0][0].isascii() or len(words) == 1:
        return words[0][:2].upper() if words[0][0].isascii() else words[0][0]
    return (words[0][0] + words[-1][0]).upper()


def load_actor(session: Session, member_id: int | None) -> Actor:
    """The member as an actor, with sanctions and rank as they are now; GUEST if there is no such member.

    Costs one query, and a second for those who moderate single boards.
    """
    if member_id is None:
        return GUEST
    row = session.execute(_BY_ID, {"member_id": member_id}).one_or_none()
    return _actor(session, row) if row else GUEST


def load_signed_in(session: Session, token_hash: str) -> Actor:
    """The member whose session has this token hash; GUEST if the session ended or the member is suspended."""
    row = session.execute(_BY_TOKEN, {"token_hash": token_hash}).one_or_none()
    if row is None:
        return GUEST
    actor = _actor(session, row, row.session_id)
    return GUEST if actor.is_suspended else actor


def _members() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Member.id, Member.role, Member.name, Member.shown_name, Member.hue, Member.joined_at, Member.confirmed_at,
            Member.suspended_until, Member.silenced_until, Member.moderates_boards, Member.locale, Member.theme,
            Member.keys_on, Member.unread_notices, MemberStanding.rank_key, MemberStanding.reputation,
            MemberStanding.days, MemberStanding.accepted, MemberStanding.helped, MemberStanding.purchases,
            MemberStanding.points_recent, MemberStanding.purchases_recent, MemberStanding.flags,
            select(PageEpoch.value).scalar_subquery().label("epoch"),
        )
        .outerjoin(MemberStanding, MemberStanding.member_id == Member.id)
        .where(Member.merged_into_id.is_(None), Member.erased_at.is_(None))
    )


# Built once (decision 024): every request of a member begins with the last one.
_BY_ID = _members().where(Member.id == bindparam("member_id", type_=Integer))
_BY_TOKEN = (
    _members()
    .add_columns(MemberSession.id.label("session_id"))
    .join(MemberSession, MemberSession.member_id == Member.id)
    .where(MemberSession.token_hash == bindparam("token_hash", type_=String), MemberSession.ended_at.is_(None))
)
# Who looks after a board looks after its sub-boards.
_MODERATED = (
    select(Board.id)
    .join(BoardModerator, BoardModerator.board_id.in_((Board.id, Board.parent_id)))
    .where(BoardModerator.member_id == bindparam("member_id", type_=Integer))
)


def _actor(session: Session, row: Row[Any], session_id: int | None = None) -> Actor:
    ruleset = rulesets.as_of(session, row.epoch)
    standing: Any = row if row.rank_key is not None else None
    rank = ruleset.rank(standing.rank_key if standing else ruleset.ranks[0].key)
    member = row.role == "member"
    moderated: frozenset[int] = frozenset()
    if row.moderates_boards and member:
        moderated = frozenset(session.scalars(_MODERATED, {"member_id": row.id}))
    return Actor(
        id=row.id,
        role=row.role,
        name=row.name,
        label=row.shown_name or row.name,
        hue=row.hue,
        rank_key=rank.key,
        rank_names=rank.names if member else {"en": ""},
        leaves=rank.leaves if member else None,
        points=standing.reputation if standing else 0,
        confirmed=row.confirmed_at is not None,
        joined_at=row.joined_at,
        suspended_until=row.suspended_until,
        silenced_until=row.silenced_until,
        reached=ruleset.reached(rank.key),
        privileges=ruleset.granted(rank.key, Numbers.of(standing, row.joined_at)),
        moderated=moderated,
        locale=row.locale,
        theme=row.theme,
        keys_on=row.keys_on,
        unread_notices=row.unread_notices,
        session_id=session_id,
    )
