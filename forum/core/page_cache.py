"""Pages kept for guests: whole, compressed once, and given out before Flask wakes up.

A place is a family of addresses whose page is the same for every guest. Who asks without a cookie of ours
gets the kept page if its version, read from the database with one raw statement, is still the
one that it was drawn at; otherwise it is drawn by Flask and kept. See docs/decisions/023-kept-guest-pages.md.
"""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.exceptions import SecurityError
from werkzeug.http import parse_accept_header, parse_etags
from werkzeug.sansio.utils import get_host

from forum.core.i18n import browser_language
from forum.core.page_versions import Version, Versions

FRESH_FOR = 60.0  # seconds: a changed name or rank, and words like "3 min", are at most so old
MOST_BYTES = 32 * 1024 * 1024  # of compressed pages in one process; the least recently used go first
LARGEST = 512 * 1024  # a longer page is not kept
# 6 costs three times what 1 costs, once a version, and saves a sixth of what every reader loads (decision 023).
LEVEL = 6
KEEP = "laurel.keep"  # in the environ: this page is drawn to be kept
REFUSED = "laurel.too_many"  # in the environ: the address has used up its limit of pages
VARY = "Cookie, Accept-Language, Accept-Encoding"
# What advertisements and mailings add to an address says nothing about the page.
_IGNORED = re.compile(r"utm_[a-z]+|fbclid|gclid|mc_[a-z]+")
_LONGEST_QUERY = 300

Environ = dict[str, Any]
clock = time.monotonic
Answer = Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses of one kind.

    `path` is matched whole; its groups are the values of `version`, a statement that gives one row (none: nothing
    is kept). `words` are the parameters that change the page, each with what it may look like; an address
    with any other is left to Flask. `seen` is called with the groups for each page that is read.
    """

    path: re.Pattern[str]
    version: str
    words: Mapping[str, re.Pattern[str]]
    seen: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it is given out."""

    version: Version
    until: float
    etag: str
    headers: tuple[tuple[str, str], ...]
    packed: bytes


