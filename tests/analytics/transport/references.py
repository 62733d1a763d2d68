"""Slow, obvious versions of what the engine does fast."""

import numpy as np
import ot
from numpy.typing import NDArray

from cocktailspace.analytics.transport import Rows, transport_plan


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
    """Rows that each sum to 1, with fractions in eighths: many ties, some duplicates."""
    matrix = np.zeros((n, width))
    for row in matrix:
        np.add.at(row, random.integers(0, width, 8)[random.integers(0, entries, 8)], 1 / 8)
    return sparse(matrix)


def nearest_by_sorting(
    distances: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k nearest others from an (n, n) matrix: rounded to nine digits, ties by number."""
    rounded = np.round(distances, 9)
    np.fill_diagonal(rounded, np.inf)
    indices = np.argsort(rounded, axis=1, kind="stable")[:, :k]
    return indices, np.take_along_axis(rounded, indices, axis=1)


def all_distances(rows: Rows, costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, n) Earth Mover's Distances by POT."""
    masses = dense(rows)
    result = np.zeros((len(rows), len(rows)))
    for i, a in enumerate(masses):
        for j, b in enumerate(masses):
            support = np.ix_(a > 0, b > 0)
            result[i, j] = ot.emd2(a[a > 0], b[b > 0], np.ascontiguousarray(costs[support]))
    return result


def learn_slowly(
    rows: Rows, parents: NDArray[np.int32], rounds: int, k: int
) -> tuple[NDArray[np.float64], list[float]]:
    """Costs learned as the design says, one pair and one flow after the other."""
    m = rows.width
    costs = path_lengths(parents)
    changes = []
    for _ in range(rounds):
        distances = all_distances(rows, costs)
        nearest, _ = nearest_by_sorting(distances, k)
        exchanged = np.zeros((m, m))
        for i in range(len(rows)):
            near = distances[i, nearest[i]]
            weights = np.exp(-(near - near.min()))
            for j, weight in zip(nearest[i], weights / weights.sum(), strict=True):
                count_largest(rows, i, int(j), costs, weight, exchanged)
        exchanged = (exchanged + exchanged.T) / 2
        row, total = exchanged.sum(axis=1), exchanged.sum()
        learned = np.zeros((m, m))
        for i in range(m):
            for j in range(m):
                chance = (row[i] + m) * (row[j] + m) / (total + m * m)
                learned[i, j] = -np.log((exchanged[i, j] + 1) / chance)
        learned -= learned.min()
        np.fill_diagonal(learned, 0)
        learned /= np.median(learned[~np.eye(m, dtype=bool)])
        changes.append(np.sqrt(((learned - costs) ** 2).sum() / (costs**2).sum()))
        costs = learned
        if changes[-1] < 1e-3:
            break
    return costs, changes


def count_largest(
    rows: Rows,
    i: int,
    j: int,
    costs: NDArray[np.float64],
    weight: float,
    exchanged: NDArray[np.float64],
) -> None:
    """Add the plan's three largest flows that are at least 5 % of its largest."""
    a, b = dense(rows)[[i, j]]
    flow = transport_plan(a, b, costs).flow
    sizes = [(-round(flow[s, t], 9), s, t) for s, t in zip(*np.nonzero(flow > 1e-9), strict=True)]
    largest = sorted(sizes)[:3]
    for size, source, sink in largest:
        if -size >= 0.05 * -largest[0][0] - 1e-9:
            exchanged[source, sink] += weight * flow[source, sink]


def path_lengths(parents: NDArray[np.int32]) -> NDArray[np.float64]:
    """(m, m) steps from node to node, by walking up to the lowest common ancestor."""

    def ancestors(node: int) -> list[int]:
        return [node, *(ancestors(int(parents[node])) if parents[node] >= 0 else [-1])]

    lengths = np.zeros((len(parents), len(parents)))
    for i in range(len(parents)):
        for j in range(len(parents)):
            up, other = ancestors(i), ancestors(j)
            lengths[i, j] = min(up.index(x) + other.index(x) for x in up if x in other)
    return lengths
