"""Sockets for tests of the desk."""

from tests.chat.conftest import chatter

__all__ = ["chatter"]
