"""A consistent copy of the catalogue for the analytics job, taken without disturbing writers."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, TypeAlias

from cocktailspace.catalogue.errors import SchemaError, UnavailableError
from cocktailspace.catalogue.forest import forest_of
from cocktailspace.catalogue.local_copy import local_copy
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.pieces import counted_in_pieces
from cocktailspace.catalogue.properties import OwnProperties, Properties, inherit
from cocktailspace.catalogue.revision import check_revision
from cocktailspace.times import Clock, from_text, utc_now

if TYPE_CHECKING:  # a job of a SQLite file starts without
    import psycopg
    from sqlalchemy import URL

    Source: TypeAlias = Path | URL
    Rows: TypeAlias = sqlite3.Connection | psycopg.Connection[tuple[Any, ...]]


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

    Raises UnavailableError when it cannot be read for now, and SchemaError when it is no catalogue
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
    with local_copy(source) as copy, closing(sqlite3.connect(copy)) as connection:
        return _read(
            connection, "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        )


def _read_database(url: "URL") -> Snapshot:
    """Read a PostgreSQL database in one transaction, which holds up nobody."""
    from cocktailspace.catalogue.postgres import connection_parameters  # noqa: PLC0415

    parameters = connection_parameters(url)
    import psycopg  # noqa: PLC0415

    try:
        with psycopg.connect(**parameters) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            return _read(connection, "SELECT count(to_regclass('alembic_version'))")
    except psycopg.OperationalError as error:
        raise UnavailableError(" ".join(str(error).split())) from error


def clock_of(source: "Source") -> Clock:
    """This machine's clock, or that of the database which several of them share."""
    if isinstance(source, Path):
        return utc_now
    from cocktailspace.catalogue.several_servers import ServerClock  # noqa: PLC0415

    return ServerClock.of(source)


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
    others = _alternatives(connection)
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


def _alternatives(connection: "Rows") -> dict[tuple[int, int], list[int]]:
    """Ids of ingredients by recipe and position of the line."""
    found: dict[tuple[int, int], list[int]] = {}
    for recipe_id, position, ingredient_id in connection.execute(
        "SELECT recipe_id, position, ingredient_id FROM line_alternatives "
        "ORDER BY recipe_id, position, rank"
    ):
        found.setdefault((recipe_id, position), []).append(ingredient_id)
    return found


def _revision(connection: "Rows", has_schema: LiteralString) -> str | None:
    if connection.execute(has_schema).fetchone() == (0,):
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])
