"""Secrets that we hand out (stored hashed) and keyed hashes of what we must not keep."""

import hashlib
import hmac
import secrets
import unicodedata


def new_token() -> str:
    """A fresh secret of 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a secret that we handed out. Such secrets are random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_hash(key: str, purpose: str, value: str) -> str:
    """HMAC-SHA256 of a guessable value (an address, an order number), so that only this site can match it."""
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def address_key(address: str) -> str:
    """The form under which two spellings of an e-mail address are the same one."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def address_hash(key: str, address: str) -> str:
    """The keyed hash by which a purchase finds the member with this address."""
    return keyed_hash(key, "address", address_key(address))


def order_hash(key: str, connection: str, order_id: str) -> str:
    """The keyed hash that stands for an order's number; the number itself is not kept."""
    return keyed_hash(key, "order", f"{connection}\0{order_id}")
