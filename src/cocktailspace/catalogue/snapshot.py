"""A consistent copy of the catalogue for the analytics job, taken without disturbing writers."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, select

from cocktailspace.catalogue.changes import catalogue_state
from cocktailspace.catalogue.database import Database, sqlite_url
from cocktailspace.catalogue.errors import CatalogueError, SchemaError
from cocktailspace.catalogue.measures import volume_ml
from cocktailspace.catalogue.revision import check_schema
from cocktailspace.catalogue.schema import ingredients, recipe_ingredients, recipes, units


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An ingredient as analytics see it."""

    id: int
    name: str
    parent_id: int | None
    allow_substitution: bool


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe as analytics see it: (ingredient id, volume in ml) of each line, in order."""

    id: int
    name: str
    volumes_ml: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole catalogue at one version, in order of id."""

    catalogue_id: str
    version: int
    ingredients: tuple[Ingredient, ...]
    recipes: tuple[Recipe, ...]
    changed_at: datetime | None = None


def take_snapshot(database: Database) -> Snapshot:
    """Read the whole catalogue at one version.

    A SQLite file is opened read-only and copied to local disk by SQLite itself, in one read
    transaction that holds up writers for as short as can be; all else happens on the copy.
    Raises UnreadableError when the file cannot be read for now, and SchemaError when it holds no
    catalogue that this version understands, or lies where its journal does not work.
    """
    if (path := database.path) is None:
        with database.reading() as connection:
            return _read(connection)
    if not path.exists():
        raise SchemaError(
            f"there is no catalogue at {path}; `cocktailspace serve` or `import` makes one"
        )
    with (
        _local_copy(path) as copy,
        create_engine(sqlite_url(copy), poolclass=NullPool).connect() as connection,
    ):
        return _read(connection)


class UnreadableError(CatalogueError):
    """The catalogue cannot be read for now: a writer is busy, or has left a journal to be healed
    by whoever opens the database for writing next.
    """


@contextmanager
def _local_copy(path: Path) -> Iterator[Path]:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with tempfile.TemporaryDirectory(prefix="cocktailspace-") as folder:
        copy = Path(folder) / "catalogue.sqlite"
        with (
            _named_errors(path),
            closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=1.0)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # The lock is taken by a read of our own, which gives up in time; backup() never does.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target)
        yield copy


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """SQLite's codes for what a reader of a network file system meets, by what can be done."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in _FOR_NOW or code == sqlite3.SQLITE_READONLY_ROLLBACK:
            raise UnreadableError(
                f"{path}: {error} ({getattr(error, 'sqlite_errorname', code)})"
            ) from error
        no_wal = code == sqlite3.SQLITE_CANTOPEN and _in_wal_mode(path)  # of a read-only mount
        if no_wal or code in _WAL_WITHOUT_WRITING:
            raise SchemaError(
                f"{path} is in WAL mode, which cannot be read where nothing may be written: let "
                "the API or its reconcile open it once, with DB_NETWORK_FILE_SYSTEM=true"
            ) from error
        raise


_FOR_NOW = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR}
_WAL_WITHOUT_WRITING = {
    sqlite3.SQLITE_READONLY_DIRECTORY,
    sqlite3.SQLITE_READONLY_CANTINIT,
    sqlite3.SQLITE_READONLY_RECOVERY,
}


def _in_wal_mode(path: Path) -> bool:
    """By the header of the file, whose 19th byte is the version of the format for writers."""
    with path.open("rb") as file:
        return file.read(19)[18:] == b"\x02"


def _read(connection: Connection) -> Snapshot:
    check_schema(connection)
    state = catalogue_state(connection)
    volumes: dict[int, list[tuple[int, float]]] = {}
    lines = recipe_ingredients.c
    query = (
        select(lines.recipe_id, lines.ingredient_id, lines.amount, units.c.millilitres)
        .outerjoin_from(recipe_ingredients, units)
        .order_by(lines.recipe_id, lines.position)
    )
    for recipe_id, ingredient_id, amount, millilitres in connection.execute(query):
        volume = volume_ml(amount, millilitres)
        volumes.setdefault(recipe_id, []).append((ingredient_id, volume))
    columns = ingredients.c
    forest = select(columns.id, columns.name, columns.parent_id, columns.allow_substitution)
    names = select(recipes.c.id, recipes.c.name).order_by(recipes.c.id)
    return Snapshot(
        catalogue_id=state.catalogue_id,
        version=state.version,
        ingredients=tuple(
            Ingredient(*row) for row in connection.execute(forest.order_by(columns.id))
        ),
        recipes=tuple(
            Recipe(recipe_id, name, tuple(volumes.get(recipe_id, ())))
            for recipe_id, name in connection.execute(names)
        ),
        changed_at=state.changed_at,
    )
