"""Doors of the threads room: pages in `pages`, asking and writing in `writing`, acts on posts in `acts`."""

from forum.threads.routes import acts, pages, writing
from forum.threads.routes.blueprint import blueprint

__all__ = ["acts", "blueprint", "pages", "writing"]
