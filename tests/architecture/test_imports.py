"""Who may import whom: doors → actions, queries → access → reputation, models → events → core, content."""

import pytest

from tests.architecture.reading import imports, modules

FEATURES = (
    "members", "boards", "threads", "purchases", "chat", "moderation", "notifications", "admin", "reputation",
    "realtime", "search", "uploads",
)
DOOR_FILES = ("routes", "sockets", "forms", "jobs", "commands")
INNER_FILES = ("actions", "queries", "models", "state", "streams", "ledger", "standings", "rulesets", "helpfulness")
REQUEST_NAMES = {"request", "session", "g", "current_user", "has_request_context", "login_user", "logout_user"}

MODULES = modules()
KNOWN = set(MODULES)
EDGES = [(name, target) for name, tree in MODULES.items() for target in imports(tree, KNOWN) if target in KNOWN]


def _room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def _is_inner(name: str) -> bool:
    parts = name.split(".")
    if len(parts) < 3 or parts[2] in DOOR_FILES:
        return False
    return parts[2] in INNER_FILES or parts[1] in ("access", "content", "reputation")


def test_core_and_content_know_no_room() -> None:
    """core imports core, content and the extensions; content imports content alone."""
    wrong = [
        (name, target)
        for name, target in EDGES
        if (_room(name) == "core" and _room(target) not in ("core", "content", "extensions"))
        or (_room(name) == "content" and _room(target) != "content")
    ]
    assert wrong == []


def test_events_and_access_do_not_look_up() -> None:
    """events rest on core; access on models, reputation's reads and core; neither knows an action or a door."""
    for name, target in EDGES:
        last = target.split(".")[-1]
        if _room(name) == "events":
            assert _room(target) in ("events", "core", "extensions"), (name, target)
        if _room(name) == "access":
            assert last not in (*DOOR_FILES, "actions"), (name, target)


def test_inner_rooms_do_not_import_doors() -> None:
    """actions, queries, reputation, content and access never import routes, forms, sockets, doors or subscribers."""
    wrong = [
        (name, target)
        for name, target in EDGES
        if _is_inner(name)
        and (target.split(".")[-1] in ("routes", "forms", "sockets") or target in ("forum.doors", "forum.subscribers"))
    ]
    assert wrong == []


def test_a_room_does_not_use_another_rooms_doors() -> None:
    """A feature may use another's queries, actions and models; never its routes, forms or sockets."""
    wrong = [
        (name, target)
        for name, target in EDGES
        if _room(name) in FEATURES
        and _room(target) in FEATURES
        and _room(name) != _room(target)
        and target.split(".")[-1] in ("routes", "forms", "sockets")
    ]
    assert wrong == []


def test_only_doors_know_who_is_asking() -> None:
    """No Flask request, session or current_user in the inner rooms: the actor is an argument."""
    import ast

    for name, tree in MODULES.items():
        if not _is_inner(name):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask_login"):
                taken = {alias.name for alias in node.names} & REQUEST_NAMES
                assert not taken, f"{name} imports {taken}"


def test_subscribers_are_listed_in_one_place() -> None:
    """Only the worker and the list itself import `forum.subscribers`."""
    assert {name for name, target in EDGES if target == "forum.subscribers"} <= {"forum.jobs.worker"}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_module_says_what_it_is_for(name: str) -> None:
    """Each module begins with a docstring, unless it is empty."""
    import ast

    tree = MODULES[name]
    assert not tree.body or ast.get_docstring(tree), name
