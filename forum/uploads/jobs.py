"""Work on pictures: made small and clean soon after they came, swept away when nobody needs them."""

import datetime as dt
from collections.abc import Sequence

import structlog
from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from forum.core.bulk import chunks
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.drafts.models import Draft
from forum.events.catalogue import PictureBroken
from forum.events.publish import publish
from forum.integrations.storage import Missing, Storage, storage_of
from forum.jobs.queue import enqueue
from forum.uploads.encoding import Undecodable, encode
from forum.uploads.models import Picture
from forum.uploads.sizes import original_name, variant_name

UNATTACHED = dt.timedelta(days=1)  # a picture that is in no post by then was thought better of
LOST = dt.timedelta(hours=1)  # a picture whose job gave up (a storage out of reach) is tried again after so long
BATCH = 200

log = structlog.get_logger()


def encode_picture(picture_id: int) -> None:
    """Write a picture anew in its sizes; its original goes. Again is harmless.

    Raises:
        forum.integrations.storage.Unavailable: the storage is out of reach; the queue tries again.
    """
    store = _storage()
    with unit_of_work() as session:
        picture = session.get(Picture, picture_id)
        if picture is None or picture.removed_at is not None:
            return
        public_id, size, state = picture.public_id, (picture.width, picture.height), picture.state
    if state == "waiting":
        state = _encode(store, public_id, *size)
    with unit_of_work() as session:
        picture = session.get(Picture, picture_id)
        if picture is not None:
            if state == "broken" != picture.state:
                publish(session, PictureBroken(picture.id))
            picture.state = state
    if picture is None:  # swept away meanwhile
        store.delete(_names(public_id, *size))
    store.delete([original_name(public_id)])


def _encode(store: Storage, public_id: str, width: int, height: int) -> str:
    """Store all variants; the picture's state from then on."""
    try:
        for step, content in encode(store.get(original_name(public_id)), width, height):
            store.put(variant_name(public_id, step), content, "image/webp")
    except (Missing, Undecodable):
        log.info("picture cannot be read", picture=public_id)
        return "broken"
    return "ready"


def sweep_pictures() -> None:
    """Remove what was never put into a post; take files and rows of removed pictures; ask again for lost work."""
    moment = now()
    with unit_of_work() as session:
        _let_go(session, moment)
        for lost in session.scalars(
            select(Picture.id).where(Picture.state == "waiting", Picture.created_at < moment - LOST)
        ):
            key = f"encode_picture:{lost}:{moment:%Y%m%d%H}"
            enqueue(session, "encode_picture", {"picture_id": lost}, unique_key=key)
    while _sweep_some():
        pass


def _let_go(session: Session, moment: dt.datetime) -> None:
    """Remove what is in no post for a day, but for what its uploader keeps in a draft."""
    loose = session.execute(
        select(Picture.id, Picture.public_id, Picture.uploader_id).where(
            Picture.post_id.is_(None), Picture.created_at < moment - UNATTACHED, Picture.removed_at.is_(None)
        )
    ).all()
    drafted: dict[int, str] = {}
    for some in chunks({row.uploader_id for row in loose if row.uploader_id is not None}):
        for draft in session.scalars(select(Draft).where(Draft.member_id.in_(some))):
            drafted[draft.member_id] = drafted.get(draft.member_id, "") + f"{draft.fields} {draft.other_fields}"
    unwanted = [row.id for row in loose if row.public_id not in drafted.get(row.uploader_id, "")]
    for some in chunks(unwanted):
        session.execute(update(Picture).where(Picture.id.in_(some)).values(removed_at=moment))


def _sweep_some() -> bool:
    """Take some removed pictures; whether there were any. Files first: a row is what finds them again."""
    with unit_of_work() as session:
        gone = session.scalars(select(Picture).where(Picture.removed_at.is_not(None)).limit(BATCH)).all()
        ids = [one.id for one in gone]
        names = [name for one in gone for name in _names(one.public_id, one.width, one.height)]
    if not ids:
        return False
    _storage().delete(names)
    with unit_of_work() as session:
        session.execute(delete(Picture).where(Picture.id.in_(ids)))
    return True


def _names(public_id: str, width: int, height: int) -> Sequence[str]:
    widths = Picture(width=width, height=height).widths
    return [original_name(public_id), *(variant_name(public_id, step) for step in widths)]


def _storage() -> Storage:
    return storage_of(current_app.config["SETTINGS"].storage_url)
