"""The transportation problem, exactly, by the simplex method on spanning trees (compiled).

Minimise sum f_ij c_ij over flows f >= 0 with row sums a and column sums b. Some cheapest flow runs
along the arcs of a tree that spans sources and sinks. A tree gives potentials, u_i + v_j = c_ij on
its arcs. While an arc outside costs less than its ends' potentials, it enters the tree for the arc
that runs empty first on the cycle it closes. Once there is none, u_i + v_j <= c_ij everywhere, and
no flow g is cheaper: sum g_ij c_ij >= sum g_ij (u_i + v_j) = sum a_i u_i + sum b_j v_j, which is
what the tree's flow costs (duality).
Source: Ahuja, Magnanti & Orlin 1993, chapter 11.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled, compiled_entry
from cocktailspace.analytics.transport.arrays import FloatTable, NumberTable
from cocktailspace.analytics.transport.spanning_tree import (
    FLOW,
    KEY,
    MASS,
    ORDER,
    PARENT,
    POTENTIAL,
    REST,
    Space,
    arc_between,
    count_units,
    grow,
    pivot,
    settle,
)

_LAST_DIGIT = 1.0 + 2.0**-50
"""By how much, of its own cost, an arc has to be cheaper to enter: more than rounding errors."""


@compiled
def _column_minima(costs: FloatTable, reals: FloatTable, m: int, n: int) -> None:
    """The least cost into each sink, as keys."""
    for j in range(n):
        reals[KEY, j] = costs[0, j]
    for i in range(1, m):
        for j in range(n):
            reals[KEY, j] = min(costs[i, j], reals[KEY, j])


@compiled
def _dual_bound(costs: FloatTable, reals: FloatTable, m: int, n: int) -> float:
    """The dual objective of v_j = min_i c_ij (the keys) and u_i = min_j (c_ij - v_j)."""
    bound = 0.0
    for j in range(n):
        bound += reals[MASS, m + j] * reals[KEY, j]
    for i in range(m):
        least = np.inf
        for j in range(n):
            least = min(costs[i, j] - reals[KEY, j], least)
        bound += reals[MASS, i] * least
    return bound


@compiled
def _cheapest_arc(costs: FloatTable, reals: FloatTable, m: int, n: int) -> tuple[int, int]:
    """Source and sink's node of the arc of least reduced cost; -1, -1 if none is below zero."""
    least, source, sink = 0.0, -1, -1
    for i in range(m):
        high, rest = reals[POTENTIAL, i], reals[REST, i]
        for j in range(n):
            potential = high + reals[POTENTIAL, m + j]
            reduced = costs[i, j] * _LAST_DIGIT - potential - (rest + reals[REST, m + j])
            if reduced < least:
                least, source, sink = reduced, i, m + j
    return source, sink


@compiled
def solve(
    costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int, n: int, limit: float
) -> float:
    """Least cost of moving the masses of m sources to n sinks, both at least one, and all > 0.

    The flow is the tree's, afterwards. Gives a lower bound instead if there is a quick one above
    `limit`. The sums of the masses on either side are equal up to rounding.
    """
    _column_minima(costs, reals, m, n)
    if limit < np.inf:
        bound = _dual_bound(costs, reals, m, n)
        if bound > limit:
            return bound
    count_units(reals, m, n)
    grow(costs, reals, tree, m, n)
    source, sink = _cheapest_arc(costs, reals, m, n)
    while source >= 0:
        pivot(source, sink, costs, reals, tree, m, n)
        source, sink = _cheapest_arc(costs, reals, m, n)
    return settle(costs, reals, tree, m, n)


@compiled_entry
def solve_alone(space: Space, flow: FloatTable) -> float:
    """`solve` to the end, for one problem: `flow`, (m, n) zeros, becomes its flow."""
    costs, reals, tree = space
    m, n = flow.shape
    cost = solve(costs, reals, tree, m, n, np.inf)
    for position in range(1, m + n):
        node = tree[ORDER, position]
        source, sink = arc_between(node, tree[PARENT, node], m)
        flow[source, sink] = reals[FLOW, node]
    return cost
