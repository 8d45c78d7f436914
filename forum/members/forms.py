"""What the forms of members may carry."""

from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from forum.core.errors import Invalid
from forum.core.i18n import LANGUAGES, lazy_gettext
from forum.members.keeping import KeptInForm
from forum.members.models import HUES

_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not
_needed = InputRequired(_l("Please fill this in."))


_THEMES = (("", _l("As this device is set")), ("light", _l("Light")), ("dark", _l("Dark")))


_AUDIENCES = (("everyone", _l("Everyone")), ("members", _l("Members")), ("me", _l("Only me")))


def _audience(label: Any) -> SelectField:
    """Who sees a part of the profile. A form without it leaves that as it is; what may be chosen the action knows."""
    choices: Any = [SelectChoice(value, words) for value, words in _AUDIENCES]
    return SelectField(label, choices=choices, validate_choice=False)


class TypedForm(KeptInForm):
    """A form that refuses as actions do, and whose fields are read as words."""

    def require(self) -> None:
        """Raise Invalid (without words: the fields have them) unless everything is as it should be."""
        if not self.validate():
            raise Invalid({})

    def text(self, name: str) -> str:
        """What a field holds, "" when it was not sent."""
        return str(self[name].data or "")


class JoinForm(TypedForm):
    """Opening an account. `nickname` is a trap: people never see it, programs fill it in."""

    name = StringField(
        _l("Name"), [_needed], render_kw={"autocomplete": "username", "maxlength": 30, "autocapitalize": "off"}
    )
    email = EmailField(_l("E-mail"), [_needed], render_kw={"autocomplete": "email", "maxlength": 254})
    password = PasswordField(_l("Password"), [_needed], render_kw={"autocomplete": "new-password"})
    nickname = StringField(_l("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})
    next = HiddenField()
    invitation = HiddenField()


class SignInForm(TypedForm):
    """Signing in with a name or an address."""

    login = StringField(
        _l("Name or e-mail"), [_needed, Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "off", "maxlength": 254},
    )
    password = PasswordField(_l("Password"), [_needed], render_kw={"autocomplete": "current-password"})
    next = HiddenField()


class AddressForm(TypedForm):
    """An address, to mail a link to."""

    email = EmailField(_l("E-mail"), [_needed], render_kw={"autocomplete": "email", "maxlength": 254})


class NewAddressForm(TypedForm):
    """Another address for one's account; the password shows that it is not a borrowed browser."""

    email = EmailField(_l("New address"), [_needed], render_kw={"autocomplete": "email", "maxlength": 254})
    current_password = PasswordField(
        _l("Your password"), [_needed], render_kw={"autocomplete": "current-password"}
    )


class NewPasswordForm(TypedForm):
    """A new password, chosen after following a mailed link."""

    password = PasswordField(_l("New password"), [_needed], render_kw={"autocomplete": "new-password"})


class ChangePasswordForm(TypedForm):
    """A new password in place of the one that is known."""

    current_password = PasswordField(
        _l("Your password now"), [_needed], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(_l("New password"), [_needed], render_kw={"autocomplete": "new-password"})


class ProfileForm(TypedForm):
    """What others see of a member, and how the pages look to them."""

    shown_name = StringField(_l("Name to show"), render_kw={"maxlength": 40, "autocomplete": "nickname"})
    about = TextAreaField(_l("About you"), render_kw={"rows": 5, "maxlength": 2000})
    interests = StringField(_l("Interests"), render_kw={"maxlength": 200})
    about_audience = _audience(_l("Who sees what you say about you"))
    interests_audience = _audience(_l("Who sees your interests"))
    joined_audience = _audience(_l("Who sees the month you joined"))
    activity_audience = _audience(_l("Who sees the list of what you asked and answered"))
    hue = RadioField(_l("Color"), choices=[SelectChoice(str(hue)) for hue in range(HUES)])
    theme = RadioField(
        _l("Light or dark"),
        choices=[SelectChoice(value, words) for value, words in _THEMES],
    )
    locale = SelectField(
        _l("Language"),
        choices=[SelectChoice(code, name) for code, name in (("", _l("As my browser")), *LANGUAGES.items())],
        default="",
    )
    mail_answers = BooleanField(_l("Mail me the first answer to each of my questions"))
    on_leaderboards = BooleanField(_l("Show me on leaderboards"))
    keys_on = BooleanField(_l("Single keys as shortcuts"))


class ClaimForm(TypedForm):
    """Saying that an imported profile is one's own."""

    name = StringField(  # or its address, where a character may be written as nine
        _l("Name of the old profile"), [_needed, Length(max=400)], render_kw={"maxlength": 400}
    )
    words = TextAreaField(
        _l("How can the team tell that it was you?"), [Length(max=500)], render_kw={"rows": 3, "maxlength": 500}
    )
