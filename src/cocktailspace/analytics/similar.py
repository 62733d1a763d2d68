"""Why two recipes are near: what of one becomes what of the other."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport import Neighbours, Rows, largest_flows
from cocktailspace.catalogue.snapshot import Recipe

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
    rows = zip(
        space.recipes,
        neighbours.indices,
        np.round(neighbours.distances, 6),
        flows.sources,
        flows.sinks,
        np.round(flows.masses, 4),
        np.round(flows.unchanged, 4),
        strict=True,
    )
    return (
        {
            "recipe_id": recipe.id,
            "name": recipe.name,
            "similar": list(_similar(space.recipes, names, *row)),
        }
        for recipe, *row in rows
    )


def _similar(
    recipes: Sequence[Recipe], names: list[str], *row: NDArray[Any]
) -> Iterator[dict[str, Any]]:
    """The recipes near one recipe, from the nearest on.

    row: (k,) their numbers and distances, (k, count) sources, sinks and masses of the largest
    flows, (k,) the mass that stays.
    """
    for other, distance, sources, sinks, masses, unchanged in zip(
        *(column.tolist() for column in row), strict=True
    ):
        yield {
            "recipe_id": recipes[other].id,
            "name": recipes[other].name,
            "distance": distance,
            "flows": [
                {"from": names[source], "to": names[sink], "fraction": mass}
                for source, sink, mass in zip(sources, sinks, masses, strict=True)
                if source >= 0
            ],
            "unchanged": unchanged,
        }
