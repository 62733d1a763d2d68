"""Slow, obvious versions of what the engine does fast."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows
from cocktailspace.analytics.transport.taxonomy import Forest

TOTAL = 24
"""The sum of made-up masses: small, so that many are equal."""


def dense(rows: Rows) -> NDArray[np.float64]:
    """(n, width) the rows as a matrix."""
    matrix = np.zeros((len(rows), rows.width))
    matrix[rows.row_of_entry(), rows.indices] = rows.data
    return matrix


def sparse(matrix: NDArray[np.float64]) -> Rows:
    """Rows from a matrix."""
    row, column = np.nonzero(matrix)
    return Rows.from_triplets(row, column, matrix[row, column], matrix.shape)


def random_rows(random: np.random.Generator, n: int, width: int, entries: int = 4) -> Rows:
    """Rows of whole numbers that each sum to TOTAL: many ties, some duplicates."""
    matrix = np.zeros((n, width))
    for row in matrix:
        np.add.at(row, random.integers(0, width, 8)[random.integers(0, entries, 8)], TOTAL / 8)
    return sparse(matrix)


def nearest_by_sorting(
    distances: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k nearest others from an (n, n) matrix, ties by number."""
    others = distances.copy()
    np.fill_diagonal(others, np.inf)
    indices = np.argsort(others, axis=1, kind="stable")[:, : min(k, max(len(others) - 1, 0))]
    return indices, np.take_along_axis(others, indices, axis=1)


def lineage(forest: Forest, node: int) -> list[int]:
    """The node and all above it; the common root, -1, last."""
    return [node, *lineage(forest, int(forest.parents[node]))] if node >= 0 else [-1]


def path_lengths(forest: Forest) -> NDArray[np.int64]:
    """(m, m) from node to node, by walking up from both to where they first meet."""

    def climb(node: int, stop: int) -> int:
        path = lineage(forest, node)
        return sum(int(forest.lengths[each]) for each in path[: path.index(stop)])

    lengths = np.zeros((len(forest), len(forest)), dtype=np.int64)
    for i in range(len(forest)):
        for j in range(len(forest)):
            meeting = next(each for each in lineage(forest, i) if each in lineage(forest, j))
            lengths[i, j] = climb(i, meeting) + climb(j, meeting)
    return lengths


def plan_slowly(
    source: NDArray[np.float64], target: NDArray[np.float64], forest: Forest
) -> list[tuple[int, int, int]]:
    """(source, target, mass) of the plan of two dense rows, matched node by node, pile by pile."""
    left, missing = np.maximum(source - target, 0), np.maximum(target - source, 0)
    moves = []
    deepest_first = sorted(range(len(forest)), key=lambda node: -len(lineage(forest, node)))
    for node in [*deepest_first, -1]:
        below = [each for each in range(len(forest)) if node in lineage(forest, each)]
        givers, takers = (
            sorted((each for each in below if side[each]), key=lambda each: (-side[each], each))
            for side in (left, missing)
        )
        while givers and takers:
            i, j = givers[0], takers[0]
            mass = min(left[i], missing[j])
            moves.append((i, j, int(mass)))
            left[i] -= mass
            missing[j] -= mass
            givers = givers if left[i] else givers[1:]
            takers = takers if missing[j] else takers[1:]
    return sorted(moves, key=lambda move: (-move[2], move[0], move[1]))


@st.composite
def forests(draw: st.DrawFn, largest: int = 12) -> Forest:
    """Forests of any shape, their nodes numbered in any order, with any lengths."""
    m = draw(st.integers(1, largest))
    above = [draw(st.integers(-1, node - 1)) for node in range(m)]
    number = draw(st.permutations(range(m)))
    parents = np.zeros(m, dtype=np.int32)
    for node, parent in enumerate(above):
        parents[number[node]] = number[parent] if parent >= 0 else -1
    return Forest(parents, draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)))
