"""axe finds nothing on the pages, in light and dark, on a phone and on a desk."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from forum.members.models import Member
from tests.browser.looking import problems
from tests.chat.test_pages import say
from tests.factory import Factory
from tests.reputation.drafting import drafted
from tests.reputation.test_publishing import laurel, publish
from tests.sampling import always
from tests.surfing import Surfer

BODY = """# What I tried

A list:

- one
- two

> quoted

| a | b |
| - | - |
| 1 | 2 |

```python
print("hello")
```

- [ ] to do
- [x] done

A note.[^1] And ||a secret||.

[^1]: Down here.
"""


@pytest.mark.parametrize(("scheme", "width"), always([("light", 1280), ("dark", 375)], ("light", 1280)))
def test_axe_finds_nothing(
    app: Flask, make: Factory, browse: Callable[..., Surfer], person: Callable[..., Page], drain: Callable[[], None],
    scheme: str, width: int,
) -> None:
    """Every page that a guest, a member, a moderator or the manager has, with things on it."""
    board = make.board("kettles", title="Kettles", description="All about kettles.", hue=3)
    admin, mod = make.member("nele", role="admin"), make.member("piet", role="moderator")
    ann, ben = make.member("ann", rank="twig"), make.member("ben", rank="branch", hue=7)
    thread = make.thread(board, ann, title="How do I descale it without harm?", body=BODY, tags=("descaling",))
    answer = make.answer(thread, ben, BODY)
    make.reply(make.reply(answer, ann), ben)
    talk = make.thread(board, ben, kind="discussion", title="What do you brew on Sundays?", body=BODY)
    make.answer(talk, ann)
    browse(ann).post(f"/p/{answer.id}/acceptance")
    browse(ann).post(f"/p/{answer.id}/vote", {"value": "1"})
    browse(ann).post(f"/p/{answer.id}/revision", {"body": "no"})
    browse(ben).post(f"/p/{answer.id}/revision", {"body": BODY + "\nMore."})
    browse(ann).post(f"/p/{answer.id}/flags", {"reason": "spam"})
    browse(ann).post("/b/kettles/membership")
    browse(ann).post("/desk/replies", {"title": "Hello", "body": "Hello {asker}"})
    make.thread(board, ben, title="Why does it hum when it is hot?")
    browse(admin).post("/manage/rules/draft")
    form = {"version": str(drafted(app)[0]), "needs.0.points": "1", "needs.0.days": "1"}
    browse(admin).post("/manage/rules/draft/ranks/twig", form)
    browse(admin).post("/manage/rules/draft/simulation", {"version": str(drafted(app)[0])})
    browse(admin).post("/manage/rules/draft/perks", {"version": str(drafted(app)[0]), "do": "add"})
    browse(admin).post("/manage/rules/draft/badges", {"version": str(drafted(app)[0]), "do": "add", "name": "Tea"})
    form = {"version": str(drafted(app)[0]), "do": "add", "kind": "bounty_won"}
    browse(admin).post("/manage/rules/draft/awards", form)
    publish(app, laurel(), "One way each")
    deal = browse(ann).post(f"/t/{thread.id}/agreements", {"kind": "deal", "name": "ben"}).headers["Location"]
    browse(ben).post(f"{deal}/acceptance")
    for who, words in ((ann, "Quick and kind."), (ben, "All as agreed.")):
        browse(who).post(f"{deal}/ratings", {"value": "1", "words": words})
    asked = browse(ben).post(f"/t/{talk.id}/agreements", {"kind": "mentoring", "name": "ann"}).headers["Location"]
    make.board("descalers", title="Descalers", parent_id=board.id)
    idea = make.thread(board, ben, kind="idea", title="A kettle that whistles a tune", tags=("descaling",))
    browse(mod).post(f"/t/{idea.id}/state", {"state": "planned", "when": "spring", "reason": "We like it, too."})
    browse(ann).post("/drafts", {"place": f"t-{talk.id}", "body": "I brew", "title": "", "tags": "", "version": "0"})
    make.member("Old-Ann", external_source="elsewhere", confirmed=False)
    browse(ben).post("/settings/claims", {"name": "Old-Ann", "words": "It was me."})
    browse(mod).post("/settings/claims", {"name": "Old-Ann", "words": ""})
    say(app, ann, "Where is the tea?", reply_to=say(app, ben, "I have put the kettle on."))
    short = make.thread(board, ben, kind="discussion", title="Hot milk")  # axe asks of links shorter than their text
    browse(mod).post(f"/t/{short.id}/kind", {"kind": "idea"})
    drain()
    address = f"/t/{thread.id}/{thread.slug}"
    pages: dict[Member | None, list[str]] = {
        None: ["/", "/boards", "/b/kettles", address, f"/t/{talk.id}/{talk.slug}", "/m/ben", "/ranks", "/join",
               "/badges", "/badges/first_helped", "/ranks/changes", "/ranks/changes/1", "/m/ben/feedback",
               "/sign-in", "/reset", "/nothing", f"/p/{answer.id}/flags",
               "/search?q=descale", "/search?q=", "/leaderboard", "/tags/descaling", "/b/descalers",
               f"/t/{idea.id}/{idea.slug}"],
        ann: ["/", "/welcome", "/ask", "/b/kettles/new", address, "/m/ann", "/m/ann/ledger", "/settings",
              "/settings/sessions", "/notifications", "/chat/lobby", f"/p/{answer.id}/revisions", "/desk",
              "/desk/replies", deal, asked, f"/t/{thread.id}/agreements", "/m/ann/feedback",
              "/search?q=descale", "/drafts", "/settings/claims?name=Old-Ann", "/m/Old-Ann"],
        ben: ["/settings/claims"],
        mod: ["/moderation/claims", f"/t/{idea.id}/{idea.slug}",
              "/moderation", "/moderation/cases/1", "/moderation/fairness", "/moderation/log",
              "/m/ann/suspension", "/boards/arrange", "/ratings/1/withdrawal"],
        admin: ["/manage", "/manage/desk", "/manage/outbox", "/b/kettles/edit", "/b/kettles/access", "/manage/rules",
                "/manage/rules/draft", "/manage/rules/draft/ranks", "/manage/rules/draft/ranks/twig",
                "/manage/rules/draft/points", "/manage/rules/draft/privileges", "/manage/rules/draft/perks",
                "/manage/rules/draft/badges", "/manage/rules/draft/badges/18", "/manage/rules/draft/awards",
                "/manage/rules/simulation", "/manage/rules/versions"],
    }  # fmt: skip
    chinese = ["/", "/search?q=descale", address, "/m/ben", "/leaderboard", "/b/descalers"]
    found: list[str] = []
    for who, paths, locale in [*((*one, "en-GB") for one in pages.items()), (None, chinese, "zh-CN")]:
        page = person(
            browse(who) if who else None, color_scheme=scheme, bypass_csp=True,
            viewport={"width": width, "height": 800}, locale=locale,
        )
        for path in paths:
            page.goto(path)
            page.wait_for_timeout(150)
            found += problems(page, f"{path} ({who and who.name}, {locale})")
    assert not found, "\n".join(found)
