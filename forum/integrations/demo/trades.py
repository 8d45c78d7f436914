"""Deals and mentoring of the demo community, and what people said of each other afterwards."""

from dataclasses import dataclass

from sqlalchemy import select

from forum.integrations.demo.world import World
from forum.threads.models import Thread
from forum.trades.models import TradeAgreement, TradeRating
from forum.trades.state import BLIND


@dataclass(frozen=True, slots=True)
class Said:
    """A rating, `days` before now. `reply` is what the other one had to say to it."""

    by: str
    days: float
    value: int
    words: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Something that two people agreed on in a thread, `days` before now; `open` waits for an answer."""

    title: str
    kind: str
    by: str
    partner: str
    days: float
    said: tuple[Said, ...] = ()
    open: bool = False


AGREED: tuple[Agreed, ...] = (
    Agreed(
        "Which filter for 20 °dH?", "deal", "jun", "noor", 70,
        (Said("noor", 62, 1, "Gave me the filter jug that he did not need any more, with two spare cartridges."),
         Said("jun", 61, 1, "Picked it up when we had said, and told me weeks later how it does.")),
    ),
    Agreed(
        "Make my own brewing water from distilled?", "mentoring", "amara", "jun", 48,
        (Said("amara", 20, 1, "Three evenings on the phone with scales and powders. I can do it alone now.",
              "You asked better questions than I did at the time."),
         Said("jun", 19, 1, "Did her homework, wrote everything down, and corrected one of my numbers.")),
    ),
    Agreed(
        "Do beans belong in the freezer?", "deal", "luis", "jun", 60,
        (Said("luis", 51, 1, "Swapped a bag of my cousin's beans for one of his. Both arrived, both were good."),
         Said("jun", 50, 1, "Well packed, and with a note on how they were roasted.")),
    ),
    Agreed(
        "Wish: sell the lid knob as a spare part", "deal", "mara", "kaya", 58,
        (Said("mara", 44, 0, "The wooden knob is lovely, but it took three weeks and two reminders.",
              "Fair. I had moved in between and should have said so."),
         Said("kaya", 43, 1, "Patient and kind about my delay.")),
    ),
    Agreed(
        "Wish: sell the lid knob as a spare part", "deal", "oskar", "mara", 30,
        (Said("oskar", 4, 1, "Sent me her old knob for nothing but the stamp."),),
    ),
    Agreed("Kettle smells of descaler after three rinses", "mentoring", "hanna", "mara", 1.5, open=True),
)


def agree(world: World) -> None:
    """Write down what was agreed on and said; the last rating of a pair has both shown, one alone waits."""
    threads = {row.title: row.id for row in world.session.execute(select(Thread.title, Thread.id))}
    for one in AGREED:
        low, high = sorted((world.members[one.by], world.members[one.partner]))
        agreement = TradeAgreement(
            thread_id=threads[one.title], kind=one.kind, proposer_id=world.members[one.by],
            partner_id=world.members[one.partner], low_id=low, high_id=high, proposed_at=world.before(days=one.days),
            state="proposed" if one.open else "agreed",
            answered_at=None if one.open else world.before(days=one.days - 0.5),
        )
        world.session.add(agreement)
        world.session.flush()
        _rate(world, agreement, one)


def _rate(world: World, agreement: TradeAgreement, one: Agreed) -> None:
    both = len(one.said) == 2
    for said in one.said:
        moment = world.before(days=said.days)
        rater_id = world.members[said.by]
        world.session.add(TradeRating(
            agreement_id=agreement.id, rater_id=rater_id, rated_id=agreement.other(rater_id), value=said.value,
            words=said.words, created_at=moment, told=both,
            shown_from=world.before(days=one.said[-1].days) if both else moment + BLIND,
            reply=said.reply or None, replied_at=world.before(days=said.days - 2) if said.reply else None,
        ))
    world.session.flush()
