"""Solving many pairs of rows, one after the other (compiled).

A problem is a tuple: rows in CSR (indptr, columns, masses) and the (m, m) ground cost.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.transport.compiled import (
    Columns,
    Floats,
    Ints,
    Near,
    compiled,
    compiled_entry,
)
from cocktailspace.analytics.transport.overlap import insert_neighbour
from cocktailspace.analytics.transport.solver import solve
from cocktailspace.analytics.transport.spanning_tree import KEY, MASS, RANK, Space, write_flow

Problem = tuple[Ints, Columns, Floats, Floats]
"""Rows in CSR, and the ground cost."""


@compiled
def _crowded_bound(costs: Floats, reals: Floats, tree: Ints, m: int, n: int) -> float:
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
    costs, _, reals, tree = space
    first, other = indptr[query], indptr[row]
    m, n = indptr[query + 1] - first, indptr[row + 1] - other
    for j in range(n):
        reals[MASS, m + j] = masses[other + j]
    for i in range(m):
        reals[MASS, i] = masses[first + i]
        source = columns[first + i]
        for j in range(n):
            costs[i, j] = ground_cost[source, columns[other + j]]
    if m == 0 or n == 0:
        return 0.0
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
    staying: bool,
    step: float,
    space: Space,
    flows: tuple[Columns, Columns, Floats, Floats],
) -> None:
    """Solve pairs, and list the largest flows of each one's transport plan, largest first.

    staying: whether mass that stays in its column is listed, too.
    step: flows are compared in whole steps, so that rounding does not order what is equal; of equal
    flows that of the lower source, then of the lower sink, comes first.
    flows: sources, sinks, masses (pairs, count), columns as numbers, and -1 where there are fewer;
    unchanged (pairs,): the mass that stays.
    """
    indptr, columns, _, _ = problem
    _, flow, reals, tree = space
    sources, sinks, masses, unchanged = flows
    count = sources.shape[1]
    for pair in range(len(queries)):
        query, row = queries[pair], rows[pair]
        m, n = indptr[query + 1] - indptr[query], indptr[row + 1] - indptr[row]
        _solve_pair(problem, query, row, np.inf, space)
        write_flow(flow, reals, tree, m, n)
        unchanged[pair] = 0.0
        for place in range(count):
            sources[pair, place] = -1
            sinks[pair, place] = -1
            masses[pair, place] = 0.0
        for i in range(m):
            for j in range(n):
                source, sink = columns[indptr[query] + i], columns[indptr[row] + j]
                if source == sink:
                    unchanged[pair] += flow[i, j]
                size = np.rint(flow[i, j] / step)
                if size < 1.0 or (source == sink and not staying):
                    continue
                place = count
                while place > 0 and size > np.rint(masses[pair, place - 1] / step):
                    place -= 1
                    if place + 1 < count:
                        sources[pair, place + 1] = sources[pair, place]
                        sinks[pair, place + 1] = sinks[pair, place]
                        masses[pair, place + 1] = masses[pair, place]
                if place < count:
                    sources[pair, place] = source
                    sinks[pair, place] = sink
                    masses[pair, place] = flow[i, j]
