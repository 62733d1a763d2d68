"""One pair of rows: its transport problem, a quick bound, and the solver (compiled)."""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled
from cocktailspace.analytics.transport.arrays import (
    Floats,
    FloatTable,
    Ints,
    Numbers,
    NumberTable,
)
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.solver import solve
from cocktailspace.analytics.transport.spanning_tree import KEY, MASS, RANK, Space

Problem = tuple[Ints, Numbers, Floats, FloatTable]
"""Rows in CSR (indptr, columns, masses), and the (columns, columns) ground cost."""


def problem_of(rows: Rows, ground_cost: FloatTable) -> Problem:
    """The problem of any two of the rows."""
    return rows.indptr, rows.indices.view(np.uint32), rows.data, ground_cost


@compiled
def _crowded_bound(
    costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int, n: int
) -> float:
    """Lower bound in which each source fills the sinks from the cheapest on, as if alone.

    Dropping only that sources share the room b_j leaves one greedy problem per source; relaxing a
    minimisation lowers it. Source: Atasu & Mittelholzer 2019, "constrained transfers".
    """
    bound = 0.0
    for i in range(m):
        for j in range(n):
            cost = costs[i, j]
            place = j
            while place > 0 and reals[KEY, place - 1] > cost:
                reals[KEY, place] = reals[KEY, place - 1]
                tree[RANK, place] = tree[RANK, place - 1]
                place -= 1
            reals[KEY, place] = cost
            tree[RANK, place] = j
        left = reals[MASS, i]
        for place in range(n):
            room = reals[MASS, m + tree[RANK, place]]
            sent = left if left < room or place == n - 1 else room
            bound += sent * reals[KEY, place]
            left -= sent
            if left <= 0.0:
                break
    return bound


@compiled
def solve_pair(problem: Problem, query: int, row: int, limit: float, space: Space) -> float:
    """EMD from one row to another, or a lower bound above `limit`; the tree stays in space."""
    indptr, columns, masses, ground_cost = problem
    costs, reals, tree = space
    first, other = indptr[query], indptr[row]
    m, n = indptr[query + 1] - first, indptr[row + 1] - other
    if m <= 0 or n <= 0:
        return 0.0
    for j in range(n):
        reals[MASS, m + j] = masses[other + j]
    for i in range(m):
        reals[MASS, i] = masses[first + i]
        source = columns[first + i]
        for j in range(n):
            costs[i, j] = ground_cost[source, columns[other + j]]
    if limit < np.inf:
        bound = _crowded_bound(costs, reals, tree, m, n)
        if bound > limit:
            return bound
    return solve(costs, reals, tree, m, n, limit)
