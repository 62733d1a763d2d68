"""Export: the whole catalogue as a file that imports to the same catalogue."""

import json
from typing import Any

from sqlalchemy import Connection, select

from cocktailspace.catalogue import schema
from cocktailspace.catalogue.ingredients import list_ingredients
from cocktailspace.catalogue.models import Recipe
from cocktailspace.catalogue.recipes import load_recipes
from cocktailspace.catalogue.units import list_units


def export_text(connection: Connection) -> str:
    """The catalogue as `catalogue/1`, rows in the order in which they were made.

    Importing it into an empty catalogue and exporting that gives the same text.
    """
    ingredients = list_ingredients(connection)
    names = {ingredient.id: ingredient.name for ingredient in ingredients}
    ids = (
        connection.execute(select(schema.recipes.c.id).order_by(schema.recipes.c.id))
        .scalars()
        .all()
    )
    recipes = load_recipes(connection, ids)
    document = {
        "format": "catalogue/1",
        "units": [unit.model_dump(exclude={"id"}) for unit in list_units(connection)],
        "ingredients": [
            {
                "name": ingredient.name,
                "parent": None if ingredient.parent_id is None else names[ingredient.parent_id],
                "allow_substitution": ingredient.allow_substitution,
                **_present(description=ingredient.description),
            }
            for ingredient in ingredients
        ],
        "recipes": [_recipe_row(recipes[recipe_id]) for recipe_id in ids],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _recipe_row(recipe: Recipe) -> dict[str, Any]:
    return {
        "name": recipe.name,
        **_present(
            instructions=recipe.instructions,
            description=recipe.description,
            source=recipe.source,
            source_url=recipe.source_url,
        ),
        "ingredients": [
            {"ingredient": line.ingredient, **_present(amount=line.amount, unit=line.unit)}
            for line in recipe.ingredients
        ],
    }


def _present(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
