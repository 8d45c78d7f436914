"""Addresses, mail, names and secrets: T28 to T31 of docs/security.md."""


import datetime as dt
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.clock import now
from forum.core.errors import Invalid
from forum.core.network import network_of
from forum.core.tokens import hash_token
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.integrations.mail.message import Drawn, build_message
from forum.jobs.models import Job
from forum.members.models import Member, MemberToken
from forum.members.names import handle, name_key, shown
from tests.factory import Factory
from tests.members.reading import link_in, stored
from tests.security.conftest import GOOD, OTHER
from tests.surfing import Surfer

Browse = Callable[..., Surfer]
Mails = Callable[[], list[EmailMessage]]


# T28 ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("limits")
def test_t28_forged_addresses_do_not_widen_the_limit(browse: Browse, mia: Member) -> None:
    """X-Forwarded-For is nobody's word (there is no trusted proxy). The owner, elsewhere, comes in."""
    surfer = browse()
    statuses = [
        surfer.post(
            "/sign-in", {"login": "mia", "password": OTHER}, headers={"X-Forwarded-For": f"203.0.113.{number}"}
        ).status_code
        for number in range(7)
    ]
    assert statuses == [422] * 5 + [429] * 2
    owner = browse().post(
        "/sign-in", {"login": "mia", "password": GOOD}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert owner.status_code == 303


@pytest.mark.usefixtures("limits")
def test_t28_one_customer_of_ipv6_is_one_network(browse: Browse, mia: Member) -> None:
    """All addresses of a /64 count together."""
    surfer = browse()
    statuses = [
        surfer.post(
            "/sign-in", {"login": "mia", "password": OTHER},
            environ_overrides={"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"},
        ).status_code
        for number in range(1, 7)
    ]
    assert statuses[-1] == 429
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"


@pytest.mark.usefixtures("limits")
def test_t28_failures_of_an_unknown_name_are_limited_alike(browse: Browse) -> None:
    """So that the limit, too, tells nobody who has an account."""
    surfer = browse()
    statuses = [surfer.post("/sign-in", {"login": "nobody1", "password": OTHER}).status_code for _time in range(6)]
    assert statuses == [422] * 5 + [429]


# T29 ------------------------------------------------------------------------------------------


def test_t29_nothing_breaks_out_of_a_header() -> None:
    """CR, LF and other line ends in names, subjects, addresses and extra headers."""
    drawn = Drawn("Hi\r\nBcc: e@e.example\x85x\u2028y", "text", "<p>text</p>")
    message = build_message(
        ["a@example.org", "\nBcc: e@e.example"][0], "Fern\r\nBcc: e@e.example", drawn, "file:///tmp",
        "http://localhost", {"List-Unsubscribe": "<http://localhost/x>\r\nBcc: e@e.example"},
    )
    raw = message.as_bytes()
    headers = raw.split(b"\r\n\r\n", 1)[0].decode()
    assert not re.search(r"^Bcc:", headers, re.MULTILINE)
    assert message["Bcc"] is None
    with pytest.raises(ValueError):
        build_message("a@example.org\r\nBcc: e@e.example", "Fern", drawn, "file:///tmp", "http://localhost", {})


@pytest.mark.parametrize(
    "email", ["a@example.org\r\nBcc: e@e.example", "a@example.org,b@example.org", "a b@c", "@", "a@", "a@b@c"]
)
def test_t29_only_an_address_is_an_address(browse: Browse, email: str) -> None:
    """One address a form, nothing else."""
    assert browse().post("/join", {"name": "mia", "email": email, "password": GOOD}).status_code == 422
    assert browse().post("/reset", {"email": email}).status_code == 422


@pytest.mark.usefixtures("limits")
def test_t29_one_address_is_not_flooded(browse: Browse, mia: Member, mails: Mails) -> None:
    """Two mails an hour, however many ask, in whatever spelling, whichever form; the answer stays the same."""
    for number in range(4):
        answer = browse().post("/reset", {"email": "MIA@example.org" if number % 2 else "mia@example.org"})
        assert answer.status_code == 200
        mails()
    for number in range(3):
        browse().post("/join", {"name": f"new{number}x", "email": "mia@example.org", "password": GOOD})
    assert len(mails()) == 2


# T30 ------------------------------------------------------------------------------------------

TRICKS = [
    "a\u200bnna", "an\u00adna", "a\u202enna", "\u2066anna", "a\u0301\u0301\u0301nna", "\u3164\u3164", "\u115f\u1160",
    "аnna", "anna\ufeff", "an na", "anna\n", "<b>", "@anna", ".anna", "anna.", "-anna",
    "ɑ\u0430na", "ΑΝΝa", "\u2800\u2800",
    "a" * 31, "admin", "Admin", "аdmіn", "ａｄｍｉｎ", "ad-min", "moderat0r", "laurel", "everyone", "staff",
]


@pytest.mark.parametrize("name", TRICKS)
def test_t30_names_that_trick_the_eye_are_refused(name: str) -> None:
    """Invisible, turning, ornamented, mixed scripts, reserved."""
    if name != name.strip():
        name = name.strip() + "\u200b"
    with pytest.raises(Invalid):
        handle(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "ANNA"), ("bill", "bi11"), ("bill", "BiII"), ("mia", "rnia"), ("zoo", "z00"), ("full", "ｆｕｌｌ"),
        ("tom", "ТОМ"), ("paypal", "paypa1"), ("Straße", "STRASSE"), ("mia", "ⅿia"), ("cat", "сат"),
    ],
)
def test_t30_look_alikes_share_a_key(one: str, other: str) -> None:
    """The key is what is unique."""
    assert name_key(one) == name_key(other)


