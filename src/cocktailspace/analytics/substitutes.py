"""Stand-ins: which ingredient replaces which, learned from recipes that are near to each other.

Where two near recipes differ, their transport plan says what takes the place of what. One round of
such plans is counted, under the taxonomy's distances alone; what the taxonomy and popularity
suggest is the prior, among ingredients below the same root:
P(j given i) = (T(i, j) + a q(j)) / (sum of T(i, .) + a),
where T is the mass that moves between i and j, in recipes, and q falls with the distance in the
tree and grows with the square root of how many recipes use j.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.parameters import (
    EVIDENCE_PAIRS,
    MASS_TOTAL,
    PRIOR_RANGE,
    PRIOR_WEIGHT,
    STAND_IN_NEIGHBOURS,
)
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.distances import nearest_columns
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.plans import Flows
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

STAND_INS = 10
"""How many are listed for each ingredient."""

_Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class StandIns:
    """The best stand-ins of each ingredient that a recipe uses, best first, ties by name.

    used: (u,) columns of these ingredients, ascending.
    columns: for each of them those of its stand-ins; shares: how likely each is; pairs: in how many
    pairs of near recipes the one takes the other's place, 0 where only the taxonomy says so.
    """

    used: _Numbers
    columns: list[_Numbers]
    shares: list[NDArray[np.float64]]
    pairs: list[_Numbers]

    def with_evidence(self, width: int) -> _Numbers:
        """one * width + other, either way, of the listed stand-ins that recipes speak for."""
        found = [np.zeros(0, dtype=np.int64)]
        for ingredient, columns, pairs in zip(
            self.used.tolist(), self.columns, self.pairs, strict=True
        ):
            others = columns[pairs >= EVIDENCE_PAIRS]
            found += [ingredient * width + others, others * width + ingredient]
        return np.unique(np.concatenate(found))


def stand_ins_of(space: Space, masses: Rows, near: Neighbours, flows: Flows) -> StandIns:
    """Count the plans between near recipes, and add the prior.

    near: of each recipe; flows: of the plan from each to each of these, pair by pair.
    """
    width = masses.width
    popularity = np.bincount(masses.indices, minlength=width)
    used = np.flatnonzero(popularity)
    by_root = np.argsort(space.forest.roots, kind="stable")
    counts = _counted(masses, near, flows, space.forest)
    farthest = 2 * int(space.forest.heights.max(initial=0))
    decay = np.array([math.exp(-length / PRIOR_RANGE) for length in range(farthest + 1)])
    best = []
    for ingredient in used.tolist():
        others, mass, pairs = counts.of(ingredient)
        score, evidence = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
        score[others], evidence[others] = mass, pairs
        begin, end = np.searchsorted(
            space.forest.roots[by_root], space.forest.roots[ingredient] + np.arange(2)
        )
        relatives = by_root[begin:end]
        relatives = relatives[(popularity[relatives] > 0) & (relatives != ingredient)]
        if len(relatives):
            distances = space.forest.distances(ingredient, relatives)
            prior = np.sqrt(popularity[relatives]) * decay[distances]
            prior *= PRIOR_WEIGHT * MASS_TOTAL / prior.cumsum()[-1]
            score[relatives] += np.rint(prior).astype(np.int64)
        total = max(int(score.sum()), 1)
        score[space.forest.lineage(ingredient)] = 0  # a family does not stand in for its kinds
        first = nearest_columns(-score[None].astype(np.float64), min(STAND_INS, width))[0][0]
        first = first[score[first] > 0]
        best.append((first, score[first] / total, evidence[first]))
    columns, shares, evidences = (
        (list(part) for part in zip(*best, strict=True)) if best else ([], [], [])
    )
    return StandIns(used, columns, shares, evidences)


@dataclass(frozen=True)
class _Counts:
    """What moves between ingredients, either way, over pairs of near recipes.

    places: source * width + target, ascending; mass, pairs: of each.
    """

    places: _Numbers
    mass: _Numbers
    pairs: _Numbers
    width: int

    def of(self, ingredient: int) -> tuple[_Numbers, _Numbers, _Numbers]:
        """Ingredients that change places with this one, the mass, and the number of pairs."""
        begin, end = np.searchsorted(
            self.places, [ingredient * self.width, (ingredient + 1) * self.width]
        )
        row = slice(begin, end)
        return self.places[row] % self.width, self.mass[row], self.pairs[row]


def _counted(masses: Rows, near: Neighbours, flows: Flows, forest: Forest) -> _Counts:
    """Add up the flows; two recipes that are near to each other are one pair, not two.

    A move to another family may be no more than what is left over on either side: it counts only
    if it takes along at least half of both ingredients.
    """
    n, k = near.indices.shape
    one, other = np.repeat(np.arange(n), k), near.indices.ravel().astype(np.int64)
    pair = np.minimum(one, other) * n + np.maximum(one, other)
    first = (np.arange(n * k) % k < STAND_IN_NEIGHBOURS).nonzero()[0]
    counted = np.zeros(n * k, dtype=np.bool_)
    counted[first[np.unique(pair[first], return_index=True)[1]]] = True
    source, target = flows.source.astype(np.int64), flows.target.astype(np.int64)
    places = masses.row_of_entry() * masses.width + masses.indices
    had = masses.data[np.searchsorted(places, one[flows.pair] * masses.width + source)]
    has = masses.data[np.searchsorted(places, other[flows.pair] * masses.width + target)]
    role = forest.roots[source] == forest.roots[target]
    role |= 2 * flows.mass >= np.maximum(had, has)
    which = counted[flows.pair] & role
    source, target = source[which], target[which]
    places, index = np.unique(
        np.concatenate([source * masses.width + target, target * masses.width + source]),
        return_inverse=True,
    )
    mass = np.zeros(len(places), dtype=np.int64)
    np.add.at(mass, index, np.tile(flows.mass[which], 2))
    return _Counts(places, mass, np.bincount(index, minlength=len(places)), masses.width)


def substitute_rows(space: Space, stand_ins: StandIns) -> list[dict[str, Any]]:
    """The artifact: for each ingredient in use its stand-ins, in order of id."""
    ingredients = space.ingredients
    rows = [
        {
            "ingredient_id": ingredients[ingredient].id,
            "name": ingredients[ingredient].name,
            "nearest": [
                {
                    "ingredient_id": ingredients[column].id,
                    "name": ingredients[column].name,
                    "share": round(share, 4),
                    "pairs": pairs,
                }
                for column, share, pairs in zip(*(each.tolist() for each in best), strict=True)
            ],
        }
        for ingredient, *best in zip(
            stand_ins.used.tolist(),
            stand_ins.columns,
            stand_ins.shares,
            stand_ins.pairs,
            strict=True,
        )
    ]
    return sorted(rows, key=lambda row: row["ingredient_id"])
