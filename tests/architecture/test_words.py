"""No secrets are compared with ==, nothing is evaluated, no host of a package index stands in a lock file."""

import ast
import json
import re

from jinja2 import Environment, nodes

from tests.architecture.reading import ROOT, modules

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


def test_nothing_is_evaluated_or_unpickled() -> None:
    """No eval, exec, pickle, marshal or yaml.load (T23, T32)."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in FORBIDDEN_CALLS, name
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name.split(".")[0] for alias in node.names}
                if isinstance(node, ast.ImportFrom):
                    names = {(node.module or "").split(".")[0]}
                assert not names & {"pickle", "marshal", "shelve", "yaml"}, name


def test_lock_files_name_no_host_and_have_hashes() -> None:
    """Every requirement is pinned with hashes; no index address stands in a lock file (T38)."""
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / file).read_text()
        assert "://" not in text
        pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]+\])?==", text, flags=re.MULTILINE)
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
        assert pins
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert all("resolved" not in package for package in lock["packages"].values())


def test_no_inline_script_or_style_in_templates() -> None:
    """The policy forbids inline script and style, so no template has any (data blocks aside)."""
    for template in (ROOT / "templates").rglob("*.html"):
        if "mail" in template.parts:
            continue
        text = template.read_text()
        assert not re.search(r"\sstyle=", text), template
        assert not re.search(r"\son[a-z]+=\"", text), template
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/ld+json" in script, template


def test_nothing_fetches_an_address() -> None:
    """Whoever types an address has nobody here open it: the only client is the storage's, of the settings (T18)."""
    clients = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "ftplib", "telnetlib"}
    fetching = set()
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported = {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
            else:
                continue
            if imported & clients:
                fetching.add(name)
    assert fetching == {"forum.integrations.storage.s3"}


def test_the_tests_that_documents_name_are_there() -> None:
    """docs/security.md points to tests; each file that it names exists, and each function in it."""
    named = set(re.findall(r"`([a-z_]+/test_[a-z_]+\.py)(?:::(\w+))?`", (ROOT / "docs/security.md").read_text()))
    assert len(named) > 60
    gone = []
    for file, function in sorted(named):
        path = ROOT / "tests" / file
        there = path.exists() and (not function or re.search(rf"^def {function}\(", path.read_text(), re.MULTILINE))
        gone += [] if there else [f"{file}::{function}"]
    assert gone == []


def test_every_fault_has_a_test_that_would_notice() -> None:
    """docs/security.md has a row for each number, and each row names a function (T10 and T37 are nobody's)."""
    rows = re.findall(r"^\| (T[0-9, T]+) \|.*\| ([^|]*) \|$", (ROOT / "docs/security.md").read_text(), re.MULTILINE)
    shown = {number: tests for numbers, tests in rows for number in numbers.split(", ")}
    assert shown.keys() == {f"T{number}" for number in range(1, 39)} - {"T10", "T37"}
    assert [number for number, tests in shown.items() if ".py::test_" not in tests] == []


def test_no_markup_is_put_into_a_sentence() -> None:
    """What a macro draws is markup, and a sentence of `_()` is plain text: put into one it is read as its source."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    for template in (ROOT / "templates").rglob("*.html"):
        for call in environment.parse(template.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext", "pgettext"):
                drawn = [inner.node for value in call.kwargs for inner in (
                    *value.find_all(nodes.Call), *([value.value] if isinstance(value.value, nodes.Call) else []),
                )]
                assert not any(
                    isinstance(one, nodes.Getattr) and isinstance(one.node, nodes.Name) and one.node.name == "ui"
                    for one in drawn
                ), (template, call.lineno)
