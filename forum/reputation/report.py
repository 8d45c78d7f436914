"""A simulation as lines of text, for the command."""

from collections.abc import Iterator

from forum.core.i18n import figure, ngettext
from forum.core.i18n import gettext as _
from forum.reputation import effects
from forum.reputation.rules import Ruleset
from forum.reputation.simulation import Found


def lines(found: Found, now: Ruleset, then: Ruleset) -> Iterator[str]:
    """What its page shows, from the numbers in each rank to a newcomer's days."""
    yield ngettext(
        "%(num)s member, staff and unclaimed profiles not counted.",
        "%(num)s members, staff and unclaimed profiles not counted.", found.members,
    )
    yield ""
    yield _("How many in each rank, now and then:")
    for bar in effects.bars(found, now, then):
        change = bar.after - bar.before
        yield f"  {bar.name:<24}{bar.before:>9}{bar.after:>9}" + (f"{change:>+9}" if change else "")
    yield ""
    yield _("Who moves:")
    for move in effects.ordered(found, now, then):
        line = effects.move_line(move, now, then)
        yield f"  {line.words}: {figure(line.count)}"
        for clause in line.clauses:
            yield f"    {clause}"
    if not found.moves:
        yield "  " + _("Nobody. Every member keeps their rank.")
    yield ""
    yield _("Who gains or loses what:")
    for grant in effects.grants(found):
        yield f"  {grant.words}: +{figure(grant.gains)} −{figure(grant.loses)}"
    if not found.gains and not found.loses:
        yield "  " + _("Nobody gains or loses a privilege.")
    yield ""
    yield _("How long a newcomer needs, now and then:")
    for name, before, after in effects.newcomer(found, now, then):
        yield f"  {name}: {before} → {after}"
    if found.newcomer_after is None:
        yield "  " + _("Too few members have helped yet to tell a typical pace.")
