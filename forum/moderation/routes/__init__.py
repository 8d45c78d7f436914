"""Doors of the moderation room: reporting, the queue and its log, acts on posts, threads and members."""

from forum.moderation.routes import acts, duplicates, fairness, ideas, queue, reporting, sanctioning
from forum.moderation.routes.blueprint import blueprint

__all__ = ["acts", "blueprint", "duplicates", "fairness", "ideas", "queue", "reporting", "sanctioning"]
