"""Members, shelves and boards of the demo community."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import update

from forum.access.actors import SYSTEM
from forum.admin.models import SiteSetting
from forum.boards import actions as boards
from forum.boards import nesting
from forum.boards.models import Board, BoardMembership, BoardModerator, Category
from forum.content import markdown
from forum.integrations.demo.boards import CATEGORIES, NAME, PLACES, TAGLINE
from forum.integrations.demo.orders import SHOP
from forum.integrations.demo.people import PEOPLE
from forum.integrations.demo.scenes import Person, Place
from forum.integrations.demo.world import World
from forum.members import names
from forum.members.models import Member
from forum.members.state import email_row
from forum.reputation import standings


def name_the_place(world: World) -> None:
    """The community's name and tagline, and what of it is demo."""
    words = {"name": NAME, "tagline": TAGLINE}
    settings = {**words, "demo_words": words, "has_demo": True, "demo_boards": sorted(world.boards.values()),
                "demo_shop": SHOP}
    for key, value in settings.items():
        world.session.merge(SiteSetting(key=key, value={"value": value}))
    world.session.flush()


def make_people(world: World, hashes: Mapping[str, str]) -> None:
    """All members, in the order in which they joined, each with a confirmed address. `hashes` are of passwords."""
    for person in sorted(PEOPLE, key=lambda person: -person.joined):
        member = _member(world, person, hashes.get(person.name))
        world.session.add(member)
        world.session.flush()
        email = email_row(member.id, f"{person.name}@example.org", world.privacy_key)
        email.created_at = member.joined_at
        email.confirmed_at = member.confirmed_at
        world.session.add(email)
        standings.open_standing(world.session, member.id).rank_since = member.joined_at
        world.members[person.name] = member.id
        world.joined[person.name] = member.joined_at
        world.did(person.name, member.joined_at)
    world.session.flush()


def _member(world: World, person: Person, password_hash: str | None) -> Member:
    handle, shown = names.handle(person.name), names.shown(person.shown)
    if shown == handle:
        shown = None
    joined = world.before(days=person.joined)
    return Member(
        name=handle, name_key=names.name_key(handle), shown_name=shown,
        shown_key=names.name_key(shown) if shown else None, role=person.role, password_hash=password_hash,
        joined_at=joined, confirmed_at=min(joined + dt.timedelta(minutes=6), world.now), last_seen_at=joined,
        hue=person.hue, about_source=person.about,
        about_html=markdown.render(person.about).html if person.about else "", interests=person.interests, is_demo=True,
    )


def make_places(world: World) -> None:
    """Shelves and boards, as old as the community."""
    shelves: dict[str, int] = {}
    for position, (slug, title) in enumerate(CATEGORIES, start=1):
        category = Category(slug=slug, title=title, position=position)
        world.session.add(category)
        world.session.flush()
        shelves[slug] = category.id
    for position, place in enumerate(PLACES, start=1):
        board = _board(place, shelves[place.category], position)
        world.session.add(board)
        if place.above:
            nesting.put_below(world.session, board, world.session.get_one(Board, world.boards[place.above]))
        world.session.flush()
        world.boards[place.slug] = board.id
        _moderators(world, place)


def _board(place: Place, category_id: int, position: int) -> Board:
    return Board(
        category_id=category_id, slug=place.slug, title=place.title, description=place.description, hue=place.hue,
        picture=place.picture, position=position, see_rank=place.see_rank, start_rank=place.start_rank,
    )


def _moderators(world: World, place: Place) -> None:
    for name in place.moderators:
        world.session.add(
            BoardModerator(board_id=world.boards[place.slug], member_id=world.members[name], appointed_at=world.now)
        )
        world.session.execute(update(Member).where(Member.name == name).values(moderates_boards=True))


def join_boards(world: World) -> None:
    """Everybody joins what interests them, on their first day."""
    for person in PEOPLE:
        for slug in person.boards:
            world.session.add(BoardMembership(
                member_id=world.members[person.name], board_id=world.boards[slug], joined_at=world.joined[person.name],
            ))
    world.session.flush()
    boards.recount_members(world.session, SYSTEM)
