"""Groups of 64 queries under a ground cost, each led through bounds and solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.boxes import LARGE, SMALL, build_index, lane_scratch
from cocktailspace.analytics.transport.cost_search import collect_pairs
from cocktailspace.analytics.transport.neighbours import rounding_grid, single_precision_margin
from cocktailspace.analytics.transport.ordering import near_order
from cocktailspace.analytics.transport.pairs import offer_pairs, problem_of
from cocktailspace.analytics.transport.parallel import GROUP
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.spanning_tree import workspace

_PAIRS = 2 * LARGE * GROUP
"""Pairs collected before they are solved, and the limits tightened."""


class CostSearch:
    """What all groups of queries share: rows in an order in which near ones stand together."""

    def __init__(
        self, fractions: Rows, costs: NDArray[np.float64], k: int, seeds: NDArray[np.int32]
    ) -> None:
        scaled, leaving = _staying(fractions, costs)
        self.k = k
        self.order = near_order(scaled, SMALL)
        self.rows = fractions.take(self.order)
        self.scaled = scaled.take(self.order)
        self.leaving = leaving[self.order]
        position = np.argsort(self.order)
        self.seeds = position[seeds[self.order]]
        self.costs, self.single_costs = costs, costs.astype(np.float32)
        self.index = build_index(self.scaled, self.order, np.zeros(len(fractions)))
        self.problem = problem_of(self.rows, costs)
        largest = float(costs.max()) * float(fractions.sums().max())
        self.grid = rounding_grid(largest)
        self.margin = single_precision_margin(fractions, largest)
        self.longest = int(np.diff(fractions.indptr).max())
        single = self.rows.data.astype(np.float32)
        self.single_rows = (self.rows.indptr, self.rows.indices, single, self.index[1][3])


class CostGroup:
    """Working memory of one thread, for one group of queries after another."""

    def __init__(self, search: CostSearch) -> None:
        self.search = search
        self.lanes, _, _, _ = lane_scratch(search.rows.width, 0, 0)
        self.space = workspace(search.longest)
        self.cheapest = np.zeros((search.rows.width, GROUP), dtype=np.float32)
        self.limit, self.relaxed = (np.zeros(GROUP, dtype=np.float32) for _ in range(2))
        self.pairs = (np.zeros(_PAIRS + 1, dtype=np.int64), np.zeros(_PAIRS + 1, dtype=np.int64))

    def nearest(self, start: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distances and original numbers of the k nearest of `count` rows from `start` on.

        Seeds come first, then the large box that holds the queries, then all others.
        """
        search = self.search
        boxes = len(search.index[3][3])
        near = (
            np.full((count, search.k), np.inf),
            np.full((count, search.k), len(search.order), dtype=np.int32),
        )
        seeds = search.seeds[start : start + count]
        lane, row = np.repeat(np.arange(count), seeds.shape[1]), seeds.ravel()
        other = row != start + lane
        self._offer(start, lane[other], row[other], int(other.sum()), near)
        self._lay_out(start, count)
        own = start // LARGE
        for first, last in ((own, own + 1), (0, own), (own + 1, boxes)):
            box = first
            while box < last:
                box, found = self._collect(start, count, box, last, near[0][:, -1])
                self._offer(start, *self.pairs, found, near)
        return near

    def _offer(
        self,
        start: int,
        lanes: NDArray[np.int64],
        rows: NDArray[np.int64],
        count: int,
        near: tuple[NDArray[np.float64], NDArray[np.int32]],
    ) -> None:
        """Solve pairs, and keep the nearest."""
        search = self.search
        offer_pairs(
            search.problem, search.order, search.grid, start, lanes, rows, count, near, self.space
        )

    def _lay_out(self, start: int, count: int) -> None:
        """Lay the queries side by side: their scaled masses, and their cheapest costs."""
        search = self.search
        indptr = search.rows.indptr[start : start + count + 1]
        entries = slice(indptr[0], indptr[-1])
        lane = np.repeat(np.arange(count), np.diff(indptr))
        columns = search.rows.indices[entries]
        slots, table = self.lanes[:2]
        used = np.unique(columns)
        slots[:] = 0
        slots[used] = np.arange(1, len(used) + 1)
        table[: len(used) + 1] = 0
        table[slots[columns], lane] = search.scaled.data[entries]
        costs = search.single_costs[columns]
        self.cheapest[:, :count] = np.minimum.reduceat(costs, indptr[:-1] - indptr[0]).T

    def _collect(
        self, start: int, count: int, box: int, last: int, limits: NDArray[np.float64]
    ) -> tuple[int, int]:
        """List pairs that may be within the limits; the box to go on with, and how many."""
        search = self.search
        need = self.lanes[2]
        need[:], self.limit[:] = np.inf, -np.inf
        need[:count] = search.leaving[start : start + count] - limits - search.margin
        self.limit[:count] = limits + search.margin
        affordable = (self.cheapest, self.limit, self.relaxed)
        box, found = collect_pairs(
            search.index,
            search.single_rows,
            box,
            last,
            start,
            count,
            self.lanes,
            affordable,
            self.pairs,
        )
        return box, found


def _staying(fractions: Rows, costs: NDArray[np.float64]) -> tuple[Rows, NDArray[np.float64]]:
    """What the staying bound needs: rows s_i q_i, and per row the sum of r_i q_i."""
    elsewhere = costs.copy()
    np.fill_diagonal(elsewhere, np.inf)
    leave = elsewhere.min(axis=1)
    leave[np.isinf(leave)] = costs.max()  # a single column: nowhere to go
    saved = np.maximum(leave - np.diagonal(costs), 0.0)
    scaled = Rows(
        fractions.indptr,
        fractions.indices,
        fractions.data * saved[fractions.indices],
        fractions.width,
    )
    leaving = np.bincount(
        fractions.row_of_entry(),
        weights=fractions.data * leave[fractions.indices],
        minlength=len(fractions),
    )
    return scaled, leaving.astype(np.float64)
