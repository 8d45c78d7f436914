"""Members and management: accounts, sessions, what is private, what the community manager does."""

from forum.access.actors import Actor
from forum.access.guardian.standing import admin, by_rank, may_write, staff
from forum.access.guardian.verdict import YES, Verdict
from forum.access.privileges import Privilege
from forum.core.i18n import lazy_gettext as _l
from forum.members.models import Member


def may_join(actor: Actor) -> Verdict:
    """Open an account: whoever has none (and the system, for imports and commands)."""
    if actor.is_guest or actor.is_system:
        return YES
    return Verdict(_l("You have an account already."))


def may_invite(actor: Actor) -> Verdict:
    """Have an invitation mailed to a friend: those whose rank opens it."""
    return may_write(actor) and by_rank(actor, Privilege.INVITE)


def may_withdraw_invitation(actor: Actor, inviter_id: int) -> Verdict:
    """Make a mailed invitation useless: who sent it, whatever their standing."""
    if actor.id is not None and actor.id == inviter_id:
        return YES
    return Verdict(_l("Only the member can change this."))


def may_open_session(actor: Actor) -> Verdict:
    """Be signed in: a member who is not suspended. Who they are was proven by password or mailed link."""
    if actor.is_guest or actor.is_system:
        return Verdict(_l("Please sign in first."))
    return Verdict(_l("Your account is suspended for now.")) if actor.is_suspended else YES


def may_end_sessions(actor: Actor, member: Member) -> Verdict:
    """Sign out, here or elsewhere: oneself, whatever one's standing."""
    if actor.is_system or (actor.id is not None and actor.id == member.id):
        return YES
    return Verdict(_l("Only the member can change this."))


def may_follow_link(actor: Actor) -> Verdict:
    """Use a mailed link: whoever holds it, signed in or not; a suspended member waits."""
    return Verdict(_l("Your account is suspended for now.")) if actor.is_suspended else YES


def may_edit_member(actor: Actor, member: Member) -> Verdict:
    """Profile and settings: oneself."""
    if actor.id is not None and actor.id == member.id and not actor.is_suspended:
        return YES
    return Verdict(_l("Only the member can change this."))


def may_see_field(actor: Actor, member_id: int, audience: str) -> Verdict:
    """A part of a profile: as its owner chose, for everyone, for members, or for the owner alone. Staff are members."""
    if audience == "everyone" or actor.is_system or (actor.id is not None and actor.id == member_id):
        return YES
    if audience == "members" and not actor.is_guest:
        return YES
    return Verdict(_l("Only the member can read this.") if audience == "me" else _l("Please sign in first."))


def may_see_claims(actor: Actor) -> Verdict:
    """What members say about imported profiles: moderators of all boards."""
    return staff(actor)


def may_decide_claim(actor: Actor, claimant_id: int) -> Verdict:
    """Whether an imported profile is a member's: moderators, but not about their own."""
    if actor.id == claimant_id:
        return Verdict(_l("Somebody else decides about your own claim."))
    return staff(actor)


def may_read_ledger(actor: Actor, member: Member) -> Verdict:
    """One's own, and staff (who do not see purchases)."""
    if actor.id is not None and (actor.id == member.id or actor.is_staff):
        return YES
    return Verdict(_l("Only the member can read this."))


def may_see_purchases(actor: Actor, member: Member) -> Verdict:
    """Oneself, nobody else: not even moderators."""
    if actor.id is not None and actor.id == member.id:
        return YES
    return Verdict(_l("Only the member can read this."))


def may_be_notified(actor: Actor) -> Verdict:
    """Reading one's own notices: whoever is signed in, silenced or not."""
    return YES if actor.id is not None and not actor.is_suspended else Verdict(_l("Please sign in first."))


def may_manage(actor: Actor) -> Verdict:
    """Settings of the community, mail as files, removing the demo: the community manager."""
    return admin(actor)


def may_act_for_nobody(actor: Actor) -> Verdict:
    """Imports, webhooks, timed jobs: the system alone."""
    return YES if actor.is_system else Verdict(_l("This is done by the system."))
