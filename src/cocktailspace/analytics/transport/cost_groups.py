"""Groups of 64 queries under a ground cost, each led through bounds and solver."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.cost_boxes import BoxedPairs, Boxes
from cocktailspace.analytics.transport.neighbours import (
    FEW,
    rounding_grid,
    single_precision_margin,
)
from cocktailspace.analytics.transport.pair import problem_of
from cocktailspace.analytics.transport.pairs import offer_pairs
from cocktailspace.analytics.transport.parallel import GROUP
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.spanning_tree import workspace

_Pairs = tuple[NDArray[np.int64], NDArray[np.int64], int]
"""Lanes and rows, and how many of them count."""


class CostSearch:
    """What all groups of queries share. Few rows are all looked at; of many only those in boxes
    that may hold near ones, and they stand in an order in which near ones are together.

    table: (rows, columns) the masses of few rows, noughts included; in single precision.
    """

    def __init__(
        self, fractions: Rows, costs: NDArray[np.float64], k: int, seeds: NDArray[np.int32]
    ) -> None:
        offer_pairs.load()
        n = len(fractions)
        self.k = k
        self.boxes = Boxes(fractions, costs) if n > FEW else None
        self.order = self.boxes.order if self.boxes else np.arange(n)
        self.rows = self.boxes.rows if self.boxes else fractions
        position = np.argsort(self.order)
        self.seeds = position[seeds[self.order]]
        self.single_costs = costs.astype(np.float32)
        self.table = np.zeros((n if n <= FEW else 0, fractions.width), dtype=np.float32)
        if n <= FEW:
            self.table[self.rows.row_of_entry(), self.rows.indices] = self.rows.data
        self.problem = problem_of(self.rows, costs)
        largest = float(costs.max()) * float(fractions.sums().max())
        self.grid = rounding_grid(largest)
        self.margin = single_precision_margin(fractions, largest)
        self.longest = int(np.diff(fractions.indptr).max())


class CostGroup:
    """Working memory of one thread, for one group of queries after another."""

    def __init__(self, search: CostSearch) -> None:
        self.search = search
        self.space = workspace(search.longest)
        self.cheapest = np.zeros((search.rows.width, GROUP), dtype=np.float32)
        self.boxed = BoxedPairs(search.boxes) if search.boxes else None

    def nearest(self, start: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distances and original numbers of the k nearest of `count` rows from `start` on.

        Seeds come first: the distances to them limit what else is looked at.
        """
        search = self.search
        near = (
            np.full((count, search.k), np.inf),
            np.full((count, search.k), len(search.order), dtype=np.int32),
        )
        seeds = search.seeds[start : start + count]
        lane, row = np.repeat(np.arange(count), seeds.shape[1]), seeds.ravel()
        self._offer(start, _others(start, lane, row), near)
        for pairs in self._promising(start, count, near[0][:, -1]):
            self._offer(start, pairs, near)
        return near

    def _offer(
        self,
        start: int,
        pairs: _Pairs,
        near: tuple[NDArray[np.float64], NDArray[np.int32]],
    ) -> None:
        """Solve pairs, and keep the nearest."""
        search = self.search
        offer_pairs(search.problem, search.order, search.grid, start, *pairs, near, self.space)

    def _promising(self, start: int, count: int, limits: NDArray[np.float64]) -> Iterator[_Pairs]:
        """Pairs of queries and rows that may be within the limits, which fall meanwhile."""
        search = self.search
        indptr = search.rows.indptr[start : start + count + 1]
        columns = search.rows.indices[indptr[0] : indptr[-1]]
        reach = np.minimum.reduceat(search.single_costs[columns], indptr[:-1] - indptr[0])
        self.cheapest[:, :count] = reach.T
        if self.boxed:
            yield from self.boxed.within(start, self.cheapest, limits, search.margin)
        else:
            yield self._within(start, limits + search.margin)

    def _within(self, start: int, limits: NDArray[np.float64]) -> _Pairs:
        """Of all pairs those whose relaxed bound (see `cost_search`) is within the limits."""
        relaxed = self.search.table @ self.cheapest[:, : len(limits)]
        row, lane = np.nonzero(relaxed <= limits.astype(np.float32))
        return _others(start, lane, row)


def _others(start: int, lane: NDArray[np.int64], row: NDArray[np.int64]) -> _Pairs:
    """The pairs of a query and another row."""
    other = row != start + lane
    return lane[other], row[other], int(other.sum())
