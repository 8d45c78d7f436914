"""Finds what templates and code say to people without asking for its translation."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

READ = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "summary", "label"}
UNTRANSLATED = {"kbd", "code", "script", "style", "svg"}  # keys, code, data, drawings
ASKING = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "pgettext", "npgettext"}
# Said to people: errors, flashed messages, labels of fields and their choices.
SAYING = {
    "said", "NotFound", "Unauthenticated", "Forbidden", "ReadOnly", "Invalid", "Conflict", "TooLarge", "TooMany",
    "StringField", "TextAreaField", "BooleanField", "SelectField", "RadioField", "PasswordField", "EmailField",
    "FileField", "IntegerField", "InputRequired", "DataRequired", "Length", "SelectChoice", "Verdict", "no",
}
_EXPRESSION = "9"  # what an expression leaves behind: no letter, and a tag may hold it (<h9>)
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROSE = re.compile(r"^[A-Z“‘][a-z’']+(?:$|[ .,:?…])|[a-z,;:]+ [a-z]+[ .?…]")
_ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"')
_ADDRESS = re.compile(r"\S*[/?=]\S*")


def in_template(file: Path) -> Iterator[str]:
    """The words of a template that stand outside of `_()`."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    text = file.read_text()
    flat = _flat(environment, text)
    if file.suffix in (".html", ".xml"):
        found = _Words()
        found.feed(flat)
        found.close()
        yield from found.said
    else:
        yield from _WORD.findall(_ADDRESS.sub("", flat))
    yield from _in_expressions(environment, text)


def _flat(environment: Environment, text: str) -> str:
    """The template's own text: without expressions and statements, `{% trans %}` and blocks that machines read."""
    flat: list[str] = []
    statement: list[str] = []
    silent = 0
    for _line, kind, token in environment.lex(text):
        if kind == "data" and not silent:
            flat.append(token)
        elif kind == "variable_begin":
            flat.append(_EXPRESSION)
        elif kind == "block_begin":
            statement = []
        elif kind == "name":
            statement.append(token)
        elif kind == "block_end":
            if silent:
                silent += (statement[:1] in (["endtrans"], ["endblock"])) * -1
            elif statement[:1] == ["trans"] or statement[:2] in (["block", "body_class"], ["block", "og_type"]):
                silent = 1
    return "".join(flat)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in UNTRANSLATED
        given = dict(attrs)
        button = tag == "input" and given.get("type") in ("submit", "button")
        for name, value in attrs:
            if (name in READ or (button and name == "value")) and _WORD.search(value or ""):
                self.said.append(f"{tag}[{name}]={value!r}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in UNTRANSLATED

    def handle_data(self, data: str) -> None:
        said = _ATTRIBUTES.sub("", data.replace("doctype html", ""))  # a macro may be a part of a tag
        if not self.quiet and _WORD.search(said):
            self.said.append(data.strip())


def _in_expressions(environment: Environment, text: str) -> Iterator[str]:
    """Strings in expressions that read like prose: a capital and small letters, or several words."""
    tree = environment.parse(text)
    asked = {
        id(inner)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ASKING
        for inner in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and id(const) not in asked and _PROSE.search(const.value):
            yield const.value


def in_module(tree: ast.Module) -> Iterator[str]:
    """Literal words that a module hands to what speaks to people."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in SAYING:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in _WORDS)]:
                yield from _literals(argument)


_WORDS = {None, "message", "label", "description", "reason", "text"}


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and _PROSE.search(value.value):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        said = "".join(part.value for part in value.values if isinstance(part, ast.Constant))
        if _PROSE.search(said):
            yield said
    elif isinstance(value, ast.Dict):
        for inner in value.values:
            yield from _literals(inner)
    elif isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
    elif isinstance(value, ast.List | ast.Tuple):
        for inner in value.elts:
            yield from _literals(inner)


def nested(tree: ast.Module) -> Iterator[str]:
    """Calls for words inside of other calls for words: the extraction finds neither."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ASKING:
            for inner in ast.walk(node):
                if inner is not node and isinstance(inner, ast.Call) and _name(inner.func) in ASKING:
                    yield ast.unparse(node)
