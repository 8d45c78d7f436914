"""The list of what the worker can do: names to jobs, and what is done at fixed intervals."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from forum.badges import jobs as badges
from forum.desk import jobs as desk
from forum.drafts.jobs import purge_drafts
from forum.integrations.mail.sending import send_mail
from forum.invitations import jobs as invitations
from forum.jobs.queue import forget_done
from forum.members import jobs as members
from forum.moderation import jobs as moderation
from forum.notifications import asking
from forum.notifications import jobs as notifications
from forum.reputation import jobs as reputation
from forum.reputation import rule_jobs as rules
from forum.search import jobs as search
from forum.threads import jobs as threads
from forum.trades import jobs as trades
from forum.uploads import jobs as uploads

Work = Callable[..., None]

JOBS: dict[str, Work] = {
    "ask_asker": asking.ask_asker,
    "ask_helpers": desk.ask_helpers,
    "award_for_post": badges.award_for_post,
    "backfill_badges": badges.backfill_badges,
    "end_claims": desk.end_claims,
    "encode_picture": uploads.encode_picture,
    "finish_redaction": moderation.finish_redaction,
    "forget_done": forget_done,
    "go_on_publishing": rules.go_on_publishing,
    "index_all": search.index_all,
    "index_member": search.index_member,
    "index_thread": search.index_thread,
    "find_patterns": moderation.find_patterns,
    "flush_views": threads.flush_views,
    "mail_asker": notifications.mail_asker,
    "keep_badges": badges.keep_badges,
    "look_through_all": badges.look_through_all,
    "mail_confirmation": members.mail_confirmation,
    "mail_first_answer": notifications.mail_first_answer,
    "mail_invitation": invitations.mail_invitation,
    "mail_reset": members.mail_reset,
    "publish_rules": rules.publish_rules,
    "purge_drafts": purge_drafts,
    "recount_badges": badges.recount_badges,
    "render_old": threads.render_old,
    "render_posts": threads.render_posts,
    "review_badges": badges.review_badges,
    "send_mail": send_mail,
    "simulate_rules": rules.simulate_rules,
    "settle_standing": reputation.settle_standing,
    "slide_standings": reputation.slide_standings,
    "tell_of_idea": notifications.tell_of_idea,
    "untell_of_idea": notifications.untell_of_idea,
    "tell_ratings": trades.tell_ratings,
    "sweep_pictures": uploads.sweep_pictures,
    "recount_desk": desk.recount_desk,
    "tidy_desk": desk.tidy_desk,
    "tidy_members": members.tidy_members,
}

# name: how often. The job is called without a payload.
TIMED: dict[str, dt.timedelta] = {
    "ask_helpers": dt.timedelta(minutes=5),
    "end_claims": dt.timedelta(minutes=1),
    "find_patterns": dt.timedelta(hours=24),
    "flush_views": dt.timedelta(minutes=1),
    "forget_done": dt.timedelta(hours=6),
    "go_on_publishing": dt.timedelta(minutes=1),
    "keep_badges": dt.timedelta(minutes=10),
    "purge_drafts": dt.timedelta(hours=24),
    "render_old": dt.timedelta(hours=24),
    "slide_standings": dt.timedelta(hours=1),
    "sweep_pictures": dt.timedelta(hours=1),
    "tell_ratings": dt.timedelta(hours=1),
    "tidy_desk": dt.timedelta(hours=6),
    "tidy_members": dt.timedelta(hours=6),
}


def run(name: str, payload: dict[str, Any]) -> None:
    """Call the job `name` with its payload as keyword arguments. A job opens its own units of work."""
    JOBS[name](**payload)
