"""A setting that cannot work, or a taken port, ends the start with a sentence; a good one serves."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT, SettingError, read_settings
from forum import create_app
from tests.live import SECRETS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "-1"), ("PORT", "８"),
        ("WEB_THREADS", "3"), ("WEB_THREADS", "many"), ("SOCKET_LIMIT", "40"), ("TRUSTED_PROXIES", "11"),
        ("DATABASE_URL", "mysql://localhost/laurel"), ("DATABASE_URL", "laurel.sqlite3"),
        ("REDIS_URL", "http://localhost"), ("REDIS_URL", "redis://localhost:port"), ("MAIL_URL", "mailto:me"),
        ("STORAGE_URL", "ftp://localhost"), ("SECRET_KEY", "short"), ("PRIVACY_KEY", "short"),
        ("BASE_URL", "community.example.com"), ("BASE_URL", "https://community.example.com/forum"),
        ("BASE_URL", "https://[::1"), ("BASE_URL", "https://example.com:x"), ("BASE_URL", "https://example.com?a=b"),
        ("LIMITS", "no"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    """Each setting is checked, and the sentence says which one it is about."""
    with pytest.raises(SettingError, match=rf"^{name} "):
        read_settings({**SECRETS, name: value}, tmp_path)


def test_limits_are_off_on_this_machine_only(tmp_path: Path) -> None:
    """LIMITS=off never reaches a site that others can reach."""
    with pytest.raises(SettingError, match="loopback"):
        read_settings({**SECRETS, "LIMITS": "off", "HOST": "0.0.0.0"}, tmp_path)  # noqa: S104
    assert read_settings({**SECRETS, "LIMITS": "off", "HOST": "::1"}, tmp_path).limits is False


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    """Where a file is in the way of the instance folder, the sentence names INSTANCE_PATH."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingError, match=r"^INSTANCE_PATH "):
        read_settings({**SECRETS, "INSTANCE_PATH": str(tmp_path / "file")})


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    """Without a setting a secret of the site is made, readable by its owner alone, and the same next time."""
    first, second = read_settings({}, tmp_path), read_settings({}, tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert first.secret_key != first.privacy_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environ", "base_url", "hosts"),
    [
        ({}, "http://127.0.0.1:8000", {"127.0.0.1", "localhost"}),
        ({"HOST": "0.0.0.0", "PORT": "9000"}, "http://0.0.0.0:9000", {"0.0.0.0", "127.0.0.1", "localhost"}),  # noqa: S104
        ({"HOST": "::1"}, "http://[::1]:8000", {"::1", "127.0.0.1", "localhost"}),
        ({"BASE_URL": "https://example.com/", "HOST": "0.0.0.0"}, "https://example.com", {"example.com"}),  # noqa: S104
    ],
)
def test_the_address_of_the_site(tmp_path: Path, environ: dict[str, str], base_url: str, hosts: set[str]) -> None:
    """BASE_URL is HOST and PORT if it is not set, and this machine's own names are answered then."""
    settings = read_settings({**SECRETS, **environ}, tmp_path)
    assert settings.base_url == base_url
    assert set(settings.trusted_hosts) == hosts


def test_a_command_without_tables_says_what_to_do(tmp_path: Path) -> None:
    """In one sentence, whichever command it is; the tables come by another."""
    # Limits off as for the application of all tests: what counts them is one for all.
    environ = {**SECRETS, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "HOST": "127.0.0.1", "LIMITS": "off"}
    run = create_app(read_settings(environ, tmp_path), testing=True).test_cli_runner().invoke
    make = ["member", "create", "ann", "ann@example.org", "--role", "admin", "--password-stdin"]
    for args in (make, ["reputation", "verify"], ["reputation", "badges", "backfill"], ["search", "reindex"], ["demo"]):
        done = run(args=args, input="a long passphrase of ours\n")
        assert done.exit_code == 1 and "flask --app wsgi db upgrade" in done.stderr, args
        assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1


def _start(tmp_path: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "wsgi.py"], cwd=ROOT, env={**os.environ, **SECRETS, "INSTANCE_PATH": str(tmp_path), **environ},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_server_says_it_in_one_sentence(tmp_path: Path) -> None:
    """What a person reads on a wrong value is one line, without a traceback."""
    ended = _start(tmp_path, PORT="none")
    assert ended.returncode == 1
    assert ended.stderr.strip() == "laurel: PORT is 'none': it must be a whole number from 1 to 65535."


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """Where something listens already the server ends at once and says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = _start(tmp_path, PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "end what listens there, or set another HOST or PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
