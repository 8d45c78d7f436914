"""What follows later: the mail with the first answer, whole, and telling the many who want an idea."""


from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from forum.content.absolute import absolute
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.mail.sending import send_mail
from forum.jobs.models import Job
from forum.jobs.queue import enqueue
from forum.members.models import Member
from forum.members.queries import mail_address
from forum.notifications.asking import answers_there, first_answer_key
from forum.notifications.links import answer_token, unsubscribe_token
from forum.notifications.models import Notice
from forum.notifications.telling import take_away, tell
from forum.threads.models import IdeaChange, Post, Thread, Vote

PORTION = 200  # members told in one transaction: others write in between


def tell_of_idea(change_id: int, after: int) -> None:
    """Tell an idea's author and those who voted for it what becomes of it; a portion at a time, by the voter's id.

    One notice a change and member, however often this runs. Nothing when it is taken back by now.
    """
    with unit_of_work() as session:
        change = session.get_one(IdeaChange, change_id, with_for_update=True)  # who takes it back waits for a portion
        thread = session.get_one(Thread, change.thread_id)
        if change.undone_at is not None or thread.is_gone or thread.kind != "idea":
            return
        voters = list(
            session.scalars(
                select(Vote.voter_id)
                .where(
                    Vote.post_id == thread.opening_id, Vote.value == 1, Vote.voided_at.is_(None),
                    Vote.voter_id > after,
                )
                .order_by(Vote.voter_id)
                .limit(PORTION)
            )
        )
        for member_id in ([] if after else [thread.author_id]) + [id for id in voters if id is not None]:
            if member_id != change.by_id:
                _tell_of_idea(session, member_id, change, own=member_id == thread.author_id)
        if len(voters) == PORTION:
            enqueue(
                session, "tell_of_idea", {"change_id": change_id, "after": voters[-1]},
                unique_key=f"idea:{change_id}:{voters[-1]}",
            )


def untell_of_idea(change_id: int) -> None:
    """Take away what was told of a change that is taken back, a portion at a time."""
    with unit_of_work() as session:
        key = _told_as(change_id)
        take_away(session, key, PORTION)
        if session.scalar(select(Notice.id).where(Notice.event_key == key).limit(1)) is not None:
            enqueue(session, "untell_of_idea", {"change_id": change_id})


def _told_as(change_id: int) -> str:
    return f"idea:{change_id}"


def _tell_of_idea(session: Session, member_id: int, change: IdeaChange, *, own: bool) -> None:
    tell(
        session, member_id, "idea", _told_as(change.id), by_id=change.by_id, thread_id=change.thread_id,
        details={"state": change.state, "when": change.planned_for, "own": own},
    )


def mail_first_answer(post_id: int) -> None:
    """Mail an answer to the asker, unless they do not want mail; if it is gone again, the next one that is there."""
    answer_id = _first_there(post_id)
    if answer_id is not None:
        _mail_answer(answer_id, "first_answer")


def _first_there(post_id: int) -> int | None:
    """The answer to be mailed as the first. If none is there, the next to come will be the first."""
    with unit_of_work() as session:
        thread = session.scalars(
            select(Thread).join(Post, Post.thread_id == Thread.id).where(Post.id == post_id)
            .with_for_update(key_share=True, of=Thread)
        ).one()
        first = select(Post.id).where(*answers_there(thread))
        found = session.scalar(first.order_by(Post.id != post_id, Post.created_at, Post.id).limit(1))
        if found is None or thread.is_gone:
            session.execute(update(Job).where(Job.unique_key == first_answer_key(thread.id)).values(unique_key=None))
            return None
        return found


def mail_asker(post_id: int) -> None:
    """Mail the asker the question whether it is solved, with the answer that speaks for itself most."""
    _mail_answer(post_id, "solved_yet")


def _mail_answer(post_id: int, template: str) -> None:
    """The signed links are made here, so that none is ever kept in the queue."""
    session = db.session()
    settings: Settings = current_app.config["SETTINGS"]
    post = session.get_one(Post, post_id)
    thread = session.get_one(Thread, post.thread_id)
    asker = session.get_one(Member, thread.author_id)
    address = mail_address(session, asker.id)
    unwanted = not asker.mail_answers or asker.is_demo or asker.erased_at is not None or post.is_gone or thread.is_gone
    if unwanted or address is None:
        session.rollback()
        return
    author = session.get_one(Member, post.author_id)
    outcome = f"{settings.base_url}/answers/{answer_token(asker.id, post.id)}"
    unsubscribe = f"{settings.base_url}/unsubscribe/{unsubscribe_token(asker.id)}"
    values = {
        "asker": asker.label,
        "author": author.label,
        "title": thread.title,
        "answer_html": absolute(post.body_html, settings.base_url),
        "answer_text": post.body_source,  # whole: Markdown is made to be read, and its spoilers keep their marks
        "link": f"{settings.base_url}/p/{post.id}",
        "outcome": outcome,
        "unsubscribe": unsubscribe,
    }
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    send_mail(address, template, values, asker.reads, headers)
