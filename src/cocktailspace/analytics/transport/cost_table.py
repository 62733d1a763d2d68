"""Few rows under a ground cost: which pairs of queries and rows may be near, of all pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.arrays import Floats, SingleTable
from cocktailspace.analytics.transport.rows import Rows

Pairs = tuple[NDArray[np.int64], NDArray[np.int64], int]
"""Lanes and rows, and how many of them count."""


class Table:
    """The masses of rows, noughts included, of the columns that occur; in single precision.

    order: the number of the row in each place. rows: they, in that order.
    margin: a bound on the error of what is computed from it.
    """

    def __init__(self, fractions: Rows, margin: float) -> None:
        self.margin = margin
        self.order = np.arange(len(fractions))
        self.rows = fractions
        self._columns, place = np.unique(fractions.indices, return_inverse=True)
        self._table = np.zeros((len(fractions), len(self._columns)), dtype=np.float32)
        self._table[fractions.row_of_entry(), place] = fractions.data

    def promising(self) -> Table:
        """What lists pairs for one thread; here all can share it."""
        return self

    def within(self, start: int, cheapest: SingleTable, limits: Floats) -> Iterator[Pairs]:
        """Lanes and rows of pairs whose relaxed bound (see `cost_search`) is within the limits and
        the margin; the queries are in places from `start` on.

        cheapest: (columns, 64) the least cost of reaching each column from each query.
        """
        relaxed = self._table @ cheapest[self._columns, : len(limits)]
        hits = np.flatnonzero(relaxed <= (limits + self.margin).astype(np.float32))
        row, lane = np.divmod(hits, len(limits))
        yield other_rows(start, lane, row)


def other_rows(start: int, lane: NDArray[np.int64], row: NDArray[np.int64]) -> Pairs:
    """The pairs of a query and another row than its own."""
    other = row != start + lane
    return lane[other], row[other], int(other.sum())
