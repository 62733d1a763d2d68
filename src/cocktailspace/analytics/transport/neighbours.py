"""Exact nearest rows under the L1 (Manhattan) distance.

On subtree masses this is the Earth Mover's Distance under the taxonomy. Masses are whole numbers,
so that every distance is exact and a tie is a tie on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.boxes import SMALL, build_index
from cocktailspace.analytics.transport.distances import distances_to_all, nearest_columns
from cocktailspace.analytics.transport.ordering import near_order
from cocktailspace.analytics.transport.parallel import (
    GROUP,
    Progress,
    run_in_groups,
    run_in_pieces,
)
from cocktailspace.analytics.transport.rows import Rows

FEW = 2_000
"""Up to so many rows each is simply compared with all: at most a second of work, and nothing to
compile."""
LARGEST_SUM = 1 << 22
"""Distances, and halves of them, are then exact in single precision."""


class MissingNumbaError(Exception):
    """More than FEW rows are to be searched, and numba is not installed."""


@dataclass(frozen=True)
class Neighbours:
    """The k nearest other rows of each of n rows, nearest first; equal distances by row number.

    indices: (n, k) row numbers; a row is never its own neighbour, a duplicate of it is.
    distances: (n, k) whole numbers, ascending.
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.int32]

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


def nearest_rows(
    rows: Rows, k: int, *, threads: int | None = None, progress: Progress | None = None
) -> Neighbours:
    """The exact k nearest other rows of each row, by L1 distance, ties by row number.

    rows: whole numbers, each row's sum at most 2^22.
    k is capped at n - 1. The result does not depend on `threads`. `progress` is called with the
    fraction done, from 0 to 1. Give the rows in order of name: ties then break by name.
    Raises ValueError for k < 0, and for masses that are not such whole numbers.
    """
    if k < 0:
        raise ValueError(f"k must be >= 0, got {k}")
    if (rows.data != np.rint(rows.data)).any():
        raise ValueError("masses must be whole numbers")
    if (largest := rows.sums().max(initial=0.0)) > LARGEST_SUM:
        raise ValueError(f"a row's masses must add up to at most 2^22, got {largest:.0f}")
    k = min(k, max(len(rows) - 1, 0))
    found = Neighbours(
        np.zeros((len(rows), k), dtype=np.int32), np.zeros((len(rows), k), dtype=np.int32)
    )
    if k > 0:
        search = _search_all if len(rows) <= FEW else _search_boxes
        search(rows, found, threads, progress)
    return found


def _search_all(
    rows: Rows, found: Neighbours, threads: int | None, progress: Progress | None
) -> None:
    """Compare each row with all rows."""
    by_column = rows.transposed()

    def work(start: int, stop: int) -> None:
        distances = distances_to_all(rows.take(np.arange(start, stop)), rows, by_column)
        np.fill_diagonal(distances[:, start:], np.inf)
        found.indices[start:stop], found.distances[start:stop] = nearest_columns(distances, found.k)

    # NumPy holds the interpreter lock in much of this: a second thread would mostly wait.
    one = 1 if threads is None else min(threads, 1)
    run_in_pieces(len(rows), work, piece=GROUP, threads=one, progress=progress)


def _search_boxes(
    rows: Rows, found: Neighbours, threads: int | None, progress: Progress | None
) -> None:
    """64 rows at a time, with whole boxes of other rows passed over."""
    try:
        from cocktailspace.analytics.transport import l1_search  # noqa: PLC0415 - loads numba
    except ModuleNotFoundError as error:
        raise MissingNumbaError(
            f"a map of more than {FEW:,} recipes needs a package that is not installed "
            f"({error.name}): pip install 'cocktailspace[analytics]'"
        ) from error

    order = near_order(rows, SMALL)
    index = build_index(rows.take(order), order)

    def work(first: int, last: int) -> None:
        l1_search.search(index, first, last, found.indices, found.distances)

    work(0, 0)  # compiles here, where a signal is heard
    run_in_groups(len(rows), work, threads=threads, progress=progress)
