"""Trees that span the sources and sinks of a transportation problem, and their flows (compiled).

Nodes are the m sources, then the n sinks. The root is a sink; every other node has a parent, and
the arc between the two carries flow from the source to the sink. Sinks hang by arcs that carry
flow only, so that mass could go from every node towards the root; such trees are called strongly
feasible, and none comes back while arcs enter and leave as `pivot` lets them (Cunningham 1976).

While a tree is sought masses are counted in whole units, so that flows are whole numbers free of
rounding, and ties, which are common in recipes, are ties. Potentials are sums of two numbers, as
each one comes from another by adding and subtracting costs of any size.

A workspace is a tuple of three arrays for up to M sources and as many sinks: costs (M, M), and the
rows of `reals` and `tree` (rows, 2 M) that are named below. Few arrays, because each one handed
from function to function costs time.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled
from cocktailspace.analytics.transport.arrays import FloatTable, NumberTable

Space = tuple[FloatTable, FloatTable, NumberTable]

MASS, FLOW, LEFT, POTENTIAL, REST, KEY = range(6)
"""Rows of `reals`: masses; flow between a node and its parent; what is left of a mass; potentials
and the rest that does not fit into them; room for sorting."""
PARENT, DEPTH, ORDER, LATER, INSIDE, RANK = range(6)
"""Rows of `tree`: parent and depth of each node; the nodes, parents first; and room for work."""
_UNITS = 2.0**50
"""Units in the whole mass."""
_DUST = 1e-12
"""Share of a mass below which a flow is taken for rounding error."""


def workspace(longest: int) -> Space:
    """Working memory for problems of up to so many sources and sinks."""
    size = max(longest, 1)
    nodes = (6, 2 * size)
    return np.zeros((size, size)), np.zeros(nodes), np.zeros(nodes, np.uint32)


@compiled
def count_units(reals: FloatTable, m: int, n: int) -> None:
    """What is left of each mass: all of it, in whole units, at least one.

    What rounding leaves over between the two sides is put on the largest sink.
    """
    total = 0.0
    for node in range(m):
        total += reals[MASS, node]
    scale = _UNITS / total
    surplus, largest = 0.0, m
    for node in range(m + n):
        units = max(np.rint(reals[MASS, node] * scale), 1.0)
        reals[LEFT, node] = units
        surplus += units if node < m else -units
        if node >= m and units > reals[LEFT, largest]:
            largest = node
    reals[LEFT, largest] += surplus


@compiled
def arc_between(node: int, parent: int, m: int) -> tuple[int, int]:
    """The arc between a node and its parent: its source, and its sink counted from 0."""
    return (node, parent - m) if node < m else (parent, node - m)


@compiled
def _hang(
    node: int, parent: int, costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int
) -> None:
    """Hang a node under its parent: its potential is the arc's cost less the parent's.

    Source of the rounding error of a difference: Knuth 1997, section 4.2.2, theorem B.
    """
    tree[PARENT, node] = parent
    tree[DEPTH, node] = tree[DEPTH, parent] + 1
    source, sink = arc_between(node, parent, m)
    cost = costs[source, sink]
    less = reals[POTENTIAL, parent]
    high = cost - less
    back = high - cost
    rest = (cost - (high - back)) - (less + back) - reals[REST, parent]
    reals[POTENTIAL, node] = high + rest
    reals[REST, node] = rest - ((high + rest) - high)


@compiled
def grow(costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int, n: int) -> None:
    """A first tree: each source in turn fills the sinks from the cheapest on.

    Costs are compared less the keys, and a full sink's key is no more. What is full, or has nothing
    left, hangs under the other end of its last arc. In a tie it is the sink: only sources hang by
    arcs without flow, and may send.
    """
    place, open_sinks, root = m + n, n, m
    for i in range(m):
        while True:
            chosen, least = 0, np.inf
            for j in range(n):
                reduced = costs[i, j] - reals[KEY, j]
                if reduced < least:
                    chosen, least = j, reduced
            root = m + chosen
            place -= 1
            fills = reals[LEFT, root] <= reals[LEFT, i] or i == m - 1
            if open_sinks == 1 or not fills:
                reals[FLOW, i] = reals[LEFT, i]
                reals[LEFT, root] -= reals[LEFT, i]
                tree[PARENT, i] = root
                tree[ORDER, place] = i
                break
            reals[FLOW, root] = reals[LEFT, root]
            reals[LEFT, i] -= reals[LEFT, root]
            tree[PARENT, root] = i
            tree[ORDER, place] = root
            open_sinks -= 1
            reals[KEY, chosen] = -np.inf
    tree[ORDER, 0] = root
    tree[DEPTH, root] = 0
    reals[POTENTIAL, root] = 0.0
    reals[REST, root] = 0.0
    for position in range(1, m + n):
        node = tree[ORDER, position]
        _hang(node, tree[PARENT, node], costs, reals, tree, m)


@compiled
def _rehang(
    entering: int,
    parent: int,
    leaving: int,
    costs: FloatTable,
    reals: FloatTable,
    tree: NumberTable,
    m: int,
    n: int,
) -> None:
    """Cut the tree above `leaving`, and hang what is below it under `parent` by `entering`.

    The nodes from `entering` up to `leaving` change places with their parents. They come first
    among those that move, and these last of all, so that parents stay before their children.
    """
    tree[INSIDE, tree[ORDER, 0]] = 0
    place, moved = 1, 0
    for position in range(1, m + n):
        node = tree[ORDER, position]
        inside = 1 if node == leaving else tree[INSIDE, tree[PARENT, node]]
        tree[INSIDE, node] = inside
        tree[LATER, moved] = node
        moved += inside
        tree[ORDER, place] = node
        place += 1 - inside
    node, flow = entering, reals[FLOW, leaving]
    while True:
        above, above_flow = tree[PARENT, node], reals[FLOW, node]
        _hang(node, parent, costs, reals, tree, m)
        reals[FLOW, node] = flow
        tree[INSIDE, node] = 0
        tree[ORDER, place] = node
        place += 1
        if node == leaving:
            break
        parent, node, flow = node, above, above_flow
    for position in range(moved):
        node = tree[LATER, position]
        if tree[INSIDE, node] == 1:
            _hang(node, tree[PARENT, node], costs, reals, tree, m)
            tree[ORDER, place] = node
            place += 1


@compiled
def pivot(
    source: int, sink: int, costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int, n: int
) -> None:
    """Let the arc from source to sink enter, for the one that runs empty first on its cycle.

    Along the cycle, in the direction of the entering arc, flow falls above each source on the way
    from where the paths to the root meet down to `source`, and above each sink on the way back.
    Of the arcs that run empty the last on this round leaves.
    """
    below, other, leaving, sent, on_way_back = source, sink, -1, np.inf, False
    while below != other:
        if tree[DEPTH, below] >= tree[DEPTH, other]:
            if below < m and reals[FLOW, below] < sent:
                leaving, sent, on_way_back = below, reals[FLOW, below], False
            below = tree[PARENT, below]
        else:
            if other >= m and reals[FLOW, other] <= sent:
                leaving, sent, on_way_back = other, reals[FLOW, other], True
            other = tree[PARENT, other]
    node = source
    while node != below:
        reals[FLOW, node] += -sent if node < m else sent
        node = tree[PARENT, node]
    node = sink
    while node != below:
        reals[FLOW, node] += sent if node < m else -sent
        node = tree[PARENT, node]
    reals[FLOW, leaving] = sent
    entering, parent = (sink, source) if on_way_back else (source, sink)
    _rehang(entering, parent, leaving, costs, reals, tree, m, n)


@compiled
def settle(costs: FloatTable, reals: FloatTable, tree: NumberTable, m: int, n: int) -> float:
    """What the tree's flow costs, which is found anew from the masses themselves."""
    for node in range(m + n):
        reals[LEFT, node] = reals[MASS, node]
    cost = 0.0
    for position in range(m + n - 1, 0, -1):
        node = tree[ORDER, position]
        parent = tree[PARENT, node]
        flow = reals[LEFT, node]
        reals[LEFT, parent] -= flow
        if flow <= _DUST * min(reals[MASS, node], reals[MASS, parent]):
            flow = 0.0
        reals[FLOW, node] = flow
        source, sink = arc_between(node, parent, m)
        cost += flow * costs[source, sink]
    return cost
