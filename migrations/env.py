"""Alembic's environment: one tree for SQLite and PostgreSQL, on the application's own engine."""

from alembic import context
from flask import current_app

from forum.core.database import Base, writing
from forum.extensions import db
from forum.search.tables import is_ours


def _is_a_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave the search's tables alone, which are no models."""
    return not is_ours(name)


def run() -> None:
    """Migrate over one connection; SQLite changes tables by copying them (batch mode)."""
    with db.engine.connect() as opened:
        connection = opened.execution_options(**writing(opened.dialect.name))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            include_name=_is_a_models,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("laurel: migrations run on a database; --sql is not supported.")
current_app.logger.debug("migrating")
run()
