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
    names = [ingredient.name for ingredient in space.ingredients]
    return (
        {
            "recipe_id": recipe.id,
            "name": recipe.name,
            "similar": list(_similar(space, names, neighbours, flows, row)),
        }
        for row, recipe in enumerate(space.recipes)
    )


def _similar(
    space: Space, names: list[str], neighbours: Neighbours, flows: Flows, row: int
) -> Iterator[dict[str, Any]]:
    """The recipes near that of a row, from the nearest on."""
    for other, distance, sources, sinks, masses, unchanged in zip(
        neighbours.indices[row].tolist(),
        np.round(neighbours.distances[row], 6).tolist(),
        flows.sources[row].tolist(),
        flows.sinks[row].tolist(),
        np.round(flows.masses[row], 4).tolist(),
        np.round(flows.unchanged[row], 4).tolist(),
        strict=True,
    ):
        yield {
            "recipe_id": space.recipes[other].id,
            "name": space.recipes[other].name,
            "distance": distance,
            "flows": [
                {"from": names[source], "to": names[sink], "fraction": mass}
                for source, sink, mass in zip(sources, sinks, masses, strict=True)
                if source >= 0
            ],
            "unchanged": unchanged,
        }
