"""Distances of many pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.native import compiled_entry
from cocktailspace.analytics.transport.arrays import Floats, Ints
from cocktailspace.analytics.transport.pair import Problem, problem_of, solve_pair
from cocktailspace.analytics.transport.parallel import Progress, run_in_pieces
from cocktailspace.analytics.transport.plans import checked_rows
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.spanning_tree import Space, workspace

_PAIRS_AT_ONCE = 20_000


def pair_distances(
    fractions: Rows,
    ground_cost: ArrayLike,
    rows: ArrayLike,
    others: ArrayLike,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """(p,) the Earth Mover's Distance from rows[i] to others[i], for p pairs of row numbers.

    For many pairs at once; `exact_distance` says what it is. Raises ValueError as
    `nearest_under_cost` does.
    """
    costs, _ = checked_rows(fractions, ground_cost)
    queries = np.ascontiguousarray(rows, dtype=np.int64)
    targets = np.ascontiguousarray(others, dtype=np.int64)
    distances = np.zeros(len(queries))
    if len(queries) != len(targets):
        raise ValueError(f"{len(queries)} rows cannot be paired with {len(targets)} others")
    numbers = np.concatenate([queries, targets])
    if numbers.size and (numbers.min() < 0 or numbers.max() >= len(fractions)):
        raise ValueError(f"row numbers must be from 0 to {len(fractions) - 1}")
    if len(queries) == 0:
        return distances
    _solve_pairs.load()
    problem = problem_of(fractions, costs)
    longest = int(np.diff(fractions.indptr).max())

    def work(start: int, stop: int) -> None:
        space = workspace(longest)
        _solve_pairs(
            problem, queries[start:stop], targets[start:stop], space, distances[start:stop]
        )

    run_in_pieces(len(queries), work, piece=_PAIRS_AT_ONCE, threads=threads, progress=progress)
    return distances


@compiled_entry
def _solve_pairs(
    problem: Problem, queries: Ints, rows: Ints, space: Space, distances: Floats
) -> None:
    """Write the distance of each pair."""
    for pair in range(len(queries)):
        distances[pair] = solve_pair(problem, queries[pair], rows[pair], np.inf, space)
