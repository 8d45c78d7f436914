"""A yes, or a no with its reason."""

from dataclasses import dataclass

from forum.access.actors import Actor
from forum.core.errors import Forbidden, Unauthenticated
from forum.core.i18n import Text


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with a reason. True in a condition when it is a yes. `rule` is an anchor on /ranks."""

    reason: Text | None = None
    rule: str | None = None

    def __bool__(self) -> bool:
        return self.reason is None


YES = Verdict()


def require(verdict: Verdict, actor: Actor | None = None) -> None:
    """Raise Forbidden with the verdict's reason if it is a no (Unauthenticated where `actor` is a guest)."""
    if verdict.reason is None:
        return
    if actor is not None and actor.is_guest:
        raise Unauthenticated
    raise Forbidden(verdict.reason, verdict.rule)
