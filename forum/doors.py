"""What every door (routes, sockets, commands) shares: who is asking, the unit of work, and what errors look like."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Literal, ParamSpec
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import refresh
from flask_login import UserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from config import Settings
from forum import addresses
from forum.access import guardian
from forum.access.actors import GUEST, Actor, load_actor, load_signed_in
from forum.core import errors
from forum.core.i18n import DEFAULT, LANGUAGES, browser_language
from forum.core.i18n import gettext as _
from forum.core.tokens import hash_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db, login_manager
from forum.members.state import count_visit

P = ParamSpec("P")
Need = Literal["public", "member", "staff", "queue", "admin", "signed"]
Page = str | BaseResponse | tuple[str, int]


class SignedIn(UserMixin):
    """What Flask-Login keeps of a request's member: the session's token (as id) and the actor."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        """The session's token: Flask-Login keeps it in the signed cookie."""
        return self.token


def _load_user(token: str) -> SignedIn | None:
    actor = load_signed_in(db.session(), hash_token(token))
    return None if actor.is_guest else SignedIn(token, actor)


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def viewer() -> Actor:
    """Who is asking: the signed-in member, or GUEST."""
    user = _signed_in()
    return user.actor if user else GUEST


def _signed_in() -> SignedIn | None:
    user = current_user._get_current_object() if current_user else None
    return user if isinstance(user, SignedIn) else None


def language_of_request() -> str:
    """In which language to answer: the member's choice, else the browser's."""
    if not has_request_context():
        return DEFAULT
    asking: Actor = GUEST if g.get("degraded") else g.get("speaking_to") or viewer()
    if asking.locale is not None and asking.locale in LANGUAGES:
        return asking.locale
    return language_of_browser()


def language_of_browser() -> str:
    """The language that the asking browser prefers, whatever the member chose."""
    return browser_language(request.headers.get("Accept-Language"))


def speak_to(actor: Actor) -> None:
    """Say who is asking, where a door has found out by itself (a socket event): it is answered in their language."""
    g.speaking_to = actor
    refresh()


@contextmanager
def acting(member_id: int | None = None, *, leaving: bool = False) -> Iterator[tuple[Session, Actor]]:
    """Open the unit of work of this request and load the actor, their session and sanctions anew inside it.

    With `member_id` a mailed, signed link stands for that member in place of a session. Whoever
    writes is here: the visit of this UTC day is counted in the end (for those whose browser has no script),
    unless they may be gone by then (`leaving`).

    Raises:
        Unauthenticated: the member is gone or suspended by now, or their session has ended.
    """
    user = _signed_in()
    somebody = user is not None or member_id is not None
    with unit_of_work() as session:
        if member_id is not None:
            actor = load_actor(session, member_id)
        else:
            actor = load_signed_in(session, hash_token(user.token)) if user else GUEST
        if somebody and (actor.is_guest or actor.is_suspended):
            raise errors.Unauthenticated
        yield session, actor
        if actor.id is not None and not leaving:
            count_visit(session, actor.id)


def needs(need: Need) -> Callable[[Callable[P, Page]], Callable[P, Page]]:
    """Declare who an endpoint is for; a test asks every endpoint for it.

    "public": everybody. "member": signed in (a form filled in without a session is kept and given
    back after signing in). "staff", "queue", "admin": as the guardian says. "signed": carries its own proof
    (a webhook's signature). What is done to a thing is still for the guardian to judge.
    """

    def declare(view: Callable[P, Page]) -> Callable[P, Page]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Page:
            if need not in ("public", "signed"):
                _admit(need)
            return view(*args, **kwargs)

        checked.access = need  # type: ignore[attr-defined]
        return checked

    return declare


def _admit(need: Need) -> None:
    actor = viewer()
    if actor.is_guest:
        raise errors.Unauthenticated
    if need == "staff":
        guardian.require(guardian.may_arrange_boards(actor))
    elif need == "queue":
        guardian.require(guardian.may_see_queue(actor))
    elif need == "admin":
        guardian.require(guardian.may_manage(actor))


def wants_fragment() -> bool:
    """Whether a behaviour sent this form and replaces a part of the page with the answer."""
    return request.headers.get("X-Fragment") == "1"


def wants_json() -> bool:
    """Whether the caller prefers JSON (a shop, a program)."""
    return request.path.startswith("/hooks/") or request.accept_mimetypes.best == "application/json"


def local_path(target: str | None, default: str = "/") -> str:
    """`target` if it is a path of this site as a browser reads it, else `default` (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 0x21 or character == "\\" for character in target):
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default


def back(default: str) -> BaseResponse:
    """Redirect to the `next` that the form carries, or to `default` (303: the browser gets, not posts)."""
    return redirect(local_path(request.form.get("next"), default), 303)


def moved(path: str) -> BaseResponse:
    """Redirect for good to the right address of the page that was asked for, with the same words behind it."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{path}?{query}" if query else path, 301)


