"""Silence means no: every door says who it is for, every action asks the guardian."""

import ast

import pytest
from flask import Flask

from tests.architecture.reading import modules

NEEDS = {"public", "member", "staff", "queue", "admin", "signed"}
MODULES = modules()


def test_every_endpoint_declares_who_it_is_for(app: Flask) -> None:
    """An endpoint without `@needs` does not exist."""
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and getattr(view, "access", None) not in NEEDS
    ]
    assert silent == []


def test_whatever_a_form_undoes_a_script_deletes(app: Flask) -> None:
    """`POST …/undo` and `DELETE …` are one door."""
    doors = {(method, rule.rule): rule.endpoint for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    undoing = {door: endpoint for door, endpoint in doors.items() if door[0] == "POST" and door[1].endswith("/undo")}
    assert len(undoing) > 20
    alone = [
        rule for (_post, rule), endpoint in undoing.items()
        if doors.get(("DELETE", rule.removesuffix("/undo"))) != endpoint
    ]
    assert alone == []


def test_every_socket_event_declares_who_it_is_for(app: Flask) -> None:
    """The same for socket events."""
    from forum.extensions import socketio

    handlers = dict(socketio.server.handlers["/"])
    for event in ("connect", "disconnect"):
        handlers.pop(event, None)
    assert handlers, "there are socket events"
    silent = [event for event, handler in handlers.items() if not _access_of(handler)]
    assert silent == []


def _access_of(handler: object) -> str | None:
    """The declaration, on the handler or on what it wraps (Flask-SocketIO wraps handlers once more)."""
    seen: set[int] = set()
    queue = [handler]
    while queue:
        current = queue.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        access = getattr(current, "access", None)
        if access:
            return str(access)
        wrapped = getattr(current, "__wrapped__", None)
        if wrapped is not None:
            queue.append(wrapped)
        for cell in getattr(current, "__closure__", None) or ():
            if callable(cell.cell_contents):
                queue.append(cell.cell_contents)
    return None


def _functions(package: str) -> dict[str, ast.FunctionDef]:
    """The functions of an actions module, or of all modules of an actions package."""
    return {
        node.name: node
        for name, tree in MODULES.items()
        if name == package or name.startswith(package + ".")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def _asking(package: str) -> set[str]:
    """The functions that reach a decision of the guardian, by themselves or through one beside them."""
    functions = _functions(package)
    calls: dict[str, set[str]] = {name: set() for name in functions}
    asking: set[str] = set()
    for name, node in functions.items():
        for call in (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)):
            if isinstance(call, ast.Attribute):
                calls[name].add(call.attr)
                if isinstance(call.value, ast.Name) and call.value.id == "guardian":
                    asking.add(name)
            elif isinstance(call, ast.Name):
                calls[name].add(call.id)
    while more := {name for name in functions if name not in asking and calls[name] & asking}:
        asking |= more
    return asking


PACKAGES = sorted({".".join(name.split(".")[:3]) for name in MODULES if ".actions" in name})
ACTIONS = [
    (package, name)
    for package in PACKAGES
    for name, node in _functions(package).items()
    if not name.startswith("_") and "actor" in [argument.arg for argument in node.args.args]
]


@pytest.mark.parametrize(("package", "function"), ACTIONS)
def test_every_action_asks_the_guardian(package: str, function: str) -> None:
    """Whatever is done on behalf of an actor reaches a `guardian.` call first."""
    assert function in _asking(package), f"{package}.{function} asks nobody"


def test_actions_never_commit() -> None:
    """Commits happen in `core.unit_of_work` alone."""
    for name, tree in MODULES.items():
        if name == "forum.core.unit_of_work":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != "commit", f"{name} commits"


def test_markup_is_trusted_in_one_module_only() -> None:
    """`Markup` is named in content.trust alone; `|safe` in no template."""
    from tests.architecture.reading import ROOT

    for name, tree in MODULES.items():
        if name == "forum.content.trust":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "markupsafe":
                assert "Markup" not in {alias.name for alias in node.names}, name
    for template in (ROOT / "templates").rglob("*"):
        if template.is_file():
            assert "|safe" not in template.read_text().replace(" ", ""), template
