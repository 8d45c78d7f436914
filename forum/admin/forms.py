"""What requests to the management pages may carry."""

from collections.abc import Callable
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from forum.admin.actions import NAME_LENGTH, TAGLINE_LENGTH
from forum.core.i18n import lazy_gettext
from forum.members.keeping import KeptInForm

_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not


class WordsForm(KeptInForm):
    """What the community is called."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please give it a name.")), Length(max=NAME_LENGTH)])
    tagline = StringField(_l("In one line"), validators=[Length(max=TAGLINE_LENGTH)])
