"""Vendored and built files are what their manifests say, and what is built is current; no Node is needed to know."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.architecture.reading import ROOT

STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
DIST = STATIC / "dist"
SOURCES = ("css", "js", "build", "vendor", "build.mjs")
KIB = 1024
ICON_CALL = re.compile(r"(?:ui\.|\b)icon\('([a-z0-9-]+)'\s*[,)]")
DRAWN_HERE = re.compile(r"^(?:mark|sprig-(?:large-)?[0-5])$")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _source_hash() -> str:
    """The same walk as static/build/hash.mjs: lines of "path NUL hash", sorted by path."""
    files = [
        file
        for name in SOURCES
        for file in ((STATIC / name).rglob("*") if (STATIC / name).is_dir() else [STATIC / name])
    ]
    lines = sorted(f"{file.relative_to(ROOT).as_posix()}\0{_sha256(file)}\n" for file in files if file.is_file())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _built() -> dict[str, dict[str, str]]:
    files: dict[str, dict[str, str]] = json.loads((DIST / "manifest.json").read_text())["files"]
    return files


def _packed(name: str) -> int:
    """Bytes of a built file, gzipped as a server would."""
    return len(gzip.compress((DIST / _built()[name]["file"]).read_bytes(), compresslevel=6))


def test_vendored_files_match_their_manifest() -> None:
    """Each file under vendor is listed with its hash, and each package carries its licence (T38)."""
    packages = json.loads((VENDOR / "manifest.json").read_text())
    listed = {path: digest for package in packages for path, digest in package["files"].items()}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(listed) == there
    assert all(_sha256(VENDOR / path) == digest for path, digest in listed.items())
    for package in packages:
        assert package["version"] and package["licence"]
        assert any(path.endswith("/LICENSE") for path in package["files"])


def test_built_files_match_their_manifest() -> None:
    """Nothing in dist was edited by hand, added or forgotten."""
    files = _built()
    assert {entry["file"] for entry in files.values()} | {"manifest.json"} == {path.name for path in DIST.iterdir()}
    assert all(_sha256(DIST / entry["file"]) == entry["sha256"] for entry in files.values())


def test_what_is_built_is_current() -> None:
    """dist remembers the hash of its sources; when this fails, run `make assets`."""
    assert json.loads((DIST / "manifest.json").read_text())["source"] == _source_hash()


def test_budgets() -> None:
    """EXPERIENCE.md: style 20 KB, script of a guest's page 45 KB, the serif 30 KB; packed."""
    assert _packed("app.css") <= 20 * KIB
    assert _packed("app.js") <= 45 * KIB
    assert (DIST / _built()["source-serif-4.woff2"]["file"]).stat().st_size <= 30 * KIB


def test_icons_that_templates_name_are_in_the_sprite() -> None:
    """An unknown name would draw nothing, silently."""
    known = set(re.findall(r'<symbol id="([^"]+)"', (DIST / _built()["icons.svg"]["file"]).read_text()))
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        used = set(ICON_CALL.findall(text)) | set(re.findall(r"icons\.svg'\) \}\}#([a-z0-9-]+)\"", text))
        assert used <= known, (template, used - known)
    assert sum(bool(DRAWN_HERE.match(name)) for name in known) == 13


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Styles and scripts load nothing from another host (addresses in error messages aside)."""
    elsewhere = re.compile(r"""(?:url\(|from|import\(|fetch\(|src=)\s*["']?(?:https?:)?//""")
    for path in DIST.glob("*"):
        if path.suffix in {".css", ".js"}:
            assert not elsewhere.search(path.read_text()), path


@pytest.mark.parametrize("name", ["app.js", "live.js"])
def test_scripts_need_no_inline_anything(name: str) -> None:
    """The policy forbids eval and inline handlers."""
    text = (DIST / _built()[name]["file"]).read_text()
    assert not re.search(r"\beval\(|new Function\(|\.setAttribute\([\"']style", text)
