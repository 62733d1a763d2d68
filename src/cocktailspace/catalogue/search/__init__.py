"""Search over recipes: an index in memory that follows the change log, on any database alike.

Recipes lie in immutable segments; a change makes one of them anew. A snapshot (segments, and the
ingredients of the moment) is a function of the catalogue alone, however it came about.

`index` caches snapshots, `reading` reads what they are made of: each `segment`, which `joining` has
follow a few changes, and the `ingredients`. A `query` is asked of a `snapshot`, which has
`matching` find and score recipes; `bases` say what they are built on.
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
