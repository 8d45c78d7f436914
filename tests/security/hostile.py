"""Hostile text in every field that takes text, through the forms of the pages; and the pages that may show it."""

import json
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from sqlalchemy import select

from forum.access.actors import SYSTEM, load_actor
from forum.chat import actions as chat
from forum.chat.models import LOBBY
from forum.core.unit_of_work import unit_of_work
from forum.extensions import db
from forum.purchases.models import Product
from forum.threads.models import Thread
from forum.trades.models import TradeRating
from tests.factory import Factory
from tests.purchases.sending import Shop
from tests.reputation.drafting import drafted
from tests.security.walking import Community, addresses, community
from tests.surfing import Surfer

IMAGE = '"><img src=x9q onerror=__canary=1>'
SCRIPT = "</script><script>__canary=1//x9q</script>"
TYPED = "{{7*7}} {0.__class__} %(name)s ${9*9} ' OR '1'='1'--"
BODIES = (
    IMAGE, SCRIPT, TYPED,
    "[click](javascript:__canary=1//x9q)", "[click](<java\tscript:__canary=1>)", "<javascript:__canary=1>",
    "[click](javascript:123)", "![x](https://e.example/x9q\"onerror=\"__canary=1)", "[x][1]\n\n[1]: vbscript:x9q",
    "<a href='&#106;avascript:__canary=1'>click</a>", "<a href=\"\x01javascript:__canary=1\">click</a>",
    "<svg/onload=__canary=1>", "<math><mtext></table><mglyph><style><img src=x9q onerror=__canary=1>",
    "<noscript><p title=\"</noscript><img src=x9q onerror=__canary=1>\">", "<iframe srcdoc='<script>x9q</script>'>",
    "<details open ontoggle=__canary=1>a</details>", "<input autofocus onfocus=__canary=1>", "<base href=//e.example>",
    "<form action=javascript:__canary=1><input type=submit><button formaction=javascript:1>go</button></form>",
    "<style>@import '//e.example/x9q'</style>", "<p style=\"background:url(//e.example/x9q)\">a</p>",
    "<template><img src=x9q onerror=__canary=1></template>", "<textarea></textarea><img src=x9q onerror=__canary=1>",
    "<!--><img src=x9q onerror=__canary=1>-->", "```\"><img/src=x9q/onerror=__canary=1>\na\n```", "`<img src=x9q>`",
    "@ann\"onmouseover=__canary=1", "||<img src=x9q onerror=__canary=1>||", "<x9q-a onclick=__canary=1>a</x9q-a>",
    "> [!ann\"><img src=x9q onerror=__canary=1>]", "| <img src=x9q onerror=__canary=1> |\n|-|\n| a |",
)  # fmt: skip


