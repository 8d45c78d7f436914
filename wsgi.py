"""The application object, and the embedded server: `python wsgi.py`."""

import sys
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from config import SettingError, Settings, read_settings
from deploy.server import Server
from forum import create_app
from forum.admin import going_live
from forum.extensions import db
from forum.jobs.worker import Worker

try:
    settings = read_settings()
except SettingError as error:
    sys.exit(f"laurel: {error}")
app = create_app(settings)


class EmbeddedServer(Server):
    """gunicorn with one threaded worker process, and the job worker as a thread in it."""

    def __init__(self, chosen: Settings) -> None:
        super().__init__(chosen, app, _start_worker)


def _start_worker(_gunicorn_worker: Any) -> None:
    Worker(app).start()


def warn() -> None:
    """Say on stderr what should be done before others come in. A database that does not answer yet is no reason to."""
    with app.app_context():
        try:
            words = going_live.warning(db.session(), settings)
        except SQLAlchemyError:
            words = None
        db.session.remove()
        db.engine.dispose()  # the server forks: no connection may come along
    if words:
        sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    warn()
    EmbeddedServer(settings).run()
