"""Sending a mail now: drawn from its templates, handed to the transport. Never inside a unit of work."""

from collections.abc import Mapping
from typing import Any

from flask import current_app

from config import Settings
from forum.admin.queries import site_settings
from forum.core.i18n import page_language
from forum.extensions import db
from forum.integrations.mail.message import build_message
from forum.integrations.mail.rendering import draw
from forum.integrations.mail.transports import transport


def send_mail(
    to: str,
    template: str,
    values: Mapping[str, Any],
    language: str = "en",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Draw templates/mail/<template> and send it to one address.

    The templates get `values`, `site` (the community's name), `base_url` and `lang`.

    Raises:
        OSError: the transport did not take it (smtplib's errors are OSErrors); a job is tried again then.
    """
    settings: Settings = current_app.config["SETTINGS"]
    site = site_settings(db.session())
    db.session.rollback()  # nothing is held while the mail is on its way
    around = {"site": site, "base_url": settings.base_url, "lang": page_language(language)}
    drawn = draw(template, {**values, **around}, language)
    send = transport(settings.mail_url)
    send(build_message(to, site.name, drawn, settings.mail_url, settings.base_url, headers or {}))
