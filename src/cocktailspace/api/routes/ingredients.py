"""Ingredients and their taxonomy."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.parameters import PathId
from cocktailspace.api.routes.entities import Entity, add_entity_routes
from cocktailspace.catalogue import ingredients, schema, taxonomy
from cocktailspace.catalogue.merge import merge_ingredients
from cocktailspace.catalogue.models import Ingredient, IngredientDraft
from cocktailspace.catalogue.uses import Use, uses_of
from cocktailspace.catalogue.values import Draft


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

    roots: list[IngredientNode]


class IngredientName(BaseModel):
    """A reference to an ingredient."""

    id: int
    name: str


class IngredientDetail(Ingredient):
    """An ingredient with what is around it in the taxonomy."""

    ancestors: list[IngredientName] = Field(description="From its root down to its parent")
    children: list[IngredientName] = Field(description="Its kinds, one level down, by name")


class UseList(BaseModel):
    """All ways in which an ingredient is needed."""

    items: list[Use]


class IngredientBulk(Draft):
    """Many new ingredients under existing families, all of which are made or none."""

    ingredients: tuple[IngredientDraft, ...] = Field(
        examples=[[{"name": name} for name in ("Dry Gin", "Red Bitter", "Red Vermouth")]]
    )


def ingredient_routes(context: Context) -> APIRouter:
    """Routes over this catalogue."""
    router = context.router("/ingredients", "ingredients")
    database = context.services.database

    @router.get("", responses=answers(503))
    def list_ingredients() -> IngredientList:
        """All ingredients, flat."""
        with database.reading() as connection:
            return IngredientList(items=ingredients.list_ingredients(connection))

    @router.get("/tree", responses=answers(503))
    def get_ingredient_tree() -> IngredientTree:
        """All ingredients, nested."""
        with database.reading() as connection:
            return IngredientTree(roots=nested(ingredients.list_ingredients(connection)))

    @router.get("/{ingredient_id:id}/uses", responses=answers(404, 422, 503))
    def list_uses(ingredient_id: PathId) -> UseList:
        """What needs this ingredient."""
        with database.reading() as connection:
            ingredients.get_ingredient(connection, ingredient_id)
            found = uses_of(connection, ingredient_id)
            return UseList(items=list(found))

    entity = Entity(
        "ingredient",
        "ingredients",
        draft=IngredientDraft,
        answer=IngredientDetail,
        get=_detail,
        create=ingredients.create_ingredients,
        replace=ingredients.replace_ingredients,
        delete=ingredients.delete_ingredient,
        merge=merge_ingredients,
        alike=schema.ingredients,
        bulk=IngredientBulk,
        on_replace="What is below it in the taxonomy moves along.",
        on_delete="409 while a recipe or another ingredient needs it.",
    )
    add_entity_routes(router, context, entity, context.editor)
    return router


def _detail(connection: Connection, ingredient_id: int) -> IngredientDetail:
    ingredient = ingredients.get_ingredient(connection, ingredient_id)
    above = taxonomy.ancestors(connection, ingredient_id)
    below = ingredients.children_of(connection, ingredient_id)
    return IngredientDetail(
        **ingredient.model_dump(),
        ancestors=[IngredientName(id=each, name=name) for each, name in above],
        children=[IngredientName(id=child.id, name=child.name) for child in below],
    )


def nested(flat: list[Ingredient]) -> list[IngredientNode]:
    """The forest of these ingredients, roots and children by name."""
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
