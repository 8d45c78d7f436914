"""Timed work of trade feedback: telling whose rating shows by now. That it shows needs no job: reads ask the clock."""

from forum.access.actors import SYSTEM
from forum.core.unit_of_work import unit_of_work
from forum.trades import actions


def tell_ratings() -> None:
    """Tell those whose two weeks are over."""
    with unit_of_work() as session:
        actions.tell_shown(session, SYSTEM)
