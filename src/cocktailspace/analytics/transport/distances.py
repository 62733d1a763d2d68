"""L1 (Manhattan) distances from some rows to all, and the least of them, in NumPy alone.

On subtree masses this is the Earth Mover's Distance under the taxonomy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows


def distances_to_all(queries: Rows, rows: Rows, by_column: Rows) -> NDArray[np.float64]:
    """(q, n) L1 distances from each query to each row, exact as the masses are whole numbers.

    by_column: `rows.transposed()`. As |a - b| = a + b - 2 min(a, b), only the columns that a query
    has need a look.
    """
    q, n = len(queries), len(rows)
    met, whose = by_column.entries_of(queries.indices)
    least = np.minimum(by_column.data[met], queries.data[whose])
    pair = (queries.row_of_entry() * n)[whose] + by_column.indices[met]
    shared = np.bincount(pair, weights=least, minlength=q * n).reshape(q, n)
    distances: NDArray[np.float64] = queries.sums()[:, None] + rows.sums() - 2.0 * shared
    return distances


def nearest_columns(
    distances: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(q, k) the columns of the k least of each row, ascending, ties by column; and these."""
    if k == 0:
        return np.zeros((len(distances), 0), np.int64), np.zeros((len(distances), 0))
    farthest = np.partition(distances, k - 1, axis=1)[:, k - 1 : k]
    hits = np.flatnonzero(distances <= farthest)  # k of each row, or more where some are equal
    row, column = np.divmod(hits, distances.shape[1])
    near = distances[row, column]
    order = np.lexsort((near, row))
    first = np.searchsorted(row, np.arange(len(distances)))
    chosen = order[first[:, None] + np.arange(k)]
    return column[chosen], near[chosen]
