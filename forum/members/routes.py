"""Doors of the members room: coming in, one's settings, and profiles."""

from forum.members import claim_pages, entrance, links, profiles, settings_pages
from forum.members.blueprint import blueprint

__all__ = ["blueprint", "claim_pages", "entrance", "links", "profiles", "settings_pages"]
