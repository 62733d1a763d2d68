"""Ingredients and their taxonomy."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cocktailspace.api.errors import answers
from cocktailspace.api.parameters import PathId
from cocktailspace.catalogue import ingredients, taxonomy
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.models import Ingredient


class IngredientList(BaseModel):
    """All ingredients, in the order in which they were made."""

    items: list[Ingredient]


class IngredientNode(BaseModel):
    """An ingredient with all below it."""

    id: int
    name: str
    allow_substitution: bool
    children: list[IngredientNode]


class IngredientTree(BaseModel):
    """The forest, roots and children by name."""

    roots: list[IngredientNode]


class NamedIngredient(BaseModel):
    """A reference to an ingredient."""

    id: int
    name: str


class IngredientDetail(Ingredient):
    """An ingredient with what is around it in the taxonomy."""

    ancestors: list[NamedIngredient] = Field(description="From its root down to its parent")
    children: list[NamedIngredient] = Field(description="Its kinds, one level down, by name")


def ingredient_routes(database: Database) -> APIRouter:
    """Routes over this catalogue."""
    router = APIRouter(prefix="/ingredients", tags=["ingredients"])

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

    @router.get("/{ingredient_id}", responses=answers(404, 422, 503))
    def get_ingredient(ingredient_id: PathId) -> IngredientDetail:
        """One ingredient with its ancestors and children."""
        with database.reading() as connection:
            ingredient = ingredients.get_ingredient(connection, ingredient_id)
            above = taxonomy.ancestors(connection, ingredient_id)
            below = ingredients.children_of(connection, ingredient_id)
        return IngredientDetail(
            **ingredient.model_dump(),
            ancestors=[NamedIngredient(id=each, name=name) for each, name in above],
            children=[NamedIngredient(id=child.id, name=child.name) for child in below],
        )

    return router


def _nested(flat: list[Ingredient]) -> list[IngredientNode]:
    nodes = {
        each.id: IngredientNode(
            id=each.id, name=each.name, allow_substitution=each.allow_substitution, children=[]
        )
        for each in flat
    }
    roots: list[IngredientNode] = []
    for each in sorted(flat, key=lambda ingredient: ingredient.name.casefold()):
        siblings = roots if each.parent_id is None else nodes[each.parent_id].children
        siblings.append(nodes[each.id])
    return roots
