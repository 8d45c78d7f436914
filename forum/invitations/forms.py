"""What the form of an invitation may carry."""

from wtforms import EmailField
from wtforms.validators import InputRequired

from forum.core.i18n import lazy_gettext
from forum.members.forms import TypedForm


class InvitationForm(TypedForm):
    """A friend's address."""

    email = EmailField(
        lazy_gettext("Your friend's e-mail"),  # type: ignore[arg-type]  # WTForms takes lazy words, its types do not
        [InputRequired(lazy_gettext("Please fill this in."))],  # type: ignore[arg-type]
        render_kw={"autocomplete": "off", "maxlength": 254},
    )
