"""Recipes."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import READ, WRITE, WRITE_ONE, answers
from cocktailspace.api.parameters import PathId, QueryId
from cocktailspace.api.writing import (
    Created,
    IdempotencyKey,
    IfMatch,
    created_response,
    entity_response,
    read_response,
    refuse_stale,
    write_once,
)
from cocktailspace.catalogue import recipes
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.models import Draft, Recipe, RecipeDraft


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
    limits = context.services.limits

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

    @router.get("/{recipe_id:id}", response_model=Recipe, responses=READ)
    def get_recipe(request: Request, recipe_id: PathId) -> Response:
        """One recipe with its lines. Its ETag goes into `If-Match` of a change."""
        with database.reading() as connection:
            return read_response(request, recipes.get_recipe(connection, recipe_id))

    @router.post("", status_code=201, response_model=Recipe, responses=WRITE)
    def create_recipe(
        request: Request,
        draft: RecipeDraft,
        identity: Annotated[Identity, Depends(context.editor)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make a recipe."""

        def write(tx: Transaction) -> Response:
            [recipe_id] = recipes.create_recipes(tx, [draft], [""])
            recipe = recipes.get_recipe(tx.connection, recipe_id)
            return entity_response(
                recipe, 201, headers={"Location": f"{request.url.path}/{recipe_id}"}
            )

        return write_once(database, request, identity, idempotency_key, draft, write)

    @router.post("/bulk", status_code=201, response_model=Created, responses=WRITE)
    def create_recipes(
        request: Request,
        bulk: RecipeBulk,
        identity: Annotated[Identity, Depends(context.editor)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make many recipes, all or none; every bad one is reported with its place."""
        places = limits.bulk_places("recipes", len(bulk.recipes))

        def write(tx: Transaction) -> Response:
            return created_response(recipes.create_recipes(tx, bulk.recipes, places))

        return write_once(database, request, identity, idempotency_key, bulk, write)

    @router.put("/{recipe_id:id}", response_model=Recipe, responses=WRITE_ONE)
    def replace_recipe(
        recipe_id: PathId,
        draft: RecipeDraft,
        _identity: Annotated[Identity, Depends(context.editor)],
        if_match: IfMatch = None,
    ) -> Response:
        """Give a recipe new contents as a whole."""
        with database.transaction() as tx:
            refuse_stale(if_match, recipes.get_recipe(tx.connection, recipe_id))
            recipes.replace_recipes(tx, {recipe_id: draft}, [""])
            return entity_response(recipes.get_recipe(tx.connection, recipe_id))

    @router.delete("/{recipe_id:id}", status_code=204, responses=WRITE_ONE)
    def delete_recipe(
        recipe_id: PathId,
        _identity: Annotated[Identity, Depends(context.editor)],
        if_match: IfMatch = None,
    ) -> None:
        """Delete a recipe."""
        with database.transaction() as tx:
            refuse_stale(if_match, recipes.get_recipe(tx.connection, recipe_id))
            recipes.delete_recipe(tx, recipe_id)

    return router


def _encoded(name_key: str) -> str:
    return base64.urlsafe_b64encode(name_key.encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        message = "this is not a cursor; use the next_cursor of the page before"
        raise InvalidError([Problem("cursor", message)]) from None
