"""A consistent copy of the catalogue for the analytics job, taken without disturbing writers."""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias

from cocktailspace.catalogue.errors import CatalogueError, SchemaError, UnavailableError
from cocktailspace.catalogue.forest import forest_of
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.pieces import counted_in_pieces
from cocktailspace.catalogue.properties import OwnProperties, Properties, inherit
from cocktailspace.catalogue.revision import check_revision
from cocktailspace.files import scratch_folder
from cocktailspace.times import Clock, from_text, utc_now

if TYPE_CHECKING:  # a job of a SQLite file starts without
    import psycopg
    from sqlalchemy import URL

    Source: TypeAlias = Path | URL
    Rows: TypeAlias = sqlite3.Connection | psycopg.Connection[tuple[Any, ...]]

_COPIES = ".cocktailspace-copy-"
"""Folders of this name in the temporary folder are ours to remove."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An ingredient as analytics see it: its place is one in a forest of at most 64 levels.

    in_pieces: whether the catalogue says what a piece of it comes to. What families say of their
    kinds (strength, contains, pieces) is not repeated here.
    """

    id: int
    name: str
    parent_id: int | None
    allow_substitution: bool
    aliases: tuple[str, ...] = ()
    shelf: bool = False
    made_from_id: int | None = None
    strength: float | None = None
    contains: tuple[str, ...] = ()
    in_pieces: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe as analytics see it: (ingredient id, volume in ml) of each line, in order.

    Optional lines and ice have none. Recipes of one name differ in `source`.
    optional: places of the lines that are. alternatives: (place of the line, ingredient ids).
    """

    id: int
    name: str
    volumes_ml: tuple[tuple[int, float], ...]
    source: str = ""
    optional: tuple[int, ...] = ()
    alternatives: tuple[tuple[int, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole catalogue at one version, in order of id; recipes that make an ingredient aside.

    lines_of_unknown_volume: how many lines are counted in what nobody knows the volume of.
    counted_in_pieces: ids of the ingredients that most lines count rather than pour.
    """

    catalogue_id: str
    version: int
    ingredients: tuple[Ingredient, ...]
    recipes: tuple[Recipe, ...]
    changed_at: datetime | None = None
    lines_of_unknown_volume: int = 0
    counted_in_pieces: frozenset[int] = frozenset()


