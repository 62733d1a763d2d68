"""Recipes."""

import json
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from pydantic_core import to_json

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.parameters import PathId
from cocktailspace.api.routes.entities import Entity, add_entity_routes
from cocktailspace.api.searching import (
    ListParameters,
    SearchParameters,
    decode_cursor,
    encode_cursor,
)
from cocktailspace.catalogue import recipes, schema
from cocktailspace.catalogue.merge import merge_recipes
from cocktailspace.catalogue.models import Recipe, RecipeDraft
from cocktailspace.catalogue.search import NamedIngredient
from cocktailspace.catalogue.transfer.readable import (
    recipe_json_ld,
    recipe_markdown,
    recipe_text,
    units_by_name,
)
from cocktailspace.catalogue.usual_words import usual_words
from cocktailspace.catalogue.values import AddressId, Draft


class RecipeList(BaseModel):
    """A page of recipes, the best match first, equal ones in order of name."""

    items: list[Recipe]
    total: int = Field(description="How many recipes have what is asked for, on all pages")
    next_cursor: str | None = Field(
        description="Pass as `cursor` for the next page; null at the end"
    )


class RecipeIds(BaseModel):
    """All recipes that are found, in the order of pages."""

    ids: list[int]


class HouseMadeList(BaseModel):
    """Recipes that make an ingredient, in order of name."""

    items: list[recipes.HouseMade]


MOST_HOUSE_MADE = 1_000


class Suggestions(BaseModel):
    """What recipes say and are built on, that of most recipes first."""

    glass: list[str]
    method: list[str]
    tags: list[str]
    unit_ids: list[int] = Field(description="Units of recipes' lines")
    free_of: list[str] = Field(description="All that ingredients are said to contain")
    base: list[NamedIngredient] = Field(
        description="What most recipes are built on, with how many are, or on a kind of it"
    )


_KINDS = ("text/plain", "text/markdown", "application/ld+json")


class RecipeBulk(Draft):
    """Many new recipes, all of which are made or none."""

    recipes: tuple[RecipeDraft, ...] = Field(
        examples=[[{"name": "House Martini", "ingredients": [{"ingredient_id": 2, "amount": 60}]}]]
    )


def recipe_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/recipes", "recipes")
    _add_lists(router, context)
    _add_choices(router, context)
    _add_export(router, context)
    entity = Entity(
        "recipe",
        "recipes",
        draft=RecipeDraft,
        answer=Recipe,
        get=recipes.get_recipe,
        cached=context.rendered.one,
        create=recipes.create_recipes,
        replace=recipes.replace_recipes,
        delete=recipes.delete_recipe,
        merge=merge_recipes,
        alike=schema.recipes,
        claims=recipes.claims_of,
        bulk=RecipeBulk,
    )
    add_entity_routes(router, context, entity, context.editor)
    return router


def _add_lists(router: APIRouter, context: Context) -> None:
    database = context.services.database

    @router.get("", response_model=RecipeList, responses=answers(422, 503))
    def list_recipes(wanted: Annotated[ListParameters, Query()]) -> Response:
        """Recipes that have all that is asked for."""
        after = decode_cursor(wanted.cursor) if wanted.cursor else None
        with database.reading() as connection:
            index = context.search.snapshot(connection)
            found = index.search(wanted, order=wanted.sort, after=after, limit=wanted.limit)
            rendered = context.rendered.many(connection, found.ids)
        items = b",".join(rendered[each].body for each in found.ids)
        following = encode_cursor(found.next_after) if found.next_after else None
        cursor = json.dumps(following).encode()
        body = b'{"items":[%b],"total":%d,"next_cursor":%b}' % (items, found.total, cursor)
        return Response(body, media_type="application/json")

    @router.get("/ids", response_model=RecipeIds, responses=answers(422, 503))
    def list_ids(wanted: Annotated[SearchParameters, Query()]) -> Response:
        """The ids of all recipes that have all that is asked for, on one page: to mark them on a
        map, or to choose further among them.
        """
        with database.reading() as connection:
            index = context.search.snapshot(connection)
        body = to_json({"ids": index.all_ids(wanted, wanted.sort)})  # of what need not be checked
        return Response(body, media_type="application/json")


def _add_choices(router: APIRouter, context: Context) -> None:
    database = context.services.database

    @router.get("/house-made", responses=answers(422, 503))
    def list_house_made(
        makes: Annotated[
            list[AddressId], Query(max_length=20, description="Ids of ingredients; none: of any")
        ] = [],  # noqa: B006 - FastAPI's way to say that there need be none
    ) -> HouseMadeList:
        """Recipes that make an ingredient (a house syrup): the first 1,000 by name."""
        with database.reading() as connection:
            found = recipes.house_made(connection, makes, MOST_HOUSE_MADE)
        return HouseMadeList(items=found)

    @router.get("/suggestions", responses=answers(503))
    def suggest_values() -> Suggestions:
        """What recipes say most often where they say it freely, for forms."""
        with database.reading() as connection:
            index = context.search.snapshot(connection)
            return Suggestions(
                **asdict(usual_words(connection)),
                free_of=sorted(index.ingredients.allergens),
                base=index.offered_bases,
            )


def _add_export(router: APIRouter, context: Context) -> None:
    database = context.services.database

    @router.get(
        "/{recipe_id:id}/export",
        response_class=Response,
        responses=answers(404, 422, 503) | {200: {"content": {kind: {} for kind in _KINDS}}},
    )
    def export_recipe(
        request: Request,
        recipe_id: PathId,
        kind: Annotated[Literal["text", "markdown", "json-ld"], Query(alias="format")] = "text",
    ) -> Response:
        """One recipe for people, or in schema.org's words."""
        with database.reading() as connection:
            recipe = recipes.get_recipe(connection, recipe_id)
            units = units_by_name(connection)
        if kind == "text":
            return Response(recipe_text(recipe, units), media_type="text/plain")
        if kind == "markdown":
            return Response(recipe_markdown(recipe, units), media_type="text/markdown")
        address = str(request.url_for("recipe", recipe_id=recipe_id))
        found = recipe_json_ld(recipe, units, address)
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        return Response(text, media_type="application/ld+json")
