"""Doors of the reputation room: the rules in words, ledgers and leaderboards; and changing the rules."""

from forum.reputation.routes import draft, pages, rules, simulation
from forum.reputation.routes.blueprint import blueprint

__all__ = ["blueprint", "draft", "pages", "rules", "simulation"]
