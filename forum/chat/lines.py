"""A page of messages with the lines between them: days, "new", and who goes on talking."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from forum.chat.queries import MessageRow
from forum.core.clock import now
from forum.core.filters import day_in_words
from forum.core.i18n import gettext as _

# Messages of one author this close together are one utterance, drawn under one name.
ONE_BREATH = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """A message, and what stands above it: a new day (UTC; the script tells the reader's own), the line "new"."""

    message: MessageRow
    following: bool
    day: dt.date | None
    new: bool

    @property
    def day_words(self) -> str:
        """ "Today", "Yesterday", or the date."""
        assert self.day is not None
        age = (now().date() - self.day).days
        if age in (0, 1):
            return (_("Today"), _("Yesterday"))[age]
        return day_in_words(self.day)


def lines(messages: Iterable[MessageRow], read_n: int | None, me: str) -> list[Line]:
    """Messages in their order as lines. "new" stands once, above the first of others past `read_n` (None: nowhere)."""
    drawn: list[Line] = []
    above: MessageRow | None = None
    told = read_n is None
    for message in messages:
        new = not told and read_n is not None and message.n > read_n and message.author.name != me
        told = told or new
        day = message.at.date() if above is None or above.at.date() != message.at.date() else None
        drawn.append(Line(message, _goes_on(above, message) and day is None and not new, day, new))
        above = message
    return drawn


def _goes_on(above: MessageRow | None, message: MessageRow) -> bool:
    if above is None or message.reply_to is not None:
        return False
    return above.author.name == message.author.name and message.at - above.at < ONE_BREATH
