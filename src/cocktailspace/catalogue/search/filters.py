"""What recipes must have besides words, segment by segment."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from cocktailspace.catalogue.calculated import ALCOHOL_FREE, LITTLE
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.names import did_you_mean, name_key
from cocktailspace.catalogue.search.ingredients import Ids, SearchedIngredients
from cocktailspace.catalogue.search.query import RecipeQuery
from cocktailspace.catalogue.search.segment import Segment, label

Mask = NDArray[np.bool_]
Filter = Callable[[Segment], Mask]


def filters_of(query: RecipeQuery, ingredients: SearchedIngredients) -> Iterator[Filter]:
    """What a query asks for, its words aside; InvalidError for what nobody can have meant."""
    for each in query.ingredient_ids:
        yield _having(ingredients.with_kinds([each]), wanted=True)
    for each in query.without_ids:
        yield _having(ingredients.with_kinds([each]), wanted=False)
    for allergen in query.free_of:
        yield _having(_containing(allergen, ingredients), wanted=False)
    labels = [("glass", query.glass), ("method", query.method), *(("tag", t) for t in query.tags)]
    for field, value in labels:
        if value is not None:
            yield _labelled(label(field, name_key(value)))
    yield from _of_strength(query, ingredients)
    if (least := query.min_ingredients) is not None:
        yield lambda segment: segment.lines >= least
    if (most := query.max_ingredients) is not None:
        yield lambda segment: segment.lines <= most


def _having(ids: Ids, *, wanted: bool) -> Filter:
    def mask(segment: Segment) -> Mask:
        found = np.full(len(segment), not wanted)
        found[segment.holding(ids)] = wanted
        return found

    return mask


def _containing(allergen: str, ingredients: SearchedIngredients) -> Ids:
    """A word that no ingredient says must not pass for one that no drink has."""
    known = ingredients.allergens
    if (ids := known.get(allergen.lower())) is None:
        hint = did_you_mean(allergen, known) or f"; they contain {', '.join(sorted(known))}"
        message = f"no ingredient is said to contain {allergen!r}{hint if known else ''}"
        raise InvalidError([Problem("free_of", message)])
    return ids


def _labelled(key: str) -> Filter:
    def mask(segment: Segment) -> Mask:
        found = np.zeros(len(segment), np.bool_)
        found[segment.labels.rows_of(key)] = True
        return found

    return mask


def _of_strength(query: RecipeQuery, ingredients: SearchedIngredients) -> Iterator[Filter]:
    least, most, wanted = query.min_strength, query.max_strength, query.alcohol_free

    def mask(segment: Segment) -> Mask:
        strengths, alcohol_free = _strengths(segment, ingredients)
        chosen = np.ones(len(segment), np.bool_)
        if least is not None:
            chosen &= strengths >= least
        if most is not None:
            chosen &= strengths <= most
        if wanted is not None:
            chosen &= alcohol_free == wanted
        return chosen

    if (least, most, wanted) != (None, None, None):
        yield mask


def _strengths(
    segment: Segment, ingredients: SearchedIngredients
) -> tuple[NDArray[np.float64], Mask]:
    """Each recipe's % vol, NaN where unknown, and whether it is free of alcohol, as
    `calculated.calculate` has them.
    """

    def per_recipe(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(segment.part_rows, values, len(segment)).astype(np.float64)

    percents = ingredients.percents_of(segment.ingredient_ids)[segment.part_ingredients]
    unknown = np.isnan(percents)
    volumes = per_recipe(segment.part_ml)
    alcohol = per_recipe(segment.part_ml * np.where(unknown, 0.0, percents) / 100)
    known = (volumes > 0) & (per_recipe(segment.part_ml * unknown) <= LITTLE * volumes)
    strengths = np.full(len(segment), np.nan)
    np.divide(100 * alcohol, volumes, out=strengths, where=known)
    return strengths, (strengths <= ALCOHOL_FREE) & (per_recipe(unknown * 1.0) == 0)
