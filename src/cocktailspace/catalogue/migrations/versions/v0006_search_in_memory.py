"""Without SQLite's index of names: search has its own, the same on every database."""

from alembic import op

revision = "0006"
down_revision = "0005"

_OBJECTS = (
    "TRIGGER recipe_names_insert",
    "TRIGGER recipe_names_delete",
    "TRIGGER recipe_names_update",
    "TABLE recipe_name_terms",
    "TABLE recipe_names",
    "VIEW recipe_names_source",
)


def upgrade() -> None:
    """Drop what 0003 made for it; other databases never had it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for each in _OBJECTS:
            connection.exec_driver_sql(f"DROP {each}")
