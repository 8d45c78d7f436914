"""Doors: joining, choosing boards, signing in and out, being here."""

import time
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user
from sqlalchemy.orm import Session

from forum.access import guardian
from forum.access.actors import Actor, load_actor
from forum.boards import queries as boards
from forum.core import ratelimit
from forum.core.errors import DomainError, Forbidden, Invalid, TooMany
from forum.core.filters import fulltime
from forum.core.i18n import gettext as _
from forum.core.i18n import language
from forum.core.network import household_of, remote_network
from forum.core.tokens import address_key, keyed_hash
from forum.core.unit_of_work import unit_of_work
from forum.doors import Page, SignedIn, acting, language_of_browser, local_path, needs, said, settings, viewer
from forum.extensions import db
from forum.invitations import queries as invitations
from forum.invitations.actions import take_up
from forum.members import actions, names, passwords, queries
from forum.members.addresses import address
from forum.members.blueprint import blueprint
from forum.members.devices import device
from forum.members.forms import JoinForm, SignInForm
from forum.moderation.queries import suspension_in_force

# Nobody fills in three fields faster; programs do. (Off with LIMITS=off, for tests.)
FASTEST_JOIN = 1.0  # seconds
_SHOWN_AT = "join_shown_at"  # in the signed cookie


# Joining --------------------------------------------------------------------------------------


@blueprint.get("/join")
@needs("public")
def join() -> Page:
    """The form of three fields."""
    if not viewer().is_guest:
        return redirect(local_path(request.args.get("next")), 303)
    cookie.setdefault(_SHOWN_AT, time.time())
    form = JoinForm(next=local_path(request.args.get("next"), ""), invitation=request.args.get("invitation", ""))
    return _join_page(form)


@blueprint.post("/join")
@needs("public")
def create_account() -> Page:
    """Open the account, sign in, and go on to choosing boards. A taken address makes no difference to be seen."""
    form = JoinForm()
    try:
        form.require()
        token, actor = _joined(form)
    except DomainError as error:
        form.take_errors(error)
        return _join_page(form), error.status
    _enter(token, actor)
    target = local_path(form.text("next"), "")
    return redirect(url_for("members.welcome", next=target or None), 303)


def _join_page(form: JoinForm) -> str:
    inviter = invitations.inviter_of(db.session(), form.text("invitation"))
    return render_template("members/join.html", form=form, inviter=inviter)


def _joined(form: JoinForm) -> tuple[str, Actor]:
    """Check everything, hash once, open the account and its first session."""
    guardian.require(guardian.may_join(viewer()))
    _refuse_programs(form)
    name, email = names.handle(form.text("name")), address(form.text("email"))
    passwords.check(form.text("password"), name, email)
    ratelimit.take("join", remote_network())
    with passwords.turn():
        hashed = passwords.hashed(form.text("password"))
    with acting() as (session, actor):
        member = actions.join(session, actor, name, email, hashed, settings().privacy_key)
        joined = load_actor(session, member.id)
        take_up(session, joined, form.text("invitation"))
        actions.ask_confirmation(session, joined, language())
        token = actions.open_session(
            session, joined, _device(), language=language_of_browser(), network_hash=_network_hash()
        )
        return token, load_actor(session, member.id)


def _refuse_programs(form: JoinForm) -> None:
    """Without a picture to decipher: a trap field, and a time that people need."""
    quick = time.time() - cookie.get(_SHOWN_AT, 0) < FASTEST_JOIN and settings().limits
    if form.nickname.data or quick:
        current_app.logger.info("join refused: %s", "too quick" if quick else "trap")
        raise Invalid({"": _("That was very quick. Please check the form and send it once more.")})


@blueprint.get("/welcome")
@needs("member")
def welcome() -> Page:
    """Boards to choose from by interest; with none to choose, straight on."""
    shelves = boards.index(db.session(), viewer(), archived=False)
    target = local_path(request.args.get("next"), "")
    if not shelves:
        if not viewer().confirmed:
            said(_("Welcome. We have mailed you a link: open it to confirm your address."))
        return redirect(target or "/", 303)
    return render_template("members/welcome.html", shelves=shelves, next=target)


@blueprint.post("/welcome")
@needs("member")
def choose_boards() -> Page:
    """Join the boards that were ticked."""
    chosen = frozenset(int(value) for value in request.form.getlist("board") if value.isascii() and value.isdigit())
    with acting() as (session, actor):
        actions.choose_boards(session, actor, frozenset(id for id in chosen if id < 2**31))
    return redirect(local_path(request.form.get("next")), 303)


# Signing in and out ---------------------------------------------------------------------------


