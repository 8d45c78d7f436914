"""What requests about products may carry."""

from collections.abc import Callable, Iterable
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext
from forum.members.keeping import KeptInForm
from forum.purchases.actions import PRODUCT_NAME_LENGTH

NO_BOARD = 0
NONE_OF_THEM = -1
_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not


def _board_id(typed: Any) -> int:
    """The id of a board; whether there is one the action knows."""
    text = str(typed)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NONE_OF_THEM


class ProductForm(KeptInForm):
    """What a product is called, where it is talked about, and whether threads may choose it."""

    name = StringField(
        _l("Name"), [InputRequired(_l("Please give it a name.")), Length(max=PRODUCT_NAME_LENGTH)],
        render_kw={"maxlength": PRODUCT_NAME_LENGTH},
    )
    board = SelectField(_l("Board"), coerce=_board_id, validate_choice=False)
    offered = BooleanField(_l("Offer it when somebody asks"))

    def offer_boards(self, boards: Iterable[tuple[int, str]]) -> None:
        """Fill the choice of boards."""
        choices: Any = {NO_BOARD: _("None"), **dict(boards)}
        self.board.choices = choices
