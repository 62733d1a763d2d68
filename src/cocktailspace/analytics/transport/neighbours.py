"""Exact nearest rows under the L1 (Manhattan) distance.

On fractions this is the Manhattan distance between recipes; on subtree masses it is the Earth
Mover's Distance under the taxonomy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.boxes import SMALL, build_index, lane_scratch
from cocktailspace.analytics.transport.l1_search import search_l1
from cocktailspace.analytics.transport.ordering import near_order
from cocktailspace.analytics.transport.parallel import (
    GROUP,
    Progress,
    run_in_groups,
    run_in_pieces,
)
from cocktailspace.analytics.transport.rows import Rows

FEW = 2_000
"""Up to so many rows each is simply compared with all: at most a second of work."""


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other rows of each of n rows, nearest first; equal distances by row number.

    indices: (n, k) row numbers; a row is never its own neighbour, a duplicate of it is.
    distances: (n, k), ascending, rounded as `rounding_grid` says.
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float64]

    def __len__(self) -> int:
        """The number of rows that have neighbours listed."""
        return len(self.indices)

    @property
    def k(self) -> int:
        """How many neighbours each row has."""
        return int(self.indices.shape[1])

    def first(self, k: int) -> Neighbours:
        """The first k of each row's neighbours."""
        return Neighbours(self.indices[:, :k], self.distances[:, :k])


def rounding_grid(largest: float) -> float:
    """The step to which distances are rounded before they are compared: about 1e-10 of `largest`.

    Equal distances computed along different ways differ in their last bits; rounded they are equal
    again, and the row number decides. A power of two keeps the rounding itself exact.
    """
    return float(2.0 ** (np.ceil(np.log2(largest)) - 33)) if largest > 0 else 1.0


def single_precision_margin(rows: Rows, largest: float) -> float:
    """A bound on the error of a shared mass that is summed in single precision.

    Adding t non-negative terms up to a sum s in precision u errs by at most t u s, and rounding
    the terms by u s more (Higham 2002, section 4.2); terms that are 0 add nothing, so t is at most
    the entries of a row. Twice that, for what is rounded on the way.
    """
    terms = int(np.diff(rows.indptr).max(initial=0))
    return 2.0 * (terms + 4) * 2.0**-24 * largest


def nearest_rows(
    rows: Rows, k: int, *, threads: int | None = None, progress: Progress | None = None
) -> Neighbours:
    """The exact k nearest other rows of each row, by L1 distance, ties by row number.

    k is capped at n - 1. The result does not depend on `threads`. `progress` is called with the
    fraction done, from 0 to 1. Give the rows in order of recipe id: ties then break by id.
    Raises ValueError for k < 0.
    """
    if k < 0:
        raise ValueError(f"k must be >= 0, got {k}")
    k = min(k, max(len(rows) - 1, 0))
    largest = float(rows.sums().max(initial=0.0))
    search = _search_all if len(rows) <= FEW else _search_boxes
    found = Neighbours(np.zeros((len(rows), k), dtype=np.int32), np.zeros((len(rows), k)))
    if k > 0:
        search(rows, largest, found, threads, progress)
    return found


def _search_all(
    rows: Rows, largest: float, found: Neighbours, threads: int | None, progress: Progress | None
) -> None:
    """Compare each row with all rows: for few rows, not worth any compilation."""
    sums, by_column, grid = rows.sums(), rows.transposed(), rounding_grid(largest)

    def work(start: int, stop: int) -> None:
        shared = _shared_with_all(rows, by_column, start, stop)
        distances = np.rint((sums[start:stop, None] + sums - 2.0 * shared) / grid) * grid
        np.fill_diagonal(distances[:, start:], np.inf)
        found.indices[start:stop], found.distances[start:stop] = _nearest(distances, found.k)

    # NumPy holds the interpreter lock in much of this: a second thread would mostly wait.
    one = 1 if threads is None else min(threads, 1)
    run_in_pieces(len(rows), work, piece=GROUP, threads=one, progress=progress)


def _shared_with_all(rows: Rows, by_column: Rows, start: int, stop: int) -> NDArray[np.float64]:
    """(stop - start, n) mass that rows from start to stop share with each row: sums of minima.

    Each entry of a query meets the entries of its column. Minima are added in order of columns, so
    that a sum depends on the two rows alone, to the last bit.
    """
    n = len(rows)
    entries, query = rows.entries_of(np.arange(start, stop))
    met, whose = by_column.entries_of(rows.indices[entries])
    least = np.minimum(by_column.data[met], rows.data[entries][whose])
    pair = (query * n)[whose] + by_column.indices[met]
    shared = np.bincount(pair, weights=least, minlength=(stop - start) * n)
    return shared.reshape(stop - start, n).astype(np.float64, copy=False)


def _nearest(
    distances: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(q, k) the columns of the k least of each row, ascending, ties by column; and these."""
    farthest = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    hits = np.flatnonzero(distances <= farthest)  # k of each row, or more where some are equal
    row, column = np.divmod(hits, distances.shape[1])
    near = distances[row, column]
    order = np.lexsort((near, row))
    first = np.searchsorted(row, np.arange(len(distances)))
    chosen = order[first[:, None] + np.arange(k)]
    return column[chosen], near[chosen]


def _search_boxes(
    rows: Rows, largest: float, found: Neighbours, threads: int | None, progress: Progress | None
) -> None:
    """64 rows at a time, with whole boxes of other rows passed over."""
    search_l1.load()
    order = near_order(rows, SMALL)
    arranged = rows.take(order)
    sums = arranged.sums()
    index = build_index(arranged, order, sums / 2)
    margin = single_precision_margin(rows, largest)
    exact = (arranged.data, sums, rounding_grid(largest), margin)

    def work(first: int, last: int) -> None:
        scratch = lane_scratch(rows.width, len(index[3][3]), found.k)
        search_l1(index, exact, first, last, scratch, found.indices, found.distances)

    run_in_groups(len(rows), work, threads=threads, progress=progress)
