"""What every socket event shares: who is asking, what was sent, the limits, and how a refusal looks."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import flask
from flask import current_app
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from forum.access.actors import Actor, load_signed_in
from forum.core import ratelimit
from forum.core.errors import DomainError, Invalid, TooMany, Unauthenticated
from forum.core.i18n import gettext as _
from forum.core.tokens import hash_token
from forum.core.unit_of_work import unit_of_work
from forum.doors import socket_refusal, speak_to
from forum.extensions import db, socketio

Sent = TypeVar("Sent", bound=BaseModel)
Handler = TypeVar("Handler", bound=Callable[..., Any])
Ack = dict[str, Any]
TRY_AGAIN = 5  # seconds until it is worth asking a database that is out of reach again


@dataclass(frozen=True, slots=True)
class Asker:
    """Who sent an event: the socket, its session, and the member as they are at this moment."""

    sid: str
    token_hash: str
    actor: Actor

    @contextmanager
    def acting(self) -> Iterator[tuple[Session, Actor]]:
        """A unit of work in which session, member and sanctions are loaded once more.

        Raises:
            Unauthenticated: the session has ended, or the member is suspended.
        """
        with unit_of_work() as session:
            actor = load_signed_in(session, self.token_hash)
            if actor.is_guest:
                raise Unauthenticated
            yield session, actor

    def fresh(self) -> tuple[Session, Actor]:
        """A new reading of the database (what was committed meanwhile is seen), and the member in it.

        Raises:
            Unauthenticated: the session has ended, or the member is suspended.
        """
        session = db.session()
        session.rollback()
        session.expunge_all()
        actor = load_signed_in(session, self.token_hash)
        if actor.is_guest:
            raise Unauthenticated
        return session, actor


def asker() -> Asker:
    """Who sent the event that is being handled: the session is looked up anew, whatever it was at connecting.

    Raises:
        Unauthenticated: nobody, or a session that has ended.
    """
    token_hash = hash_token(str(flask.session.get("_user_id", "")))
    actor = load_signed_in(db.session(), token_hash)
    if actor.is_guest:
        raise Unauthenticated
    speak_to(actor)
    return Asker(flask.request.sid, token_hash, actor)  # type: ignore[attr-defined]


def for_whom(need: Literal["public", "member"]) -> Callable[[Handler], Handler]:
    """Declare who a socket event is for, where nothing else of `socket_event` applies."""

    def declare(handler: Handler) -> Handler:
        handler.access = need  # type: ignore[attr-defined]
        return handler

    return declare


def socket_event(
    name: str,
    carries: type[Sent],
    *,
    need: Literal["member"],
    known: Callable[[Asker, Sent], Ack | None] | None = None,
) -> Callable[[Callable[[Asker, Sent], Ack]], Callable[..., Ack]]:
    """Declare a handler of the event `name` that carries `carries`, and who it is for.

    The handler gives the fields of the acknowledgement beside `ok`. `known` may answer past the limits
    (a message that is sent once more). Whatever is malformed, missing or too many is refused, with the
    contract's error; nothing that is sent can end the process or the connection.
    """

    def declare(handler: Callable[[Asker, Sent], Ack]) -> Callable[..., Ack]:
        @socketio.on(name)
        @for_whom(need)
        @functools.wraps(handler)
        def answered(*args: Any) -> Ack:
            try:
                return {"ok": True, **_handle(handler, carries, known, args)}
            except DomainError as error:
                return socket_refusal(error)
            except OperationalError as error:
                current_app.logger.error("database out of reach: %s", error.orig)
                return socket_refusal(TooMany(TRY_AGAIN, _("The database is out of reach for the moment.")))
            except Exception:
                current_app.logger.exception("unexpected error in %s", name)
                return socket_refusal(Invalid(_("Something went wrong on our side. It was noted.")))

        return answered

    return declare


def _handle(
    handler: Callable[[Asker, Sent], Ack],
    carries: type[Sent],
    known: Callable[[Asker, Sent], Ack | None] | None,
    args: tuple[Any, ...],
) -> Ack:
    asking = asker()
    sent = _read(carries, args)
    try:
        ratelimit.take("chat:event", asking.actor.id)
    except TooMany:
        answer = known(asking, sent) if sent is not None and known is not None else None
        if answer is None:
            raise
        return answer
    if sent is None:
        raise Invalid(_("This event does not carry what it should."))
    return handler(asking, sent)


def _read(carries: type[Sent], args: tuple[Any, ...]) -> Sent | None:
    """What was sent, if it is exactly one well-formed thing."""
    if len(args) != 1 or not isinstance(args[0], dict):
        return None
    try:
        return carries.model_validate(args[0], strict=True)
    except (ValidationError, RecursionError):
        return None
