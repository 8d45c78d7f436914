"""T1, T33: strings that another project collected because they break things, through every field and onto the pages.

Optional data beside the repository; see tests/content/test_real_input.py for what the renderer makes of them. No field
gets all strings one by one, which would take an hour: each gets some alone and twenty at once from all parts of the
list, the next field the ones after them.
"""

import json
import os
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from sqlalchemy import select

from forum.access.actors import SYSTEM, load_actor
from forum.chat import actions as chat
from forum.chat.models import LOBBY
from forum.core.clock import now
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.purchases.models import Product
from forum.threads.models import Tag
from tests.factory import Factory
from tests.security.pages import faults, words
from tests.security.test_injection import SIGNS_OUT, faulty, let_nothing_stay, recording
from tests.security.test_matrix import FORM
from tests.security.walking import addresses, community
from tests.surfing import Surfer

NAUGHTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty" / "blns" / "blns.json"
AT_ONCE, ALONE = 20, 3  # strings in one text; strings by themselves for each field
TITLE, SHORT, NAME = 120, 60, 38  # characters that fit a title, a name of a board, a shown name
EVERYWHERE = 40  # so many doors ask for a parameter when it belongs to the page around them

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not NAUGHTY.is_file() and os.environ.get("REQUIRE") != "all", reason="the list is not beside the repository"
    ),
]


def strings() -> list[str]:
    """The list, without what no request can carry."""
    found = json.loads(NAUGHTY.read_text("utf-8"))
    assert len(found) > 500
    return [one.encode("utf-8", "replace").decode() for one in found]


