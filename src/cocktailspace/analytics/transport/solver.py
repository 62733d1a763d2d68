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

from cocktailspace.analytics.transport.compiled import Floats, Ints, compiled, compiled_entry
from cocktailspace.analytics.transport.spanning_tree import (
    KEY,
    MASS,
    POTENTIAL,
    REST,
    Space,
    count_units,
    grow,
    pivot,
    settle,
    write_flow,
)

_LAST_DIGIT = 1.0 + 2.0**-50
"""By how much, of its own cost, an arc has to be cheaper to enter: more than rounding errors."""


@compiled
def _column_minima(costs: Floats, reals: Floats, m: int, n: int) -> None:
    """The least cost into each sink, as keys."""
    for j in range(n):
        reals[KEY, j] = costs[0, j]
    for i in range(1, m):
        for j in range(n):
            reals[KEY, j] = min(costs[i, j], reals[KEY, j])


@compiled
def _dual_bound(costs: Floats, reals: Floats, m: int, n: int) -> float:
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
def _cheapest_arc(costs: Floats, reals: Floats, m: int, n: int) -> tuple[float, int, int]:
    """The arc of least reduced cost, if that is below zero: reduced cost, source, sink's node."""
    least, source, sink = 0.0, -1, -1
    for i in range(m):
        high, rest = reals[POTENTIAL, i], reals[REST, i]
        for j in range(n):
            potential = high + reals[POTENTIAL, m + j]
            reduced = costs[i, j] * _LAST_DIGIT - potential - (rest + reals[REST, m + j])
            if reduced < least:
                least, source, sink = reduced, i, m + j
    return least, source, sink


@compiled
def _tree_bound(least: float, reals: Floats, m: int, n: int) -> float:
    """The dual objective once every u_i is raised by `least` <= 0, the least reduced cost."""
    bound = 0.0
    for i in range(m):
        bound += reals[MASS, i] * (reals[POTENTIAL, i] + least)
    for node in range(m, m + n):
        bound += reals[MASS, node] * reals[POTENTIAL, node]
    return bound


@compiled
def solve(costs: Floats, reals: Floats, tree: Ints, m: int, n: int, limit: float) -> float:
    """Least cost of moving the masses of m sources to n sinks, both at least one, and all > 0.

    `write_flow` tells how, afterwards. Stops early with a lower bound above `limit` as soon as
    there is one. The sums of the masses on either side are equal up to rounding.
    """
    _column_minima(costs, reals, m, n)
    if limit < np.inf:
        bound = _dual_bound(costs, reals, m, n)
        if bound > limit:
            return bound
    count_units(reals, m, n)
    grow(costs, reals, tree, m, n)
    while True:
        least, source, sink = _cheapest_arc(costs, reals, m, n)
        if limit < np.inf:
            bound = _tree_bound(least, reals, m, n)
            if bound > limit:
                return bound
        if source < 0:
            return settle(costs, reals, tree, m, n)
        pivot(source, sink, costs, reals, tree, m, n)


@compiled_entry
def solve_alone(space: Space, m: int, n: int) -> float:
    """`solve` to the end, for one problem, with its flow."""
    costs, flow, reals, tree = space
    cost = solve(costs, reals, tree, m, n, np.inf)
    write_flow(flow, reals, tree, m, n)
    return cost
