"""What one may be allowed to do. Ranks grant these by the ruleset; staff have them by their role."""

from enum import StrEnum


class Privilege(StrEnum):
    """A named permission. The value is what rulesets and /ranks call it."""

    PARTICIPATE = "participate"  # ask, answer, reply, flag, chat, vote up, within newcomer limits
    NO_NEWCOMER_LIMITS = "no_newcomer_limits"
    VOTE_DOWN = "vote_down"
    INVITE = "invite"
    EDIT_TAGS = "edit_tags"
    MARK_DUPLICATE = "mark_duplicate"
    TURN_INTO_REPLY = "turn_into_reply"
    ACCEPT_FOR_ABSENT = "accept_for_absent"
    EDIT_OTHERS = "edit_others"
    TRIAGE = "triage"
    LIFT_HOLDS = "lift_holds"
    MENTOR = "mentor"


# Over what others wrote: these never rest on purchases (the ruleset's validator refuses it).
OVER_OTHERS = frozenset(
    {
        Privilege.EDIT_TAGS,
        Privilege.MARK_DUPLICATE,
        Privilege.TURN_INTO_REPLY,
        Privilege.ACCEPT_FOR_ABSENT,
        Privilege.EDIT_OTHERS,
        Privilege.TRIAGE,
        Privilege.LIFT_HOLDS,
    }
)
