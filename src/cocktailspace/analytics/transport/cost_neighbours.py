"""Exact nearest rows under any ground cost: what surrounds the compiled search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.cost_groups import CostGroup, CostSearch
from cocktailspace.analytics.transport.neighbours import Neighbours
from cocktailspace.analytics.transport.parallel import GROUP, Progress, run_in_groups
from cocktailspace.analytics.transport.plans import checked_rows
from cocktailspace.analytics.transport.rows import Rows


def nearest_under_cost(
    fractions: Rows,
    ground_cost: ArrayLike,
    k: int,
    *,
    seeds: Neighbours | Sequence[Neighbours],
    threads: int | None = None,
    progress: Progress | None = None,
) -> Neighbours:
    """The exact k nearest other rows of each row by EMD under `ground_cost`, ties by row number.

    fractions: n rows of equal sums over m columns.
    ground_cost: (m, m), finite and >= 0; the distance is from the row to its neighbour where it is
    not symmetric.
    seeds: rows that are probably near, for instance the nearest under another cost; several lists
    are tried one after the other. They decide how fast the search is, never its result: the more
    of the k true neighbours they hold, the fewer pairs are solved.
    k is capped at n - 1. The result does not depend on `threads` or on the order of the rows.
    Raises ValueError for a cost that is negative, not finite or of another shape, for rows of
    different sums, for seeds of another number of rows.
    """
    if k < 0:
        raise ValueError(f"k must be >= 0, got {k}")
    costs, _ = checked_rows(fractions, ground_cost)
    n = len(fractions)
    k = min(k, max(n - 1, 0))
    indices, distances = np.zeros((n, k), dtype=np.int32), np.zeros((n, k))
    if k == 0:
        return Neighbours(indices, distances)
    search = CostSearch(fractions, costs, k, _joined(seeds, n))

    def work(first: int, last: int) -> None:
        group = CostGroup(search)
        for start in range(first * GROUP, min(last * GROUP, n), GROUP):
            near = group.nearest(start, min(GROUP, n - start))
            rows = search.order[start : start + GROUP]
            distances[rows], indices[rows] = near

    run_in_groups(n, work, threads=threads, progress=progress)
    return Neighbours(indices, distances)


def _joined(seeds: Neighbours | Sequence[Neighbours], n: int) -> NDArray[np.int32]:
    """(n, any) seeds of all lists, each row's once; a repeated one is replaced by the row itself.

    The row itself is no neighbour and is passed over.
    """
    lists = [seeds] if isinstance(seeds, Neighbours) else list(seeds)
    for given in lists:
        if len(given) != n:
            raise ValueError(f"seeds for {len(given)} rows, but there are {n} rows")
    itself = np.arange(n, dtype=np.int32)[:, None]
    joined = np.hstack([given.indices for given in lists]) if lists else itself[:, :0]
    if joined.size and (joined.min() < 0 or joined.max() >= n):
        raise ValueError(f"seeds must be row numbers from 0 to {n - 1}")
    ranked = np.sort(joined, axis=1)
    ranked[:, 1:] = np.where(ranked[:, 1:] == ranked[:, :-1], itself, ranked[:, 1:])
    return np.ascontiguousarray(ranked)
