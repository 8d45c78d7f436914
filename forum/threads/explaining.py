"""Why an answer stands where it stands: the sum with its parts, as far as everybody may know them.

What single votes weigh is nobody's business (decision 061): it is told only of many together, in whole votes, and
a version only once two named it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from forum.access.actors import Actor
from forum.core.errors import NotFound
from forum.reputation.helpfulness import LEAST_WEIGHED, WHOLE, Tally, parts
from forum.threads import queries
from forum.threads.models import Post, Thread, Vote

LEAST_NAMED = 2  # so many must have named a version
MOST_VERSIONS = 5
LOOKED_AT = 500  # the newest marks with a version
STEP = 5  # of the figure that is shown: a finer one would tell what the last vote weighed


@dataclass(frozen=True, slots=True)
class Reasons:
    """The sum of one answer. Votes and what counts like votes are in votes; `figure` is of 100, in steps of five.

    `weighty` is what many voters' weights add together in whole votes; None where they are too few to be told.
    `first` says that it heads the list, `outdone` that it is the accepted one and does not.
    """

    post: Post
    thread: Thread
    up: int
    down: int
    weighty: int | None
    worked: int
    worked_adds: float
    endorsed_adds: int
    recent: bool
    figure: int
    accepted: bool
    first: bool
    versions: tuple[tuple[str, int], ...]

    @property
    def outdone(self) -> bool:
        """Whether it is the accepted answer, and another stands before it."""
        return self.accepted and not self.post.accepted


def reasons_of(session: Session, viewer: Actor, post_id: int) -> Reasons:
    """The sum of an answer, in four queries.

    Raises:
        NotFound: not there, not open to the viewer, or no answer in a question.
    """
    post = queries.visible_post(session, viewer, post_id)
    if post.kind != "answer" or post.thread.kind != "question" or post.is_gone:
        raise NotFound
    heavy = _heavy(session, post.id)
    told = post.up_count >= LEAST_WEIGHED and heavy >= LEAST_WEIGHED
    tally = Tally(
        post.up_count, post.down_count, post.up_weight if told else post.up_count * WHOLE, post.down_count * WHOLE,
        post.worked_count,
    )
    found = parts(tally, endorsed=post.endorsed, age=post.created_at - post.thread.created_at)
    first = select(Post.id).where(
        Post.thread_id == post.thread_id, Post.kind == "answer", Post.deleted_at.is_(None), Post.hidden_at.is_(None)
    ).order_by(Post.accepted.desc(), Post.helpfulness.desc(), Post.created_at, Post.id).limit(1)
    return Reasons(
        post=post, thread=post.thread, up=post.up_count, down=post.down_count,
        weighty=max(1, round((post.up_weight - post.up_count * WHOLE) / WHOLE)) if told else None,
        worked=post.worked_count, worked_adds=found.worked / WHOLE,
        endorsed_adds=found.endorsed // WHOLE, recent=found.recent > 0,
        figure=STEP * round(found.total / 10_000 / STEP),
        accepted=post.thread.accepted_post_id == post.id, first=session.scalar(first) == post.id,
        versions=_versions(session, post.id),
    )


def _heavy(session: Session, post_id: int) -> int:
    """How many up votes weigh more than one."""
    return session.scalar(
        select(func.count()).where(
            Vote.post_id == post_id, Vote.value == 1, Vote.voided_at.is_(None), Vote.weight > WHOLE
        )
    ) or 0


def _versions(session: Session, post_id: int) -> tuple[tuple[str, int], ...]:
    """The versions that it worked with, and for how many; the most named first, each as it was typed last."""
    rows = session.scalars(
        select(Vote.worked_with)
        .where(
            Vote.post_id == post_id, Vote.worked_at.is_not(None), Vote.value == 1, Vote.voided_at.is_(None),
            Vote.worked_with.is_not(None), or_(Vote.by_owner.is_(None), Vote.by_owner.is_(True)),
        )
        .order_by(Vote.id.desc()).limit(LOOKED_AT)
    )
    return named_often(typed for typed in rows if typed is not None)


def named_often(typed: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Of versions as they were typed, newest first: those that at least two named, case aside, with how many did."""
    spelling: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for one in typed:
        spelling.setdefault(one.casefold(), one)
        counts[one.casefold()] += 1
    often = [(key, number) for key, number in counts.most_common() if number >= LEAST_NAMED]
    return tuple((spelling[key], number) for key, number in often[:MOST_VERSIONS])
