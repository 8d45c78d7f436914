"""A look at a picture is one statement, found by its address, however many there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from forum.access.actors import GUEST
from forum.core.clock import now
from forum.uploads import queries as uploads
from forum.uploads.models import Picture
from tests.conftest import DATABASE
from tests.factory import Factory
from tests.surfing import Surfer
from tests.uploads.making import uploaded


def test_a_look_is_one_statement(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None],
    queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """For a guest; and a member's session beside it."""
    mia = make.member("mia")
    address = uploaded(browse(mia))
    make.thread(make.board(), mia, body=f"![x]({address})")
    drain()
    guest = browse()
    for path in (address, f"{address}/64"):
        with queries() as seen:
            assert guest.get(path).status_code == 200
        assert len(seen) == 1, seen


def test_it_is_found_by_its_address(session: Session, make: Factory, plan: Callable[..., str]) -> None:
    """An index leads to the picture, and keys from there to its post, thread and board."""
    mia = make.member("mia")
    opening = make.thread(make.board(), mia).opening_id
    session.execute(
        insert(Picture),
        [{"public_id": f"{number:032x}", "uploader_id": mia.id, "post_id": opening, "width": 1, "height": 1,
          "state": "ready", "created_at": now()} for number in range(5_000)],
    )  # fmt: skip
    session.commit()
    if DATABASE == "postgresql":
        session.execute(text("ANALYZE"))
    statement = uploads.statement(GUEST, f"{77:032x}").compile(
        session.get_bind(), compile_kwargs={"literal_binds": True}
    )
    found = plan(str(statement).replace(":", "\\:"))
    assert "uq_picture_public_id" in found or "sqlite_autoindex_picture" in found, found
    assert "SCAN picture" not in found and "Seq Scan on picture" not in found
