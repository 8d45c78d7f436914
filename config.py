"""Settings come from the environment and are checked once, at the start."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

ROOT = Path(__file__).resolve().parent
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class SettingError(Exception):
    """A setting has a value that cannot work; the message names it and says what would."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides."""

    database_url: str
    redis_url: str | None
    secret_key: str = field(repr=False)
    privacy_key: str = field(repr=False)
    base_url: str
    mail_url: str
    storage_url: str = field(repr=False)
    trusted_proxies: int
    host: str
    port: int
    web_threads: int
    socket_limit: int
    limits: bool
    instance: Path
    base_url_given: bool = True

    @property
    def secure(self) -> bool:
        """Whether people reach the site over https."""
        return self.base_url.startswith("https:")

    @property
    def is_public(self) -> bool:
        """Whether people elsewhere are meant to reach it: the address is not that of this machine alone."""
        return not _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def trusted_hosts(self) -> list[str]:
        """The Host headers that are answered."""
        host = urlsplit(self.base_url).hostname or ""
        return [host, "127.0.0.1", "localhost"] if not self.base_url_given or _is_loopback(host) else [host]

    @property
    def mail_in_files(self) -> bool:
        """Whether mail is written into files, which the admin reads on a page."""
        return urlsplit(self.mail_url).scheme == "file"

    @property
    def address(self) -> str:
        """HOST and PORT as one writes them together."""
        return _address(self.host, self.port)


def read_settings(environ: Mapping[str, str] | None = None, instance: Path | None = None) -> Settings:
    """Read and check the settings.

    Args:
        environ: where to read; the process's environment if not given.
        instance: the folder for what the product keeps; `instance/` beside this file if not given.

    Raises:
        SettingError: a value is wrong; the sentence names the setting.
    """
    env = dict(os.environ if environ is None else environ)
    folder = _folder(instance or Path(env.get("INSTANCE_PATH") or ROOT / "instance"))
    host = env.get("HOST") or "127.0.0.1"
    port = _number(env, "PORT", 8000, 1, 65535)
    base_url = _base_url(env.get("BASE_URL") or f"http://{_address(host, port)}")
    threads = _number(env, "WEB_THREADS", 40, 4, 1000)
    return Settings(
        database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{folder / 'laurel.sqlite3'}"),
        redis_url=_scheme(env, "REDIS_URL", ("redis", "rediss")),
        secret_key=_secret(env, "SECRET_KEY", folder / "secret_key"),
        privacy_key=_secret(env, "PRIVACY_KEY", folder / "privacy_key"),
        base_url=base_url,
        mail_url=_scheme(env, "MAIL_URL", ("file", "smtp", "smtps")) or f"file://{folder / 'outbox'}",
        storage_url=_storage_url(env.get("STORAGE_URL") or f"file://{folder / 'uploads'}"),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 10),
        host=host,
        port=port,
        web_threads=threads,
        socket_limit=_number(env, "SOCKET_LIMIT", max(1, threads * 3 // 4), 1, threads - 1),
        limits=_limits(env, host),
        instance=folder,
        base_url_given=bool(env.get("BASE_URL")),
    )


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        usable = os.access(path, os.W_OK | os.X_OK)
    except OSError:
        usable = False
    if not usable:
        raise SettingError(f"INSTANCE_PATH is {str(path)!r}: it must be a folder that this user can write to.")
    return path


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _split(name: str, raw: str) -> SplitResult:
    """The parts of an address; its port is checked too."""
    try:
        parts = urlsplit(raw)
        _ = parts.port
    except ValueError as error:
        raise SettingError(f"{name} is not an address: {error}.") from None
    return parts


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = env.get(name)
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise SettingError(f"{name} is {raw!r}: it must be a whole number from {least} to {most}.")
    return int(raw)


def _scheme(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    raw = env.get(name)
    if not raw:
        return None
    if _split(name, raw).scheme not in schemes:
        raise SettingError(f"{name} must start with {' or '.join(s + '://' for s in schemes)}.")
    return raw


def _storage_url(raw: str) -> str:
    """A folder that can be written to, or the address of a bucket with its key. The sentence never repeats a secret."""
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme == "file":
        _check_folder(parts)
        return raw
    bucket = parts.path.strip("/")
    whole = parts.scheme == "s3" and parts.hostname and port != 0 and parts.username and parts.password
    if not whole or _BUCKET.fullmatch(bucket) is None:
        raise SettingError(
            "STORAGE_URL must be like file:///var/lib/laurel/uploads or s3://KEY:SECRET@storage.example.com/bucket."
        )
    options = parse_qs(parts.query, keep_blank_values=True)
    if not options.keys() <= {"region", "tls"} or options.get("tls", ["on"]) not in (["on"], ["off"]):
        raise SettingError("STORAGE_URL takes the options region=NAME and tls=off, and no others.")
    return raw


def _check_folder(parts: SplitResult) -> None:
    folder = Path(unquote(parts.path))
    if parts.netloc or not folder.is_absolute():
        raise SettingError("STORAGE_URL must name a folder from the root, like file:///var/lib/laurel/uploads.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingError(f"STORAGE_URL names {folder}, which cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingError(f"STORAGE_URL names {folder}, which cannot be written to.")


def _database_url(raw: str) -> str:
    scheme = raw.partition(":")[0]
    if scheme in ("postgres", "postgresql"):
        return "postgresql+psycopg" + raw[len(scheme):]
    if scheme not in ("postgresql+psycopg", "sqlite"):
        raise SettingError("DATABASE_URL must start with sqlite:// or postgresql://.")
    return raw


def _base_url(raw: str) -> str:
    parts = _split("BASE_URL", raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingError(f"BASE_URL is {raw!r}: it must be like https://community.example.com, without a path.")
    return raw.rstrip("/")


def _limits(env: Mapping[str, str], host: str) -> bool:
    raw = env.get("LIMITS") or "on"
    if raw not in ("on", "off"):
        raise SettingError(f"LIMITS is {raw!r}: it must be on or off.")
    if raw == "off" and not _is_loopback(host):
        raise SettingError("LIMITS=off works only when HOST is a loopback address such as 127.0.0.1.")
    return raw == "on"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(env: Mapping[str, str], name: str, kept: Path) -> str:
    """A secret from the environment, else the one kept in the instance folder, made there if absent."""
    raw = env.get(name)
    if raw:
        if len(raw) < 16:
            raise SettingError(f"{name} is too short: give it at least 16 characters, or leave it out.")
        return raw
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return kept.read_text().strip()