def test_t30_ordinary_names_of_the_world_are_welcome() -> None:
    """And remain apart."""
    names = ["anna", "Jun-L", "小明", "たけし", "Ольга", "Ünal", "José", "Γιώργος", "محمد", "mia小", "민준", "a_b.c-d"]
    assert [handle(name) for name in names] == names
    assert len({name_key(name) for name in names}) == len(names)
    assert shown("  Jun   O'Neil ") == "Jun O'Neil"
    for trick in ("Jun\u202e", "\u200b", "Admin", "Аdmin", "The\u2800"):
        with pytest.raises(Invalid):
            shown(trick)


def test_t30_a_shown_name_is_nobody_elses(browse: Browse, make: Factory) -> None:
    """Neither another's handle nor the name that another shows."""
    make.member("olga")
    jun, bo = browse(make.member("jun")), browse(make.member("bo"))
    form = {"about": "", "interests": "", "hue": "3", "theme": ""}
    assert jun.post("/settings", {**form, "shown_name": "0lga"}).status_code == 422
    assert jun.post("/settings", {**form, "shown_name": "Jun L."}).status_code == 303
    assert bo.post("/settings", {**form, "shown_name": "jun I."}).status_code == 422
    assert browse().post("/join", {"name": "jun", "email": "j@example.org", "password": GOOD}).status_code == 422


# T31 ------------------------------------------------------------------------------------------


def test_t31_secrets_are_long_hashed_and_used_once(
    browse: Browse, mails: Mails, app: Flask
) -> None:
    """At least 128 bits; only hashes are stored, in no table anything else; the newest link alone works, once."""
    surfer = browse()
    surfer.post("/join", {"name": "mia", "email": "mia@example.org", "password": GOOD})
    first = link_in(mails()[-1])
    surfer.post("/settings/email/link")
    second = link_in(mails()[-1])
    secret = second.rpartition("/")[2]
    assert len(secret) >= 22
    assert stored(app, select(MemberToken.token_hash)) == [hash_token(secret)]
    kept = " ".join(str(job.payload) + str(job.failure) for job in stored(app, select(Job)))
    assert secret not in kept
    assert surfer.post(first).status_code == 404
    assert surfer.post(second).status_code == 303
    assert surfer.post(second).status_code == 404


def test_t31_a_link_lives_an_hour(app: Flask, browse: Browse, mia: Member, mails: Mails) -> None:
    """Then it is like any other wrong one."""
    browse().post("/reset", {"email": "mia@example.org"})
    link = link_in(mails()[0])
    with app.app_context():
        with unit_of_work() as session:
            session.execute(update(MemberToken).values(expires_at=now() - dt.timedelta(seconds=1)))
        db.session.remove()
    assert browse().get(link).status_code == 404
    assert browse().post(link, {"password": OTHER}).status_code == 404
    assert browse().get("/reset/" + "x" * 500).status_code == 404


def test_t31_a_password_is_never_cut_and_is_hashed_anew(app: Flask, browse: Browse, make: Factory) -> None:
    """1,024 characters all count; an older hash is renewed at signing in."""
    from argon2 import PasswordHasher

    long = "".join(chr(0x61 + (number * 7 + number // 26) % 26) for number in range(1024))
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(long)
    make.member("mia", password_hash=old)
    assert browse().post("/sign-in", {"login": "mia", "password": long[:-1]}).status_code == 422
    assert browse().post("/sign-in", {"login": "mia", "password": long + "a"}).status_code == 422
    assert browse().post("/sign-in", {"login": "mia", "password": long}).status_code == 303
    (kept,) = stored(app, select(Member.password_hash))
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert browse().post("/sign-in", {"login": "mia", "password": long}).status_code == 303


def test_t31_secrets_are_not_compared_with_equals() -> None:
    """Mailed secrets and cookies are looked up by hash; passwords are compared by argon2."""
    import ast

    from tests.architecture.reading import modules

    names = {"token", "secret", "password", "signature", "password_hash"}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq) for op in node.ops):
                for side in (node.left, *node.comparators):
                    name = side.id if isinstance(side, ast.Name) else None
                    assert name not in names, f"{module}:{node.lineno}"
