"""Groups of 64 queries under a ground cost, each led through bounds and solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.cost_boxes import Boxes
from cocktailspace.analytics.transport.cost_table import Pairs, Table, other_rows
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


class CostSearch:
    """What all groups of queries share.

    rows: as they are looked at; `order` has their original numbers, and seeds are places in it.
    """

    def __init__(
        self, fractions: Rows, costs: NDArray[np.float64], k: int, seeds: NDArray[np.int32]
    ) -> None:
        offer_pairs.load()
        self.k = k
        largest = float(costs.max()) * float(fractions.sums().max())
        self.grid = rounding_grid(largest)
        margin = single_precision_margin(fractions, largest)
        self.layout = (
            Table(fractions, margin) if len(fractions) <= FEW else Boxes(fractions, costs, margin)
        )
        self.order, self.rows = self.layout.order, self.layout.rows
        position = np.argsort(self.order)
        self.seeds = position[seeds[self.order]]
        self.single_costs = costs.astype(np.float32)
        self.problem = problem_of(self.rows, costs)
        self.longest = int(np.diff(fractions.indptr).max())


class CostGroup:
    """Working memory of one thread, for one group of queries after another."""

    def __init__(self, search: CostSearch) -> None:
        self.search = search
        self.space = workspace(search.longest)
        self.cheapest = np.zeros((search.rows.width, GROUP), dtype=np.float32)
        self.promising = search.layout.promising()

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
        self._offer(start, other_rows(start, lane, row), near)
        self._reach(start, count)
        for pairs in self.promising.within(start, self.cheapest, near[0][:, -1]):
            self._offer(start, pairs, near)
        return near

    def _offer(
        self,
        start: int,
        pairs: Pairs,
        near: tuple[NDArray[np.float64], NDArray[np.int32]],
    ) -> None:
        """Solve pairs, and keep the nearest."""
        search = self.search
        offer_pairs(search.problem, search.order, search.grid, start, *pairs, near, self.space)

    def _reach(self, start: int, count: int) -> None:
        """Find the least cost of reaching each column from each query."""
        search = self.search
        indptr = search.rows.indptr[start : start + count + 1]
        columns = search.rows.indices[indptr[0] : indptr[-1]]
        reach = np.minimum.reduceat(search.single_costs[columns], indptr[:-1] - indptr[0])
        self.cheapest[:, :count] = reach.T