def said(message: str, kind: str = "done", *, undo: str | None = None) -> None:
    """Show a message on the next page, with a button "Undo" that posts to the path `undo` if there is one."""
    flash({"text": message, "undo": undo} if undo else message, kind)  # type: ignore[arg-type]


# Errors ---------------------------------------------------------------------------------------


def register(app: Flask) -> None:
    """Tell Flask how to load the member of a request and what errors look like."""
    login_manager.user_loader(_load_user)
    app.register_error_handler(errors.DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(DataError, _not_to_be_kept)
    app.register_error_handler(Exception, _unexpected)


def socket_refusal(error: errors.DomainError) -> dict[str, Any]:
    """The acknowledgement of a refused socket event."""
    code = error.code if error.code in SOCKET_CODES else "invalid"
    body: dict[str, Any] = {"code": code, "message": str(error.message)}
    if isinstance(error, errors.TooMany):
        body["retry_after"] = error.retry_after
    if (rule := rule_url(error)) is not None:
        body["rule"] = rule
    return {"ok": False, "error": body}


def rule_url(error: errors.DomainError) -> str | None:
    """Where the rule behind a refusal can be read, if there is one."""
    return f"{url_for('reputation.ranks')}#{error.rule}" if error.rule else None


SOCKET_CODES = ("unauthenticated", "forbidden", "not_found", "invalid", "too_many", "read_only")


def _domain_error(error: errors.DomainError) -> BaseResponse:
    if isinstance(error, errors.Unauthenticated) and not (wants_fragment() or wants_json()):
        from forum.members.keeping import sign_in_and_return  # a door of the members' room

        return sign_in_and_return()
    retry_after = error.retry_after if isinstance(error, errors.TooMany | errors.Unavailable) else None
    rule = rule_url(error)
    fields = error.fields if isinstance(error, errors.Invalid) else None
    return _answer(error.status, error.code, str(error.message), retry_after=retry_after, rule=rule, fields=fields)


def _csrf_error(_error: CSRFError) -> BaseResponse:
    if not wants_fragment():
        from forum.members.keeping import back_to_form, sign_in_and_return

        if viewer().is_guest:
            return sign_in_and_return()
        if not wants_json() and (filled := back_to_form()) is not None:
            return filled
    return _answer(400, "csrf", _("This form is out of date. Go back, reload the page and send it again."))


def _http_error(error: HTTPException) -> BaseResponse:
    messages = {
        400: _("The request could not be understood."),
        404: _("There is nothing here, or it is not open to you."),
        405: _("This address does not take that kind of request."),
        413: _("That is too large to be sent at once."),
        429: _("That was a little fast. Please wait a moment and try again."),
    }
    status = error.code or 500
    if 300 <= status < 400:
        return make_response(error.get_response())
    retry_after = 10 if status == 429 else None
    answer = _answer(status, f"http_{status}", messages.get(status, messages[400]), retry_after=retry_after)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _database_error(error: OperationalError) -> BaseResponse:
    current_app.logger.error("database out of reach: %s", error.orig)
    db.session.rollback()
    g.degraded = True
    return _answer(503, "unavailable", _("The database is out of reach for the moment."), retry_after=10)


def _not_to_be_kept(error: DataError) -> BaseResponse:
    """The request holds what no database takes: a NUL in a text, a number past all ids."""
    current_app.logger.info("refused by the database: %s", error.orig)
    db.session.rollback()
    return _answer(400, "invalid", _("The request could not be understood."))


def _unexpected(error: Exception) -> BaseResponse:
    current_app.logger.exception("unexpected error", exc_info=error)
    db.session.rollback()
    if current_app.testing:
        raise error
    g.degraded = True
    return _answer(500, "internal", _("Something went wrong on our side. It was noted."))


def _answer(
    status: int,
    code: str,
    message: str,
    *,
    retry_after: int | None = None,
    rule: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> BaseResponse:
    if status == 404 and (meant := addresses.nearly()) is not None:
        return moved(meant)
    response: Response
    if wants_json():
        problem: dict[str, Any] = {"status": status, "code": code, "detail": message}
        if fields:
            problem["fields"] = {name: str(text) for name, text in fields.items()}
        if rule:
            problem["rule"] = rule
        response = jsonify(problem)
    elif wants_fragment() and rule:
        response = make_response(render_template("errors/_refusal.html", message=message, rule_url=rule))
    elif wants_fragment():
        response = make_response(message)
        response.mimetype = "text/plain"
    else:
        page = render_template(
            "errors/page.html",
            status=status,
            title=_title(status),
            message=message,
            retry_after=retry_after,
            rule_url=rule,
            fields=fields or {},
        )
        response = make_response(page)
    response.status_code = status
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _title(status: int) -> str:
    """What happened, in two or three words."""
    titles = {
        401: _("Please sign in"),
        403: _("Not open to you"),
        404: _("Not here"),
        409: _("Changed meanwhile"),
        413: _("Too large"),
        422: _("Please check this"),
        429: _("One moment"),
        503: _("Back in a moment"),
    }
    return titles.get(status, _("Something went wrong") if status >= 500 else _("That did not work"))
