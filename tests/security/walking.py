"""Walking over every door there is: a community with one of everything, and an address for each rule."""

import datetime as dt
import io
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from forum.access.actors import Actor, load_actor
from forum.admin.outbox import mails
from forum.boards.models import Board, BoardModerator, Category
from forum.chat import actions as chat
from forum.core.clock import now
from forum.core.database import Base
from forum.core.tokens import address_key, hash_token, new_token
from forum.core.unit_of_work import unit_of_work
from forum.desk import actions as desk
from forum.extensions import db
from forum.integrations.mail.transports import mail_folder, transport
from forum.integrations.storage import storage_of
from forum.invitations.actions import invite
from forum.members.actions import claiming
from forum.members.models import Member, MemberSession, MemberToken, MemberVisit
from forum.members.names import name_key
from forum.moderation.actions import steering
from forum.moderation.actions.flags import flag
from forum.moderation.models import FairnessCase, FairnessMember
from forum.moderation.targets import post_target
from forum.notifications import links
from forum.purchases.models import Product
from forum.reputation import actions as ruling
from forum.reputation import editing, rulesets, versions
from forum.reputation.rule_tables import RulesetEffect
from forum.reputation.simulation import Found
from forum.threads.models import Post, Thread
from forum.trades import actions as trades
from forum.uploads.models import Picture
from forum.uploads.sizes import variant_name
from tests.factory import Factory

# Tables that a request may touch without changing what people made: sessions' last use, views, visits, work queues.
NOT_CONTENT = frozenset({"member_session", "member_visit", "kept_form", "job", "outbox_event"})


@dataclass
class Community:
    """One of everything, for walks. `values` are what addresses take, by name or by "endpoint:name"."""

    admin: Member
    moderator: Member
    keeper: Member
    author: Member
    other: Member
    board: Board
    thread: Thread
    answer: Post
    reply: Post
    values: dict[str, Any]


def community(app: Flask, make: Factory) -> Community:
    """A board with its room, a question with an answer and a reply, a case, a line of the log, people of all roles."""
    admin, moderator = make.member("ada", role="admin"), make.member("mod", role="moderator")
    author, other = make.member("ann", rank="sprout"), make.member("otto", rank="twig")
    keeper, newcomer = make.member("kim", rank="twig"), make.member("una", confirmed=False)
    board = make.board("kettles")
    make.board("pans")
    appoint(app, keeper, board)
    thread = make.thread(board, author, title="How do I descale it well?", tags=("lime",))
    answer = make.answer(thread, other)
    reply = make.reply(answer, author)
    with app.app_context():
        with unit_of_work() as session:
            values = _furnish(session, app, admin, moderator, other, board, answer, newcomer)
            session.flush()
            values |= {
                "answer_token": links.answer_token(author.id, answer.id),
                "refusal_token": links.refusal_token("0" * 64),
                "unsubscribe_token": links.unsubscribe_token(author.id),
                "category_id": session.scalar(select(Category.id)),
            }
        db.session.remove()
    picture = _picture(app, author, answer)
    values |= {
        "public_id": picture.public_id, "width": picture.width,
        "thread_id": thread.id, "post_id": answer.id, "name": author.name, "board": board.slug, "connection": "store",
        "tag": "lime", "number": 0, "reputation:number": 1, "reputation:key": "twig", "reputation:place": 1,
        "admin.mail:name": _mail(app), "slug": board.slug, "threads.thread:slug": thread.slug,
        "threads.conversation:slug": thread.slug, "threads.conversation:post_id": reply.id,
        "members.confirm:token": values["confirm"], "members.confirm_address:token": values["confirm"],
        "notifications.outcome:token": values["answer_token"],
        "notifications.say_outcome:token": values["answer_token"], "token": values["reset"],
        "invitations.refusal:token": values["refusal_token"], "invitations.refuse:token": values["refusal_token"],
        "notifications.unsubscribe:token": values["unsubscribe_token"],
        "notifications.stop_mail:token": values["unsubscribe_token"], "search.tag:name": "lime",
        "badges.badge:slug": "first_helped",
    }  # fmt: skip
    return Community(admin, moderator, keeper, author, other, board, thread, answer, reply, values)