class Hostile:
    """A community in which every text is hostile. `joined` is a browser whose own name (of its program) is, too."""

    def __init__(self, app: Flask, make: Factory, text: str) -> None:
        self.app, self.text = app, text
        self.there: Community = community(app, make)
        self.hands = {
            role: Surfer(app, getattr(self.there, role)) for role in ("admin", "moderator", "author", "other", "keeper")
        } | {"guest": Surfer(app)}
        self.refused: list[str] = []
        self._boards()
        self._threads(make)
        self._chat()
        self._people()
        self._moderation(make)
        self._shop()
        self.joined, self.kept = self._join(), self._keep()

    def _put(self, role: str, path: str, form: dict[str, str]) -> str:
        """Send a form; returns where it leads."""
        answer = self.hands[role].post(path, form)
        assert answer.status_code in (200, 204, 303, 422), (path, answer.status_code)
        if answer.status_code == 422:
            self.refused.append(path)
        return answer.headers.get("Location", "")

    def _boards(self) -> None:
        values = self.there.values
        words = {"title": self.text[:60], "description": self.text, "hue": "1", "picture": ""}
        self._put("admin", f"/b/{values['board']}/edit", words | {"category": str(values["category_id"])})
        self._put("admin", f"/categories/{values['category_id']}/edit", {"title": self.text[:60]})
        self._put("admin", "/manage", {"name": self.text[:30], "tagline": self.text})
        words = {"labels.en": self.text, "about.en": self.text, "key": self.text, "level": self.text}
        words |= {"version": str(drafted(self.app)[0]), "family": self.text}
        self._put("admin", "/manage/rules/draft/badges/1", words)
        self._put("admin", f"/manage/products/{values['product_id']}", {"name": self.text[:200], "board": "0"})

    def _threads(self, make: Factory) -> None:
        there, body = self.there, "\n\n".join(BODIES)
        with self.app.app_context():
            opening_id = db.session.scalar(select(Thread.opening_id).where(Thread.id == there.thread.id))
            db.session.remove()
        form = {"title": f"{self.text} title", "body": body, "tags": f"{self.text}, lime"}
        self._put("moderator", f"/p/{opening_id}/revision", form)
        self._put("moderator", f"/p/{there.answer.id}/revision", {"body": body})
        self._put("moderator", f"/p/{there.reply.id}/revision", {"body": self.text})
        asked = self._put("author", f"/b/{there.values['board']}/new", form | {"kind": "question", "body": self.text})
        self._put("other", f"/t/{asked.split('/')[2]}/replies", {"body": self.text})
        self._put("author", f"/p/{there.answer.id}/acceptance", {})
        self.idea = self._put("other", f"/b/{there.values['board']}/new", form | {"kind": "idea", "body": self.text})
        said = {"state": "planned", "when": self.text[:40], "reason": self.text}
        self._put("moderator", f"/t/{self.idea.split('/')[2]}/state", said)
        for role, reply in (("author", {}), ("admin", {"shared": "1"})):
            self._put(role, "/desk/replies", {"title": self.text[:80], "body": self.text, **reply})
        self._put("other", f"/t/{asked.split('/')[2]}/claim", {})
        self._trade(int(asked.split("/")[2]))

    def _trade(self, thread_id: int) -> None:
        """A deal with what both say of it, a reply, and a rating that is withdrawn."""
        made = self._put("author", f"/t/{thread_id}/agreements", {"kind": "deal", "name": self.there.other.name})
        self._put("other", f"{made}/acceptance", {})
        for role in ("author", "other"):
            self._put(role, f"{made}/ratings", {"value": "1", "words": self.text[:300]})
        with self.app.app_context():
            first, second = db.session.scalars(select(TradeRating.id).order_by(TradeRating.id.desc()).limit(2))
            db.session.remove()
        self._put("author", f"/ratings/{first}/reply", {"words": self.text[:300]})
        self._put("moderator", f"/ratings/{second}/withdrawal", {"reason": self.text})
        self.agreement = made

    def _chat(self) -> None:
        with self.app.app_context():
            with unit_of_work() as session:
                chat.ensure_lobby(session, SYSTEM)
                actor = load_actor(session, self.there.moderator.id)
                for place, room in enumerate((LOBBY, self.there.values["chat:slug"])):
                    for number, body in enumerate((self.text, "\n\n".join(BODIES)[:1_900])):
                        chat.send_message(session, actor, room, client_id=f"h{place}{number}", body=body)
            db.session.remove()

    def _people(self) -> None:
        about = "\n\n".join(BODIES)[:1_900]
        profile = {"about": about, "interests": self.text, "hue": "1", "theme": "", "mail_answers": "y"}
        for role in ("author", "other"):
            self._put(role, "/settings", profile | {"shown_name": ""})
        self._put("author", "/settings", profile | {"shown_name": self.text[:40]})

    def _moderation(self, make: Factory) -> None:
        there = self.there
        self._put("other", f"/p/{there.reply.id}/flags", {"reason": "other", "note": self.text})
        self._put("guest", f"/m/{there.author.name}/flags", {"reason": "other", "note": self.text})
        victim = make.answer(there.thread, there.author, body="Something rude.")
        self._put("moderator", f"/p/{victim.id}/hiding", {"because": "", "reason": self.text})
        self._put("moderator", f"/t/{there.thread.id}/closure", {"reason": self.text})
        sanction = {"kind": "warning", "days": "7", "reason": self.text}
        self._put("moderator", f"/m/{there.other.name}/suspension", sanction)

    def _shop(self) -> None:
        shop = Shop(self.app)
        content = json.loads(shop.body("d", "order.paid", "o", f"{self.there.author.name}@example.org", [("A1", 1)]))
        content["order"]["lines"][0] |= {"name": self.text, "url": "javascript:__canary=1//x9q"}
        assert shop.send(json.dumps(content).encode()).status_code == 200
        with self.app.app_context():
            sold = select(Product.name, Product.url).where(Product.id != self.there.values["product_id"])
            assert db.session.execute(sold).all() == [(" ".join(self.text.split()), None)]
            db.session.remove()

    def _join(self) -> Surfer:
        hand = Surfer(self.app)
        form = {"name": "newcomer", "email": "newcomer@example.org", "password": "correct horse battery"}
        answer = hand.post("/join", form, headers={"User-Agent": f"curl{self.text}"})
        assert answer.status_code == 303
        hand.token = "joined"
        return hand

    def _keep(self) -> str:
        """Where a guest's form waits, to be given back filled."""
        form = {"title": f"{self.text} title", "body": self.text, "kind": "question", "tags": self.text}
        answer = Surfer(self.app).post(f"/b/{self.there.values['board']}/new", form)
        target = Surfer(self.app).get(answer.headers["Location"])
        assert target.status_code == 200
        return parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]

    def pages(self) -> list[str]:
        """The address of every page, and those that only this community has."""
        paths = [path for _endpoint, path in addresses(self.app, "GET", self._values())]
        more = ("/?stream=unanswered", "/?stream=top", "/chat/lobby", "/moderation?show=closed")
        return [*paths, self.kept, self.idea, self.agreement, *more]

    def _values(self) -> dict[str, object]:
        with self.app.app_context():
            slug = db.session.scalar(select(Thread.slug).where(Thread.id == self.there.thread.id))
            db.session.remove()
        return {**self.there.values, "threads.thread:slug": slug, "threads.conversation:slug": slug}
