"""What people write bears its own language where that is not the page's: in threads, lists and searches."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factory import Factory
from tests.surfing import Surfer

TITLES = {"en": "Why does the kettle whistle?", "zh-Hans": "手冲壶的水流总是太快怎么办？"}
BODIES = {"en": "It is *loud*, and only with hard water.", "zh-Hans": "水流*总是*太快，咖啡也有水垢。"}


@pytest.mark.parametrize(("page", "other"), [("en", "zh-Hans"), ("zh-Hans", "en")])
def test_the_other_language_is_marked(
    app: Flask, make: Factory, drain: Callable[[], None], page: str, other: str
) -> None:
    """On the other page a post says its language, with its title, row, hit and excerpt; on its own nothing does."""
    author, board = make.member("lin"), make.board("kettles")
    threads = {code: make.thread(board, author, title=TITLES[code], body=BODIES[code]) for code in TITLES}
    drain()
    reader = Surfer(app)

    def read(path: str) -> str:
        seen = reader.get(path, headers={"Accept-Language": page}).get_data(as_text=True)
        return seen.split("<main")[1] if "<main" in seen else seen

    theirs, ours = threads[other], threads[page]
    seen = read(f"/t/{theirs.id}/{theirs.slug}")
    assert f'<h1 class="thread-title" lang="{other}">' in seen
    assert f'<div class="post-body prose" lang="{other}">' in seen
    assert "lang=" not in read(f"/t/{ours.id}/{ours.slug}")
    for path in ("/", "/b/kettles"):
        assert read(path).count(f' lang="{other}">{TITLES[other]}') == read(path).count(TITLES[other]) > 0, path
        assert f">{TITLES[page]}" in read(path) and f'lang="{page}"' not in read(path), path
    found = read(f"/search?q={'水垢' if other == 'zh-Hans' else 'loud'}")
    assert f'<p class="search-excerpt" lang="{other}">' in found and f' lang="{other}">{TITLES[other]}' in found
