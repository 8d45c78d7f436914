"""Chance that falls the same way every time, so that two demo communities are alike."""

import hashlib


def share(*key: object) -> float:
    """A number from 0 (with) to 1 (without) that follows from the key."""
    digest = hashlib.sha256("\0".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56