@blueprint.get("/sign-in")
@needs("public")
def sign_in() -> Page:
    """The form of two fields."""
    target = local_path(request.args.get("next"), "")
    if not viewer().is_guest:
        return redirect(target or "/", 303)
    return render_template("members/sign_in.html", form=SignInForm(next=target))


@blueprint.post("/sign-in")
@needs("public")
def open_session() -> Page:
    """Sign in. Unknown name and wrong password are one answer, at one cost."""
    form = SignInForm()
    try:
        form.require()
        token, actor = _signed_in(form)
    except DomainError as error:
        form.take_errors(error)
        retry_after = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
        return current_app.make_response(
            (render_template("members/sign_in.html", form=form), error.status, retry_after)
        )
    _enter(token, actor)
    return redirect(local_path(form.text("next")), 303)


def _signed_in(form: SignInForm) -> tuple[str, Actor]:
    login, password = form.text("login").strip(), form.text("password")
    with passwords.turn():
        account, renewed = _proven(login, password)
    with unit_of_work() as session:
        actor = load_actor(session, account.id)
        proof = account.password_hash
        if actor.is_suspended and actor.suspended_until is not None:
            raise Forbidden(_suspended(session, actor))
        if renewed and proof:
            actions.renew_hash(session, actor, renewed, proven_by=proof)
            proof = renewed
        token = actions.open_session(
            session, actor, _device(), proven_by=proof, language=language_of_browser(), network_hash=_network_hash()
        )
        return token, load_actor(session, account.id)


def _proven(login: str, password: str) -> tuple[queries.Account, str | None]:
    """Whose password this is, and its hash anew when the kept one is outdated.

    Failures are counted for a login and network, and for a network: others can slow nobody down but themselves.

    Raises:
        Invalid: the password is not the one of this login, or there is no such login.
        TooMany: too many failures lately.
    """
    network = remote_network()
    who = address_key(login) if "@" in login else names.name_key(login)
    ratelimit.check("sign-in:account", who, network)
    ratelimit.check("sign-in:address", network)
    account = queries.account_for(db.session(), login)
    db.session.rollback()  # no read transaction is held while the hash is made
    if not passwords.matches(password[: passwords.LONGEST + 1], account.password_hash if account else None):
        for rule, key in (("sign-in:account", (who, network)), ("sign-in:address", (network,))):
            ratelimit.take(rule, *key)
        account = None
    if account is None or account.password_hash is None:
        raise Invalid({"": _("The name or the password is not right. Please try again.")})
    return account, passwords.hashed(password) if passwords.is_outdated(account.password_hash) else None


def _suspended(session: Session, actor: Actor) -> str:
    """Until when and why; whoever reads it has shown by the password that it is theirs to read."""
    assert actor.id is not None and actor.suspended_until is not None
    until, given = fulltime(actor.suspended_until), suspension_in_force(session, actor.id)
    if given is None:
        return _("Your account is suspended until %(time)s.", time=until)
    return _("Your account is suspended until %(time)s, for this reason: %(reason)s", time=until, reason=given.reason)


@blueprint.post("/sign-out")
@needs("public")
def sign_out() -> Page:
    """End this session, here and on the server, with its sockets."""
    leaving = viewer()
    if not leaving.is_guest and leaving.session_id is not None:
        with unit_of_work() as session:
            actions.end_session(session, load_actor(session, leaving.id), leaving.session_id)
    logout_user()
    cookie.clear()
    return redirect("/", 303)


@blueprint.post("/here")
@needs("member")
def here() -> Page:
    """The page's quiet word, at most once an hour, that the member is here."""
    session_id = viewer().session_id
    with acting() as (session, actor):
        actions.be_here(session, actor, session_id, language_of_browser())
    return "", 204


def enter_again(actor_id: int) -> None:
    """Open a new session for a member whose others have just ended, in this browser."""
    with unit_of_work() as session:
        actor = load_actor(session, actor_id)
        token = actions.open_session(
            session, actor, _device(), language=language_of_browser(), network_hash=_network_hash()
        )
        actor = load_actor(session, actor_id)
    _enter(token, actor)


def _enter(token: str, actor: Actor) -> None:
    """Put the session's secret into a fresh cookie: nothing of the guest's stays but what is shown next."""
    kept: Any = cookie.get("_flashes")
    cookie.clear()
    if kept:
        cookie["_flashes"] = kept
    cookie.permanent = True
    login_user(SignedIn(token, actor))


def _network_hash() -> str | None:
    """The keyed hash of the network that the request comes from; the address itself is not kept."""
    network = household_of(get_remote_address())
    return keyed_hash(settings().privacy_key, "network", network) if network else None


def _device() -> str:
    return device(request.user_agent.string)
