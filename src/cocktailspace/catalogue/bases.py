"""Which ingredient a recipe is built on.

Not simply the largest: a gin and tonic is two thirds tonic water, and still a gin drink. What leads
is learned from the recipes themselves, with no name and no strength written down anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.catalogue.forest import lineage

NONE = 0
"""Stands for the base of a recipe without any volume; no ingredient has this id."""

_SAMPLE = 5_000
"""So many recipes are enough to learn from: of more, every n-th by id."""
_ROUNDS = 60
"""After so many, leads stay; a fixed number, so that whoever learns from the same recipes has the
same leads to the last bit.
"""
_LEAST_LEAD = 1e-9
"""Of a root that no recipe of the sample has."""

Ids = NDArray[np.int64]
_Volumes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of some recipes.

    recipe_ids: of all of them. rows: of each line the place of its recipe among these, ascending.
    ingredients: of each line the place of its ingredient in `ingredient_ids`. ml: its volume.
    """

    recipe_ids: Ids
    rows: NDArray[np.integer]
    ingredients: NDArray[np.integer]
    ingredient_ids: Ids
    ml: _Volumes


def base_ingredients(parts: Sequence[Lines], parents: Mapping[int, int | None]) -> list[Ids]:
    """For each part the ingredients, by id, that its recipes are built on.

    Each root of the taxonomy has a lead, the share of the recipes with it that are built on it. A
    recipe is shared out among its roots by lead * sqrt(volume), the leads are the means of these
    shares, and so on (expectation-maximisation). What always comes with something that leads
    elsewhere too (soda, juice, bitters) ends low, however much of it there is. A recipe is built on
    the largest line of the root that has most of it, the first of equal ones.
    """
    root_of = {each: [*lineage(each, parents.get)][-1] for each in parents}
    numbers = {root: number for number, root in enumerate(sorted(set(root_of.values())))}
    roots = [
        np.array([numbers[root_of[each]] for each in part.ingredient_ids.tolist()], np.int64)
        for part in parts
    ]
    sizes = [_sizes(part, of, len(numbers)) for part, of in zip(parts, roots, strict=True)]
    leads = _leads(_sampled(parts, sizes, len(numbers)))
    return [
        _built_on(part, of, size * leads)
        for part, of, size in zip(parts, roots, sizes, strict=True)
    ]


def _sampled(parts: Sequence[Lines], sizes: Sequence[_Volumes], width: int) -> _Volumes:
    """(recipes, width) the sizes of roots in those that are learned from, in order of id."""
    poured = [part.recipe_ids[size.any(axis=1)] for part, size in zip(parts, sizes, strict=True)]
    ids = np.sort(np.concatenate(poured)) if poured else np.empty(0, np.int64)
    chosen = ids[:: max(1, len(ids) // _SAMPLE)]
    sampled = np.zeros((len(chosen), width))
    for part, size in zip(parts, sizes, strict=True):
        rows = np.flatnonzero(np.isin(part.recipe_ids, chosen))
        sampled[np.searchsorted(chosen, part.recipe_ids[rows])] = size[rows]
    return sampled


def _sizes(part: Lines, roots: Ids, width: int) -> _Volumes:
    """(recipes, width) the square root of the volume below each root."""
    cells = part.rows.astype(np.int64) * width + roots[part.ingredients]
    volumes = np.bincount(cells, part.ml, len(part.recipe_ids) * width)
    sizes: _Volumes = np.sqrt(volumes).reshape(len(part.recipe_ids), width)
    return sizes


def _leads(sizes: _Volumes) -> _Volumes:
    leads = np.ones(sizes.shape[1])
    seen = np.maximum(np.count_nonzero(sizes, axis=0), 1)
    for _ in range(_ROUNDS):
        shares = sizes * leads
        shares /= shares.sum(axis=1, keepdims=True)
        leads = np.maximum(shares.sum(axis=0) / seen, _LEAST_LEAD)
    return leads


def _built_on(part: Lines, roots: Ids, weights: _Volumes) -> Ids:
    """weights: (recipes, roots) how much of each recipe is each root's."""
    found = np.full(len(part.recipe_ids), NONE)
    if not len(part.rows):
        return found
    best = weights.argmax(axis=1)
    lines = np.flatnonzero((roots[part.ingredients] == best[part.rows]) & (part.ml > 0))
    largest_first = lines[np.lexsort((-part.ml[lines], part.rows[lines]))]
    rows = part.rows[largest_first]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    found[rows[first]] = part.ingredient_ids[part.ingredients[largest_first[first]]]
    return found
