"""What one can do at the desk. Each takes the session of an open unit of work and the actor."""

from forum.desk.actions.asking import ask_helpers, choose_asking, set_times
from forum.desk.actions.claims import claim, end_claims, give_back
from forum.desk.actions.replies import change_reply, delete_reply, save_reply

__all__ = [
    "ask_helpers", "change_reply", "choose_asking", "claim", "delete_reply", "end_claims", "give_back", "save_reply",
    "set_times",
]
