"""Solving many pairs of rows, one after the other (compiled)."""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.transport.compiled import (
    Columns,
    Floats,
    Ints,
    Near,
    Numbers,
    compiled,
    compiled_entry,
)
from cocktailspace.analytics.transport.overlap import insert_neighbour
from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.solver import solve
from cocktailspace.analytics.transport.spanning_tree import (
    FLOW,
    KEY,
    MASS,
    ORDER,
    PARENT,
    RANK,
    Space,
    arc_between,
)

Problem = tuple[Ints, Numbers, Floats, Floats]
"""Rows in CSR (indptr, columns, masses), and the (columns, columns) ground cost."""


def problem_of(rows: Rows, ground_cost: Floats) -> Problem:
    """The problem of any two of the rows."""
    return rows.indptr, rows.indices.view(np.uint32), rows.data, ground_cost


@compiled
def _crowded_bound(costs: Floats, reals: Floats, tree: Numbers, m: int, n: int) -> float:
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
def _solve_pair(problem: Problem, query: int, row: int, limit: float, space: Space) -> float:
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


@compiled_entry
def offer_pairs(
    problem: Problem,
    order: Ints,
    grid: float,
    start: int,
    lanes: Ints,
    rows: Ints,
    count: int,
    near: Near,
    space: Space,
) -> int:
    """Solve pairs of queries and rows, and keep the nearest of each query; how many were solved.

    lanes, rows: (count and more,) the pairs; lane l is the query in row `start` + l.
    near: distances (lanes, k) and indices (lanes, k), sorted, tightened as pairs are solved; what
    is among them is not solved again.
    grid: the step to which distances are rounded. A distance that rounds to the k-th one is at most
    half a step above it, so a pair is out only beyond the k-th one and a whole step.
    """
    distances, indices = near
    last = distances.shape[1] - 1
    solved = 0
    for pair in range(count):
        lane, row = lanes[pair], rows[pair]
        known = False
        for place in range(last + 1):
            known = known or indices[lane, place] == order[row]
        if known:
            continue
        limit = distances[lane, last] + grid
        distance = _solve_pair(problem, start + lane, row, limit, space)
        if distance <= limit:
            solved += 1
            rounded = np.rint(distance / grid) * grid
            insert_neighbour(distances, indices, lane, rounded, order[row])
    return solved


@compiled_entry
def solve_pairs(
    problem: Problem, queries: Ints, rows: Ints, space: Space, distances: Floats
) -> None:
    """Write the distance of each pair."""
    for pair in range(len(queries)):
        distances[pair] = _solve_pair(problem, queries[pair], rows[pair], np.inf, space)


@compiled_entry
def flows_of_pairs(
    problem: Problem,
    queries: Ints,
    rows: Ints,
    space: Space,
    flows: tuple[Columns, Columns, Floats],
) -> None:
    """Solve pairs, and list the arcs of each one's tree.

    flows: sources and sinks, as numbers of columns, and masses; (pairs, arcs and more) each.
    """
    indptr, columns, _, _ = problem
    _, reals, tree = space
    sources, sinks, masses = flows
    for pair in range(len(queries)):
        first, other = indptr[queries[pair]], indptr[rows[pair]]
        m, n = indptr[queries[pair] + 1] - first, indptr[rows[pair] + 1] - other
        _solve_pair(problem, queries[pair], rows[pair], np.inf, space)
        for arc in range(m + n - 1):
            node = tree[ORDER, arc + 1]
            source, sink = arc_between(node, tree[PARENT, node], m)
            sources[pair, arc] = columns[first + source]
            sinks[pair, arc] = columns[other + sink]
            masses[pair, arc] = reals[FLOW, node]
