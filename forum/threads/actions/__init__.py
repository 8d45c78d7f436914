"""What one can do with threads and posts. Each takes the session of an open unit of work and the actor."""

from forum.threads.actions.accepting import accept_answer, unaccept
from forum.threads.actions.deleting import delete_post, undelete_post
from forum.threads.actions.editing import add_details, edit_post
from forum.threads.actions.posting import publish_waiting, reply, start_thread
from forum.threads.actions.reading import mark_read
from forum.threads.actions.standing_behind import endorse, name_helped
from forum.threads.actions.voting import vote
from forum.threads.actions.working import say_worked, unsay_worked

__all__ = [
    "accept_answer", "add_details", "delete_post", "edit_post", "endorse", "mark_read", "name_helped",
    "publish_waiting", "reply", "say_worked", "start_thread", "unaccept", "undelete_post", "unsay_worked", "vote",
]
