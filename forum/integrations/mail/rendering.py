"""Mail from templates: subject and plain text from `<name>.txt`, HTML with its styles inlined from `<name>.html`."""

import re
from collections.abc import Mapping
from typing import Any

import css_inline
from flask import current_app
from flask_babel import force_locale

from forum.integrations.mail.message import Drawn, one_line

_BLANK_LINES = re.compile(r"\n{3,}")
# Styles move onto the elements, since many mail programs drop <style>; @media (dark) stays in the head.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def draw(template: str, values: Mapping[str, Any], language: str) -> Drawn:
    """Draw the mail `template` in a language (outside any request)."""
    environment = current_app.jinja_env
    with force_locale(language):
        plain = environment.get_template(f"mail/{template}.txt")
        page = environment.get_template(f"mail/{template}.html")
        context = plain.new_context(dict(values))
        subject = one_line("".join(plain.blocks["subject"](context)))
        text = _BLANK_LINES.sub("\n\n", plain.render(values)).strip() + "\n"
        html = _inliner.inline(page.render({**values, "subject": subject}))
    return Drawn(subject, text, html)
