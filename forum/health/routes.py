"""Doors for supervisors and proxies: no sign-in, no session, no limits."""

from flask import Blueprint, jsonify
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from forum.boards.models import Board
from forum.doors import Page, needs
from forum.extensions import db, limiter

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@limiter.exempt
@needs("public")
def healthz() -> Page:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@limiter.exempt
@needs("public")
def readyz() -> Page:
    """The database answers and has our tables; 503 if not."""
    try:
        db.session.execute(text("SELECT 1"))
        db.session.execute(select(Board.id).limit(1))
    except SQLAlchemyError:
        db.session.rollback()
        answer = jsonify({"status": "unavailable"})
        answer.status_code = 503
        answer.headers["Retry-After"] = "10"
        return answer
    return jsonify({"status": "ready"})
