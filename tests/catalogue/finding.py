"""Recipes as search finds them."""

from typing import Any

from sqlalchemy import Connection

from cocktailspace.catalogue.models import Recipe
from cocktailspace.catalogue.recipes import load_recipes
from cocktailspace.catalogue.search import RecipeQuery, SearchIndex


def find(connection: Connection, **query: Any) -> list[Recipe]:
    """All that have it, in the order found."""
    found = SearchIndex().snapshot(connection).search(RecipeQuery(**query), limit=10_000)
    loaded = load_recipes(connection, found.ids)
    return [loaded[each] for each in found.ids]
