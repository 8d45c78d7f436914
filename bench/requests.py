"""Requests as bytes on the wire: of guests, and of members with their cookies and tokens."""

from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from bench.load import token

SECRET = "b" * 32
_RAW = "0" * 40
_HEAD = "Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\nConnection: keep-alive\r\n"


def cookie(member: int) -> str:
    """The session cookie of a member."""
    app = Flask("bench")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"session={signer.dumps({'_user_id': token(member), '_fresh': True, 'csrf_token': _RAW})}"


def get(path: str, member: int | None = None, *, anew: bool = False) -> str:
    """A page for a guest or a member; `anew`: for a guest whose stray cookie keeps it from being a kept one."""
    sent = cookie(member) if member else "session=stray" if anew else ""
    return f"GET {path} HTTP/1.1\r\n{_HEAD}" + (f"Cookie: {sent}\r\n" if sent else "") + "\r\n"


def post(path: str, fields: dict[str, object], member: int | None = None) -> str:
    """A form, with a valid token if a member sends it."""
    extra = ""
    if member:
        extra = f"Cookie: {cookie(member)}\r\nReferer: http://127.0.0.1/\r\nX-Fragment: 1\r\n"
        fields = {**fields, "csrf_token": str(URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(_RAW))}
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\n{_HEAD}{extra}Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
