"""Stand-ins: which ingredient replaces which, learned from recipes that are near to each other.

Where two near recipes differ, their transport plan says what takes the place of what. One round of
such plans is counted, under the taxonomy's distances alone; what the taxonomy and popularity
suggest is the prior, among ingredients below the same root:
P(j given i) = (T(i, j) + q(j)) / (sum of T(i, .) + sum of q),
where T is the mass that moves between i and j over all pairs of near recipes, and q grows with the
square root of how many recipes use j and falls with its distance from i. A line that says "rye or
bourbon" counts as a pair of recipes that differ in it. Distances never change by any of this.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.parameters import (
    EVIDENCE_PAIRS,
    EVIDENCE_SHARE,
    MASS_TOTAL,
    PRIOR_RANGE,
    PRIOR_WEIGHT,
    STAND_IN_NEIGHBOURS,
)
from cocktailspace.analytics.space import Space
from cocktailspace.analytics.transport.distances import nearest_columns
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.plans import Flows, nearly_all_moves
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

STAND_INS = 10
"""How many are listed for each ingredient."""

_FLOWS_AT_ONCE = 1 << 19
"""Bounds the scratch memory of counting to some tens of MB."""

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

    def across_families(self, roots: NDArray[np.int32]) -> _Numbers:
        """one * m + other, either way, ascending: what is listed across roots has evidence."""
        found = [np.zeros(0, dtype=np.int64)]
        for ingredient, columns in zip(self.used.tolist(), self.columns, strict=True):
            others = columns[roots[columns] != roots[ingredient]]
            found += [ingredient * len(roots) + others, others * len(roots) + ingredient]
        return np.unique(np.concatenate(found))


def stand_ins_of(space: Space, masses: Rows, near: Neighbours, flows: Flows) -> StandIns:
    """Count the plans between near recipes, and add the prior.

    near: of each recipe; flows: of the plan from each to each of these, pair by pair.
    """
    popularity = np.bincount(masses.indices, minlength=masses.width)
    used = np.flatnonzero(popularity)
    prior = _Prior(space.forest, popularity)
    moves = _counted(near, flows, space.forest).added(*_alternatives(space, masses))
    totals = np.maximum(moves.totals() + prior.totals(), 1)
    moves = moves.with_enough_evidence(totals, space.forest.roots)
    columns, shares, pairs = [], [], []
    for ingredient in used.tolist():
        score, evidence = np.zeros((2, masses.width), dtype=np.int64)
        others, mass, count = moves.of(ingredient)
        relatives, expected = prior.of(ingredient)
        score[others], evidence[others] = mass, count
        score[relatives] += expected
        score[space.forest.lineage(ingredient)] = 0  # a family does not stand in for its kinds
        best = nearest_columns(-score[None].astype(np.float64), min(STAND_INS, len(score)))[0][0]
        best = best[score[best] > 0]
        columns.append(best)
        shares.append(score[best] / totals[ingredient])
        pairs.append(evidence[best])
    return StandIns(used, columns, shares, pairs)


class _Prior:
    """What the taxonomy and popularity suggest: relatives below the same root, the nearer and the
    more used ones first, with a fixed mass in all.
    """

    def __init__(self, forest: Forest, popularity: _Numbers) -> None:
        self._forest, self._popularity = forest, popularity
        self._used = np.flatnonzero(popularity)
        self._used = self._used[np.argsort(forest.roots[self._used], kind="stable")]
        self._roots = forest.roots[self._used]
        farthest = 2 * int(forest.heights.max(initial=0))
        self._decay = np.array([math.exp(-far / PRIOR_RANGE) for far in range(farthest + 1)])

    def totals(self) -> _Numbers:
        """(m,) the mass that each ingredient's relatives have in all, if it has any."""
        relatives = np.bincount(self._roots, minlength=len(self._forest))[self._forest.roots]
        return np.where(relatives > (self._popularity > 0), PRIOR_WEIGHT * MASS_TOTAL, 0)

    def of(self, ingredient: int) -> tuple[_Numbers, _Numbers]:
        """Its relatives that recipes use, and the mass of each."""
        root = self._forest.roots[ingredient]
        begin, end = (np.searchsorted(self._roots, root, side=side) for side in ("left", "right"))
        relatives = self._used[begin:end]
        relatives = relatives[relatives != ingredient]
        distances = self._forest.distances(ingredient, relatives)
        weights = np.sqrt(self._popularity[relatives]) * self._decay[distances]
        largest = weights.cumsum()[-1:]  # one by one, so that every machine adds up alike
        return relatives, np.rint(weights / largest * PRIOR_WEIGHT * MASS_TOTAL).astype(np.int64)