def spread(found: list[str]) -> list[str]:
    """All strings, twenty in each text: every text has some of all parts of the list."""
    steps = -(-len(found) // AT_ONCE)
    return ["\n\n".join(found[first::steps]) for first in range(steps)]


def packed(found: list[str], most: int) -> list[str]:
    """All strings, as many in each text as fit on one line of so many characters."""
    packs = [""]
    for one in found:
        line = " ".join(one.split())[:most]
        if len(packs[-1]) + len(line) >= most:
            packs.append("")
        packs[-1] = f"{packs[-1]} {line}".strip()
    return packs


def test_no_naughty_string_breaks_a_form(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field that a form's door reads × three strings alone and twenty at once: never an error of ours."""
    there = community(app, make)
    monkeypatch.setattr(app.logger, "disabled", True)
    hand, wrong = Surfer(app, there.admin), list[str]()
    let_nothing_stay(monkeypatch)
    fields: list[tuple[str, str, str]] = []
    with recording(app, monkeypatch) as asked:
        for endpoint, path in addresses(app, "POST", there.values):
            if endpoint not in SIGNS_OUT and not endpoint.startswith("purchases."):
                asked()
                faulty(wrong, f"POST {endpoint}", hand.post, path, FORM)
                fields += [(endpoint, path, name) for name in sorted(asked())]
    names = [name for _endpoint, _path, name in fields]
    fields = [field for field in fields if names.count(field[2]) < EVERYWHERE]
    found = strings()
    texts, alone = spread(found), 0
    for place, (endpoint, path, name) in enumerate(fields):
        some = [found[(alone + step) % len(found)] for step in range(ALONE)]
        for value in (*some, texts[place % len(texts)]):
            faulty(wrong, f"POST {endpoint} {name}={value[:40]!r}", hand.post, path, {**FORM, name: value})
        alone += ALONE
    assert not wrong, "\n".join(wrong)
    assert alone >= len(found), "each string went alone through some field"


def test_naughty_strings_are_words_on_every_page(app: Flask, make: Factory) -> None:
    """Titles, tags, bodies, names, chat, products: pages hold our tags only, feeds are well-formed."""
    town = _Town(app, make)
    paths = [*town.paths, "/", "/boards", "/chat/lobby", "/desk/replies", "/moderation", "/manage/products"]
    hands = {"guest": Surfer(app), "admin": town.admin}
    for place, path in enumerate(paths):
        for role in hands if not path.startswith("/t/") else (list(hands)[place % 2],):
            answer = hands[role].get(path)
            assert answer.status_code in (200, 303 if role == "guest" else 200), (role, path, answer.status_code)
            if answer.mimetype == "text/html":
                page = answer.get_data(as_text=True)
                assert not faults(page), (role, path, faults(page))
            elif answer.mimetype.endswith("xml"):
                fromstring(answer.get_data())
    products = words(town.admin.get("/manage/products").get_data(as_text=True))
    shown = [one for one in strings() if one.strip() and one.isprintable() and " ".join(one.split()) in products]
    assert len(shown) > 40, "they come out as they were typed"


class _Town:
    """Three boards, as many threads as the strings need for titles, and everything beside; `paths` shows them."""

    def __init__(self, app: Flask, make: Factory) -> None:
        self.app, self.found = app, strings()
        self.texts = spread(self.found)
        admin = make.member("ada", role="admin")
        self.admin, self.ann = Surfer(app, admin), Surfer(app, make.member("ann", rank="bough"))
        self.boards = [make.board(slug).slug for slug in ("kettles", "pans", "pots")]
        self.paths: list[str] = []
        self._boards()
        self._threads()
        self._people(make)
        self._replies()
        self._products()
        with app.app_context():
            with unit_of_work() as session:
                chat.ensure_lobby(session, SYSTEM)
                actor = load_actor(session, admin.id)
                for number, text in enumerate(self.texts):
                    chat.send_message(session, actor, LOBBY, client_id=f"n{number}", body=text[:1_900])
            self.paths += [f"/tags/{slug}" for slug in db.session.scalars(select(Tag.slug).limit(AT_ONCE))]
            db.session.remove()
        self.paths += [f"/feeds/board/{slug}.atom" for slug in self.boards] + ["/feeds/latest.atom", "/sitemap.xml"]

    def _put(self, hand: Surfer, path: str, form: dict[str, str], *more: int) -> str:
        answer = hand.post(path, form)
        assert answer.status_code in (303, *more), (path, form, answer.status_code)
        return answer.headers.get("Location", "")

    def _boards(self) -> None:
        for slug, title, text in zip(self.boards, packed(self.found, SHORT), self.texts, strict=False):
            form = {"title": title, "description": text[:300], "hue": "1", "picture": "", "category": "1"}
            self._put(self.admin, f"/b/{slug}/edit", form, 422)
            self.paths.append(f"/b/{slug}")

    def _threads(self) -> None:
        for place, title in enumerate(packed(self.found, TITLE)):
            text, board = self.texts[place % len(self.texts)], self.boards[place % len(self.boards)]
            tags = ", ".join(one.replace(",", " ") for one in self.found[place * 3 : place * 3 + 3])
            kind = ("question", "discussion", "idea")[place % 3]
            form = {"title": f"{title} tea", "body": f"{text}\n\nTea.", "kind": kind, "tags": tags}
            made = self._put(self.ann, f"/b/{board}/new", form).partition("#")[0]
            reply = self.texts[(place + 7) % len(self.texts)]
            self._put(self.admin, f"/t/{made.split('/')[2]}/replies", {"body": f"{reply}\n\nTea."})
            self.paths += [made] if place % 5 else [made, f"/feeds/thread/{made.split('/')[2]}.atom"]

    def _people(self, make: Factory) -> None:
        for number, text in enumerate(self.texts):
            name = f"member{number}"
            hand = Surfer(self.app, make.member(name))
            form = {"about": text[:1_900], "interests": " ".join(text.split())[:190], "hue": "1", "theme": ""}
            self._put(hand, "/settings", form | {"shown_name": ""})
            self._put(hand, "/settings", form | {"shown_name": " ".join(text.split())[:NAME]}, 422)
            flag = {"reason": "other", "note": text[:490]}
            self._put(self.ann, f"/m/{name}/flags", flag, 422)
            self.paths += [f"/m/{name}"]

    def _replies(self) -> None:
        for title, text in zip(packed(self.found, SHORT)[:AT_ONCE], self.texts, strict=False):
            self._put(self.admin, "/desk/replies", {"title": title, "body": text}, 422)

    def _products(self) -> None:
        with self.app.app_context():
            with unit_of_work() as session:
                session.add_all(
                    Product(slug=f"n{number}", name=one[:200] or "-", created_at=now())
                    for number, one in enumerate(line.replace("\x00", "") for line in self.found)
                )
            db.session.remove()
