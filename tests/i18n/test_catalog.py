"""Everything that is said to people has its words in every language, and the compiled catalogs are current."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from forum.core.i18n import DEFAULT, LANGUAGES
from tests.architecture.reading import ROOT, modules
from tests.i18n import literals
from translations import catalog

PLACEHOLDER = re.compile(r"%%|%\(\w+\)[sd]|\{\w+\}")
HAN = re.compile(r"[\u3400-\u9fff]")
# Punctuation of English next to Han letters, blanks beside them, other quotes, the other "you", exclamation marks.
NOT_CHINESE = re.compile(
    "[\u3400-\u9fff][,;:?.]|[,;:?.][\u3400-\u9fff]|[\u3400-\u9fff] (?!·)|(?<!·) [\u3400-\u9fff]|[「」『』您！!]|  "
)
SAME = {"Laurel", "%(author)s：%(words)s"}  # what is the same in Chinese, or punctuation alone


@pytest.fixture(scope="module")
def source() -> Catalog:
    """Every message of the code and the templates."""
    return catalog.source()


def _messages(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def _forms(words: object) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)  # type: ignore[arg-type]


def test_there_is_a_catalog_for_each_language_but_english() -> None:
    """The languages that can be chosen are the ones that are translated."""
    assert set(LANGUAGES) == {DEFAULT, *catalog.LANGUAGES}


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_the_catalog_is_what_the_source_says(source: Catalog, language: str) -> None:
    """Not a message less (it would stay English) and not one more. `make translations` brings it up to date."""
    wanted = {(one.context, _forms(one.id)) for one in _messages(source)}
    there = {(one.context, _forms(one.id)) for one in _messages(catalog.kept(language))}
    assert sorted(map(str, wanted - there)) == [], "not in the catalog: run `make translations` and translate them"
    assert sorted(map(str, there - wanted)) == [], "no longer said: run `make translations`"
    assert not catalog.kept(language).obsolete


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_every_message_has_its_words(language: str) -> None:
    """None is empty or a guess, and each plural form is there."""
    kept = catalog.kept(language)
    left = [one.id for one in _messages(kept) if one.fuzzy or not all(map(str.strip, _forms(one.string)))]
    assert left == []
    assert [one.id for one in _messages(kept) if one.pluralizable and len(_forms(one.string)) != kept.num_plurals] == []


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_placeholders_are_those_of_the_source(language: str) -> None:
    """The same, each as often as in English (the singular may leave the number out)."""
    wrong = [
        (one.id, form)
        for one in _messages(catalog.kept(language))
        for form in _forms(one.string)
        if all(_held(form) != _held(english) for english in _forms(one.id))
    ]
    assert wrong == []


def _held(words: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(words))


def test_chinese_is_written_as_chinese() -> None:
    """As docs/translating.md has it: Han letters, full-width punctuation, no blanks, curly quotes, 你 and not 您."""
    wrong = [
        form
        for one in _messages(catalog.kept("zh"))
        if one.context != "date"
        for form in _forms(one.string)
        if NOT_CHINESE.search(PLACEHOLDER.sub("", form)) or not (HAN.search(form) or form in SAME)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_the_compiled_catalog_says_what_the_text_says(language: str) -> None:
    """Compared word by word: programs read the .mo, people edit the .po."""
    assert catalog.said(catalog.compiled(language)) == catalog.said(catalog.kept(language))


@pytest.mark.parametrize("language", catalog.LANGUAGES)
def test_the_files_are_as_the_tool_writes_them(source: Catalog, language: str) -> None:
    """No dates, no line numbers, no machines: a diff shows what was said anew and nothing else."""
    text = catalog.path(language).read_bytes()
    assert text == catalog.as_po(catalog.brought_up_to_date(language, source))
    assert not re.search(rb"^#[:~]|-Date:|Generated-By|Translator", text, flags=re.MULTILINE)


def test_templates_say_nothing_untranslated() -> None:
    """Words between tags, in attributes that people read, or in strings of expressions go through gettext."""
    files = sorted(file for file in (ROOT / "templates").rglob("*.*") if "sitemap" not in file.name)
    assert [(file.name, words) for file in files for words in literals.in_template(file)] == []


def test_code_says_nothing_untranslated() -> None:
    """What errors, flashed messages and fields of forms say goes through gettext too."""
    assert [(name, words) for name, tree in modules().items() for words in literals.in_module(tree)] == []


def test_the_search_for_literals_finds_them(tmp_path: Path) -> None:
    """The two tests above can fail."""
    file = tmp_path / "page.html"
    file.write_text(
        '{% block body_class %}page-wide{% endblock %}<h{{ n }} class="big" title="Hello you">{{ _("Fine") }} loose'
        '{% trans %}ok fine{% endtrans %}<kbd>Esc</kbd></h{{ n }}>{{ ui.button("Save it") }}'
        '<input type="submit" value="Go">'
    )
    assert list(literals.in_template(file)) == ["h9[title]='Hello you'", "9 loose", "input[value]='Go'", "Save it"]
    module = ast.parse('said("It is done")\nraise Invalid({"a": f"Too big: {x} here."})\nsaid(_("Fine words"))')
    assert list(literals.in_module(module)) == ["It is done", "Too big:  here."]


def test_no_call_for_words_stands_inside_another() -> None:
    """Babel's reader of Python passes over both then: they would stay English and nobody would know."""
    assert [(name, call) for name, tree in modules().items() for call in literals.nested(tree)] == []
    assert list(literals.nested(ast.parse('_("On %(day)s", day=_("Monday"))')))
