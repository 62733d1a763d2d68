"""How two recipes differ: distance, likeness, and what changes, for any pairs of recipes.

The job says it of each recipe and its nearest, the API and the command line of any two, all by this
one function. Needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.parameters import EDGES, MASS_TOTAL, NEAR_LIKENESS
from cocktailspace.analytics.space import masses_of
from cocktailspace.analytics.transport.plans import Flows, nearly_all_moves, transport_plans
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest
from cocktailspace.analytics.words import Changes, changes_of_pairs, likeness


class Difference(TypedDict):
    """What lies between one recipe and another, as artifacts and answers have it.

    distance: Earth Mover's Distance over the taxonomy, in edges above a root.
    likeness: from 0, nothing in common, to 100, the same; near: whether that is worth showing.
    changes: what makes the other of the one.
    """

    distance: float
    likeness: int
    near: bool
    changes: Changes


class Comparer:
    """Compares recipes over ingredients that stand in order of name.

    names, forest: of the m ingredients; evidence: source * m + target, ascending, of
    stand-ins of another family, which recipes speak for.
    """

    def __init__(self, names: Sequence[str], forest: Forest, evidence: NDArray[np.int64]) -> None:
        self._names, self._forest, self._evidence = names, forest, evidence

    def differences(self, before: Rows, after: Rows) -> list[Difference]:
        """Of each recipe of `before` from the one in the same row of `after`; volumes in ml."""
        masses = [masses_of(each) for each in (before, after)]
        trees = [self._forest.subtree_masses(each) for each in masses]
        flows = transport_plans(masses[0], masses[1], self._forest)
        to_root, other_to_root = (tree.sums() for tree in trees)
        distances = to_root + other_to_root - 2 * _shared(*trees)
        return self.described(before, after, flows, distances, to_root, other_to_root)

    def described(
        self,
        before: Rows,
        after: Rows,
        flows: Flows,
        distances: NDArray[Any],
        to_root: NDArray[Any],
        other_to_root: NDArray[Any],
    ) -> list[Difference]:
        """The same of pairs whose plans, distances and sums of subtree masses are known."""
        alike = likeness(distances, to_root, other_to_root)
        changes = changes_of_pairs(before, after, flows, self._swappable(flows), self._names)
        steps = np.round(distances / (MASS_TOTAL * EDGES[0]), 6)
        columns = (steps.tolist(), alike.tolist(), (alike >= NEAR_LIKENESS).tolist(), changes)
        return [
            {"distance": distance, "likeness": percent, "near": near, "changes": change}
            for distance, percent, near, change in zip(*columns, strict=True)
        ]

    def _swappable(self, flows: Flows) -> NDArray[np.bool_]:
        """Whether the one may be said to take the other's place: kin of which half goes there, or
        what recipes speak for, of which nearly all does.
        """
        roots = self._forest.roots
        kin = (roots[flows.source] == roots[flows.target]) & (2 * flows.mass >= flows.held)
        cells = flows.source.astype(np.int64) * len(self._forest) + flows.target
        spoken_for = np.isin(cells, self._evidence) & nearly_all_moves(flows)
        swappable: NDArray[np.bool_] = kin | spoken_for
        return swappable


def _shared(rows: Rows, others: Rows) -> NDArray[np.float64]:
    """(n,) the mass that each row shares with the other one at the same number."""
    own, side = rows.cells(), others.cells()
    _, mine, theirs = np.intersect1d(own, side, assume_unique=True, return_indices=True)
    least = np.minimum(rows.data[mine], others.data[theirs])
    shared = np.bincount(rows.row_of_entry()[mine], weights=least, minlength=len(rows))
    return shared.astype(np.float64)
