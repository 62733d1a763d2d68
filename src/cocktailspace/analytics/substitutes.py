"""Which ingredients can stand in for which, by ground cost."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import Space, roll_up_target
from cocktailspace.analytics.transport import Rows

NEAREST = 10


def substitute_rows(
    space: Space, fractions: Rows, ground_cost: NDArray[np.float64]
) -> list[dict[str, Any]]:
    """For each ingredient in use its nearest others in use, the cheapest first, ties by id.

    fractions: the recipes that the costs were learned from (substitutable leaves rolled up); an
    ingredient that was rolled up points to what it counts as.
    """
    used = np.unique(fractions.indices)
    target = roll_up_target(space)
    rows = []
    for column in np.unique(np.concatenate([used, space.fractions.indices])):
        counts_as = int(target[column])
        others = used[used != counts_as]
        nearest = others[np.argsort(ground_cost[counts_as, others], kind="stable")[:NEAREST]]
        rows.append(
            {
                "ingredient_id": space.ingredients[column].id,
                "name": space.ingredients[column].name,
                "counts_as": None if counts_as == column else space.ingredients[counts_as].name,
                "nearest": [
                    {
                        "ingredient_id": space.ingredients[other].id,
                        "name": space.ingredients[other].name,
                        "cost": round(float(ground_cost[counts_as, other]), 6),
                    }
                    for other in nearest
                ],
            }
        )
    return rows
