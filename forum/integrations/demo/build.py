"""Making the demo community: a believable past of fourteen months, from which ranks follow by the rules."""

from flask import current_app

from forum.admin.queries import forget_site_settings
from forum.badges.subscribers import AWARDED_WITHIN
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.integrations.demo import desk, living, opinions, reckoning, settling_in, trades
from forum.integrations.demo.sign_ins import SIGN_INS
from forum.integrations.demo.speaking import speak
from forum.integrations.demo.world import World
from forum.jobs import worker
from forum.members import passwords
from forum.search import indexing

REPORTED = (
    "A steel sponge takes it off in ten seconds.", "henrik",
    "Somebody will ruin a coating with this. A word under it would do, it need not go.",
)


def build() -> None:
    """Fill an empty community with the demo. Needs an application context; takes some seconds.

    All its members are marked as demo. Afterwards every counter equals its recount and every standing
    what the ledger says.
    """
    with passwords.turn():
        hashes = {name: passwords.hashed(password) for name, password, _role in SIGN_INS}
    moment = now()
    privacy_key = current_app.config["SETTINGS"].privacy_key
    with unit_of_work() as session:
        world = World(session, moment, privacy_key)
        settling_in.make_people(world, hashes)
        settling_in.make_places(world)
        settling_in.join_boards(world)
        settling_in.name_the_place(world)
        living.buy(world)
        spoken = speak(world)
        opinions.vote(world, spoken)
        opinions.accept(world, spoken)
        opinions.say_it_worked(world, spoken)
        living.chatter(world)
        opinions.come_by(world)
        reckoning.count(world)
        reckoning.settle(world)
        living.read(world, tuple(name for name, _password, _role in SIGN_INS))
        living.report(world, *REPORTED)
        desk.help_out(world)
        trades.agree(world)
        reckoning.give_badges(world)
        reckoning.announce(world, spoken)
    forget_site_settings()
    worker.drain(ahead=AWARDED_WITHIN)
    indexing.reindex()
    with unit_of_work() as session:
        reckoning.date_notices(World(session, moment, privacy_key))
