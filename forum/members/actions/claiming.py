"""Claims on imported profiles: a member asks, somebody of the staff decides."""

from urllib.parse import unquote

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.clock import now
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext as _l
from forum.events.catalogue import ClaimAsked, ClaimDecided
from forum.events.publish import publish
from forum.members.merging import is_imported, merge
from forum.members.models import Member, MemberClaim
from forum.members.names import name_key
from forum.moderation.record import record

LONGEST_WORDS = 500


def ask_claim(session: Session, actor: Actor, *, name: str, words: str) -> MemberClaim:
    """Say that the imported profile called `name` is one's own: by its handle, its address, or its name as it was.

    Raises:
        Forbidden, Unauthenticated: not signed in, or not in good standing.
        Invalid: there is no such profile, it is theirs by now, or too many words.
        Conflict: a claim of theirs waits already, on this profile or another.
    """
    guardian.require(guardian.may_write(actor), actor)
    member = session.get_one(Member, actor.id, with_for_update=True)  # whoever asks twice at once is told so
    key = _key(name)
    if _is_theirs(session, key, member.id):  # its handle, though another profile may be shown under that name
        raise Invalid({"name": _l("This profile is yours already.")})
    imported = _imported(session, key)
    if imported is None:
        raise Invalid({"name": _l("There is no such imported profile. Its name is the word after /m/ in its address.")})
    if len(words) > LONGEST_WORDS:
        raise Invalid({"words": _l("Please keep it to 500 characters.")})
    if (waiting := waiting_claim(session, member.id)) is not None:
        if waiting.imported_id == imported.id:
            raise Conflict(_("You have asked for this profile already. You need not do it again."))
        raise Conflict(_("You can ask for one profile at a time. Withdraw your claim to ask for another."))
    claim = MemberClaim(member_id=member.id, imported_id=imported.id, words=words.strip(), asked_at=now())
    session.add(claim)
    session.flush()
    publish(session, ClaimAsked(claim.id))
    return claim


def withdraw_claim(session: Session, actor: Actor) -> None:
    """Take back the claim that waits; nothing happens when none does."""
    guardian.require(guardian.may_write(actor), actor)
    claim = waiting_claim(session, actor.id or 0)
    if claim is not None:
        publish(session, ClaimAsked(claim.id))
        session.delete(claim)
        session.flush()


def approve_claim(session: Session, actor: Actor, claim_id: int) -> None:
    """Make the imported profile and the member one. This cannot be undone; it is logged.

    Raises:
        Forbidden, Unauthenticated: not staff, or the claim is one's own.
        Conflict: decided already, or the profile belongs to somebody by now.
    """
    claim = _lock(session, actor, claim_id)
    imported, into = session.get_one(Member, claim.imported_id), session.get_one(Member, claim.member_id)
    if not is_imported(imported) or into.erased_at is not None:
        raise Conflict(_("This profile cannot be given away any more. Refuse the claim."))
    _decide(session, actor, claim, approved=True)
    record(session, actor, "merge_member", "member", into.id, details={"merged": imported.id, "claim": claim.id})
    merge(session, imported, into)


def refuse_claim(session: Session, actor: Actor, claim_id: int) -> None:
    """Leave both as they are; the member may ask again.

    Raises:
        Forbidden, Unauthenticated: not staff, or the claim is one's own.
        Conflict: decided already.
    """
    claim = _lock(session, actor, claim_id)
    _decide(session, actor, claim, approved=False)
    record(session, actor, "refuse_claim", "member", claim.member_id, details={"claim": claim.id})


def waiting_claim(session: Session, member_id: int) -> MemberClaim | None:
    """The member's claim that nobody has decided yet."""
    return session.scalars(
        select(MemberClaim).where(MemberClaim.member_id == member_id, MemberClaim.decided_at.is_(None))
    ).one_or_none()


def _key(typed: str) -> str:
    """The key of the name that is typed, alone or in an address."""
    _before, _path, after = typed.strip().rpartition("/m/")  # an address is what people copy
    return name_key(unquote(after.partition("/")[0].partition("?")[0]).lstrip("@"))


def _is_theirs(session: Session, key: str, member_id: int) -> bool:
    """Whether the profile of this name was made one with the member."""
    theirs = select(Member.id).where(Member.name_key == key, Member.merged_into_id == member_id)
    return session.scalar(theirs) is not None


def _imported(session: Session, key: str) -> Member | None:
    """The imported profile that is meant; None if there is none, or several are shown under this name."""
    handle = session.scalars(select(Member).where(Member.name_key == key)).first()
    if handle is not None and is_imported(handle):
        return handle
    shown = session.scalars(select(Member).where(Member.shown_key == key, Member.external_source.is_not(None)))
    namesakes = [one for one in shown if is_imported(one)]
    return namesakes[0] if len(namesakes) == 1 else None


def _lock(session: Session, actor: Actor, claim_id: int) -> MemberClaim:
    statement = select(MemberClaim).where(MemberClaim.id == claim_id).with_for_update()
    guardian.require(guardian.may_see_claims(actor), actor)
    claim = session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if claim is None:
        raise NotFound
    guardian.require(guardian.may_decide_claim(actor, claim.member_id), actor)
    if claim.decided_at is not None:
        raise Conflict(_("Somebody has decided this already."))
    return claim


def _decide(session: Session, actor: Actor, claim: MemberClaim, *, approved: bool) -> None:
    claim.decided_at, claim.decided_by_id, claim.approved = now(), actor.id, approved
    publish(session, ClaimDecided(claim.id, claim.member_id, approved))
    session.flush()
