"""The embedded server: gunicorn with one threaded worker process, and the job worker as a thread in it.

The process that watches over the worker never loads the application: memory holds it once.
"""

import ctypes
import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from config import SettingError, Settings, read_settings
from deploy.server import Server

M_ARENA_MAX = -8  # of glibc's malloc.h


def checked_settings() -> Settings:
    """The settings of the environment; a wrong one ends the process with a sentence."""
    try:
        return read_settings()
    except SettingError as error:
        sys.exit(f"laurel: {error}")


def serve(prepare: Callable[[], None] | None = None) -> None:
    """Serve until a signal ends the process.

    Args:
        prepare: done in the worker process before it serves, as long as it may take.
    """
    Server(checked_settings(), application, started=_started, prepare=prepare).run()


def application() -> Any:
    """Load the application, once; what it is made of stays, so nobody looks for garbage in it, now or later."""
    if "wsgi" not in sys.modules:
        _few_arenas()
        gc.disable()
        import_module("wsgi")
        gc.freeze()
        gc.enable()
    return sys.modules["wsgi"].app


def _few_arenas() -> None:
    """Let all threads share two pools of memory; glibc gives each of them one of its own, which is never given back."""
    with suppress(AttributeError, OSError):  # a system without glibc has none to limit
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _started(_gunicorn_worker: Any) -> None:
    from forum.jobs.worker import Worker

    _warn()
    Worker(application()).start()


def _warn() -> None:
    """Say on stderr what should be done before others come in. A database that does not answer yet is no reason to."""
    from sqlalchemy.exc import SQLAlchemyError

    from forum.admin import going_live
    from forum.extensions import db

    app = application()
    with app.app_context():
        try:
            words = going_live.warning(db.session(), app.config["SETTINGS"])
        except SQLAlchemyError:
            words = None
        db.session.remove()
    if words:
        sys.stderr.write(f"{words}\n")
