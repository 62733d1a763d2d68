"""A taxonomy: a forest of ingredients below one common root, and distances in it.

Moving a unit of mass costs the length of the path between two ingredients. For such a *tree metric*
the Earth Mover's Distance has a closed form, so no optimisation is needed: each edge is crossed by
exactly the surplus of the subtree below it, hence
EMD(a, b) = sum over nodes v of length(v) |mass of a below v - mass of b below v|.
Source: Evans & Matsen 2012, "The phylogenetic Kantorovich-Rubinstein metric".
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cocktailspace.analytics.transport.rows import Rows

_ROWS_AT_ONCE = 50_000
"""Rows whose ancestors are listed together: bounds the scratch memory to some tens of MB."""


class Forest:
    """m ingredients, each below another or a root of its own; roots hang from one common root.

    parents: (m,) number of the node above, -1 for a root. lengths: (m,) whole length of the edge
    above each node. levels: (m,) edges up to the common root, 1 for a root.
    """

    def __init__(self, parents: ArrayLike, lengths: ArrayLike | None = None) -> None:
        """Lengths are 1 each where none are given.

        Raises ValueError for a parent that does not exist, a cycle, a negative length.
        """
        self.parents = np.ascontiguousarray(parents, dtype=np.int32)
        self.levels = levels_of(self.parents)
        given = np.ones(len(self.parents)) if lengths is None else lengths
        self.lengths = np.ascontiguousarray(given, dtype=np.int64)
        if self.lengths.shape != self.parents.shape or self.lengths.min(initial=0) < 0:
            raise ValueError(f"there must be {len(self)} lengths >= 0, got {self.lengths}")

    def __len__(self) -> int:
        """The number of nodes."""
        return len(self.parents)

    @cached_property
    def roots(self) -> NDArray[np.int32]:
        """(m,) the root of the tree that each node belongs to."""
        roots = np.arange(len(self), dtype=np.int32)
        while (below := self.parents[roots] >= 0).any():
            roots[below] = self.parents[roots[below]]
        return roots

    @cached_property
    def heights(self) -> NDArray[np.int64]:
        """(m,) length of the path from each node up to the common root."""
        heights = np.zeros(len(self), dtype=np.int64)
        for level in range(1, int(self.levels.max(initial=0)) + 1):
            nodes = np.flatnonzero(self.levels == level)
            above = self.parents[nodes]
            heights[nodes] = self.lengths[nodes] + np.where(above >= 0, heights[above], 0)
        return heights

    def lineage(self, node: int) -> list[int]:
        """The node and all above it, upwards."""
        path = [node]
        while (above := int(self.parents[path[-1]])) >= 0:
            path.append(above)
        return path

    @cached_property
    def _extents(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(m,) where each node and all below it begin and end in preorder."""
        sizes = np.ones(len(self), dtype=np.int64)
        downwards = np.argsort(self.levels, kind="stable").tolist()
        for node in reversed(downwards):
            if (above := self.parents[node]) >= 0:
                sizes[above] += sizes[node]
        begins = np.zeros(len(self), dtype=np.int64)
        free = np.zeros(len(self) + 1, dtype=np.int64)  # the last is the common root's
        for node in downwards:
            above = self.parents[node]
            begins[node] = free[above]
            free[above] += sizes[node]
            free[node] = begins[node] + 1
        return begins, begins + sizes

    def distances(self, node: int, others: NDArray[np.int64]) -> NDArray[np.int64]:
        """Path lengths between a node and others, by way of the lowest node that is above both."""
        begins, ends = self._extents
        common = np.zeros(len(others), dtype=np.int64)
        for above in reversed(self.lineage(node)):
            inside = (begins[above] <= begins[others]) & (begins[others] < ends[above])
            common[inside] = self.heights[above]
        distances: NDArray[np.int64] = self.heights[node] + self.heights[others] - 2 * common
        return distances

    def subtree_masses(self, masses: Rows) -> Rows:
        """Mass at or below each node, times the length of the edge above it: rows whose L1 distance
        is the Earth Mover's Distance.

        masses: n rows over the m nodes, all of one sum: what is below the common root is then the
        same in each and left out.
        """
        if len(self) != masses.width:
            raise ValueError(f"a forest of {len(self)} nodes for {masses.width} columns")
        blocks = [
            self._with_ancestors(masses, start, min(start + _ROWS_AT_ONCE, len(masses)))
            for start in range(0, max(len(masses), 1), _ROWS_AT_ONCE)
        ]
        lengths = np.concatenate([np.diff(block.indptr) for block in blocks])
        columns = np.concatenate([block.indices for block in blocks])
        data = np.concatenate([block.data for block in blocks]) * self.lengths[columns]
        return Rows(np.concatenate([[0], lengths.cumsum()]), columns, data, masses.width)

    def _with_ancestors(self, masses: Rows, start: int, stop: int) -> Rows:
        """Subtree masses of the rows from `start` to `stop`."""
        entries = slice(masses.indptr[start], masses.indptr[stop])
        row = np.repeat(np.arange(stop - start), np.diff(masses.indptr[start : stop + 1]))
        node, mass = masses.indices[entries], masses.data[entries]
        levels = [(row, node, mass)]
        while len(node):
            above = self.parents[node]
            inside = above >= 0
            row, node, mass = row[inside], above[inside], mass[inside]
            levels.append((row, node, mass))
        rows, nodes, data = (np.concatenate(part) for part in zip(*levels, strict=True))
        return Rows.from_triplets(rows, nodes, data, (stop - start, masses.width))


def levels_of(parents: NDArray[np.int32]) -> NDArray[np.int32]:
    """(m,) edges from each node up to the common root: 1 for a root.

    Raises ValueError for a parent that does not exist and for a cycle.
    """
    if parents.ndim != 1:
        raise ValueError(f"parents must be one-dimensional, got shape {parents.shape}")
    if len(parents) and (parents.min() < -1 or parents.max() >= len(parents)):
        raise ValueError(f"parents must be from -1 to {len(parents) - 1}")
    levels = np.ones(len(parents), dtype=np.int32)
    ancestor = parents.copy()
    for _ in range(len(parents)):
        below = ancestor >= 0
        if not below.any():
            return levels
        levels[below] += 1
        ancestor[below] = parents[ancestor[below]]
    if (ancestor >= 0).any():
        raise ValueError(f"parents run in a cycle through node {int(np.argmax(ancestor >= 0))}")
    return levels