def _picture(app: Flask, author: Member, post: Post) -> Picture:
    """A picture of a post, ready to be seen."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "WEBP")
    picture = Picture(
        public_id=secrets.token_hex(16), uploader_id=author.id, post_id=post.id, width=40, height=30, state="ready",
        created_at=now(),
    )
    store = storage_of(app.config["SETTINGS"].storage_url)
    store.put(variant_name(picture.public_id, 40), file.getvalue(), "image/webp")
    with app.app_context():
        with unit_of_work() as session:
            session.add(picture)
            session.flush()
            session.refresh(picture)
            session.expunge(picture)
        db.session.remove()
    return picture


def _furnish(
    session: Session, app: Flask, admin: Member, moderator: Member, other: Member, board: Board, answer: Post,
    newcomer: Member,
) -> dict[str, Any]:
    """A room with a message, a flag, a line of the log, mailed links and a session; their values for addresses."""
    staff, member = load_actor(session, moderator.id), load_actor(session, other.id)
    room = chat.open_room(session, staff, session.get_one(Board, board.id))
    message_id = chat.send_message(session, member, room, client_id="c1", body="Good morning.")
    case = flag(session, staff, post_target(session, staff, answer.id, lock=True), reason="spam", note="Look.")
    entry = steering.pin(session, staff, answer.thread_id)
    invitation = invite(session, member, "friend@example.org", "p" * 32, "en")
    fairness_id = _fairness_case(session, moderator, other)
    reply = desk.save_reply(session, member, title="Hello", body="Hello {asker}.")
    product = Product(slug="k2", name="Kettle K2", board_id=board.id, created_at=now())
    session.add(product)
    session.flush()
    session.get_one(Thread, answer.thread_id).product_id = product.id
    _change_rules(session, load_actor(session, admin.id))
    imported = Member(name="Old-Me", name_key=name_key("Old-Me"), joined_at=now(), external_source="elsewhere")
    session.add(imported)
    session.flush()
    claim = claiming.ask_claim(session, member, name=imported.name, words="It was me.")
    agreement = trades.propose(session, member, answer.thread_id, kind="deal", name="ann")
    asker = load_actor(session, agreement.partner_id)
    trades.answer(session, asker, agreement.id, agreed=True)
    rating = trades.rate(session, member, agreement.id, value=1, words="All as agreed.")
    trades.rate(session, asker, agreement.id, value=0, words="It took a while.")
    values: dict[str, Any] = {
        "agreement_id": agreement.id, "rating_id": rating.id,
        "message_id": message_id, "case_id": case.id, "entry_id": entry.id, "claim_id": claim.id,
        "invitation_id": invitation.id, "reply_id": reply.id, "fairness_id": fairness_id,
        "product_id": product.id,
    }
    for purpose, owner in (("confirm", newcomer), ("reset", other)):
        values[purpose] = new_token()
        session.add(
            MemberToken(
                token_hash=hash_token(values[purpose]), member_id=owner.id, purpose=purpose, created_at=now(),
                address_key=address_key(f"{owner.name}@example.org"), expires_at=now() + dt.timedelta(hours=1),
            )
        )
    token_hash, moment = hash_token(new_token()), now()
    open_session = MemberSession(token_hash=token_hash, member_id=other.id, created_at=moment, used_at=moment)
    session.add(open_session)
    session.flush()
    return values | {"session_id": open_session.id, "chat:slug": room}


def _change_rules(session: Session, admin: Actor) -> None:
    """A published version, a draft of the next one, and a simulation of it with somebody in it."""
    ruleset = rulesets.preset("laurel")
    versions.add(session, ruleset, note="As it comes", by_id=admin.id, generation=1)
    begun = ruling.begin_draft(session, admin, editing.plain(ruleset), origin="version", origin_name="1")
    session.flush()
    asked = ruling.ask_simulation(session, admin, begun.version, later=False)
    found = Found(members=1, gains=Counter(["invite"]))
    asked.found, asked.finished_at = found.as_data(), now()
    session.add(RulesetEffect(simulation_id=asked.id, topic="gains:invite", member_id=admin.id or 0))


def _fairness_case(session: Session, *members: Member) -> int:
    """A case of the fairness report about these members, whom nothing else connects."""
    ids = sorted(member.id for member in members)
    evidence = {
        "givers": ids, "receivers": ids, "seen": 24, "expected": 1.5, "lift": 16.0,
        "since": "2026-01-01T00:00:00+00:00",
        "pairs": [[ids[0], ids[1], 12], [ids[1], ids[0], 12]], "days": [["2026-01-02", 24]],
        "received": {str(id): 13 for id in ids}, "given": {str(id): 14 for id in ids}, "together": [ids],
    }
    moment = now()
    case = FairnessCase(pattern="mutual", score=44, evidence=evidence, first_seen_at=moment, last_seen_at=moment)
    session.add(case)
    session.flush()
    session.add_all(FairnessMember(case_id=case.id, member_id=id) for id in ids)
    return case.id


def _mail(app: Flask) -> str:
    """Leave a mail in the folder that mail goes to; returns the name of its file."""
    message = EmailMessage()
    message["To"], message["Subject"] = "ann@example.org", "Welcome"
    message.set_content("Hello.")
    url = app.config["SETTINGS"].mail_url
    transport(url)(message)
    return mails(mail_folder(url))[0].name


def appoint(app: Flask, keeper: Member, board: Board) -> None:
    """Have a member look after a board."""
    with app.app_context():
        with unit_of_work() as session:
            session.add(BoardModerator(board_id=board.id, member_id=keeper.id, appointed_at=now()))
            session.get_one(Member, keeper.id).moderates_boards = True
        db.session.remove()


def was_here(session: Session, member_ids: Iterable[int]) -> None:
    """These members were here today already: no visit has their forced ranks worked out anew."""
    session.add_all(MemberVisit(member_id=member_id, day=now().date()) for member_id in member_ids)


def address(rule: Rule, values: dict[str, Any]) -> str:
    """The address of a rule: "endpoint:name" in `values` comes before "blueprint:name", and that before "name"."""
    blueprint = rule.endpoint.partition(".")[0]

    def value(match: re.Match[str]) -> str:
        for key in (f"{rule.endpoint}:{match[1]}", f"{blueprint}:{match[1]}", match[1]):
            if key in values:
                return str(values[key])
        raise AssertionError(f"the walk has no value for <{match[1]}> of {rule.rule}: add one to the community")

    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", value, rule.rule)


def rules(app: Flask, method: str) -> list[Rule]:
    """Every rule that takes `method`, but static files."""
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]
    return sorted(found, key=lambda rule: rule.rule)


def addresses(app: Flask, method: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Every (endpoint, address) that takes `method`, with the community's values in place of parameters."""
    return [(rule.endpoint, address(rule, values)) for rule in rules(app, method)]


def content(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that hold what people made."""
    with app.app_context():
        snapshot = {
            table.name: sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_CONTENT
        }
        db.session.remove()
    return snapshot
