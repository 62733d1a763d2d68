"""What the recipes of an index are built on: as the job learns it from the same catalogue."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from cocktailspace.catalogue.bases import NONE, Ids, Lines, base_ingredients
from cocktailspace.catalogue.forest import lineage
from cocktailspace.catalogue.search.ingredients import IndexedIngredients
from cocktailspace.catalogue.search.query import NamedIngredient
from cocktailspace.catalogue.search.segment import Segment

_MOST_OFFERED = 100


def bases_of(segments: Mapping[int, Segment], ingredients: IndexedIngredients) -> dict[int, Ids]:
    """Ids by row, for each segment; `bases.NONE` for what is no drink or has no volume."""
    parents = {each: ingredients.parent_of(each) for each in ingredients.ids.tolist()}
    found = base_ingredients([_lines(each) for each in segments.values()], parents)
    return dict(zip(segments, found, strict=True))


def most_built_on(
    bases: Iterable[Ids], ingredients: IndexedIngredients, names: Mapping[int, str]
) -> list[NamedIngredient]:
    """What most recipes are built on, or on a kind of it; equal ones by name."""
    recipes: Counter[int] = Counter()
    for of_segment in bases:
        for each, count in zip(*np.unique(of_segment, return_counts=True), strict=True):
            for above in lineage(int(each), ingredients.parent_of) if each != NONE else ():
                recipes[above] += int(count)
    found = [NamedIngredient(each, names[each], count) for each, count in recipes.items()]
    return sorted(found, key=lambda each: (-each.recipes, each.name))[:_MOST_OFFERED]


def _lines(segment: Segment) -> Lines:
    """Those of drinks."""
    of_drinks = np.flatnonzero(~segment.house_made[segment.part_rows])
    return Lines(
        recipe_ids=segment.ids,
        rows=segment.part_rows[of_drinks],
        ingredients=segment.part_ingredients[of_drinks],
        ingredient_ids=segment.ingredient_ids,
        ml=segment.part_ml[of_drinks],
    )
