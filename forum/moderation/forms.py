"""What the forms of moderation may carry."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from forum.core.i18n import in_language, language, lazy_gettext, sentences
from forum.members.keeping import KeptInForm
from forum.moderation.ladder import DAYS, Step
from forum.moderation.sentences import FLAG_REASONS, HIDE_REASONS
from forum.reputation.line_words import WITHHELD

_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not
LENGTHS = {1: _l("1 day"), 7: _l("7 days"), 30: _l("30 days"), 365: _l("a year")}


def _choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in words.items()]


class FlagForm(KeptInForm):
    """Saying what is not right. `website` is a trap: people never see it, programs fill it in."""

    reason = RadioField(
        _l("What is the matter?"), choices=_choices(FLAG_REASONS),
        validators=[InputRequired(_l("Choose what is the matter."))], validate_choice=True,
    )
    note = TextAreaField(
        _l("Anything a moderator should know"), validators=[Length(max=500)], render_kw={"rows": 3, "maxlength": 500}
    )
    website = StringField(_l("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"})


class HideForm(KeptInForm):
    """A reason that the author reads: a ready sentence, own words, or both."""

    because = SelectField(
        _l("Reason"), choices=_choices({"": _l("Own words only"), **HIDE_REASONS}), validate_choice=True, default=""
    )
    reason = TextAreaField(
        _l("In your words"), validators=[Length(max=400)], render_kw={"rows": 3, "maxlength": 400},
        description=_l("The author reads this at their post and in a notice."),
    )
    next = HiddenField()

    def words(self, code: str | None = None) -> str:
        """The sentence, in the language `code` of the one who will read it, and the own words together."""
        with in_language(code or language()):
            return sentences([HIDE_REASONS.get(self.because.data or "", ""), (self.reason.data or "").strip()])


class SanctionForm(KeptInForm):
    """A warning, a silence or a suspension."""

    kind = RadioField(
        _l("What"),
        choices=_choices({
            "warning": _l("Warn: they read it, nothing else happens"),
            "silence": _l("Silence: they can read, but not write"),
            "suspension": _l("Suspend: they are signed out at once and cannot sign in"),
        }),
        validators=[InputRequired(_l("Choose a warning, a silence or a suspension."))],
    )
    days = SelectField(_l("For how long"), coerce=int, choices=_choices(LENGTHS), default=DAYS[1])
    reason = TextAreaField(
        _l("Reason"), validators=[InputRequired(_l("Give a reason: the member will read it.")), Length(max=500)],
        render_kw={"rows": 4, "maxlength": 500},
        description=_l("The member reads this. Say what happened, and what would be fine instead."),
    )
    voids_votes = BooleanField(
        _l("Their votes count no more"),
        description=_l(
            "For votes that were traded, or given by one person under several names. After a year's suspension they"
            " never count, until it is lifted."
        ),
    )
    next = HiddenField()

    def propose(self, step: Step) -> None:
        """Fill in the step that the ladder proposes, unless another was chosen."""
        if self.kind.data is None:
            self.kind.data = step.kind
            self.days.data = step.days or DAYS[1]


class HoldRankForm(KeptInForm):
    """The rank at which a member is held, for how long and why."""

    rank = SelectField(_l("Rank"), validate_choice=True)
    days = SelectField(_l("For how long"), coerce=int, choices=_choices(LENGTHS), default=30)
    reason = TextAreaField(
        _l("Reason"), validators=[InputRequired(_l("Give a reason: the member will read it.")), Length(max=500)],
        render_kw={"rows": 4, "maxlength": 500},
        description=_l("The member reads this, with the day on which it ends."),
    )

    def offer(self, ranks: Mapping[str, str]) -> None:
        """Fill the choice of ranks, by key."""
        self.rank.choices = _choices(ranks)


class VoidForm(KeptInForm):
    """Having the votes of a case count no more: what the members read, and a note for the team."""

    why = RadioField(
        _l("What the members read"), choices=_choices(WITHHELD),
        validators=[InputRequired(_l("Choose what the members read."))],
    )
    note = TextAreaField(
        _l("Note for the team"), validators=[InputRequired(_l("Say why.")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500}, description=_l("It stands in the log. The members do not read it."),
    )


class DismissForm(KeptInForm):
    """Finding a case in order, with a note for the team."""

    reason = TextAreaField(
        _l("Note for the team"), validators=[InputRequired(_l("Say why.")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500}, description=_l("It stands in the log. The members do not read it."),
    )


class MoveForm(KeptInForm):
    """The board to move a thread to."""

    board = SelectField(_l("Board"), coerce=int, validate_choice=True)
    next = HiddenField()

    def offer(self, boards: list[tuple[int, str]]) -> None:
        """Fill the choice of boards."""
        self.board.choices = _choices(dict(boards))


class DuplicateForm(KeptInForm):
    """The thread that answers another one."""

    original = StringField(
        _l("Duplicate of"), description=_l("The address or the number of the thread that answers it."),
        validators=[Length(max=300)], render_kw={"maxlength": 300, "autocomplete": "off", "required": True},
    )
    next = HiddenField()


class RedactForm(KeptInForm):
    """The text with the leaked part edited out."""

    title = StringField(_l("Title"), validators=[Length(max=200)], render_kw={"maxlength": 150})
    tags = StringField(
        _l("Tags"), validators=[Length(max=300)], render_kw={"maxlength": 300, "autocomplete": "off"},
        description=_l("Parted by commas. One that you take out is nowhere any more, unless another thread bears it."),
    )
    body = TextAreaField(
        _l("Text"), validators=[InputRequired(_l("Leave something in its place, such as [removed]."))],
        render_kw={"rows": 12, "maxlength": 20000},
    )

    def show(self, body: str, title: str | None, tags: Iterable[str]) -> None:
        """Fill in what stands there now; a reply has no title and no tags."""
        if self.body.data is None:
            self.body.data = body
        if title is None:
            del self.title
            del self.tags
            return
        if self.title.data is None:
            self.title.data = title
        if self.tags.data is None:
            self.tags.data = ", ".join(tags)


def errors_of(form: Any) -> list[str]:
    """What is wrong with the form as a whole, beside its fields."""
    return [str(error) for error in form.form_errors]
