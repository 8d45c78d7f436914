"""T5: nothing changes without a form of ours, and nothing changes by looking."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from forum.members import passwords
from tests.factory import Factory
from tests.security.walking import addresses, community, content
from tests.surfing import Surfer

# Doors whose proof is a signature, not a session: they take no cookie into account.
SIGNED = {"purchases.webhook", "notifications.stop_mail"}


@pytest.mark.parametrize("who", ["guest", "author", "moderator", "admin"])
def test_no_post_without_a_token(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], who: str
) -> None:
    """Each POST and DELETE without a CSRF token is refused, and all data stays as it was.

    A guest is sent to sign in, a member back to the form with what they typed, to send it once more.
    """
    there = community(app, make)
    drain()
    surfer = browse(None if who == "guest" else getattr(there, who))
    before = content(app)
    doors = [(method, *door) for method in ("POST", "DELETE") for door in addresses(app, method, there.values)]
    for method, endpoint, path in doors:
        if endpoint in SIGNED:
            continue
        answer = surfer.client.open(path, method=method, data={"value": "1", "body": "x" * 30, "title": "y" * 30})
        assert answer.status_code in (303, 400, 401, 403, 404, 405, 422), (endpoint, answer.status_code)
        if answer.status_code == 303:
            assert ("/sign-in" if who == "guest" else "kept=") in answer.headers["Location"], endpoint
        wrong = surfer.client.open(path, method=method, data={"csrf_token": "wrong", "value": "1"})
        assert wrong.status_code in (303, 400, 401, 403, 404, 405, 422), (endpoint, wrong.status_code)
    assert content(app) == before


@pytest.mark.parametrize("who", ["guest", "author", "moderator", "admin"])
def test_no_get_changes_anything(
    app: Flask, make: Factory, browse: Callable[..., Surfer], drain: Callable[[], None], who: str
) -> None:
    """Each GET (and HEAD) leaves every row as it was, and none is an error of ours."""
    there = community(app, make)
    drain()
    surfer = browse(None if who == "guest" else getattr(there, who))
    before = content(app)
    for endpoint, path in addresses(app, "GET", there.values):
        answer = surfer.get(path)
        assert answer.status_code < 500, (endpoint, answer.status_code)
        surfer.client.head(path)
    assert content(app) == before


def test_the_token_of_a_page_is_taken(app: Flask, make: Factory) -> None:
    """What a page's own form carries is good in the browser that fetched it, and in no other."""
    client, member = app.test_client(), make.member("mia", password_hash=passwords.hashed("tree-lamp-9-river"))
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert found
    form = {"csrf_token": found[1], "login": member.name, "password": "tree-lamp-9-river"}
    assert app.test_client().post("/sign-in", data=form).headers.get("Location") != "/"
    assert client.post("/sign-in", data=form).headers["Location"] == "/"
