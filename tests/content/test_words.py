"""Excerpts, slugs, and the one place that trusts HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from forum.content.codestyle import LANGUAGES, TOKEN_CLASSES, code_block
from forum.content.excerpt import excerpt
from forum.content.sanitize import clean
from forum.content.slugs import slugify
from forum.content.trust import trusted


@pytest.mark.parametrize(
    ("text", "length", "result"),
    [
        ("short", 10, "short"),
        ("  two\n\nlines ", 20, "two lines"),
        ("one two three", 10, "one two…"),
        ("one two, three", 10, "one two…"),
        ("蘑菇怎么种才好", 5, "蘑菇怎么…"),
        ("unbreakableword", 6, "unbre…"),
        ("word", 0, ""),
        ("word", 1, "…"),
        ("", 9, ""),
    ],
)
def test_an_excerpt(text: str, length: int, result: str) -> None:
    assert excerpt(text, length) == result


@given(st.text(), st.integers(0, 200))
def test_an_excerpt_is_short_and_on_one_line(text: str, length: int) -> None:
    result = excerpt(text, length)
    assert len(result) <= length
    assert "\n" not in result


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("蘑菇 怎么种？", "蘑菇-怎么种"),
        ("Ça va", "ça-va"),
        ("a_b / c", "a-b-c"),
        ("", "thread"),
        ("?!", "thread"),
        ("😀", "thread"),
    ],
)
def test_a_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text())
def test_a_slug_is_never_empty_and_fits(title: str) -> None:
    slug = slugify(title)
    assert 0 < len(slug) <= 80
    assert not set(slug) & set("/?#%&\\ \n\t_")


def test_trusted_html_is_printed_as_it_is() -> None:
    assert trusted("<b>x</b>") == Markup("<b>x</b>")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_is_coloured_with_known_classes(language: str) -> None:
    html = clean(code_block('<?php if (a == "1") { /* x */ return <b>; } # y\nSELECT 1; key: value\n', language))
    classes = {part.split('"')[0] for part in html.split('<span class="')[1:]}
    assert {name for several in classes for name in several.split()} <= TOKEN_CLASSES
