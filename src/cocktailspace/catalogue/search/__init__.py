"""Search over recipes: an index in memory that follows the change log, on any database alike.

Recipes lie in immutable segments; a change makes one of them anew. A snapshot (segments, and the
ingredients of the moment) is a function of the catalogue alone, however it came about.
"""

from cocktailspace.catalogue.search.index import SearchIndex
from cocktailspace.catalogue.search.query import (
    Cursor,
    Found,
    NamedIngredient,
    Order,
    RecipeQuery,
)
from cocktailspace.catalogue.search.snapshot import Snapshot

__all__ = [
    "Cursor",
    "Found",
    "NamedIngredient",
    "Order",
    "RecipeQuery",
    "SearchIndex",
    "Snapshot",
]
