"""The helpers' desk of the demo community: saved replies, and who wants to be asked."""

from forum.access.actors import load_actor
from forum.desk import actions, projections
from forum.desk.models import DeskPreference
from forum.integrations.demo.world import World

ASKED = ("sofia", "jun", "henrik")  # mara is still to be offered it
REPLIES: tuple[tuple[str, str, str, bool], ...] = (
    ("nele", "Welcome, and what we need to know",
     "Welcome, {asker}. So that somebody on {board} can help you quickly: which model is it (it says so on the base"
     " plate), how old is it, and what did you try already?", True),
    ("nele", "Warranty",
     "That sounds like something for the workshop. Please write to us with your order number, never here in public,"
     " and we will send you a label.", True),
    ("mara", "Descaling, the short way",
     "Hi {asker}, two spoons of citric acid to a liter of **cold** water, half an hour, then rinse twice. Never"
     " vinegar, and never hot: that leaves a crust.", False),
    ("mara", "Is it solved?",
     "Did it work, {asker}? If so, press *Accept* under the answer, then the next one with this question finds it.",
     False),
    ("sofia", "Numbers, please",
     "{asker}, give me three numbers and I can say more: grams of coffee, grams of water, seconds until it has run"
     " through.", False),
)


def help_out(world: World) -> None:
    """Saved replies, leave to be asked, and what the desk knows of waiting questions and good answers."""
    session = world.session
    for name, title, body, shared in REPLIES:
        actor = load_actor(session, world.members[name])
        actions.save_reply(session, actor, title=title, body=body, shared=shared)
    for name in ASKED:
        session.add(
            DeskPreference(member_id=world.members[name], asks=True, decided_at=world.before(days=30))
        )
    session.flush()
    projections.recount(session)
