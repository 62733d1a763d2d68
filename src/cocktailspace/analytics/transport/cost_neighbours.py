"""Exact nearest rows under any ground cost: what surrounds the compiled search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.boxes import build_index, lane_scratch, near_order
from cocktailspace.analytics.transport.neighbours import (
    Neighbours,
    rounding_grid,
    single_precision_margin,
)
from cocktailspace.analytics.transport.parallel import GROUP, Progress, run_in_groups
from cocktailspace.analytics.transport.plans import BALANCE, check_costs
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
    costs = np.ascontiguousarray(ground_cost, dtype=np.float64)
    _check(fractions, costs, k)
    n = len(fractions)
    k = min(k, max(n - 1, 0))
    indices, distances = np.zeros((n, k), dtype=np.int32), np.zeros((n, k))
    if k == 0:
        return Neighbours(indices, distances)
    from cocktailspace.analytics.transport.cost_search import search_costs  # noqa: PLC0415 - compiled

    first_tries = _joined(seeds, n)
    scaled, leaving = _staying(fractions, costs)
    order = near_order(scaled)
    position = np.argsort(order)
    index = build_index(scaled.take(order), order, np.zeros(n))
    largest = float(costs.max()) * float(fractions.sums().max())
    arranged = fractions.take(order)
    problem = (
        arranged.indptr,
        arranged.indices,
        arranged.data,
        arranged.data.astype(np.float32),
        leaving[order],
        costs,
        rounding_grid(largest),
        single_precision_margin(fractions, largest),
    )

    def work(first: int, last: int) -> None:
        scratch = _scratch(fractions, len(index[3][3]), k)
        search_costs(
            index, problem, first_tries, position, first, last, scratch, indices, distances
        )

    run_in_groups(n, work, threads=threads, progress=progress)
    return Neighbours(indices, distances)


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
    return scaled, leaving


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


def _scratch(fractions: Rows, boxes: int, k: int) -> tuple[object, ...]:
    """Working memory of one thread."""
    from cocktailspace.analytics.transport.solver import workspace  # noqa: PLC0415 - compiled

    lanes, near, _, _ = lane_scratch(fractions.width, boxes, k)
    longest = max(int(np.diff(fractions.indptr).max(initial=0)), 1)
    pair = (
        np.zeros(longest),
        np.zeros(longest),
        np.zeros(longest, dtype=np.int64),
        np.zeros(longest),
        workspace(longest, longest),
    )
    cheapest = np.zeros((fractions.width, GROUP), dtype=np.float32)
    limit, relaxed = np.zeros(GROUP, dtype=np.float32), np.zeros(GROUP, dtype=np.float32)
    return lanes, cheapest, limit, relaxed, near, pair


def _check(fractions: Rows, costs: NDArray[np.float64], k: int) -> None:
    """Refuse what no exact search could be made of."""
    if k < 0:
        raise ValueError(f"k must be >= 0, got {k}")
    if costs.shape != (fractions.width, fractions.width):
        raise ValueError(f"{fractions.width} columns need a square ground_cost, got {costs.shape}")
    check_costs(costs)
    sums = fractions.sums()
    if len(sums) and sums.max() - sums.min() > BALANCE * sums.max():
        worst = int(np.argmax(np.abs(sums - np.median(sums))))
        raise ValueError(f"masses do not balance: row {worst} sums to {sums[worst]}")
