"""Exact nearest rows under the L1 (Manhattan) distance.

On subtree masses this is the Earth Mover's Distance under the taxonomy. Masses are whole numbers,
so that every distance is exact and a tie is a tie on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.boxes import GROUP, SMALL, Index, build_index
from cocktailspace.analytics.transport.distances import distances_to_all, nearest_columns
from cocktailspace.analytics.transport.ordering import near_order
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.workers import (
    THIS_MACHINE,
    Progress,
    Threads,
    Workers,
    consecutive,
)

FEW = 2_000
"""Up to so many rows each is simply compared with all: at most a second of work, and nothing to
compile."""
LARGEST_SUM = 1 << 22
"""Distances, and halves of them, are then exact in single precision."""
_LONGEST = 32
"""Groups in a block at most: it takes well under a second."""

_Found = tuple[NDArray[Any], NDArray[Any]]
"""Row numbers of neighbours, and their distances."""


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
    rows: Rows, k: int, *, workers: Workers = THIS_MACHINE, progress: Progress | None = None
) -> Neighbours:
    """The exact k nearest other rows of each row, by L1 distance, ties by row number.

    rows: whole numbers, each row's sum at most 2^22.
    k is capped at n - 1. The result does not depend on the workers. `progress` is called with the
    fraction done, from 0 to 1. Give the rows in order of name: ties then break by name.
    Raises ValueError for k < 0, and for masses that are not such whole numbers.
    """
    if k < 0:
        raise ValueError(f"k must be >= 0, got {k}")
    if (rows.data != np.rint(rows.data)).any():
        raise ValueError("masses must be whole numbers")
    if (largest := rows.sums().max(initial=0.0)) > LARGEST_SUM:
        raise ValueError(f"a row's masses must add up to at most 2^22, got {largest:.0f}")
    n, k = len(rows), min(k, max(len(rows) - 1, 0))
    found = Neighbours(np.zeros((n, k), dtype=np.int32), np.zeros((n, k), dtype=np.int32))
    if k > 0:
        search = _search_all if n <= FEW else _search_boxes
        search(rows, found, workers, progress or (lambda _: None))
    return found


def _search_all(rows: Rows, found: Neighbours, _: Workers, progress: Progress) -> None:
    """Compare each row with all rows."""
    shared, blocks = (rows, rows.transposed(), found.k), consecutive(len(rows), GROUP)
    # NumPy holds the interpreter lock in much of this: a second thread would mostly wait.
    answers = Threads(1).map_blocks(_compare_with_all, shared, blocks)
    for done, ((first, last), near) in enumerate(answers, 1):
        found.indices[first:last], found.distances[first:last] = near
        progress(done / len(blocks))


def _compare_with_all(shared: tuple[Rows, Rows, int], first: int, last: int) -> _Found:
    """The neighbours of the rows from `first` to `last`."""
    rows, by_column, k = shared
    distances = distances_to_all(rows.take(np.arange(first, last)), rows, by_column)
    np.fill_diagonal(distances[:, first:], np.inf)
    return nearest_columns(distances, k)


def _search_boxes(rows: Rows, found: Neighbours, workers: Workers, progress: Progress) -> None:
    """64 rows at a time, with whole boxes of other rows passed over."""
    order = near_order(rows, SMALL)
    shared = (build_index(rows.take(order), order), found.k)
    groups = -(-len(rows) // GROUP)
    blocks = consecutive(len(rows), GROUP * min(_LONGEST, max(1, groups // 32)))
    for done, ((first, last), near) in enumerate(workers.map_blocks(_search, shared, blocks), 1):
        which = order[first:last]
        found.indices[which], found.distances[which] = near
        progress(done / len(blocks))


def _search(shared: tuple[Index, int], first: int, last: int) -> _Found:
    """The neighbours of the rows from `first` to `last` of the index, in its order."""
    index, k = shared
    near = np.zeros((last - first, k), np.int32), np.zeros((last - first, k), np.int32)
    load_search()(index, first, last, *near)
    return near


def load_search() -> Callable[..., None]:
    """The compiled search, `l1_search.search`. Raises MissingNumbaError."""
    try:
        from cocktailspace.analytics.transport import l1_search  # noqa: PLC0415 - loads numba
    except ModuleNotFoundError as error:
        raise MissingNumbaError(
            f"a map of more than {FEW:,} recipes needs a package that is not installed "
            f"({error.name}): pip install 'cocktailspace[analytics]'"
        ) from error
    search: Callable[..., None] = l1_search.search
    return search
