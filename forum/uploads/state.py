"""What happens to pictures as posts are written and purged: parts of other rooms' actions, which ask the guardian."""

from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.content.pictures import Shape
from forum.core.clock import now
from forum.events.catalogue import PictureBroken
from forum.events.publish import publish
from forum.jobs.queue import enqueue
from forum.uploads.models import Picture


def shapes(session: Session, addresses: Collection[str]) -> dict[str, Shape]:
    """The sizes of the pictures at these addresses, for rendering; those that are gone are left out."""
    if not addresses:
        return {}
    wanted = [address.removeprefix("/u/") for address in addresses]
    found = session.scalars(select(Picture).where(Picture.public_id.in_(wanted), Picture.removed_at.is_(None)))
    return {one.address: Shape(one.width, one.height, one.widths) for one in found}


def attach(session: Session, post_id: int, member_id: int | None, addresses: Collection[str]) -> None:
    """Let pictures belong to a post that shows them: those that the writer uploaded and that have no post yet."""
    if not addresses or member_id is None:
        return
    taken = session.execute(
        update(Picture)
        .where(
            Picture.public_id.in_([address.removeprefix("/u/") for address in addresses]),
            Picture.uploader_id == member_id, Picture.post_id.is_(None), Picture.removed_at.is_(None),
        )
        .values(post_id=post_id)
        .returning(Picture.id, Picture.state)
    )
    for picture_id, state in taken.all():
        if state == "broken":
            publish(session, PictureBroken(picture_id))


def purge_from(session: Session, post_id: int, *, keep: Iterable[str]) -> None:
    """Remove a post's pictures for good, but for those at the addresses in `keep`; the files follow the commit."""
    kept = [address.removeprefix("/u/") for address in keep]
    purge(session, session.scalars(
        select(Picture.id).where(
            Picture.post_id == post_id, Picture.public_id.not_in(kept), Picture.removed_at.is_(None)
        )
    ).all())


def purge(session: Session, picture_ids: Collection[int]) -> None:
    """Remove pictures for good: nobody sees them from now on, and a sweep takes the files and the rows."""
    if not picture_ids:
        return
    session.execute(
        update(Picture)
        .where(Picture.id.in_(picture_ids))
        .values(removed_at=now(), post_id=None, uploader_id=None)
    )
    enqueue(session, "sweep_pictures", {})
