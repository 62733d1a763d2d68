"""What a few letters may mean: recipes and ingredients to choose from while somebody types."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.catalogue.recipes import RecipeName, recipe_names
from cocktailspace.catalogue.search import NamedIngredient, RecipeQuery
from cocktailspace.catalogue.search.query import Word


class Meant(BaseModel):
    """The best of each kind."""

    recipes: list[RecipeName]
    total: int = Field(description="How many recipes `GET /recipes` finds by the same words")
    ingredients: list[NamedIngredient] = Field(
        description="Those that recipes have, with how many have it or a kind of it"
    )


def search_routes(context: Context) -> APIRouter:
    """The route over this catalogue."""
    router = context.router("/search", "recipes")
    database = context.services.database

    @router.get("", responses=answers(422, 503))
    def search(
        q: Annotated[Word, Query(description="Words, as `GET /recipes` takes them")] = "",
        limit: Annotated[int, Query(ge=1, le=50)] = 6,
    ) -> Meant:
        """Recipes by the words, the best match first, and ingredients that they name."""
        with database.reading() as connection:
            index = context.search.snapshot(connection)
            found = index.search(RecipeQuery(q=q), limit=limit)
            names = recipe_names(connection, found.ids)
        ingredients = index.ingredients_named(q, limit)
        return Meant(recipes=names, total=found.total, ingredients=ingredients)

    return router
