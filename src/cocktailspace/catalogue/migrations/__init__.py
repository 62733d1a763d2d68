"""The migrations, one after another, and which of them this version of the program knows.

SQLite and PostgreSQL run the same ones, in one transaction each way. A portable migration

- makes tables and indexes with Alembic's operations and the generic types: `Integer`, `Text`,
  `String(n)`, `Float`, `Boolean`, and `String(27)` for a moment as `schema.UtcTime` writes it; ids
  get `sqlite_autoincrement=True`, and every constraint and index the name that `schema.metadata`
  would give it;
- adds a column that may be empty or has a constant default with `op.add_column`, and makes every
  other change of a table within `with altered_table("recipes") as batch:`, which loses nothing on
  either database;
- reads and writes rows with SQLAlchemy's expressions over `sa.table(...)`, not with text: `||`,
  quotes and functions differ. It imports nothing of the program that may change later: neither
  `schema` nor the models;
- does what one database alone can under `op.get_bind().dialect.name == "sqlite"`, and leaves the
  other working without.

The commit that adds one writes down the schema before it (`tests/operations/schemas/make.py`), and
moves REVISION. Tests run the chain on both databases, upgrade a SQLite file of every schema so far,
and compare what came out with `schema.metadata`.
"""

REVISION = "0008"
"""The newest migration: the schema that this version of the program reads and writes."""
