"""The places and people of the matrix of T6 and T7: who may read what, and who may do what there, written down anew.

Nothing here asks the guardian: what the product decides is compared with this table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.access.actors import load_actor
from forum.boards.models import STAFF, Board, BoardModerator
from forum.chat import actions as chat
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.members.models import Member
from forum.threads.models import Post, Thread
from tests.factory import Factory
from tests.security.walking import appoint
from tests.surfing import Surfer

ROLES = ("guest", "unconfirmed", "newcomer", "member", "high", "asker", "keeper", "moderator", "admin")
PLACES = (
    "open", "ranked", "staff", "archived", "hidden thread", "deleted thread", "locked", "deleted parent",
    "erased author", "below ranked",
)  # fmt: skip

KEEPERS = {"keeper", "moderator", "admin"}
CONFIRMED = set(ROLES) - {"guest", "unconfirmed"}
ACTS = ("claim", "reply", "vote", "flag", "edit", "accept", "join", "start", "delete")
TAG = "limescale"
WORD = "Quillfeather"  # stands in each title and each body: whoever sees it has read the thing


def readers(place: str) -> set[str]:
    """Who may read what is in this place."""
    match place:
        case "ranked" | "below ranked":
            return {"high"} | KEEPERS
        case "staff":
            return {"moderator", "admin"}
        case "hidden thread" | "deleted thread":
            return {"asker"} | KEEPERS
    return set(ROLES)


def doers(place: str, act: str) -> set[str]:
    """Who may do this to the answer (or the thread, or the board) of the place."""
    within = readers(place)
    gone = place in ("hidden thread", "deleted thread")
    match act:
        case "claim":
            return doers(place, "reply") - {"asker"}  # nobody takes up a question of their own
        case "reply" if gone or place == "archived":
            return set()
        case "reply" if place == "locked":
            return set(KEEPERS)
        case "reply":
            return within & CONFIRMED
        case "vote" if gone or place == "archived":
            return set()
        case "vote":
            return within & CONFIRMED
        case "flag":
            return within
        case "edit" if place in ("archived", "locked"):
            return within & KEEPERS
        case "edit":
            return within & ({"high"} | KEEPERS)
        case "accept" if gone or place == "archived":
            return set()
        case "accept":
            return within & ({"asker"} | KEEPERS)
        case "join" if gone:
            return set(ROLES) - {"guest"}
        case "join":
            return within - {"guest"}
        case "start" if place == "archived":
            return set()
        case "start" if gone:
            return set(ROLES) - {"guest"}
        case "start":
            return within - {"guest"}
        case "delete":
            return within & KEEPERS
    raise AssertionError(act)


@dataclass
class Thing:
    """A board with its room and message, a thread, its answer, and what is acted on."""

    board: Board
    thread: Thread
    answer: Post
    reply: Post
    room: str
    message_id: int

    @property
    def values(self) -> dict[str, Any]:
        """What addresses about it take."""
        return {
            "thread_id": self.thread.id, "post_id": self.answer.id, "board": self.board.slug, "slug": self.board.slug,
            "threads.thread:slug": self.thread.slug, "threads.conversation:slug": self.thread.slug,
            "threads.conversation:post_id": self.reply.id, "message_id": self.message_id, "chat:slug": self.room,
        }  # fmt: skip


class Town:
    """A community with people of all roles and one place of a kind."""

    def __init__(self, app: Flask, make: Factory, place: str) -> None:
        self.app, self.make, self.place = app, make, place
        self.helper = make.member("hanna", rank="sprout")
        self.asker = make.member("alf", rank="sprout")
        self.founder = make.member("fay", role="moderator")
        self.people: dict[str, Member | None] = {"guest": None, "asker": self.asker} | {
            "unconfirmed": make.member("una", confirmed=False), "newcomer": make.member("nell"),
            "member": make.member("mia", rank="sprout"), "high": make.member("hugo", rank="bough"),
            "keeper": make.member("kim", rank="sprout"), "moderator": make.member("mo", role="moderator"),
            "admin": make.member("ada", role="admin"),
        }  # fmt: skip
        self.boards = 0

    def hands(self) -> Iterator[tuple[str, Surfer]]:
        """Each role with a browser of its own."""
        for role, member in self.people.items():
            yield role, Surfer(self.app, member)

    def thing(self) -> Thing:
        """A fresh thing of the place: its author asked, Hanna answered, Alf replied."""
        self.boards += 1
        board = self.make.board(f"board{self.boards}", title=f"Board {self.boards}")
        keeper = self.people["keeper"]
        assert keeper is not None
        if self.place != "staff":
            appoint(self.app, keeper, board)
        thread = self.make.thread(
            board, self.asker, title=f"{WORD} on the kettle?", body=f"{WORD}, I wonder.", tags=(TAG,)
        )
        answer = self.make.answer(thread, self.helper, body=f"{WORD} it is.")
        reply = self.make.reply(answer, self.asker, body=f"{WORD}, thanks.")
        below = self.make.reply(reply, self.helper, body=f"{WORD}, welcome.")
        with self.app.app_context():
            with unit_of_work() as session:
                room, message_id = self._room(session, board)
                self._alter(session, board, thread, answer, reply)
            db.session.remove()
        target = below if self.place == "deleted parent" else reply
        return Thing(board, thread, answer, target, room, message_id)

    def _room(self, session: Session, board: Board) -> tuple[str, int]:
        founder = load_actor(session, self.founder.id)
        word = WORD if self.place in ("ranked", "staff", "below ranked") else "Nothing"  # elsewhere the room is open
        room = chat.open_room(session, founder, session.get_one(Board, board.id))
        message_id = chat.send_message(
            session, founder, room, client_id=f"c{board.id}", body=f"{word} in the room.", reply_to=None
        )
        return room, message_id

    def _alter(self, session: Session, board: Board, thread: Thread, answer: Post, reply: Post) -> None:
        """Make the place what it is called, in the rows themselves."""
        opening = thread.opening_id
        match self.place:
            case "ranked":
                session.get_one(Board, board.id).see_rank = "bough"
            case "below ranked":
                above = Board(category_id=board.category_id, slug=f"above-{board.slug}", title="Above")
                above.see_rank = "bough"
                session.add(above)
                session.flush()
                below = session.get_one(Board, board.id)
                below.parent_id, below.above_see_rank = above.id, "bough"
            case "staff":
                session.get_one(Board, board.id).see_rank = STAFF
            case "archived":
                session.get_one(Board, board.id).archived_at = now()
            case "locked":
                session.get_one(Thread, thread.id).locked_at = now()
            case "hidden thread":
                for kind, key in ((Thread, thread.id), (Post, opening)):
                    session.execute(
                        update(kind).where(kind.id == key).values(hidden_at=now(), hidden_by_id=self.founder.id)
                    )
            case "deleted thread":
                for kind, key in ((Thread, thread.id), (Post, opening)):
                    session.execute(
                        update(kind).where(kind.id == key).values(deleted_at=now(), deleted_by_id=self.founder.id)
                    )
            case "deleted parent":
                gone = {"deleted_at": now(), "deleted_by_id": reply.author_id}
                session.execute(update(Post).where(Post.id == reply.id).values(gone))
            case "erased author":
                session.execute(update(Member).where(Member.id == self.helper.id).values(erased_at=now()))

    def restored(self) -> None:
        """Let an erased author write the next thing."""
        with self.app.app_context():
            with unit_of_work() as session:
                session.execute(update(Member).where(Member.id == self.helper.id).values(erased_at=None))
                assert session.scalar(select(BoardModerator.board_id)) is not None or self.place == "staff"
            db.session.remove()
