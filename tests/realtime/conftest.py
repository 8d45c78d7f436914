"""The sockets of the chat's tests."""

from tests.chat.conftest import chatter

__all__ = ["chatter"]
