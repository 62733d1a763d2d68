"""Indexes for searching among very many recipes.

That of all parts of names is kept up to date by the database itself: also for a program that does
not know of it. That of lines by recipe answers what is in a recipe without looking at the lines.
"""

from alembic import op

from cocktailspace.catalogue.errors import SchemaError

revision = "0003"
down_revision = "0002"

# The names are padded with two characters that no name has: they make a word of one or two letters
# at the end of a name the beginning of three characters in a row, as it is anywhere else.
_STATEMENTS = (
    "CREATE VIEW recipe_names_source AS SELECT id, name_key || char(1, 1) AS padded FROM recipes",
    "CREATE VIRTUAL TABLE recipe_names USING fts5(padded, content='recipe_names_source', "
    "content_rowid='id', tokenize='trigram case_sensitive 1')",
    "CREATE VIRTUAL TABLE recipe_name_terms USING fts5vocab('recipe_names', 'row')",
    "INSERT INTO recipe_names (recipe_names) VALUES ('rebuild')",
    """
    CREATE TRIGGER recipe_names_insert AFTER INSERT ON recipes BEGIN
        INSERT INTO recipe_names (rowid, padded) VALUES (new.id, new.name_key || char(1, 1));
    END
    """,
    """
    CREATE TRIGGER recipe_names_delete AFTER DELETE ON recipes BEGIN
        INSERT INTO recipe_names (recipe_names, rowid, padded)
        VALUES ('delete', old.id, old.name_key || char(1, 1));
    END
    """,
    """
    CREATE TRIGGER recipe_names_update AFTER UPDATE ON recipes
    WHEN old.name_key <> new.name_key OR old.id <> new.id BEGIN
        INSERT INTO recipe_names (recipe_names, rowid, padded)
        VALUES ('delete', old.id, old.name_key || char(1, 1));
        INSERT INTO recipe_names (rowid, padded) VALUES (new.id, new.name_key || char(1, 1));
    END
    """,
)


def upgrade() -> None:
    """Add and fill them; other databases than SQLite search without that of names."""
    op.create_index(
        "ix_recipe_ingredients_recipe_id_ingredient_id",
        "recipe_ingredients",
        ["recipe_id", "ingredient_id"],
    )
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    if not connection.exec_driver_sql(
        "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
    ).scalar():
        raise SchemaError(
            "this Python's SQLite was built without FTS5, which the search by name needs; use a "
            "Python whose SQLite has it (those of Debian, Fedora, python.org and uv do)"
        )
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)
