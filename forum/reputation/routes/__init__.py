"""Doors of the reputation room: the rules in words, ledgers and leaderboards; and changing the rules."""

from forum.reputation.routes import distinctions, draft, pages, rules, simulation
from forum.reputation.routes.blueprint import blueprint

__all__ = ["blueprint", "distinctions", "draft", "pages", "rules", "simulation"]
