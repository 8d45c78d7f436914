"""What a member may do at all: their standing, their role, their rank."""

from forum.access.actors import Actor
from forum.access.guardian.verdict import YES, Verdict
from forum.access.privileges import Privilege
from forum.core.i18n import lazy_gettext as _l


def may_write(actor: Actor) -> Verdict:
    """Anything at all: signed in, confirmed, neither suspended nor silenced."""
    verdict = may_be_here(actor)
    if verdict and not actor.confirmed:
        return Verdict(_l("Please confirm your address first: open the link in the mail that we sent you."))
    return verdict


def may_be_here(actor: Actor) -> Verdict:
    """Signed in, neither suspended nor silenced; the address may still be unconfirmed."""
    if actor.is_guest:
        return Verdict(_l("Please sign in first."))
    if actor.is_suspended:
        return Verdict(_l("Your account is suspended for now."))
    if actor.is_silenced:
        return Verdict(_l("You can read, but not write, for now. The notice that you got says why and until when."))
    return YES


def staff(actor: Actor) -> Verdict:
    """Moderators of all boards, and the community manager."""
    return YES if actor.is_staff else Verdict(_l("This is for moderators."))


def admin(actor: Actor) -> Verdict:
    """The community manager."""
    return YES if actor.is_admin else Verdict(_l("This is for the community manager."))


def by_rank(actor: Actor, privilege: Privilege) -> Verdict:
    """Whom rank or role grants the privilege; the no leads to its line on /ranks."""
    if actor.has(privilege):
        return YES
    return Verdict(_l("Your rank does not open this yet."), rule_of(privilege))


def rule_of(privilege: Privilege) -> str:
    """Where on /ranks it stands who has a privilege."""
    return f"privilege-{privilege.value}"


def may_moderate(actor: Actor, board_id: int | None) -> Verdict:
    """Hide, lock, pin, move, change the kind: staff, and a board's own moderators on their board."""
    verdict = may_be_here(actor)
    if not verdict:
        return verdict
    return YES if actor.moderates(board_id) else Verdict(_l("This is for moderators."))
