"""Every table, imported once, so that the metadata is whole for migrations and tests."""

from forum.admin import models as admin
from forum.badges import models as badges
from forum.boards import models as boards
from forum.chat import models as chat
from forum.core import page_epoch
from forum.desk import models as desk
from forum.drafts import models as drafts
from forum.events import models as events
from forum.integrations.importers import models as importers
from forum.invitations import models as invitations
from forum.jobs import models as jobs
from forum.members import models as members
from forum.moderation import models as moderation
from forum.notifications import models as notifications
from forum.purchases import models as purchases
from forum.reputation import models as reputation
from forum.reputation import rule_tables
from forum.search import tables as search
from forum.threads import models as threads
from forum.trades import models as trades
from forum.uploads import models as uploads

ROOMS = (
    admin,
    badges,
    boards,
    chat,
    desk,
    drafts,
    events,
    importers,
    invitations,
    jobs,
    members,
    moderation,
    notifications,
    page_epoch,
    purchases,
    reputation,
    rule_tables,
    search,
    threads,
    trades,
    uploads,
)
