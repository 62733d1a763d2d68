"""Catalogues of every shape that a taxonomy can have, of any size: for tests and measures."""

from collections.abc import Callable

import numpy as np

from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

_Parents = Callable[[int], int]
"""Number of the ingredient above another; -1 for a root."""

DEEP = 64
"""Levels of a chain."""
FORESTS: dict[str, _Parents] = {
    "families of families": lambda number: -1 if number < 20 else number // 20 - 1,
    "chains": lambda number: number - 1 if number % DEEP else -1,
    "star": lambda number: 0 if number else -1,
    "flat": lambda _number: -1,
}


def shaped(parent: _Parents, recipes: int, ingredients: int, lines: int = 5) -> Snapshot:
    """Recipes of `lines` random ingredients in usual amounts."""
    random = np.random.default_rng(4)
    made = []
    for number in range(recipes):
        chosen = random.choice(ingredients, min(lines, ingredients), replace=False) + 1
        amounts = random.choice([0.6, 15.0, 22.5, 30.0, 45.0, 60.0], len(chosen))
        volumes = tuple(zip(chosen.tolist(), amounts.tolist(), strict=True))
        made.append(Recipe(number + 1, f"Recipe {number + 1}", volumes))
    return Snapshot("shape", 1, _ingredients(parent, ingredients), tuple(made))


def distinct(recipes: int) -> Snapshot:
    """Recipes that have nothing in common: each of one ingredient of its own, all strangers."""
    made = tuple(Recipe(n + 1, f"Recipe {n + 1}", ((n + 1, 30.0),)) for n in range(recipes))
    return Snapshot("distinct", 1, _ingredients(FORESTS["flat"], recipes), made)


def same(recipes: int) -> Snapshot:
    """One recipe again and again."""
    lines = ((1, 60.0), (2, 30.0))
    made = tuple(Recipe(number + 1, f"Recipe {number + 1}", lines) for number in range(recipes))
    return Snapshot("same", 1, _ingredients(FORESTS["star"], 3), made)


def _ingredients(parent: _Parents, count: int) -> tuple[Ingredient, ...]:
    return tuple(
        Ingredient(n + 1, f"Ingredient {n + 1}", parent(n) + 1 or None, n % 3 == 2)
        for n in range(count)
    )
