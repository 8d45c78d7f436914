"""The embedded server: gunicorn with one threaded worker process, and the job worker as a thread in it.

The process that watches over the worker never loads the application: memory holds it once.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from config import SettingError, Settings, read_settings
from deploy.server import Server


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
    Server(checked_settings(), _application, started=_started, prepare=prepare).run()


def _application() -> Any:
    return import_module("wsgi").app


def _started(_gunicorn_worker: Any) -> None:
    from forum.jobs.worker import Worker

    _warn()
    Worker(_application()).start()


def _warn() -> None:
    """Say on stderr what should be done before others come in. A database that does not answer yet is no reason to."""
    from sqlalchemy.exc import SQLAlchemyError

    from forum.admin import going_live
    from forum.extensions import db

    app = _application()
    with app.app_context():
        try:
            words = going_live.warning(db.session(), app.config["SETTINGS"])
        except SQLAlchemyError:
            words = None
        db.session.remove()
    if words:
        sys.stderr.write(f"{words}\n")
