"""What is known of the demo community while it is being made."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy.orm import Session


@dataclass(slots=True)
class World:
    """The moment that "days before now" counts from, and the ids of what is there already."""

    session: Session
    now: dt.datetime
    privacy_key: str
    members: dict[str, int] = field(default_factory=dict)
    joined: dict[str, dt.datetime] = field(default_factory=dict)
    boards: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)  # by article number
    acts: defaultdict[str, list[dt.datetime]] = field(default_factory=lambda: defaultdict(list))

    def before(self, *, days: float = 0, minutes: float = 0) -> dt.datetime:
        """The moment so long before now."""
        return self.now - dt.timedelta(days=days, minutes=minutes)

    def did(self, name: str, moment: dt.datetime) -> None:
        """Remember that somebody did something then: they were here on that day."""
        self.acts[name].append(moment)