class Store:
    """Kept pages by key, bounded in bytes; the least recently used go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pages: OrderedDict[Any, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: Any) -> Kept | None:
        """The page of this key, which counts as used."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Any, page: Kept) -> None:
        """Keep a page in the place of the one before."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self.size += len(page.packed)
            while self.size > self._most:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._pages.clear()
            self.size = 0

    def _drop(self, key: Any) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.size -= len(gone.packed)


class KeptPages:
    """WSGI middleware in front of Flask.

    Args:
        inner: Flask's WSGI application.
        places: what is kept.
        versions: where versions are read; the last column of each is the site's epoch.
        cookies: names of cookies that make somebody more than a guest; who sends one is left to Flask.
        hosts: the names that the site is asked by; pages are drawn as if asked by the first.
        allowed: counts a page for this environ and says whether the address may have it.
        on_epoch: called when the epoch has changed, before anything is drawn.
    """

    def __init__(
        self,
        inner: Any,
        *,
        places: Iterable[Place],
        versions: Versions,
        cookies: Iterable[str],
        hosts: Sequence[str],
        allowed: Callable[[Environ], bool],
        on_epoch: Callable[[], None],
    ) -> None:
        self._inner = inner
        self._versions = versions
        self._cookies = tuple(cookies)
        self._host = hosts[0]
        self._allowed = allowed
        self._on_epoch = on_epoch
        self._epoch: Any = None
        self.store = Store()
        kinds, trusted = tuple(places), frozenset(hosts)
        self._find = lru_cache(4096)(lambda path, query: _find(kinds, path, query))
        self._is_trusted = lru_cache(64)(lambda host: _is_trusted(host, trusted))

    def forget(self) -> None:
        """Keep nothing, and read versions on new connections: the database was replaced."""
        self.store.clear()
        self._versions.close()
        self._epoch = None

    def __call__(self, environ: Environ, start_response: Any) -> Answer:
        """Answer from what is kept, or have it drawn and keep it, or pass it on."""
        place, groups, key = self._find(environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
        if place is None or not self._is_guest(environ):
            return self._pass_on(environ, start_response)
        if not self._allowed(environ):
            environ[REFUSED] = True
            return self._pass_on(environ, start_response)
        version = self._versions.read(place.version, groups)
        if version is None:
            return self._pass_on(environ, start_response)
        if version[-1] != self._epoch:
            self._on_epoch()
            self.store.clear()
            self._epoch = version[-1]
        language = browser_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        page = self.store.get((key, language))
        if page is None or page.version != version or page.until < clock():
            drawn = self._draw(environ, key[1], language)
            page = _keep(drawn, version)
            if page is None:
                start_response(drawn.status, drawn.headers)
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [drawn.body]
            self.store.put((key, language), page)
        elif place.seen is not None:
            place.seen(*groups)
        return _answer(page, environ, start_response)

    def _pass_on(self, environ: Environ, start_response: Any) -> Answer:
        answer: Answer = self._inner(environ, start_response)
        return answer

    def _is_guest(self, environ: Environ) -> bool:
        """Whether this asks for a whole page, by a name of ours, and brings nothing of its own."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("SCRIPT_NAME"):
            return False
        if "HTTP_X_FRAGMENT" in environ or "HTTP_AUTHORIZATION" in environ or "json" in environ.get("HTTP_ACCEPT", ""):
            return False
        cookies = environ.get("HTTP_COOKIE")
        if cookies and any(name in cookies for name in self._cookies):
            return False
        return bool(self._is_trusted(environ.get("HTTP_HOST", "")))

    def _draw(self, environ: Environ, words: tuple[tuple[str, str], ...], language: str) -> "_Drawn":
        """What Flask answers to a plain GET of this address.

        Of the request nothing goes in but path, known parameters and language: no header can colour what others get.
        """
        plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        plain |= {
            "REQUEST_METHOD": "GET", "QUERY_STRING": urlencode(words), "HTTP_HOST": self._host,
            "HTTP_ACCEPT_LANGUAGE": language, KEEP: True,
        }
        began: list[Any] = []
        written: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], None]:
            began[:] = [status, headers]
            return written.append

        answer = self._inner(plain, start)
        try:
            written.extend(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return _Drawn(began[0], began[1], b"".join(written))


# Finding ----------------------------------------------------------------------------------------


def _find(places: Iterable[Place], path: str, query: str) -> tuple[Place | None, tuple[str, ...], Any]:
    """The place of an address, the values of its version, and the key of its page."""
    for place in places:
        match = place.path.fullmatch(path)
        if match is not None:
            words = _words(place, query)
            groups = tuple(_text(group) for group in match.groups())
            return (place, groups, (path, words)) if words is not None else (None, (), None)
    return None, (), None


def _words(place: Place, query: str) -> tuple[tuple[str, str], ...] | None:
    """The parameters that change the page, in one order; None if there is one that we do not know."""
    if not query:
        return ()
    if len(query) > _LONGEST_QUERY:
        return None
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if _IGNORED.fullmatch(name):
            continue
        if name in found or name not in place.words or not place.words[name].fullmatch(value):
            return None
        found[name] = value
    return tuple(sorted(found.items()))


def _text(group: str) -> str:
    """A part of the path, which WSGI gives byte by byte, as the text that it is."""
    return group.encode("latin-1").decode("utf-8", "replace")


def _is_trusted(host: str, hosts: frozenset[str]) -> bool:
    try:
        return bool(get_host("http", host, None, hosts))
    except SecurityError:
        return False


# Keeping ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Drawn:
    status: str
    headers: list[tuple[str, str]]
    body: bytes


def _keep(drawn: _Drawn, version: Version) -> Kept | None:
    """What is to be kept of an answer; None unless it is a page, and everybody's."""
    given = {name.lower(): value for name, value in drawn.headers}
    if not drawn.status.startswith("200 ") or "set-cookie" in given or len(drawn.body) > LARGEST:
        return None
    if "no-store" in given.get("cache-control", "") or not given.get("content-type", "").startswith("text/html"):
        return None
    etag = f'W/"{hashlib.blake2b(drawn.body, digest_size=12).hexdigest()}"'
    own = ("content-length", "etag", "vary", "content-encoding")
    headers = [(name, value) for name, value in drawn.headers if name.lower() not in own]
    headers += [("ETag", etag), ("Vary", VARY)]
    packed = gzip.compress(drawn.body, LEVEL, mtime=0)
    return Kept(version, clock() + FRESH_FOR, etag, tuple(headers), packed)


# Answering --------------------------------------------------------------------------------------


def _answer(page: Kept, environ: Environ, start_response: Any) -> Answer:
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and _knows(known, page.etag):
        start_response("304 NOT MODIFIED", [item for item in page.headers if item[0] != "Content-Type"])
        return []
    if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        body, encoding = page.packed, [("Content-Encoding", "gzip")]
    else:
        body, encoding = gzip.decompress(page.packed), []
    start_response("200 OK", [*page.headers, *encoding, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _knows(header: str, etag: str) -> bool:
    """Whether If-None-Match names this page; weak and strong names are the same here (RFC 9110, 13.1.2)."""
    return header == etag or parse_etags(header).contains_weak(etag[3:-1])


@lru_cache(256)
def takes_gzip(header: str) -> bool:
    """Whether a client with this Accept-Encoding takes gzip."""
    return any(value in ("gzip", "x-gzip", "*") and quality > 0 for value, quality in parse_accept_header(header))
