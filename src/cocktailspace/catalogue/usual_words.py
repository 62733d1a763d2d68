"""What recipes say most often where they say it freely, for forms."""

from collections import Counter
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from cocktailspace.catalogue.changes import CatalogueState, catalogue_state
from cocktailspace.catalogue.schema import recipes

Words = Mapping[str, list[str]]

_FIELDS = ("glass", "method", "tags")
_MOST_WORDS = 50

_cache: WeakKeyDictionary[Engine, tuple[CatalogueState, Words]] = WeakKeyDictionary()
"""Those of the last state that was asked for: they are counted over all recipes."""


def usual_words(connection: Connection) -> Words:
    """What recipes say as glass, method and tags, what most say first."""
    state = catalogue_state(connection)
    known = _cache.get(connection.engine)
    if known is None or known[0] != state:
        known = state, {name: _most_usual(connection, name) for name in _FIELDS}
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
