"""Asking for a mail to be sent: a job in the transaction of its cause."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from forum.jobs.queue import enqueue


def queue_mail(
    session: Session,
    to: str,
    template: str,
    values: Mapping[str, Any],
    *,
    language: str = "en",
    unique_key: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Have a mail sent after the commit.

    Args:
        to: the address.
        template: a name under templates/mail, without ending; `.txt` (with a block `subject`) and `.html` are drawn.
        values: plain values for the templates. They are kept with the job: put no secret in them (a job
            that needs one makes it and sends by itself, as `forum.members.jobs` does).
        language: in which the mail is written.
        unique_key: asking again under the same key sends nothing.
        headers: further headers, for example List-Unsubscribe.
    """
    payload = {
        "to": to, "template": template, "values": dict(values), "language": language, "headers": dict(headers or {}),
    }
    enqueue(session, "send_mail", payload, unique_key=unique_key)
