"""What tests of accounts share."""

from types import SimpleNamespace

import pytest
from flask import Flask
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from forum.core import ratelimit
from forum.members import passwords
from forum.members.models import Member
from tests.factory import Factory

GOOD, OTHER = "tree-lamp-9-river", "stone-bread-4-hat"


@pytest.fixture
def mia(make: Factory) -> Member:
    """A member with a password and a confirmed address, mia@example.org."""
    return make.member("mia", password_hash=passwords.hashed(GOOD))


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects every argon2 operation: its name, in order."""
    done: list[str] = []
    real = passwords._hasher

    class Spy:
        check_needs_rehash = staticmethod(real.check_needs_rehash)

        @staticmethod
        def hash(password: bytes) -> str:
            done.append("hash")
            return real.hash(password)

        @staticmethod
        def verify(kept: str, password: bytes) -> bool:
            done.append("verify")
            return real.verify(kept, password)

    passwords._nobodys()
    monkeypatch.setattr(passwords, "_hasher", Spy)
    return done


@pytest.fixture
def limits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are on, as in life (the application under test has them off)."""
    counting = SimpleNamespace(enabled=True, limiter=MovingWindowRateLimiter(MemoryStorage()))
    monkeypatch.setattr(ratelimit, "limiter", counting)
