"""Reads of what the community manager sets."""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from forum.admin.models import SiteSetting
from forum.members.models import Member

FRESH = 5.0  # seconds that another process may show an old name


@dataclass(frozen=True, slots=True)
class Site:
    """The community as its manager named it."""

    name: str = "Laurel"
    tagline: str = ""
    has_demo: bool = False


_kept: dict[str, tuple[float, Site]] = {}


def site_settings(session: Session, *, degraded: bool = False) -> Site:
    """The community's settings, read at most every 5 s a process (`degraded`: the defaults, without asking)."""
    if degraded:
        return Site()
    kept = _kept.get("site")
    if kept and time.monotonic() - kept[0] < FRESH:
        return kept[1]
    try:
        values: dict[str, Any] = {row.key: row.value.get("value") for row in session.scalars(select(SiteSetting))}
    except SQLAlchemyError:
        return Site()
    known = {name: values[name] for name in ("name", "tagline", "has_demo") if name in values}
    site = Site(**known)
    _kept["site"] = (time.monotonic(), site)
    return site


def demo_boards(session: Session) -> list[int]:
    """The ids of the boards that the demo made."""
    return [board for board in kept_value(session, "demo_boards") or [] if isinstance(board, int)]


def demo_sign_ins(session: Session) -> list[str]:
    """The names of made-up members who can sign in; their passwords are published with the program."""
    made_up = select(Member.name).where(Member.is_demo, Member.password_hash.is_not(None), Member.erased_at.is_(None))
    return list(session.scalars(made_up.order_by(Member.id)))


def has_own_manager(session: Session) -> bool:
    """Whether somebody who is not made up manages the community: removing the demo leaves nobody else."""
    own = select(Member.id).where(Member.role == "admin", Member.is_demo.is_(False), Member.erased_at.is_(None))
    return session.scalar(own.limit(1)) is not None


def forget_site_settings() -> None:
    """Read anew at the next request (after a change)."""
    _kept.clear()


def demo_shop(session: Session) -> str | None:
    """The name of the shop connection that the demo made; None if it made none."""
    name = kept_value(session, "demo_shop")
    return None if name is None else str(name)


def demo_words(session: Session) -> dict[str, str]:
    """What the demo called the community, by setting: its name and its tagline."""
    return dict(kept_value(session, "demo_words") or {})


def kept_value(session: Session, key: str) -> Any:
    """One setting as it was kept, None if it was not."""
    row = session.get(SiteSetting, key)
    return None if row is None else row.value.get("value")
