"""Recipes."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.parameters import QueryId
from cocktailspace.api.routes.entities import Entity, add_entity_routes
from cocktailspace.catalogue import recipes
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.models import Recipe, RecipeDraft
from cocktailspace.catalogue.values import Draft


class RecipeList(BaseModel):
    """A page of recipes, in order of name."""

    items: list[Recipe]
    next_cursor: str | None = Field(
        description="Pass as `cursor` for the next page; null at the end"
    )


class RecipeBulk(Draft):
    """Many new recipes, all of which are made or none."""

    recipes: tuple[RecipeDraft, ...]


def recipe_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/recipes", "recipes")
    database = context.services.database

    @router.get("", responses=answers(422, 503))
    def list_recipes(
        name: Annotated[
            str,
            Query(max_length=200, description="Every word of it, in any order", examples=["sour"]),
        ] = "",
        ingredient: Annotated[
            list[QueryId] | None,
            Query(max_length=20, description="Ids; each must be in it, itself or a kind of it"),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=2_000)] = None,
    ) -> RecipeList:
        """Recipes by name, searched by name and by ingredient."""
        after = None if cursor is None else _decoded(cursor)
        with database.reading() as connection:
            page = recipes.find_recipes(
                connection, name=name, ingredient_ids=ingredient or (), after=after, limit=limit
            )
        next_cursor = None if page.next_after is None else _encoded(page.next_after)
        return RecipeList(items=page.items, next_cursor=next_cursor)

    entity = Entity(
        "recipe",
        "recipes",
        draft=RecipeDraft,
        answer=Recipe,
        get=recipes.get_recipe,
        create=recipes.create_recipes,
        replace=recipes.replace_recipes,
        delete=recipes.delete_recipe,
        bulk=RecipeBulk,
    )
    add_entity_routes(router, context, entity, context.editor)
    return router


def _encoded(name_key: str) -> str:
    return base64.urlsafe_b64encode(name_key.encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        message = "this is not a cursor; use the next_cursor of the page before"
        raise InvalidError([Problem("cursor", message)]) from None
