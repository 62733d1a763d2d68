"""An order of rows in which near rows stand together.

Recursive bisection: of a stretch of rows, two rows that are far apart are found, and the half that
is nearer to the one goes before the half that is nearer to the other. Only the speed of a search
depends on this order, never its result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows

_SAMPLE = 200
"""A far row is sought among about this many rows of a stretch."""


def near_order(rows: Rows, leaf: int) -> NDArray[np.int64]:
    """(n,) row numbers such that near rows stand together, in stretches of `leaf` rows."""
    order = np.arange(len(rows))
    sums = rows.sums()
    dense = np.zeros(rows.width)
    waiting = [(0, len(rows))]
    while waiting:
        start, stop = waiting.pop()
        if stop - start <= leaf:
            continue
        stretch = order[start:stop]
        sample = stretch[:: 1 + (stop - start) // _SAMPLE]
        first = _farthest(rows, sums, sample, int(stretch[len(stretch) // 2]), dense)
        second = _farthest(rows, sums, sample, first, dense)
        leaning = _shared(rows, stretch, second, dense) - _shared(rows, stretch, first, dense)
        order[start:stop] = stretch[np.argsort(leaning, kind="stable")]
        middle = start + leaf * max(1, ((stop - start) // leaf + 1) // 2)
        waiting += [(start, middle), (middle, stop)]
    return order


def _farthest(
    rows: Rows,
    sums: NDArray[np.float64],
    sample: NDArray[np.int64],
    row: int,
    dense: NDArray[np.float64],
) -> int:
    """The row of the sample that is farthest (L1) from `row`."""
    distances = sums[sample] - 2.0 * _shared(rows, sample, row, dense)
    return int(sample[np.argmax(distances)])


def _shared(
    rows: Rows, chosen: NDArray[np.int64], row: int, dense: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mass that each of the chosen rows shares with `row`; dense: (width,) zeros."""
    entries, owner = rows.entries_of(chosen)
    return rows.shared_with(row, entries, owner, len(chosen), dense)
