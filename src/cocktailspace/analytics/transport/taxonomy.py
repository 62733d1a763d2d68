"""Costs and masses under a taxonomy: a forest of ingredients below one common root.

The cost of a move is the path length between two ingredients in the tree, unit edges. For such a
*tree metric* the Earth Mover's Distance has a closed form, so no optimisation is needed: each edge
is crossed by exactly the surplus of the subtree below it, hence
EMD(a, b) = sum over nodes v of |mass of a below v - mass of b below v|.
Source: Evans & Matsen 2012, "The phylogenetic Kantorovich-Rubinstein metric".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.rows import Rows

_ROWS_AT_ONCE = 50_000
"""Rows whose ancestors are listed together: bounds the scratch memory to some tens of MB."""


def checked_parents(parents: ArrayLike) -> NDArray[np.int32]:
    """`parents` as an array, if it is a forest: -1 for a root, else another node's number.

    Raises ValueError for a parent that does not exist and for a cycle.
    """
    forest = np.ascontiguousarray(parents, dtype=np.int32)
    if forest.ndim != 1:
        raise ValueError(f"parents must be one-dimensional, got shape {forest.shape}")
    if len(forest) and (forest.min() < -1 or forest.max() >= len(forest)):
        raise ValueError(f"parents must be from -1 to {len(forest) - 1}")
    ancestor = forest.copy()
    for _ in range(len(forest)):
        below = ancestor >= 0
        if not below.any():
            return forest
        ancestor[below] = forest[ancestor[below]]
    if (ancestor >= 0).any():
        raise ValueError(f"parents run in a cycle through node {int(np.argmax(ancestor >= 0))}")
    return forest


def subtree_masses(fractions: Rows, parents: ArrayLike) -> Rows:
    """Mass at or below each node: rows whose L1 distance is the EMD under path lengths.

    fractions: n rows over the m nodes of the forest.
    parents: (m,) each node's parent, -1 for a root. Roots hang from one common root, whose own
    subtree holds everything and so never differs between rows of equal mass.
    Raises ValueError for parents that are not a forest over the columns of `fractions`.
    """
    forest = checked_parents(parents)
    if len(forest) != fractions.width:
        raise ValueError(f"{len(forest)} parents for {fractions.width} columns")
    blocks = [
        _with_ancestors(fractions, forest, start, min(start + _ROWS_AT_ONCE, len(fractions)))
        for start in range(0, len(fractions), _ROWS_AT_ONCE)
    ]
    if len(blocks) == 1:
        return blocks[0]
    lengths = [np.diff(block.indptr) for block in blocks]
    indptr = np.concatenate([[0], *(np.asarray(part) for part in lengths)]).cumsum()
    return Rows(
        indptr,
        np.concatenate([block.indices for block in blocks] or [np.zeros(0, np.int32)]),
        np.concatenate([block.data for block in blocks] or [np.zeros(0)]),
        fractions.width,
    )


def _with_ancestors(fractions: Rows, parents: NDArray[np.int32], start: int, stop: int) -> Rows:
    """Subtree masses of the rows from `start` to `stop`."""
    entries = slice(fractions.indptr[start], fractions.indptr[stop])
    row = np.repeat(np.arange(stop - start), np.diff(fractions.indptr[start : stop + 1]))
    node, mass = fractions.indices[entries], fractions.data[entries]
    levels = []
    while len(node):
        levels.append((row, node, mass))
        above = parents[node]
        inside = above >= 0
        row, node, mass = row[inside], above[inside], mass[inside]
    if not levels:
        return Rows.from_triplets([], [], [], (stop - start, fractions.width))
    rows, nodes, masses = (np.concatenate(part) for part in zip(*levels, strict=True))
    return Rows.from_triplets(rows, nodes, masses, (stop - start, fractions.width))


def taxonomy_costs(parents: ArrayLike) -> NDArray[np.float64]:
    """(m, m) path lengths between the nodes of a forest under a common root, unit edges."""
    forest = checked_parents(parents)
    m = len(forest)
    everyone = Rows(np.arange(m + 1), np.arange(m, dtype=np.int32), np.ones(m), m)
    paths = subtree_masses(everyone, forest)
    at_or_above = np.zeros((m, m))
    at_or_above[paths.row_of_entry(), paths.indices] = paths.data
    depth = at_or_above.sum(axis=1)
    costs: NDArray[np.float64] = depth[:, None] + depth[None, :] - 2 * at_or_above @ at_or_above.T
    return costs
