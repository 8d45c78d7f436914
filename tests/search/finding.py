"""What a search's page shows, for tests."""

import re
from html import unescape

from tests.surfing import Surfer


def hits(surfer: Surfer, text: str, **words: str) -> list[int]:
    """The ids of the posts that a search shows, in order."""
    page = shown(surfer, text, **words)
    return [int(one) for one in re.findall(r'<h2 class="thread-row-title"><a href="/p/(\d+)"', page)]


def titles(surfer: Surfer, text: str) -> list[str]:
    """The titles of the threads that a search shows, in order."""
    found = re.findall(r'<h2 class="thread-row-title"><a href="/p/\d+"[^>]*>(.*?)</a>', shown(surfer, text))
    return [unescape(re.sub(r"</?mark>", "", one)) for one in found]


def people(surfer: Surfer, text: str) -> list[str]:
    """The handles of the people that a search of people shows, in order."""
    page = surfer.get("/search", query_string={"q": text, "in": "people"}).get_data(as_text=True)
    return re.findall(r'member-row-note">@([^<]+)<', page)


def offered(surfer: Surfer, text: str) -> list[str]:
    """The addresses that are offered while `text` is typed (but the one of the search itself)."""
    page = surfer.get("/search/suggestions", query_string={"q": text}).get_data(as_text=True)
    return [one for one in re.findall(r'role="option"[^>]* href="([^"]+)"', page) if not one.startswith("/search")]


def shown(surfer: Surfer, text: str, **words: str) -> str:
    """The page of a search."""
    answer = surfer.get("/search", query_string={"q": text, **words})
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)
