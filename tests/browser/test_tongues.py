"""A post looks as its own language is written, in the interface of the other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factory import Factory

_LOOK = """() => {
  const post = document.querySelector(".post-body"), em = post.querySelector("em");
  const own = getComputedStyle(post), title = getComputedStyle(document.querySelector("h1"));
  const share = (style) => (parseFloat(style.lineHeight) / parseFloat(style.fontSize)).toFixed(2);
  return [share(own), own.lineBreak, getComputedStyle(em).fontStyle, getComputedStyle(em).fontWeight, share(title)];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_lines_and_italics_are_those_of_the_post(make: Factory, person: Callable[..., Page], locale: str) -> None:
    """English has italics and lines of 1.6; Chinese has weight and lines of 1.75; titles are set alike."""
    board, author = make.board(), make.member()
    english = make.thread(board, author, title="Why does it whistle?", body="It is *loud* with hard water.")
    chinese = make.thread(board, author, title="水流总是太快怎么办？", body="水流*总是*太快，咖啡也有水垢。")
    page = person(locale=locale)
    looks = []
    for thread in (english, chinese):
        page.goto(f"/t/{thread.id}/{thread.slug}")
        looks.append(page.evaluate(_LOOK))
    assert looks == [["1.60", "auto", "italic", "400", "1.24"], ["1.75", "strict", "normal", "600", "1.24"]]
