"""Reference data: the units, ingredients and methods that recipes' volumes and strengths rest on.

Read once, and again when one of them changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from cocktailspace.catalogue.calculated import Curve
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state, continues
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.methods import curves
from cocktailspace.catalogue.properties import OwnProperties, inherit
from cocktailspace.catalogue.schema import changes, ingredient_pieces, ingredients, units


@dataclass(frozen=True, slots=True)
class Reference:
    """How much lines are, what units are called, and how much water methods add."""

    measures: Measures
    unit_names: Mapping[int, str]
    curves: list[Curve]


_cache: WeakKeyDictionary[Engine, tuple[CatalogueState, Reference]] = WeakKeyDictionary()
"""The last reference, and the newest state for which it is known to hold."""


def reference_for(connection: Connection) -> Reference:
    """All that concerns the catalogue as this connection sees it."""
    if _is_changing(connection):
        return _read(connection)
    state = catalogue_state(connection)
    known, reference = _cache.get(connection.engine, (None, None))
    if known is None or reference is None or not _holds(connection, state, known):
        reference = _read(connection)
    _cache[connection.engine] = state, reference
    return reference


def _is_changing(connection: Connection) -> bool:
    """Whether more than recipes changes in this transaction, which the log does not say yet."""
    options = connection.get_execution_options()
    touched = options.get("touched")
    if touched is None:
        return bool(options.get("writes", False))
    return any(entity != "recipe" for entity, _ in touched)


def _holds(connection: Connection, state: CatalogueState, known: CatalogueState) -> bool:
    """Whether nothing but recipes has changed since what is known."""
    if state == known:
        return True
    since = changes.c.version > known.version, changes.c.entity != "recipe"
    other = select(changes.c.version).where(*since).limit(1)
    return continues(connection, state, known) and connection.execute(other).first() is None


def _read(connection: Connection) -> Reference:
    rows = connection.execute(select(units.c.id, units.c.name, units.c.millilitres)).all()
    measures = Measures({row.id: row.millilitres for row in rows}, inherit(_own(connection)))
    return Reference(measures, {row.id: row.name for row in rows}, curves(connection))


def _own(connection: Connection) -> dict[int, OwnProperties]:
    """What each ingredient says of itself."""
    piece, table = ingredient_pieces.c, ingredients.c
    pieces: dict[int, dict[int, float]] = {}
    query = select(piece.ingredient_id, piece.unit_id, piece.millilitres)
    for row in connection.execute(query.order_by(piece.ingredient_id, piece.position)):
        pieces.setdefault(row.ingredient_id, {})[row.unit_id] = row.millilitres
    wanted = select(table.id, table.name, table.parent_id, table.strength, table.contains)
    rows = connection.execute(wanted).all()
    families = {row.parent_id for row in rows}
    return {
        row.id: OwnProperties(
            row.name,
            row.parent_id,
            pieces.get(row.id, {}),
            row.id in families,
            row.strength,
            row.contains,
        )
        for row in rows
    }
