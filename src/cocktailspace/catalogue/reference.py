"""What is calculated of recipes rests on units, ingredients and methods: read once, and again when
one of them changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, exists, select

from cocktailspace.catalogue.calculated import Curve
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state, continues
from cocktailspace.catalogue.lookup import chunks
from cocktailspace.catalogue.measures import Kind, Measures
from cocktailspace.catalogue.methods import curves
from cocktailspace.catalogue.schema import changes, ingredient_pieces, ingredients, units
from cocktailspace.catalogue.taxonomy import with_ancestors


@dataclass(frozen=True, slots=True)
class Reference:
    """How much lines are, and how much water methods add."""

    measures: Measures
    curves: list[Curve]


_cache: WeakKeyDictionary[Engine, tuple[CatalogueState, Reference]] = WeakKeyDictionary()
"""The last reference, and the newest state for which it is known to hold."""


def reference_for(connection: Connection, ingredient_ids: Collection[int]) -> Reference:
    """At least what concerns these ingredients.

    Within a mutation it is read anew: what that has changed is not in the change log yet.
    """
    if connection.get_execution_options().get("writes", False):
        return Reference(measures_for(connection, ingredient_ids), curves(connection))
    state = catalogue_state(connection)
    known, reference = _cache.get(connection.engine, (None, None))
    if known is None or reference is None or not _holds(connection, state, known):
        everything = connection.execute(select(ingredients.c.id)).scalars().all()
        reference = Reference(measures_for(connection, everything), curves(connection))
    _cache[connection.engine] = state, reference
    return reference


def _holds(connection: Connection, state: CatalogueState, known: CatalogueState) -> bool:
    """Whether nothing but recipes has changed since what is known."""
    if state == known:
        return True
    since = changes.c.version > known.version, changes.c.entity != "recipe"
    other = select(changes.c.version).where(*since).limit(1)
    return continues(connection, state, known) and connection.execute(other).first() is None


def measures_for(connection: Connection, ingredient_ids: Collection[int]) -> Measures:
    """How much lines with these ingredients are."""
    millilitres = {
        row.id: row.millilitres for row in connection.execute(select(units.c.id, _UNIT_ML))
    }
    return Measures(millilitres, kinds_of(connection, ingredient_ids))


_UNIT_ML = units.c.millilitres


def kinds_of(connection: Connection, ingredient_ids: Collection[int]) -> dict[int, Kind]:
    """These ingredients and all above them."""
    table, below = ingredients.c, ingredients.alias("below")
    has_kinds = exists().where(below.c.parent_id == table.id).label("has_kinds")
    wanted = (table.id, table.name, table.parent_id, table.strength, table.contains, has_kinds)
    found: dict[int, Kind] = {}
    for chunk in chunks(ingredient_ids):
        ids = with_ancestors(chunk)
        pieces = _pieces(connection, ids)
        for row in connection.execute(select(*wanted).where(table.id.in_(ids))):
            found[row.id] = Kind(
                name=row.name,
                parent_id=row.parent_id,
                pieces=tuple(pieces.get(row.id, ())),
                has_kinds=bool(row.has_kinds),
                strength=row.strength,
                contains=row.contains,
            )
    return found


def _pieces(connection: Connection, ids: object) -> dict[int, list[tuple[int, float]]]:
    table = ingredient_pieces.c
    query = (
        select(table.ingredient_id, table.unit_id, table.millilitres)
        .where(table.ingredient_id.in_(ids))  # type: ignore[arg-type]
        .order_by(table.ingredient_id, table.position)
    )
    found: dict[int, list[tuple[int, float]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.ingredient_id, []).append((row.unit_id, row.millilitres))
    return found
