"""Timed work: old drafts go."""

from forum.access.actors import SYSTEM
from forum.core.unit_of_work import unit_of_work
from forum.drafts import actions


def purge_drafts() -> None:
    """Let go what nobody came back to for 90 days."""
    with unit_of_work() as session:
        actions.purge(session, SYSTEM)
