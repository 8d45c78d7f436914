"""gunicorn as the product runs it: one worker process with threads."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.app.base import BaseApplication

from config import Settings

ALIVE_EVERY = 10.0  # seconds between two signs of life of a worker that prepares


class Server(BaseApplication):
    """Serves the WSGI application that `application` makes in the worker process.

    Args:
        chosen: where, and with how many threads.
        prepare: called in the worker process first, however long it takes.
        started: called there once it is up.
    """

    def __init__(
        self, chosen: Settings, application: Callable[[], Any], *,
        prepare: Callable[[], None] | None = None, started: Callable[[Any], None] | None = None,
    ) -> None:
        self._chosen, self._application, self._prepare, self._started = chosen, application, prepare, started
        super().__init__()  # type: ignore[no-untyped-call]

    def load_config(self) -> None:
        """Set gunicorn's options from our settings."""
        chosen = self._chosen
        options: dict[str, Any] = {
            "bind": chosen.address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": chosen.web_threads,
            "worker_connections": max(1000, chosen.web_threads * 2),
            "graceful_timeout": 3,
            "timeout": 60,
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "laurel",
        }
        if self._started is not None:
            options["post_worker_init"] = self._started
        if self._prepare is not None:
            options["post_fork"] = self._prepared
        for name, value in options.items():
            self.cfg.set(name, value)  # type: ignore[union-attr]

    def run(self) -> None:
        """Serve until a signal ends the process; a taken port ends it at once, with a sentence."""
        with socket.socket(socket.AF_INET6 if ":" in self._chosen.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._chosen.host, self._chosen.port))
            except OSError as error:
                sys.exit(
                    f"laurel: cannot listen on {self._chosen.address} ({error.strerror}): "
                    "end what listens there, or set another HOST or PORT"
                )
        super().run()  # type: ignore[no-untyped-call]

    def load(self) -> Any:
        """The WSGI application."""
        return self._application()

    def _prepared(self, _arbiter: Any, worker: Any) -> None:
        assert self._prepare is not None
        with _alive(worker):
            self._prepare()


@contextmanager
def _alive(worker: Any) -> Iterator[None]:
    """Meanwhile the worker is not taken for one that hangs."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(ALIVE_EVERY):
            worker.notify()

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
