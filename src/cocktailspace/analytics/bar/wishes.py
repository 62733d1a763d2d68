"""What somebody likes or wishes for: by nearness to it, as the published run has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.bar.answer import Bar
from cocktailspace.analytics.bar.index import Numbers
from cocktailspace.analytics.published import PublishedRun
from cocktailspace.analytics.transport.distances import nearest_columns

NEAREST = 5


def liked_weights(run: PublishedRun, liked: Iterable[int], recipe_ids: Numbers) -> Numbers:
    """(n,) how much each recipe is worth to who likes some: the square of its likeness to the one
    that it is most like, so that a few that are near outweigh many that are far.

    liked: ids of the run's recipes. recipe_ids: (n,); one that the run has no place for is worth 0.
    """
    likeness = np.zeros(len(run.ids), dtype=np.int64)
    for each in liked:
        np.maximum(likeness, run.likeness_to_all(run.row_of(each)), out=likeness)
    order = np.argsort(run.ids)
    places = np.searchsorted(run.ids, recipe_ids, sorter=order)
    rows = order[np.minimum(places, len(order) - 1)] if len(order) else places
    weights = np.zeros(len(recipe_ids), dtype=np.int64)
    known = run.ids[rows] == recipe_ids if len(order) else np.zeros(len(rows), dtype=np.bool_)
    weights[known] = likeness[rows[known]] ** 2
    return weights


def wish_of(bar: Bar, wished: int, open_run: Callable[[], PublishedRun]) -> dict[str, Any] | None:
    """What the bar makes of the wished recipe and, as `nearest`, what else it makes where
    something is missing; None for one that its index does not know.

    open_run: gives the run, which is read only if it is needed.
    """
    index = bar.bars.index
    (place,) = np.nonzero(index.recipe_ids == wished)
    if len(place) == 0:
        return None
    (drink,) = bar.described(place)
    if not drink["missing"]:
        return {**drink, "nearest": []}
    run = open_run()
    makeable = index.recipe_ids[bar.drinks.can_be_made()]
    return {**drink, "nearest": nearest_makeable(run, wished, makeable) if run.has(wished) else []}


def nearest_makeable(
    run: PublishedRun, wished: int, makeable: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Of the recipes that can be made, those nearest to the wished one, ties by name, and what
    makes them of it.

    wished: id of a recipe of the run. makeable: ids.
    """
    row = run.row_of(wished)
    distances = np.where(np.isin(run.ids, makeable), run.distances_to_all(row), np.inf)
    distances[row] = np.inf
    count = min(NEAREST, int(np.isfinite(distances).sum()))
    (rows,), _ = nearest_columns(distances[None], count)
    others = rows.tolist()
    differences = run.differences(run.lines(row), [run.lines(each) for each in others], run.kinds)
    return [
        {"recipe_id": int(run.ids[other]), "name": run.names[other], **difference}
        for other, difference in zip(others, differences, strict=True)
    ]