@dataclass(frozen=True)
class _Moves:
    """What moves between ingredients, either way, over pairs of near recipes.

    cells: one * m + other, ascending; mass, pairs: of each.
    """

    cells: _Numbers
    mass: _Numbers
    pairs: _Numbers
    width: int

    @classmethod
    def empty(cls, width: int) -> _Moves:
        """Nothing has moved yet."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, nothing, nothing, width)

    def plus(self, flows: Flows, counted: NDArray[np.bool_], forest: Forest) -> _Moves:
        """These, and what flows in the pairs that are counted, either way.

        Between families only what nearly all moves counts: the rest is just what was left over.
        """
        kin = forest.roots[flows.source] == forest.roots[flows.target]
        which = counted[flows.pair] & (kin | nearly_all_moves(flows))
        source, target = (each[which].astype(np.int64) for each in (flows.source, flows.target))
        return self.added(source, target, flows.mass[which])

    def added(self, one: _Numbers, other: _Numbers, mass: _Numbers) -> _Moves:
        """These, and each mass between one ingredient and the other, either way."""
        cells = [self.cells, one * self.width + other, other * self.width + one]
        found, index = np.unique(np.concatenate(cells), return_inverse=True)
        moved, pairs = np.zeros((2, len(found)), dtype=np.int64)
        np.add.at(moved, index, np.concatenate([self.mass, np.tile(mass, 2)]))
        np.add.at(pairs, index, np.concatenate([self.pairs, np.ones(2 * len(one), np.int64)]))
        return _Moves(found, moved, pairs, self.width)

    def totals(self) -> _Numbers:
        """(m,) the mass that moves from or to each ingredient."""
        totals = np.zeros(self.width, dtype=np.int64)
        np.add.at(totals, self.cells // self.width, self.mass)
        return totals

    def with_enough_evidence(self, totals: _Numbers, roots: NDArray[np.int32]) -> _Moves:
        """Without those between families that few recipes speak for, or that are a small share of
        what moves from or to either ingredient.
        """
        one, other = np.divmod(self.cells, self.width)
        share = self.mass / np.maximum(totals[one], totals[other])
        kept = (self.pairs >= EVIDENCE_PAIRS) & (share >= EVIDENCE_SHARE)
        kept |= roots[one] == roots[other]
        return _Moves(self.cells[kept], self.mass[kept], self.pairs[kept], self.width)

    def of(self, ingredient: int) -> tuple[_Numbers, _Numbers, _Numbers]:
        """Ingredients that change places with this one, the mass, and the number of pairs."""
        ends = np.array([ingredient, ingredient + 1]) * self.width
        row = slice(*np.searchsorted(self.cells, ends))
        return self.cells[row] % self.width, self.mass[row], self.pairs[row]


def _counted(near: Neighbours, flows: Flows, forest: Forest) -> _Moves:
    """Add up the flows; two recipes that are near to each other are one pair, not two."""
    (n, k), width = near.indices.shape, len(forest)
    one, other = np.repeat(np.arange(n), k), near.indices.ravel().astype(np.int64)
    pair = np.minimum(one, other) * n + np.maximum(one, other)
    near_enough = np.flatnonzero(np.arange(n * k) % max(k, 1) < STAND_IN_NEIGHBOURS)
    counted = np.zeros(n * k, dtype=np.bool_)
    counted[near_enough[np.unique(pair[near_enough], return_index=True)[1]]] = True
    moves = _Moves.empty(width)
    for start in range(0, len(flows.pair), _FLOWS_AT_ONCE):
        moves = moves.plus(flows.some(slice(start, start + _FLOWS_AT_ONCE)), counted, forest)
    return moves


def _alternatives(space: Space, masses: Rows) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Of what lines say that either will do: one ingredient, the other, and the line's mass."""
    column = {ingredient.id: number for number, ingredient in enumerate(space.ingredients)}
    found: list[tuple[int, int, int]] = []
    for number, recipe in enumerate(space.recipes):
        columns, held = masses.row(number)
        for place, others in recipe.alternatives:
            first = column[recipe.volumes_ml[place][0]]
            mass = int(held[columns == first].sum())
            either = sorted({first, *(column[each] for each in others)})
            found += [(one, other, mass) for one, other in itertools.combinations(either, 2)]
    evidence = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return evidence[0], evidence[1], evidence[2]


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
