"""Nothing typed is lost: a form sent without its session is kept, and given back filled (after signing in)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, g, redirect, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import delete, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from forum.core.clock import now
from forum.core.errors import DomainError, Invalid
from forum.core.i18n import gettext as _
from forum.core.tokens import hash_token, new_token
from forum.core.unit_of_work import unit_of_work
from forum.doors import said
from forum.extensions import db
from forum.members.models import KeptForm

KEEP = dt.timedelta(days=1)
MOST_CHARACTERS = 25_000  # a post and its title, with room to spare
NEVER_KEPT = frozenset({"csrf_token", "password", "new_password", "current_password"})


def sign_in_and_return() -> Response:
    """Send a guest to sign in, and afterwards to where they were; what they had typed waits there."""
    if request.method == "GET":
        return redirect(url_for("members.sign_in", next=request.full_path.rstrip("?")), 303)
    return redirect(url_for("members.sign_in", next=keep_form(page_of_form(), request.form)), 303)


def back_to_form() -> Response | None:
    """Send a member whose form was out of date back to it, filled, to send it once more; nothing was done.

    None if nothing was typed into it, or it cannot be kept, or there is no page to go back to.
    """
    page = page_of_form()
    if not _can_be_looked_at(page) or (back := keep_form(page, request.form)) == page:
        return None
    said(_("This form was out of date and was not sent. What you typed is here: please send it once more."), "error")
    return redirect(back, 303)


def _can_be_looked_at(page: str) -> bool:
    return "GET" in current_app.url_map.bind(request.host).allowed_methods(page.partition("?")[0])


def keep_form(page: str, form: Mapping[str, str]) -> str:
    """Keep what a form holds for a day; returns the address of `page` with what gives it back filled."""
    fields = {name: value for name, value in form.items() if name not in NEVER_KEPT}
    if not fields or sum(map(len, fields.values())) > MOST_CHARACTERS:
        return page
    token = new_token()
    with unit_of_work() as session:
        session.execute(delete(KeptForm).where(KeptForm.created_at < now() - KEEP))
        session.add(KeptForm(token_hash=hash_token(token), path=page[:500], fields=fields, created_at=now()))
    return page + ("&" if "?" in page else "?") + urlencode({"kept": token})


def kept_fields() -> dict[str, str]:
    """What was typed before signing in or in vain, for the form on this page; empty if nothing was kept."""
    if "kept_fields" not in g:
        g.kept_fields = {}
        token = request.args.get("kept", "")
        if token:
            row = db.session.scalar(select(KeptForm).where(KeptForm.token_hash == hash_token(token)))
            if row is not None and row.path.partition("?")[0] == request.path and row.created_at > now() - KEEP:
                g.kept_fields = {name: str(value) for name, value in row.fields.items()}
    fields: dict[str, str] = g.kept_fields
    return fields


class _InOurWords:
    """What WTForms says of a choice that is none, in our words; the rest as it says it."""

    def __init__(self, theirs: Any) -> None:
        self.ngettext = theirs.ngettext
        self._gettext = theirs.gettext

    def gettext(self, text: str) -> str:
        """A sentence in the language in force."""
        if text in ("Invalid Choice: could not coerce.", "Not a valid choice."):
            return _("Choose one of the list.")
        return str(self._gettext(text))


class KeptInForm(FlaskForm):
    """What every form is: filled with what was typed into it before its page asked to sign in again; with types.

    A page may have several forms: each takes what was kept if one of its own fields is in it. A box that was not
    ticked is not in it either, and stays empty.
    """

    class Meta(FlaskForm.Meta):
        """Where the values come from: what this request sends, else what was kept. And what is said in our words."""

        def get_translations(self, form: Any) -> "_InOurWords":
            """What WTForms says, so that it is said as the rest of the page."""
            return _InOurWords(super().get_translations(form))  # type: ignore[no-untyped-call]

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The values, None if the form is to show what its maker gives it."""
            sent = super().wrap_formdata(form, formdata)  # type: ignore[no-untyped-call]
            if sent is not None or formdata is None or request.method != "GET":
                return sent
            kept = kept_fields()
            # `data` is not there yet: this is how the fields get theirs
            return ImmutableMultiDict(kept) if kept.keys() & {name for name, _field in form._unbound_fields} else None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def sent(self) -> bool:
        """Whether this request sends the form, and everything in it is as it should be."""
        return bool(self.validate_on_submit())  # type: ignore[no-untyped-call]

    def take_errors(self, error: DomainError) -> None:
        """Say a refusal at the fields that it names, or above the form."""
        fields = error.fields if isinstance(error, Invalid) else {"": error.message}
        for name, text in fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, str(text)]
            else:
                self.form_errors.append(str(text))


def page_of_form() -> str:
    """The page that the form stood on: its referrer on this site, else the address that it was sent to."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc == request.host and referrer.path.startswith("/") and not referrer.path.startswith("//"):
        return referrer.path + (f"?{referrer.query}" if referrer.query and "kept=" not in referrer.query else "")
    return request.path
