"""What requests to the management pages may carry."""

from collections.abc import Callable
from typing import Any

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from forum.admin.actions import NAME_LENGTH, TAGLINE_LENGTH
from forum.core.i18n import lazy_gettext
from forum.members.keeping import KeptInForm

_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not
_needed = InputRequired(_l("Please fill this in."))


class WordsForm(KeptInForm):
    """What the community is called."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please give it a name.")), Length(max=NAME_LENGTH)])
    tagline = StringField(_l("In one line"), validators=[Length(max=TAGLINE_LENGTH)])


class ManagerForm(KeptInForm):
    """The manager's own account, made as the demo's goes."""

    name = StringField(
        _l("Name"), [_needed], render_kw={"autocomplete": "username", "maxlength": 30, "autocapitalize": "off"}
    )
    email = EmailField(_l("E-mail"), [_needed], render_kw={"autocomplete": "email", "maxlength": 254})
    password = PasswordField(_l("Password"), [_needed], render_kw={"autocomplete": "new-password"})
