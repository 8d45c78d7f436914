"""Signed links for mail: they say whose they are, and act only when a form is sent."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from forum.core.errors import NotFound

ANSWER_DAYS = 60  # so long a mailed "It worked" can be used
UNSUBSCRIBE_DAYS = 3650  # a link to stop mail never ends, in practice


def answer_token(member_id: int, post_id: int) -> str:
    """A token by which the asker says of an answer whether it worked."""
    return _serializer("answer").dumps([member_id, post_id])


def read_answer_token(token: str) -> tuple[int, int]:
    """The member and the answer of such a token.

    Raises:
        NotFound: it is not ours, or too old.
    """
    member_id, post_id = _read("answer", token, ANSWER_DAYS)
    return member_id, post_id


def unsubscribe_token(member_id: int) -> str:
    """A token by which a member stops mail about answers."""
    return _serializer("unsubscribe").dumps([member_id])


def read_unsubscribe_token(token: str) -> int:
    """The member of such a token.

    Raises:
        NotFound: it is not ours.
    """
    found: list[int] = _read("unsubscribe", token, UNSUBSCRIBE_DAYS)
    return found[0]


def refusal_token(address_hash: str) -> str:
    """A token by which the owner of an address refuses invitations: it stands for the address without telling it."""
    return _serializer("refusal").dumps([address_hash])


def read_refusal_token(token: str) -> str:
    """The keyed hash of the address of such a token.

    Raises:
        NotFound: it is not ours.
    """
    found: list[str] = _read("refusal", token, UNSUBSCRIBE_DAYS)
    return found[0]


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"laurel-mail-{purpose}")


def _read(purpose: str, token: str, days: int) -> list[Any]:
    try:
        value = _serializer(purpose).loads(token[:500], max_age=days * 86_400)
    except BadSignature:
        raise NotFound from None
    held: list[Any] = value
    return held