def take_snapshot(source: "Source") -> Snapshot:
    """Read the whole catalogue at one version: a SQLite file, or a PostgreSQL database by its URL.

    Raises UnreadableError when it cannot be read for now, and SchemaError when it is no catalogue
    that this version understands, or a file whose journal does not work where it lies.
    """
    if not isinstance(source, Path):
        return _read_database(source)
    if not source.exists():
        raise SchemaError(
            f"there is no catalogue at {source}; `cocktailspace serve` or `import` makes one"
        )
    # The file is opened read-only and copied to local disk by SQLite itself, in one transaction
    # that holds up writers for as short as can be; all else happens on the copy.
    with _local_copy(source) as copy, closing(sqlite3.connect(copy)) as connection:
        return _read(
            connection, "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        )


def _read_database(url: "URL") -> Snapshot:
    """Read a PostgreSQL database in one transaction, which holds up nobody."""
    from cocktailspace.catalogue.postgres import connection_parameters  # noqa: PLC0415

    try:
        parameters = connection_parameters(url)
    except UnavailableError as error:  # nobody gives us a token for now
        raise UnreadableError(str(error)) from error
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(**parameters) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            return _read(connection, "SELECT count(to_regclass('alembic_version'))")
    except psycopg.OperationalError as error:
        raise UnreadableError(" ".join(str(error).split())) from error


def clock_of(source: "Source") -> Clock:
    """This machine's clock, or that of the database which several of them share."""
    if isinstance(source, Path):
        return utc_now
    from cocktailspace.catalogue.several_servers import ServerClock  # noqa: PLC0415

    return ServerClock.of(source)


class UnreadableError(CatalogueError):
    """The catalogue cannot be read for now: a writer is busy, or has left a journal to be healed
    by whoever opens the database for writing next.
    """


@contextmanager
def _local_copy(path: Path) -> Iterator[Path]:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with scratch_folder(Path(tempfile.gettempdir()), _COPIES) as folder:
        copy = folder / "catalogue.sqlite"
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


def _read(connection: "Rows", has_schema: LiteralString) -> Snapshot:
    """Read the rows, without SQLAlchemy: loading it would take a job as long as all else.

    has_schema: a query for 1 where the database has a table of its revision, else 0.
    """
    check_revision(_revision(connection, has_schema))
    catalogue_id = connection.execute("SELECT catalogue_id FROM catalogue").fetchall()[0][0]
    newest = connection.execute(
        "SELECT version, changed_at FROM changes ORDER BY version DESC LIMIT 1"
    ).fetchone()
    units = connection.execute("SELECT id, name, millilitres FROM units").fetchall()
    ingredients, properties = _ingredients(connection)
    measures = Measures({each: millilitres for each, _, millilitres in units}, properties)
    recipes, unknown, lines = _recipes(connection, measures)
    return Snapshot(
        catalogue_id=catalogue_id,
        version=newest[0] if newest else 0,
        ingredients=ingredients,
        recipes=recipes,
        changed_at=from_text(newest[1]) if newest else None,
        lines_of_unknown_volume=unknown,
        counted_in_pieces=counted_in_pieces(lines, units),
    )


def _ingredients(connection: "Rows") -> tuple[tuple[Ingredient, ...], dict[int, Properties]]:
    pieces: dict[int, dict[int, float]] = {}
    for ingredient_id, unit_id, millilitres in connection.execute(
        "SELECT ingredient_id, unit_id, millilitres FROM ingredient_pieces "
        "ORDER BY ingredient_id, position"
    ):
        pieces.setdefault(ingredient_id, {})[unit_id] = millilitres
    rows = connection.execute(
        "SELECT id, name, parent_id, allow_substitution, aliases, shelf, made_from_id, strength, "
        "contains FROM ingredients ORDER BY id"
    ).fetchall()
    forest = forest_of({row[0]: row[2] for row in rows})
    families = set(forest.values())
    ingredients = tuple(
        Ingredient(
            id=each,
            name=name,
            parent_id=forest[each],
            allow_substitution=bool(flag),
            aliases=_words(aliases),
            shelf=bool(shelf),
            made_from_id=made_from,
            strength=strength,
            contains=_words(contains),
            in_pieces=each in pieces,
        )
        for each, name, _, flag, aliases, shelf, made_from, strength, contains in rows
    )
    own = {
        each.id: OwnProperties(
            each.name, each.parent_id, pieces.get(each.id, {}), each.id in families
        )
        for each in ingredients
    }
    return ingredients, inherit(own)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


@dataclass(slots=True)
class _Lines:
    """Those of one recipe, as they are read."""

    volumes: list[tuple[int, float]] = field(default_factory=list)
    optional: list[int] = field(default_factory=list)
    alternatives: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)


def _recipes(
    connection: "Rows", measures: Measures
) -> tuple[tuple[Recipe, ...], int, Counter[tuple[int, int | None]]]:
    """Recipes of drinks, how many lines are counted in what nobody knows, and how many that
    are not optional there are by ingredient and unit.
    """
    others: dict[tuple[int, int], list[int]] = {}
    for recipe_id, position, ingredient_id in connection.execute(
        "SELECT recipe_id, position, ingredient_id FROM line_alternatives "
        "ORDER BY recipe_id, position, rank"
    ):
        others.setdefault((recipe_id, position), []).append(ingredient_id)
    lines: dict[int, _Lines] = {}
    unknown = 0
    by_unit: Counter[tuple[int, int | None]] = Counter()
    for recipe_id, position, ingredient_id, amount, amount_max, unit_id, flag in connection.execute(
        "SELECT recipe_id, position, ingredient_id, amount, amount_max, unit_id, optional "
        "FROM recipe_ingredients ORDER BY recipe_id, position"
    ):
        own = lines.setdefault(recipe_id, _Lines())
        place, optional = len(own.volumes), bool(flag)
        volume = measures.volume(ingredient_id, amount, amount_max, unit_id, optional=optional)
        unknown += not volume.known
        own.volumes.append((ingredient_id, volume.ml))
        if optional:
            own.optional.append(place)
        else:
            by_unit[ingredient_id, unit_id] += 1
        if found := others.get((recipe_id, position)):
            own.alternatives.append((place, tuple(found)))
    nothing = _Lines()
    recipes = connection.execute(
        "SELECT id, name, coalesce(source, '') FROM recipes WHERE makes_id IS NULL ORDER BY id"
    )
    found_recipes = []
    for recipe_id, name, source in recipes:
        own = lines.get(recipe_id, nothing)
        volumes, optional_places = tuple(own.volumes), tuple(own.optional)
        found_recipes.append(
            Recipe(recipe_id, name, volumes, source, optional_places, tuple(own.alternatives))
        )
    return tuple(found_recipes), unknown, by_unit


def _revision(connection: "Rows", has_schema: LiteralString) -> str | None:
    if connection.execute(has_schema).fetchone() == (0,):
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])
