"""What forms and socket events of the desk carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field
from wtforms import IntegerField
from wtforms.validators import InputRequired

from forum.core.i18n import lazy_gettext
from forum.core.pagination import LARGEST_ID
from forum.members.forms import TypedForm

MOST_WATCHED = 40

_l: Callable[..., Any] = lazy_gettext  # WTForms takes lazy words, its types do not
_needed = InputRequired(_l("Please enter a number of hours."))


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """A saved reply, as typed."""

    title: str = ""
    body: str = ""
    shared: bool = False

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "ReplyForm":
        """Take the known fields of a request; others are left where they are."""
        return cls(values.get("title", ""), values.get("body", ""), bool(values.get("shared")))


class TimesForm(TypedForm):
    """After how many hours who is asked."""

    helpers = IntegerField(_l("Ask helpers after"), [_needed], render_kw={"min": 0, "max": 168})
    staff = IntegerField(_l("Ask staff after"), [_needed], render_kw={"min": 0, "max": 168})


class Watch(BaseModel):
    """`desk:watch`: the threads on the page."""

    threads: Annotated[
        list[Annotated[int, Field(ge=1, le=LARGEST_ID)]], Field(min_length=1, max_length=MOST_WATCHED)
    ]
