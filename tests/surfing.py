"""A browser without script, for tests: keeps cookies, adds the CSRF token as a form on the page would."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from forum.core.clock import now
from forum.core.tokens import hash_token, new_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member, MemberSession

_RAW = "0" * 40  # what the cookie holds; a form carries it signed


class Surfer:
    """A guest, or a member who is signed in already. Works outside any application context."""

    def __init__(self, app: Flask, member: Member | int | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.token: str | None = None
        if member is not None:
            self._sign_in(member if isinstance(member, int) else member.id)

    def _sign_in(self, member_id: int) -> None:
        self.token = new_token()
        with self.app.app_context():
            with unit_of_work() as session:
                session.add(
                    MemberSession(
                        token_hash=hash_token(self.token), member_id=member_id, created_at=now(), used_at=now(),
                        device="test",
                    )
                )
            db.session.remove()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = self.token
            cookie["_fresh"] = True

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """GET a page (redirects are not followed unless asked)."""
        return self.client.get(path, **kwargs)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, fragment: bool = False, **kwargs: Any
    ) -> TestResponse:
        """POST a form with a valid CSRF token; `fragment` as a behaviour does."""
        headers = dict(kwargs.pop("headers", {}))
        if fragment:
            headers["X-Fragment"] = "1"
        return self.client.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, headers=headers, **kwargs)

    def csrf_token(self) -> str:
        """The token that a form of this browser carries, made as Flask-WTF makes it, without fetching a page."""
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = _RAW
        signed = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(_RAW)
        return signed if isinstance(signed, str) else signed.decode()

    def cookie_header(self) -> str:
        """What a socket client sends as Cookie."""
        cookie = self.client.get_cookie("session")
        assert cookie is not None
        return f"session={cookie.value}"
