"""gunicorn as the product runs it: one worker process with threads."""

import socket
import sys
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from config import Settings


class Server(BaseApplication):
    """Serves a WSGI application; `started` is called in the worker process once it is up."""

    def __init__(self, chosen: Settings, application: Any, started: Callable[[Any], None] | None = None) -> None:
        self._chosen, self._application, self._started = chosen, application, started
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
        return self._application
