"""Tables altered alike in both databases, with everything that hangs on them."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import Connection


@contextmanager
def altered_table(name: str) -> Iterator[BatchOperations]:
    """Alter a table: columns and constraints are added, changed and dropped through the batch.

    Where SQLite has no ALTER for it, Alembic makes the table anew and copies the rows. It would
    lose what is kept here: the triggers and views on the table, and which ids were given to rows
    that are deleted. What has no name is lost: a constraint must have one.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        with op.batch_alter_table(name) as batch:
            yield batch
        return
    autoincrement = "AUTOINCREMENT" in _sql_of(connection, name)
    highest_id = _highest_id(connection, name) if autoincrement else None
    attached = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY rowid"
    ).all()
    for each in attached:
        connection.exec_driver_sql(f'DROP {each.type} "{each.name}"')
    options = {"sqlite_autoincrement": True} if autoincrement else {}
    with op.batch_alter_table(name, table_kwargs=options) as batch:
        yield batch
    for each in attached:
        connection.exec_driver_sql(each.sql)
    if highest_id is not None:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, highest_id))


def _sql_of(connection: Connection, name: str) -> str:
    query = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    return str(connection.exec_driver_sql(query, (name,)).scalar_one())


def _highest_id(connection: Connection, name: str) -> int | None:
    query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
    return connection.exec_driver_sql(query, (name,)).scalar_one_or_none()
