"""Changes of all kinds, at random, for what follows the change log."""

import random
from typing import Any

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.fields import as_draft
from cocktailspace.catalogue.ingredients import (
    create_ingredients,
    get_ingredient,
    replace_ingredients,
)
from cocktailspace.catalogue.merge import merge_ingredients, merge_recipes
from cocktailspace.catalogue.methods import get_method, replace_methods
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    PieceDraft,
    RecipeDraft,
    UnitDraft,
)
from cocktailspace.catalogue.recipes import (
    create_recipes,
    delete_recipe,
    get_recipe,
    load_recipes,
    replace_recipes,
)
from cocktailspace.catalogue.units import get_unit, replace_units


def random_edit(database: Database, rng: random.Random, number: int) -> None:
    """One of all kinds of changes, at random."""
    with database.transaction() as tx:
        ids = list(load_recipes(tx.connection, range(1, 200)))
        one, other = rng.sample(ids, 2)
        draft = as_draft(get_recipe(tx.connection, one), RecipeDraft)
        kind = rng.randrange(9)
        if kind == 0:
            delete_recipe(tx, one)
        elif kind == 1:
            merge_recipes(tx, one, other)
        elif kind in (2, 3):
            lines = tuple(LineDraft(ingredient_id=rng.choice([1, 3, 5])) for _ in range(3))
            new = draft.model_copy(
                update={"name": f"New {number}", "ingredients": lines, "uid": None}
            )
            create_recipes(tx, [new], [""])
        elif kind == 4:
            replace_recipes(tx, {one: draft.model_copy(update={"name": f"Other {number}"})}, [""])
        elif kind == 5:
            gin = as_draft(get_ingredient(tx.connection, 5), IngredientDraft)
            pieces = (PieceDraft(unit_id=3, millilitres=float(number)),)
            told = {"aliases": (f"Juniper {number}",), "strength": 40.0, "pieces": pieces}
            parent = {"parent_id": rng.choice([None, 1, 2])}
            replace_ingredients(tx, {5: gin.model_copy(update=told | parent)}, [""])
        elif kind == 6:
            ounce = as_draft(get_unit(tx.connection, 1), UnitDraft)
            replace_units(tx, {1: ounce.model_copy(update={"millilitres": 20.0 + number})}, [""])
        elif kind == 7:
            stir = as_draft(get_method(tx.connection, 1), MethodDraft)
            replace_methods(tx, {1: stir.model_copy(update={"constant": number / 100})}, [""])
        else:
            [spare] = _spare(tx, f"Spare {number}")
            merge_ingredients(tx, spare, rng.choice([5, 6]))


def _spare(tx: Any, name: str) -> list[int]:
    """A new ingredient in a new recipe."""
    ids = create_ingredients(tx, [IngredientDraft(name=name)], [""])
    create_recipes(
        tx, [RecipeDraft(name=name, ingredients=(LineDraft(ingredient_id=ids[0]),))], [""]
    )
    return ids
