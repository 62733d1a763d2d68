"""Recipes as rows of volume fractions: where names end and arrays begin."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport import Rows
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot


@dataclass(frozen=True, slots=True)
class Space:
    """The recipes that have a volume, in order of id, as fractions over the ingredients.

    recipes: one for each row of `fractions`.
    ingredients: one for each column, in order of id.
    parents: (columns,) column of each ingredient's parent, -1 for a root.
    """

    recipes: tuple[Recipe, ...]
    ingredients: tuple[Ingredient, ...]
    parents: NDArray[np.int32]
    fractions: Rows


def space_of(snapshot: Snapshot) -> Space:
    """Fractions are volumes over their sum; recipes without volume have no place in the space."""
    ingredients = snapshot.ingredients
    column = {ingredient.id: number for number, ingredient in enumerate(ingredients)}
    recipes = tuple(recipe for recipe in snapshot.recipes if _volume_ml(recipe) > 0)
    rows, columns, volumes = [], [], []
    for row, recipe in enumerate(recipes):
        for ingredient_id, volume in recipe.volumes_ml:
            rows.append(row)
            columns.append(column[ingredient_id])
            volumes.append(volume)
    shape = (len(recipes), len(ingredients))
    return Space(
        recipes=recipes,
        ingredients=ingredients,
        parents=_parents(ingredients, column),
        fractions=_normalised(Rows.from_triplets(rows, columns, volumes, shape)),
    )


def rolled_up(space: Space) -> Rows:
    """Fractions in which substitutable leaves count as their parent, once, amounts added."""
    target = roll_up_target(space)
    fractions = space.fractions
    return Rows.from_triplets(
        fractions.row_of_entry(),
        target[fractions.indices],
        fractions.data,
        (len(fractions), fractions.width),
    )


def roll_up_target(space: Space) -> NDArray[np.int32]:
    """(columns,) the column that each ingredient counts as when substitutions are learned."""
    inner = set(space.parents.tolist())
    target = np.arange(len(space.ingredients), dtype=np.int32)
    for column, ingredient in enumerate(space.ingredients):
        if ingredient.allow_substitution and column not in inner and space.parents[column] >= 0:
            target[column] = space.parents[column]
    return target


def _volume_ml(recipe: Recipe) -> float:
    return sum(volume for _, volume in recipe.volumes_ml)


def _parents(ingredients: tuple[Ingredient, ...], column: Mapping[int, int]) -> NDArray[np.int32]:
    above = [-1 if each.parent_id is None else column[each.parent_id] for each in ingredients]
    return np.array(above, dtype=np.int32)


def _normalised(volumes: Rows) -> Rows:
    shares = volumes.data / volumes.sums()[volumes.row_of_entry()]
    return Rows(volumes.indptr, volumes.indices, shares, volumes.width)
