"""Every page, in Chinese: no English word of the interface is left, whoever asks."""

import pytest
from flask import Flask

from tests.factory import Factory
from tests.i18n.reading import left_in_english
from tests.sampling import always
from tests.security.walking import addresses, community
from tests.surfing import Surfer

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
# What people of the walk called things, and happens to be a word of ours.
GIVEN = {"All", "Hello {asker}."}  # the shelf that the factory makes, a saved reply


@pytest.mark.parametrize("who", always(["guest", "author", "other", "keeper", "moderator", "admin"], "author", "admin"))
def test_no_page_has_an_english_word_left(app: Flask, make: Factory, who: str) -> None:
    """All GET addresses and the empty states behind their filters, for guests, members, keepers and staff."""
    town = community(app, make)
    more = (
        "/?stream=unanswered", "/?stream=top", "/?boards=mine", f"/b/{town.board.slug}?kind=question&show=unsolved",
        f"/b/{town.board.slug}?kind=discussion", f"/m/{town.author.name}?show=answers",
        f"/m/{town.author.name}?show=questions", "/moderation?show=mine", "/moderation?show=closed", "/t/999999/x",
    )
    walker = Surfer(app, getattr(town, who, None))
    read, left = 0, []
    for path in (*(path for _endpoint, path in addresses(app, "GET", town.values)), *more):
        if path == "/sign-out":
            continue
        page = walker.get(path, headers=CHINESE)
        if page.mimetype != "text/html" or page.status_code // 100 == 3:
            continue
        html = page.get_data(as_text=True)
        assert '<html lang="zh-Hans"' in html or "<html" not in html, path
        left += [(path, words) for words in left_in_english(html)]
        read += 1
    assert sorted({one[1] for one in left if one[1] not in GIVEN}) == [], left[:20]
    assert read > (25 if who == "guest" else 50), "the walk reads pages"


def test_the_walk_sees_english(app: Flask, make: Factory) -> None:
    """The same pages in English are full of it: the test above can fail."""
    town = community(app, make)
    page = Surfer(app, town.author).get(f"/t/{town.thread.id}/{town.thread.slug}").get_data(as_text=True)
    found = left_in_english(page)
    assert {"Home", "Your ledger", "Post reply", "Share", "Skip to the page"} <= set(found)
    assert "1 answer" in found


FORMS = [
    ("/join", {"name": "", "email": "x", "password": "short"}),
    ("/join", {"name": "Ok Name", "email": "no address", "password": "long enough for this"}),
    ("/join", {"name": "mia", "email": "mia@example.org", "password": "short"}),
    ("/sign-in", {"login": "x" * 300, "password": "y"}),
    ("/sign-in", {"login": "nobody", "password": "y"}),
    ("/reset", {"email": ""}),
]


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_refusals_of_forms_are_chinese(app: Flask, path: str, fields: dict[str, str]) -> None:
    """Our own refusals and those of WTForms."""
    surfer = Surfer(app)
    surfer.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    answer = surfer.post(path, fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert left_in_english(html) == []
    assert "Field" not in html
    assert "This field" not in html
