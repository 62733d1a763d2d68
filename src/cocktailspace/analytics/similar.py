"""Similar recipes: the nearest of each, how alike they are, and what changes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cocktailspace.analytics.comparing import Comparer
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.plans import Flows
from cocktailspace.analytics.transport.rows import Rows

_RECIPES_AT_ONCE = 1_000


def similar_rows(
    space: Space, subtrees: Rows, near: Neighbours, flows: Flows, comparer: Comparer
) -> Iterator[dict[str, Any]]:
    """The artifact: for each recipe those that are nearest, in order of id.

    near: of each recipe; flows: of the plan from each to each of these, pair by pair. The rows are
    made some at a time: 100,000 recipes have a million similar ones, which would fill gigabytes.
    """
    to_root = subtrees.sums()
    ids = [recipe.id for recipe in space.recipes]
    names = [recipe.name for recipe in space.recipes]
    by_id = np.array(space.in_order_of_id(), dtype=np.int64)
    for start in range(0, len(by_id), _RECIPES_AT_ONCE):
        rows = by_id[start : start + _RECIPES_AT_ONCE]
        one, other = np.repeat(rows, near.k), near.indices[rows].ravel()
        differences = comparer.described(
            space.volumes.take(one),
            space.volumes.take(other),
            flows.of_pairs((rows[:, None] * near.k + np.arange(near.k)).ravel()),
            near.distances[rows].ravel(),
            to_root[one],
            to_root[other],
        )
        similar = [
            {"recipe_id": ids[each], "name": names[each], **difference}
            for each, difference in zip(other.tolist(), differences, strict=True)
        ]
        for place, row in enumerate(rows.tolist()):
            own = similar[place * near.k : (place + 1) * near.k]
            yield {"recipe_id": ids[row], "name": names[row], "similar": own}
