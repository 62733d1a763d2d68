"""Why two recipes are near: what of one becomes what of the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport import Neighbours, Rows
from cocktailspace.analytics.transport.plans import transport_plan

LARGEST_FLOWS = 3


def similar_rows(
    space: Space,
    fractions: Rows,
    ground_cost: NDArray[np.float64],
    neighbours: Neighbours,
    progress: Callable[[float], None],
) -> list[dict[str, Any]]:
    """For each recipe its nearest recipes, with the distance and the largest flows by name.

    fractions: what the distances were computed from (substitutable leaves rolled up).
    """
    rows = []
    for row, recipe in enumerate(space.recipes):
        nearest = zip(neighbours.indices[row], neighbours.distances[row], strict=True)
        similar = [
            {
                "recipe_id": space.recipes[other].id,
                "name": space.recipes[other].name,
                "distance": round(float(distance), 6),
                **_explanation(space, fractions, ground_cost, row, int(other)),
            }
            for other, distance in nearest
        ]
        rows.append({"recipe_id": recipe.id, "name": recipe.name, "similar": similar})
        if row % 64 == 0:
            progress(row / len(space.recipes))
    return rows


def _explanation(
    space: Space, fractions: Rows, ground_cost: NDArray[np.float64], row: int, other: int
) -> dict[str, Any]:
    """The largest flows from one recipe to another, and the fraction that stays what it is."""
    mine, masses = _entries(fractions, row)
    theirs, other_masses = _entries(fractions, other)
    plan = transport_plan(masses, other_masses, ground_cost[np.ix_(mine, theirs)])
    moved = np.where(mine[:, None] == theirs[None, :], 0.0, plan.flow)
    largest = np.argsort(-moved, axis=None, kind="stable")[:LARGEST_FLOWS]
    flows = [
        {
            "from": space.ingredients[mine[source]].name,
            "to": space.ingredients[theirs[target]].name,
            "fraction": round(float(moved[source, target]), 4),
        }
        for source, target in zip(*np.unravel_index(largest, moved.shape), strict=True)
        if moved[source, target] > 0
    ]
    return {"flows": flows, "unchanged": round(float(plan.flow.sum() - moved.sum()), 4)}


def _entries(rows: Rows, row: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    entries = slice(rows.indptr[row], rows.indptr[row + 1])
    return rows.indices[entries], rows.data[entries]
