"""What is calculated of recipes rests on units, ingredients and methods: read once, and again when
one of them changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from cocktailspace.catalogue.calculated import Curve
from cocktailspace.catalogue.kinds import measures_for
from cocktailspace.catalogue.measures import Measures
from cocktailspace.catalogue.methods import curves
from cocktailspace.catalogue.schema import catalogue, changes, ingredients


@dataclass(frozen=True, slots=True)
class Reference:
    """How much lines are, and how much water methods add."""

    measures: Measures
    curves: list[Curve]


@dataclass(frozen=True, slots=True)
class _Cached:
    """catalogue_id, version: of the catalogue for which the reference is known to hold."""

    catalogue_id: str
    version: int
    reference: Reference


_cache: WeakKeyDictionary[Engine, _Cached] = WeakKeyDictionary()

_STATE = select(
    select(catalogue.c.catalogue_id).scalar_subquery(),
    select(func.coalesce(func.max(changes.c.version), 0)).scalar_subquery(),
)


def reference_for(connection: Connection, ingredient_ids: Collection[int]) -> Reference:
    """At least what concerns these ingredients.

    Within a mutation it is read anew: what that has changed is not in the change log yet.
    """
    if connection.get_execution_options().get("writes", False):
        return Reference(measures_for(connection, ingredient_ids), curves(connection))
    catalogue_id, version = connection.execute(_STATE).one()
    cached = _cache.get(connection.engine)
    if cached is None or not _holds(cached, connection, catalogue_id, version):
        everything = connection.execute(select(ingredients.c.id)).scalars().all()
        reference = Reference(measures_for(connection, everything), curves(connection))
        cached = _Cached(catalogue_id, version, reference)
    elif cached.version == version:
        return cached.reference
    else:
        cached = _Cached(catalogue_id, version, cached.reference)
    _cache[connection.engine] = cached
    return cached.reference


def _holds(cached: _Cached, connection: Connection, catalogue_id: str, version: int) -> bool:
    """Whether nothing but recipes has changed since."""
    if cached.catalogue_id != catalogue_id or cached.version > version:
        return False
    since = changes.c.version > cached.version, changes.c.entity != "recipe"
    return connection.execute(select(changes.c.version).where(*since).limit(1)).first() is None
