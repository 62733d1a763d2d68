"""Rows in boxes under a ground cost: which pairs of queries and rows may be near, box by box."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.arrays import Floats, SingleTable
from cocktailspace.analytics.transport.boxes import LARGE, SMALL, build_index, lane_scratch
from cocktailspace.analytics.transport.cost_search import collect_pairs
from cocktailspace.analytics.transport.cost_table import Pairs
from cocktailspace.analytics.transport.ordering import near_order
from cocktailspace.analytics.transport.parallel import GROUP
from cocktailspace.analytics.transport.rows import Rows

_PAIRS = 2 * LARGE * GROUP
"""Pairs collected before they are solved, and the limits tightened."""


class Boxes:
    """Rows in an order in which near ones stand together, and the boxes around them.

    order: the number of the row in each place. rows: they, in that order.
    scaled, leaving: what the staying bound needs (see `cost_search`): rows s_i q_i, and per row
    the sum of r_i q_i.
    margin: a bound on the error of what is computed in single precision.
    """

    def __init__(self, fractions: Rows, costs: NDArray[np.float64], margin: float) -> None:
        collect_pairs.load()
        self.margin = margin
        scaled, leaving = _staying(fractions, costs)
        self.order = near_order(scaled, SMALL)
        self.rows = fractions.take(self.order)
        self.scaled = scaled.take(self.order)
        self.leaving = leaving[self.order]
        self.index = build_index(self.scaled, self.order, np.zeros(len(fractions)))
        columns, masses = self.rows.indices, self.rows.data.astype(np.float32)
        self.single_rows = (self.rows.indptr, columns, masses, self.index[1][3])

    def promising(self) -> BoxedPairs:
        """What lists pairs for one thread."""
        return BoxedPairs(self)


class BoxedPairs:
    """Working memory of one thread, for the pairs of one group of queries after another."""

    def __init__(self, boxes: Boxes) -> None:
        self.boxes = boxes
        self.lanes, _, _, _ = lane_scratch(boxes.rows.width, 0, 0)
        self.limit, self.relaxed = (np.zeros(GROUP, dtype=np.float32) for _ in range(2))
        self.pairs = (np.zeros(_PAIRS + 1, dtype=np.int64), np.zeros(_PAIRS + 1, dtype=np.int64))

    def within(self, start: int, cheapest: SingleTable, limits: Floats) -> Iterator[Pairs]:
        """Lanes and rows of pairs that may be within the limits and the margin, and how many.

        They are looked at anew for each yield. The large box that holds the queries, which are in
        places from `start` on, comes first.
        cheapest: (columns, 64) the least cost of reaching each column from each query.
        """
        self._lay_out(start, len(limits))
        boxes = len(self.boxes.index[3][3])
        own = start // LARGE
        for first, last in ((own, own + 1), (0, own), (own + 1, boxes)):
            box = first
            while box < last:
                box, found = self._collect(start, box, last, cheapest, limits)
                yield *self.pairs, found

    def _lay_out(self, start: int, count: int) -> None:
        """Lay the scaled masses of the queries side by side."""
        entries, lane = self.boxes.rows.entries_of(np.arange(start, start + count))
        columns = self.boxes.rows.indices[entries]
        slots, table = self.lanes[:2]
        used = np.unique(columns)
        slots[:] = 0
        slots[used] = np.arange(1, len(used) + 1)
        table[: len(used) + 1] = 0
        table[slots[columns], lane] = self.boxes.scaled.data[entries]

    def _collect(
        self, start: int, box: int, last: int, cheapest: SingleTable, limits: Floats
    ) -> tuple[int, int]:
        """List pairs that may be within the limits; the box to go on with, and how many."""
        count, margin = len(limits), self.boxes.margin
        need = self.lanes[2]
        need[:], self.limit[:] = np.inf, -np.inf
        need[:count] = self.boxes.leaving[start : start + count] - limits - margin
        self.limit[:count] = limits + margin
        affordable = (cheapest, self.limit, self.relaxed)
        return collect_pairs(
            self.boxes.index,
            self.boxes.single_rows,
            box,
            last,
            start,
            count,
            self.lanes,
            affordable,
            self.pairs,
        )


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
