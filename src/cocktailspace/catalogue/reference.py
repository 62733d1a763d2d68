"""What is calculated of recipes rests on units, ingredients and methods: read once, and again when
one of them changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from cocktailspace.catalogue.calculated import Curve
from cocktailspace.catalogue.changes import CatalogueState, catalogue_state, continues
from cocktailspace.catalogue.kinds import measures_for
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.methods import curves
from cocktailspace.catalogue.schema import changes, ingredients


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
