"""Ingredients and their taxonomy."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from cocktailspace.api.auth.identity import Identity
from cocktailspace.api.context import Context
from cocktailspace.api.errors import READ, WRITE, WRITE_ONE, answers
from cocktailspace.api.parameters import PathId
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
from cocktailspace.catalogue import ingredients, taxonomy
from cocktailspace.catalogue.database import Transaction
from cocktailspace.catalogue.models import Draft, Ingredient, IngredientDraft


class IngredientList(BaseModel):
    """All ingredients, in the order in which they were made."""

    items: list[Ingredient]


class IngredientNode(BaseModel):
    """An ingredient with all below it."""

    id: int
    name: str
    allow_substitution: bool
    children: list["IngredientNode"]


class IngredientTree(BaseModel):
    """The forest, roots and children by name."""

    roots: list["IngredientNode"]


class NamedIngredient(BaseModel):
    """A reference to an ingredient."""

    id: int
    name: str


class IngredientDetail(Ingredient):
    """An ingredient with what is around it in the taxonomy."""

    ancestors: list[NamedIngredient] = Field(description="From its root down to its parent")
    children: list[NamedIngredient] = Field(description="Its kinds, one level down, by name")


class IngredientBulk(Draft):
    """Many new ingredients under existing families, all of which are made or none."""

    ingredients: tuple[IngredientDraft, ...]


def ingredient_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/ingredients", "ingredients")
    database = context.services.database
    limits = context.services.limits

    @router.get("", responses=answers(503))
    def list_ingredients() -> IngredientList:
        """All ingredients, flat."""
        with database.reading() as connection:
            return IngredientList(items=ingredients.list_ingredients(connection))

    @router.get("/tree", responses=answers(503))
    def get_ingredient_tree() -> IngredientTree:
        """All ingredients, nested."""
        with database.reading() as connection:
            return IngredientTree(roots=_nested(ingredients.list_ingredients(connection)))

    @router.get("/{ingredient_id:id}", response_model=IngredientDetail, responses=READ)
    def get_ingredient(request: Request, ingredient_id: PathId) -> Response:
        """One ingredient with its ancestors and children. Its ETag goes into `If-Match`."""
        with database.reading() as connection:
            return read_response(request, _detail(connection, ingredient_id))

    @router.post("", status_code=201, response_model=IngredientDetail, responses=WRITE)
    def create_ingredient(
        request: Request,
        draft: IngredientDraft,
        identity: Annotated[Identity, Depends(context.editor)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make an ingredient."""

        def write(tx: Transaction) -> Response:
            [ingredient_id] = ingredients.create_ingredients(tx, [draft], [""])
            detail = _detail(tx.connection, ingredient_id)
            return entity_response(
                detail, 201, headers={"Location": f"{request.url.path}/{ingredient_id}"}
            )

        return write_once(database, request, identity, idempotency_key, draft, write)

    @router.post("/bulk", status_code=201, response_model=Created, responses=WRITE)
    def create_ingredients(
        request: Request,
        bulk: IngredientBulk,
        identity: Annotated[Identity, Depends(context.editor)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Make many ingredients, all or none; every bad one is reported with its place."""
        places = limits.bulk_places("ingredients", len(bulk.ingredients))

        def write(tx: Transaction) -> Response:
            return created_response(ingredients.create_ingredients(tx, bulk.ingredients, places))

        return write_once(database, request, identity, idempotency_key, bulk, write)

    @router.put("/{ingredient_id:id}", response_model=IngredientDetail, responses=WRITE_ONE)
    def replace_ingredient(
        ingredient_id: PathId,
        draft: IngredientDraft,
        _identity: Annotated[Identity, Depends(context.editor)],
        if_match: IfMatch = None,
    ) -> Response:
        """Give an ingredient new contents as a whole; what is below it moves along."""
        with database.transaction() as tx:
            refuse_stale(if_match, _detail(tx.connection, ingredient_id))
            ingredients.replace_ingredients(tx, {ingredient_id: draft}, [""])
            return entity_response(_detail(tx.connection, ingredient_id))

    @router.delete("/{ingredient_id:id}", status_code=204, responses=WRITE_ONE)
    def delete_ingredient(
        ingredient_id: PathId,
        _identity: Annotated[Identity, Depends(context.editor)],
        if_match: IfMatch = None,
    ) -> None:
        """Delete an ingredient that no recipe and no other ingredient needs."""
        with database.transaction() as tx:
            refuse_stale(if_match, _detail(tx.connection, ingredient_id))
            ingredients.delete_ingredient(tx, ingredient_id)

    return router


def _detail(connection: Connection, ingredient_id: int) -> IngredientDetail:
    ingredient = ingredients.get_ingredient(connection, ingredient_id)
    above = taxonomy.ancestors(connection, ingredient_id)
    below = ingredients.children_of(connection, ingredient_id)
    return IngredientDetail(
        **ingredient.model_dump(),
        ancestors=[NamedIngredient(id=each, name=name) for each, name in above],
        children=[NamedIngredient(id=child.id, name=child.name) for child in below],
    )


def _nested(flat: list[Ingredient]) -> list["IngredientNode"]:
    children = ingredients.families(flat)

    def below(parent_id: int | None) -> list[IngredientNode]:
        return [
            IngredientNode(
                id=each.id,
                name=each.name,
                allow_substitution=each.allow_substitution,
                children=below(each.id),
            )
            for each in children.get(parent_id, ())
        ]

    return below(None)
