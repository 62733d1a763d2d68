"""Why two recipes are near: what of one becomes what of the other."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport import Flows, Neighbours, Rows, largest_flows

LARGEST_FLOWS = 3


def similar_rows(
    space: Space,
    fractions: Rows,
    ground_cost: NDArray[np.float64],
    neighbours: Neighbours,
    progress: Callable[[float], None],
) -> Iterator[dict[str, Any]]:
    """For each recipe its nearest recipes, with the distance and the largest flows by name.

    fractions: what the distances were computed from (substitutable leaves rolled up).
    Everything is computed at once, but the rows are made one by one: 100,000 recipes have a million
    similar ones, which would fill gigabytes.
    """
    flows = largest_flows(
        fractions, ground_cost, neighbours, count=LARGEST_FLOWS, progress=progress
    )
    return (
        {
            "recipe_id": recipe.id,
            "name": recipe.name,
            "similar": [
                _similar(space, neighbours, flows, row, rank) for rank in range(neighbours.k)
            ],
        }
        for row, recipe in enumerate(space.recipes)
    )


def _similar(
    space: Space, neighbours: Neighbours, flows: Flows, row: int, rank: int
) -> dict[str, Any]:
    other = space.recipes[neighbours.indices[row, rank]]
    moved = zip(
        flows.sources[row, rank].tolist(),
        flows.sinks[row, rank].tolist(),
        flows.masses[row, rank].tolist(),
        strict=True,
    )
    return {
        "recipe_id": other.id,
        "name": other.name,
        "distance": round(float(neighbours.distances[row, rank]), 6),
        "flows": [
            {
                "from": space.ingredients[source].name,
                "to": space.ingredients[sink].name,
                "fraction": round(mass, 4),
            }
            for source, sink, mass in moved
            if source >= 0
        ],
        "unchanged": round(float(flows.unchanged[row, rank]), 4),
    }
