"""The space: recipes as rows over ingredients, where names end and arrays begin.

Recipes and ingredients stand in order of name, so that a tie anywhere is broken by name and nothing
depends on ids, or on the order in which a catalogue was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cocktailspace.analytics.parameters import (
    DEEPEST,
    EDGES,
    FRACTION_TOTAL,
    MASS_POWER,
    MASS_TOTAL,
    SUBSTITUTABLE_EDGE,
)
from cocktailspace.analytics.transport.masses import whole_masses
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest, levels_of
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

Lines = Sequence[tuple[int, float]]
"""A recipe's lines in order: ingredient id and volume in ml."""


@dataclass(frozen=True, slots=True)
class Space:
    """The recipes that have a volume, over all ingredients.

    recipes: one for each row of `volumes`, in order of name.
    ingredients: one for each column, in order of name.
    forest: the taxonomy over the columns.
    volumes: ml; lines of one ingredient are added up.
    """

    recipes: tuple[Recipe, ...]
    ingredients: tuple[Ingredient, ...]
    forest: Forest
    volumes: Rows

    def in_order_of_id(self) -> list[int]:
        """The rows, arranged by the ids of their recipes."""
        return sorted(range(len(self.recipes)), key=lambda row: self.recipes[row].id)


def space_of(snapshot: Snapshot) -> Space:
    """Build the space of a snapshot, without recipes that have no volume."""
    ingredients = tuple(sorted(snapshot.ingredients, key=lambda each: order_of_name(each.name)))
    column = {ingredient.id: number for number, ingredient in enumerate(ingredients)}
    with_volume = [recipe for recipe in snapshot.recipes if has_volume(recipe.volumes_ml)]

    recipes = tuple(sorted(with_volume, key=lambda each: order_of_recipe(each, column)))
    return Space(
        recipes=recipes,
        ingredients=ingredients,
        forest=forest_of(
            [(each.parent_id, each.allow_substitution) for each in ingredients], column
        ),
        volumes=volumes_of((recipe.volumes_ml for recipe in recipes), column),
    )


def has_volume(lines: Lines) -> bool:
    """Whether there is anything to compare, in thousandths of a millilitre."""
    return any(round(volume, 3) > 0 for _, volume in lines)


def order_of_recipe(recipe: Recipe, column: Mapping[int, int]) -> tuple[object, ...]:
    """Sort key of recipes. column: of ingredients, by id, in order of name."""
    content = sorted((column[each], volume) for each, volume in recipe.volumes_ml)
    return (*order_of_name(recipe.name), recipe.source, content)


def order_of_name(name: str) -> tuple[str, str]:
    """Sort key of recipes and ingredients by name."""
    return name.casefold(), name


def volumes_of(recipes: Iterable[Lines], column: Mapping[int, int]) -> Rows:
    """(n, columns) volumes in ml, cut to thousandths as artifacts have them."""
    lengths: list[int] = []
    columns: list[int] = []
    volumes: list[float] = []
    for lines in recipes:
        lengths.append(len(lines))
        columns += [column[each] for each, _ in lines]
        volumes += [round(volume, 3) for _, volume in lines]
    return summed_volumes(lengths, columns, volumes, len(column))


def summed_volumes(
    lengths: Sequence[int], columns: Sequence[int], volumes: Sequence[float], width: int
) -> Rows:
    """(n, width) volumes in ml from lines that are cut to thousandths, recipe after recipe.

    lengths: how many lines each recipe has. Lines of one ingredient are added up, those without a
    volume left out.
    """
    row = np.repeat(np.arange(len(lengths)), np.array(lengths, dtype=np.int64))
    summed = Rows.from_triplets(row, columns, volumes, (len(lengths), width))
    return Rows(summed.indptr, summed.indices, np.round(summed.data, 3), summed.width)


def fractions_of(volumes: Rows) -> Rows:
    """Volumes over their sum, as whole numbers: what the Manhattan distance compares."""
    return whole_masses(volumes, power=1.0, total=FRACTION_TOTAL)


def masses_of(volumes: Rows) -> Rows:
    """What the Earth Mover's Distance moves: fractions raised to a power, as whole numbers.

    The job and whoever compares a draft use this one function, and so agree to the last unit.
    """
    return whole_masses(volumes, power=MASS_POWER, total=MASS_TOTAL)


def forest_of(kinds: Sequence[tuple[int | None, bool]], column: Mapping[int, int]) -> Forest:
    """The taxonomy of ingredients, given by the id of the one above and whether a guest would take
    siblings instead: then the edge above is short. Distances are path lengths.
    """
    parents = np.array([-1 if above is None else column[above] for above, _ in kinds], np.int32)
    substitutable = np.array([each for _, each in kinds], dtype=np.bool_) & (parents >= 0)
    levels = levels_of(parents)
    lengths = np.array(EDGES)[np.minimum(levels, len(EDGES)) - 1]
    lengths[substitutable] = SUBSTITUTABLE_EDGE
    lengths[levels > DEEPEST] = 0
    return Forest(parents, lengths)
