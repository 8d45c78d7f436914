"""The database itself refuses to change or delete a line of the log: triggers, made with the table.

The migration executes the same statements, so that neither a fault in this program nor a slip at the
database's prompt edits what moderators did. (Whoever owns the database can drop a trigger; that is
then a deed of its own and no accident.)
"""

SQLITE = (
    """CREATE TRIGGER moderation_log_no_update BEFORE UPDATE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    """CREATE TRIGGER moderation_log_no_delete BEFORE DELETE ON moderation_log
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
    # INSERT OR REPLACE takes a line away without asking the trigger above.
    """CREATE TRIGGER moderation_log_no_replace BEFORE INSERT ON moderation_log
WHEN EXISTS (SELECT 1 FROM moderation_log WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the moderation log cannot be edited'); END""",
)

POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION moderation_log_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN RAISE EXCEPTION 'the moderation log cannot be edited'; END $guard$""",
    """CREATE TRIGGER moderation_log_no_change BEFORE UPDATE OR DELETE ON moderation_log
FOR EACH ROW EXECUTE FUNCTION moderation_log_guard()""",
    # TRUNCATE takes all lines away without asking the trigger above, also where another table's takes this one along.
    """CREATE TRIGGER moderation_log_no_truncate BEFORE TRUNCATE ON moderation_log
FOR EACH STATEMENT EXECUTE FUNCTION moderation_log_guard()""",
)

# For a migration that takes the table away again: the triggers go with it, the function does not.
POSTGRESQL_DROP = ("DROP FUNCTION IF EXISTS moderation_log_guard()",)


def statements(dialect: str) -> tuple[str, ...]:
    """What makes the log append-only on a database of this dialect ("sqlite" or "postgresql")."""
    return SQLITE if dialect == "sqlite" else POSTGRESQL
