"""A supervisor learns how the process is; an outage of the database is said, and is over by itself."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.extensions import db


def test_the_process_and_the_database_answer(app: Flask) -> None:
    """Both are well, and nobody need be signed in."""
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}


def test_without_the_database_503_and_recovery(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """/healthz goes on, pages and /readyz say 503 with Retry-After and no traceback; then all is well again."""
    client = app.test_client()

    def down(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("out of reach"))

    with app.app_context():
        engine = db.engine
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "connect", down)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        page = client.get("/boards")
        assert page.status_code == 503
        assert page.headers["Retry-After"]
        assert "Traceback" not in page.get_data(as_text=True)
    assert client.get("/readyz").status_code == 200
    assert client.get("/boards").status_code == 200
