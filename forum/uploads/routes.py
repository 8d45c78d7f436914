"""Doors to pictures: adding one (from a script, or from a form that comes back filled), and seeing one."""

import re
from typing import BinaryIO, cast

from flask import Blueprint, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response

from forum.access import guardian
from forum.access.actors import Actor
from forum.core.errors import DomainError, Invalid, NotFound, Unavailable
from forum.core.i18n import gettext as _
from forum.doors import Page, acting, local_path, needs, said, settings, viewer, wants_json
from forum.extensions import db
from forum.integrations import storage
from forum.members.keeping import keep_form, page_of_form
from forum.uploads import actions, queries
from forum.uploads.inspection import Facts, inspect
from forum.uploads.models import Picture
from forum.uploads.placeholder import placeholder
from forum.uploads.sizes import original_name, variant_name

blueprint = Blueprint("uploads", __name__)

# So much is read of a member's form that what they typed comes back to them beside a picture of 7 MB.
MOST_OF_A_FORM = 16 * 1024 * 1024
A_YEAR = 365 * 24 * 3600
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
_BOX = re.compile(r"^[a-z0-9-]{1,40}$")
_BROKEN_MARKS = re.compile(r"[\[\]\\\s]+")


@blueprint.url_value_preprocessor
def _take_larger_forms(endpoint: str | None, _values: object) -> None:
    """Before anything reads the form: what a signed-in member may send here."""
    if endpoint == "uploads.add" and not viewer().is_guest:
        request.max_content_length = MOST_OF_A_FORM


@blueprint.post("/uploads")
@needs("member")
def add() -> Page:
    """Add a picture. Scripts get its address; a form without script gets its page back, with the Markdown in it."""
    if wants_json():
        facts, picture = _add()
        note = _("It moves; here its first moment is shown.") if facts.moves else ""
        answer = jsonify(address=picture.address, width=picture.width, height=picture.height, note=note)
        answer.status_code = 201
        return answer
    form = {name: value for name, value in request.form.items() if name not in ("alt", "picture")}
    try:
        _facts, picture = _add()
    except DomainError as error:
        said(str(error.message), "error")
    else:
        words = _BROKEN_MARKS.sub(" ", request.form.get("alt", "")).strip() or _("Picture")
        body = form.get("body", "").rstrip()
        form["body"] = f"{body}\n\n![{words}]({picture.address})\n".lstrip()
        said(_("The picture is in your text, at its end."))
    return redirect(_page_again(form), 303)


def _add() -> tuple[Facts, Picture]:
    guardian.require(guardian.may_be_here(viewer()), viewer())
    sent = request.files.get("picture")
    if sent is None:
        raise Invalid({"picture": _("Choose a picture first.")})
    file = cast(BinaryIO, sent.stream)  # Werkzeug keeps larger ones in a temporary file
    facts = inspect(file)
    with acting() as (session, actor):
        public_id = actions.begin_picture(session, actor, facts).public_id
    try:
        _store().put(original_name(public_id), file, "application/octet-stream")
    except storage.Unavailable as error:
        current_app.logger.error("storage out of reach: %s", error)
        raise Unavailable(
            _("The picture could not be stored for the moment. Your text is kept; try again in a minute.")
        ) from error
    with acting() as (session, actor):
        picture = actions.finish_picture(session, actor, public_id)
        session.expunge(picture)
    return facts, picture


def _page_again(form: dict[str, str]) -> str:
    """The page that the form stood on, filled; at the composer that the button belongs to."""
    page = local_path(request.args.get("page"), page_of_form())
    if page.partition("?")[0] == "/uploads":
        page = "/"
    box = form.get("composer", "")
    return keep_form(page, form) + (f"#{box}" if _BOX.match(box) else "")


@blueprint.get("/u/<public_id>")
@needs("public")
def picture(public_id: str) -> Page:
    """A picture in its largest size."""
    return _picture(public_id, None)


@blueprint.get("/u/<public_id>/<int(max=9999):width>")
@needs("public")
def variant(public_id: str, width: int) -> Page:
    """A picture in one of its widths."""
    return _picture(public_id, width)


def _picture(public_id: str, width: int | None) -> Response:
    actor: Actor = viewer()
    seen = queries.picture(db.session(), actor, public_id)
    width = seen.widths[-1] if width is None else width
    if width not in seen.widths:
        raise NotFound
    db.session.rollback()  # nothing is held while the storage is asked
    if not seen.ready:
        return _image(placeholder(width, seen.heights[seen.widths.index(width)]), "private, no-store")
    # What lies at an address never changes. Browsers keep what everybody may see; for the rest they ask again.
    caching = f"private, max-age={A_YEAR}, immutable" if seen.open else "private, no-cache"
    tag = f"{seen.public_id}-{width}"
    if request.if_none_match.contains(tag):
        answer = _image(b"", caching)
        answer.status_code = 304
    else:
        answer = _image(_content(seen.public_id, width), caching)
    answer.set_etag(tag)
    return answer


def _content(public_id: str, width: int) -> bytes:
    try:
        return _store().get(variant_name(public_id, width))
    except storage.Missing as error:
        current_app.logger.error("a picture's file is not there: %s", error)
        raise NotFound from error
    except storage.Unavailable as error:
        current_app.logger.error("storage out of reach: %s", error)
        raise Unavailable(_("The picture is out of reach for the moment.")) from error


def _image(content: bytes, caching: str) -> Response:
    answer = Response(content, mimetype="image/webp")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = caching
    return answer


def _store() -> storage.Storage:
    return storage.storage_of(settings().storage_url)
