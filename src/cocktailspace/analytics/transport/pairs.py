"""Many pairs of rows, solved one after the other: for a search, and for their flows (compiled)."""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled_entry
from cocktailspace.analytics.transport.arrays import ColumnTable, FloatTable, Ints, Near
from cocktailspace.analytics.transport.overlap import insert_neighbour
from cocktailspace.analytics.transport.pair import Problem, solve_pair
from cocktailspace.analytics.transport.spanning_tree import (
    FLOW,
    ORDER,
    PARENT,
    Space,
    arc_between,
)


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
        distance = solve_pair(problem, start + lane, row, limit, space)
        if distance <= limit:
            solved += 1
            rounded = np.rint(distance / grid) * grid
            insert_neighbour(distances, indices, lane, rounded, order[row])
    return solved


@compiled_entry
def flows_of_pairs(
    problem: Problem,
    queries: Ints,
    rows: Ints,
    space: Space,
    flows: tuple[ColumnTable, ColumnTable, FloatTable],
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
        solve_pair(problem, queries[pair], rows[pair], np.inf, space)
        for arc in range(m + n - 1):
            node = tree[ORDER, arc + 1]
            source, sink = arc_between(node, tree[PARENT, node], m)
            sources[pair, arc] = columns[first + source]
            sinks[pair, arc] = columns[other + sink]
            masses[pair, arc] = reals[FLOW, node]
