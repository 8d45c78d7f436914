"""Which rules are in force: the newest published ones, else the preset `laurel`."""

import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from forum.content.lines import one_line
from forum.core.errors import Invalid, NotFound
from forum.core.i18n import gettext as _
from forum.reputation.models import RulesetVersion
from forum.reputation.rules import Ruleset, read

PRESETS = ("laurel", "stackexchange")
DEFAULT = "laurel"
# What nobody signed in asks for may show rules that were replaced this many seconds ago; who is signed in brings the
# site's epoch along (`as_of`), and settling always asks the database.
KEPT_FOR = 5.0
DEEPEST = 40  # parts within parts of a file: a formula is four deep in it, and nobody reads one of ten levels
MOST_READ = 100  # rulesets of versions kept in memory


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules in force and the generation of ledger lines that they made."""

    ruleset: Ruleset
    generation: int
    version_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """Rules as they were read: when, and at which epoch of the site at the earliest."""

    since: float
    epoch: int
    rules: InForce


_NEWEST = (
    select(RulesetVersion.id, RulesetVersion.generation, RulesetVersion.published_at)
    .order_by(RulesetVersion.id.desc()).limit(1)
)
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_read: dict[tuple[int, str], Ruleset] = {}


@cache
def preset(name: str) -> Ruleset:
    """A ruleset that comes with the product.

    Raises:
        NotFound: there is no preset of this name.
    """
    if name not in PRESETS:
        raise NotFound(_("There is no preset called %(name)s.", name=name))
    return read(json.loads(resources.files("forum.reputation").joinpath("presets", f"{name}.json").read_text("utf-8")))


def load(name_or_file: str) -> Ruleset:
    """A preset by its name, or the ruleset in a JSON file.

    Raises:
        NotFound: neither a preset nor a file.
        Invalid: the file is not JSON, or not a ruleset that holds together.
    """
    if name_or_file in PRESETS:
        return preset(name_or_file)
    path = Path(name_or_file)
    if not path.is_file():
        raise NotFound(_("%(name)s is neither a preset nor a file.", name=name_or_file))
    try:
        return read(parse(path.read_bytes()))
    except NotRules as refusal:
        raise Invalid({name_or_file: refusal.message}) from refusal


class NotRules(Invalid):
    """A file that cannot hold rules, whatever stands in it."""


def parse(content: bytes) -> object:
    """What a file holds, without signs that cannot be seen; whether it is a ruleset is for others to say.

    Raises:
        NotRules: it is not JSON, or nested deeper than any rules are.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
        return _seen(data)
    except (ValueError, RecursionError) as error:
        raise NotRules(_("This file is not JSON.")) from error


def _seen(value: object, depth: int = 0) -> object:
    if depth > DEEPEST:
        raise NotRules(_("This file is nested too deep to be a set of rules."))
    if isinstance(value, dict):
        return {one_line(key): _seen(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_seen(part, depth + 1) for part in value]
    return one_line(value) if isinstance(value, str) else value


def current(session: Session) -> Ruleset:
    """The ruleset in force, for reading: at most a few seconds old, mostly without a query."""
    return glance(session).ruleset


def as_of(session: Session, epoch: int | None) -> Ruleset:
    """The ruleset in force, for reading, by whoever has just read the site's epoch: never one that was replaced before.

    Other rules, or another generation of lines, raise the epoch. So what is read after this, by `current` and `glance`
    too, is as new as the epoch.
    """
    return _glance(session, epoch or 0).ruleset


def glance(session: Session) -> InForce:
    """Ruleset and generation in force, for reading: at most a few seconds old, mostly without a query."""
    return _glance(session, 0)


def _glance(session: Session, epoch: int) -> InForce:
    """What is kept from this epoch or a later one, else what is in force, which is kept then."""
    engine = _engine(session)
    kept = _kept.get(engine)
    if kept is not None and kept.epoch >= epoch and time.monotonic() - kept.since <= KEPT_FOR:
        return kept.rules
    read_now = _Kept(time.monotonic(), max(epoch, kept.epoch if kept is not None else 0), in_force(session))
    kept = _kept.get(engine)
    if kept is None or kept.epoch <= read_now.epoch:  # else somebody quicker read rules of a later epoch
        _kept[engine] = read_now
    return read_now.rules


def in_force(session: Session) -> InForce:
    """Ruleset and generation in force at this moment, asked from the database."""
    row = session.execute(_NEWEST).one_or_none()
    if row is None:
        return InForce(preset(DEFAULT), 1)
    def data() -> object:
        return session.scalars(select(RulesetVersion.data).where(RulesetVersion.id == row.id)).one()

    return InForce(published(row.id, row.published_at, data), row.generation, row.id)


def published(id: int, at: dt.datetime, data: Callable[[], object]) -> Ruleset:
    """The ruleset of a version, which never changes, so that it is checked once; `data` is asked when it is not known.
    """
    key = (id, at.isoformat())
    found = _read.get(key)
    if found is None:
        found = read(data())
        if len(_read) >= MOST_READ:
            _read.clear()
        _read[key] = found
    return found


def forget() -> None:
    """Read the rules anew at the next glance: they were replaced."""
    _kept.clear()
    _read.clear()


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind
