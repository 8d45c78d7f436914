"""What requests about boards may carry."""

from collections.abc import Callable, Iterable
from typing import Any

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from forum.boards.actions import DESCRIPTION_LENGTH, HUES, TITLE_LENGTH
from forum.boards.models import STAFF, Board
from forum.boards.pictures import PICTURES
from forum.core.i18n import gettext as _
from forum.core.i18n import lazy_gettext
from forum.members.keeping import KeptInForm
from forum.reputation.rules import Rank

EVERYONE = ""
NO_BOARD = 0
_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not


class CategoryForm(KeptInForm):
    """A shelf's title."""

    title = StringField(_l("Title"), validators=[InputRequired(_l("Please give it a name.")), Length(max=TITLE_LENGTH)])


class BoardForm(KeptInForm):
    """A board's words and looks; with a shelf for those who arrange boards."""

    title = StringField(_l("Title"), validators=[InputRequired(_l("Please give it a name.")), Length(max=TITLE_LENGTH)])
    description = TextAreaField(
        _l("In one line"), description=_l("What belongs here; shown under the title."),
        validators=[Length(max=DESCRIPTION_LENGTH)],
    )
    category = SelectField(_l("Shelf"), coerce=int, validate_choice=True)
    parent = SelectField(
        _l("Below"), coerce=int, description=_l("A sub-board stands on the shelf of the board above it, and is never "
                                                "open to more people. Threads of it show there, too."),
    )
    hue = IntegerField(_l("Color"), default=4)
    picture = RadioField(_l("Picture"), default="")

    hues = range(HUES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pictures: Any = {"": _("Its initial"), **{name: str(words) for name, words in PICTURES.items()}}
        self.picture.choices = pictures

    def offer_shelves(self, shelves: Iterable[tuple[int, str]]) -> None:
        """Fill the choice of shelves; without any the field goes."""
        choices: Any = dict(shelves)
        if choices:
            self.category.choices = choices
        else:
            del self.category

    def offer_boards(self, boards: Iterable[tuple[int, str]], but: int | None = None) -> None:
        """Fill the choice of boards to stand below, without the board itself; without any the field goes."""
        choices: Any = {NO_BOARD: _("None: it stands by itself"), **{id: title for id, title in boards if id != but}}
        if len(choices) > 1:
            self.parent.choices = choices
        else:
            del self.parent


class AccessForm(KeptInForm):
    """Who sees, starts and replies."""

    see = SelectField(_l("Who sees it"))
    start = SelectField(_l("Who starts threads"))
    reply = SelectField(_l("Who answers and replies"))

    def offer(self, ranks: Iterable[Rank], board: Board, *, shown: bool = False) -> None:
        """Fill the choices from the ranks in force, and show what holds now unless other choices were sent."""
        steps = {rank.key: _("%(rank)s and above", rank=rank.name) for rank in ranks}
        staff = {STAFF: _("Moderators only")}
        see: Any = {EVERYONE: _("Everyone, guests too"), **steps, **staff}
        write: Any = {EVERYONE: _("Every member"), **steps, **staff}
        self.see.choices, self.start.choices, self.reply.choices = see, write, write
        if shown or self.see.data is None:
            self.see.data, self.start.data = board.see_rank or EVERYONE, board.start_rank or EVERYONE
            self.reply.data = board.reply_rank or EVERYONE


class NameForm(KeptInForm):
    """The name of a member."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please give a name.")), Length(max=60)])
