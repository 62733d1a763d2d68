"""What recipes say most often where they say it freely, for forms."""

from collections import Counter
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.schema import recipe_ingredients, recipes

_MOST_WORDS = 50


@dataclass(frozen=True, slots=True)
class UsualWords:
    """What recipes say, what most say first."""

    glass: list[str]
    method: list[str]
    tags: list[str]
    unit_ids: list[int]


_cache: WeakKeyDictionary[Engine, tuple[CatalogueState, UsualWords]] = WeakKeyDictionary()
"""Those of the last state that was asked for: they are counted over all recipes."""


def usual_words(connection: Connection) -> UsualWords:
    """What recipes say as glass, method and tags, and the units of their lines."""
    state = catalogue_state(connection)
    known = _cache.get(connection.engine)
    if known is None or known[0] != state:
        glass, method, tags = (
            _most_usual(connection, each) for each in ("glass", "method", "tags")
        )
        known = state, UsualWords(glass, method, tags, _most_usual_units(connection))
        _cache[connection.engine] = known
    return known[1]


def _most_usual(connection: Connection, name: str) -> list[str]:
    column = recipes.c[name]
    counts: Counter[str] = Counter()
    query = select(column, func.count()).where(column.is_not(None)).group_by(column)
    for value, count in connection.execute(query):
        for word in value if isinstance(value, tuple) else (value,):
            counts[word] += count
    found = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [word for word, _ in found[:_MOST_WORDS]]


def _most_usual_units(connection: Connection) -> list[int]:
    unit = recipe_ingredients.c.unit_id
    query = (
        select(unit)
        .where(unit.is_not(None))
        .group_by(unit)
        .order_by(func.count().desc(), unit)
        .limit(_MOST_WORDS)
    )
    return list(connection.scalars(query))
