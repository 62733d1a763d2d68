"""Write down a schema as the program of its time made it, with a small catalogue in it.

`python -m tests.operations.schemas.make 0002` writes `0002.sql` beside this file: once, in the
commit that adds the migration after it. Migrations may be changed by mistake; these files stay.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.sqlite import sqlite_url

FOLDER = Path(__file__).parent
CATALOGUE_ID = "c0ffee00c0ffee00c0ffee00c0ffee00"
T = "2026-01-01T00:00:00.000000Z"
ROWS = f"""
UPDATE catalogue SET catalogue_id = '{CATALOGUE_ID}';
INSERT INTO units (id, name, name_key, abbreviation, millilitres) VALUES
  (1, 'Ounce', 'ounce', 'oz', 30.0);
INSERT INTO ingredients (id, name, name_key, parent_id, description, allow_substitution,
  created_at, updated_at) VALUES
  (1, 'Spirit', 'spirit', NULL, NULL, 0, '{T}', '{T}'),
  (2, 'Gin', 'gin', 1, 'Juniper', 0, '{T}', '{T}'),
  (3, 'Vermouth', 'vermouth', NULL, NULL, 1, '{T}', '{T}'),
  (5, 'Crème de Cassis', 'crème de cassis', NULL, NULL, 0, '{T}', '{T}');
INSERT INTO recipe_ingredients (recipe_id, position, ingredient_id, amount, unit_id) VALUES
  (1, 1, 2, 2.0, 1), (1, 2, 3, 0.5, 1), (4, 1, 2, NULL, NULL), (4, 2, 5, 1.0, 1);
INSERT INTO changes VALUES
  (1, '{T}', 'unit', 1, 'create'), (2, '{T}', 'ingredient', 1, 'create'),
  (3, '{T}', 'ingredient', 2, 'create'), (4, '{T}', 'ingredient', 3, 'create'),
  (5, '{T}', 'ingredient', 5, 'create'), (6, '{T}', 'recipe', 1, 'create'),
  (9, '{T}', 'recipe', 4, 'create');
UPDATE sqlite_sequence SET seq = 7 WHERE name = 'recipes';
"""  # noqa: S608
"""Deleted rows have left gaps: ids and versions go on from the highest that was ever given."""
RECIPES = f"""
INSERT INTO recipes (id, name, name_key, instructions, description, source, source_url,
  created_at, updated_at{{0}}) VALUES
  (1, 'Martini', 'martini', 'Stir.', NULL, 'IBA', 'https://example.org', '{T}', '{T}'{{1}}),
  (4, 'Blackthorn Fizz', 'blackthorn fizz', NULL, NULL, NULL, NULL, '{T}', '{T}'{{2}});
"""  # noqa: S608
SINCE_4 = (
    ", uid, order_key",
    f", '{'1' * 32}', 'martini' || char(1) || 'iba'",
    f", '{'4' * 32}', 'blackthorn fizz'",
)


def dump(revision: str) -> str:
    """SQL that makes a database of that schema, with these rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        path.touch()
        database = Database(sqlite_url(path))
        config = Config()
        config.set_main_option("script_location", "cocktailspace.catalogue:migrations")
        with database.schema_change() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        database.close()
        with closing(sqlite3.connect(path)) as file:
            recipes = RECIPES.format(*(SINCE_4 if revision >= "0004" else ("",) * 3))
            file.executescript(recipes + ROWS)
            return "\n".join(_statements(file)) + "\n"


def _statements(file: sqlite3.Connection) -> Iterator[str]:
    """What makes the database; of an index in virtual tables what makes it anew."""
    virtual = "SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY rowid"
    made = file.execute(virtual).fetchall()
    for statement in file.iterdump():
        is_theirs = any(f"{quote}{name}" in statement for name, _ in made for quote in "\"'")
        if not is_theirs and "writable_schema" not in statement:
            yield statement
    for name, sql in made:
        yield f"{sql};"
        if "fts5(" in sql:
            yield f"INSERT INTO {name} ({name}) VALUES ('rebuild');"  # noqa: S608


if __name__ == "__main__":
    (FOLDER / f"{sys.argv[1]}.sql").write_text(dump(sys.argv[1]))
