"""The catalogs: what the source says, and what each language makes of it. `make translations` brings them up to date.

The files hold nothing but messages, in order of their English words: no dates, no line numbers, no names of
machines, nothing obsolete. So a diff shows what was said anew.
"""

import sys
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("zh",)  # English is what the source says
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}


class Plain(Catalog):
    """A catalog whose header says what programs need, and nothing else."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Language, encoding and plural forms."""
        return [
            ("Language", str(self.locale)), ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"), ("Plural-Forms", str(self.plural_forms)),
        ]


def path(language: str, kind: str = "po") -> Path:
    """The file of a language: `kind` is "po" (to be edited) or "mo" (to be read by programs)."""
    return ROOT / "translations" / language / "LC_MESSAGES" / f"messages.{kind}"


def source(root: Path = ROOT) -> Catalog:
    """Every message in the code and the templates, as pyproject.toml says where they are."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {
        one["pattern"]: {name: value for name, value in one.items() if name not in ("pattern", "method")}
        for one in mappings
    }
    found = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(root, methods, options, KEYWORDS):
        found.add(message, context=context)
    return found


def kept(language: str) -> Catalog:
    """What the .po of a language holds; nothing where there is no file yet."""
    file = path(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def brought_up_to_date(language: str, template: Catalog) -> Catalog:
    """The messages of `template` with the translations there are; what the source no longer says is left out."""
    old, new = kept(language), Plain(locale=language, fuzzy=False)
    new.header_comment = f"# Laurel in {new.locale.get_display_name('en')}: see docs/translating.md."
    for message in template:
        if not message.id:
            continue
        before = old.get(_first(message), message.context)
        fits = before is not None and isinstance(before.id, str) == isinstance(message.id, str)
        words: Any = before.string if before is not None and fits else ""
        new.add(message.id, words, flags=before.flags if before else (), context=message.context)
    return new


def _first(message: Message) -> str:
    """The English words that a message is found by: the singular, where there are two."""
    return message.id if isinstance(message.id, str) else message.id[0]


def as_po(catalog: Catalog) -> bytes:
    """The text of a .po file."""
    stream = BytesIO()
    write_po(stream, catalog, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    return stream.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """The bytes of a .mo file."""
    stream = BytesIO()
    write_mo(stream, catalog)
    return stream.getvalue()


def said(catalog: Catalog) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """The forms that a catalog has for each context and message, without its header and without gaps."""
    return {
        (_context(one), _first(one)): forms(one)
        for one in catalog
        if one.id and all(forms(one)) and not one.fuzzy
    }


def _context(message: Message) -> str | None:
    """A message's context; Babel leaves it as bytes when it reads a .mo."""
    return message.context.decode() if isinstance(message.context, bytes) else message.context


def forms(message: Message) -> tuple[str, ...]:
    """The words of a message: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def compiled(language: str) -> Catalog:
    """What the .mo of a language holds."""
    with path(language, "mo").open("rb") as stream:
        return read_mo(stream)


def main() -> None:
    """Write both files of every language, and say how much is left to do."""
    template = source()
    for language in LANGUAGES:
        catalog = brought_up_to_date(language, template)
        path(language).parent.mkdir(parents=True, exist_ok=True)
        path(language).write_bytes(as_po(catalog))
        path(language, "mo").write_bytes(as_mo(catalog))
        left = len(catalog) - len(said(catalog))
        sys.stdout.write(f"{language}: {len(catalog)} messages, {left} without words\n")


if __name__ == "__main__":
    main()
