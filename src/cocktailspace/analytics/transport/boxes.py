"""Boxes around stretches of rows: what lets a search skip many rows at once.

A *box* of some rows holds the largest mass of any of them per column and the least row sum. No row
in it can be nearer than the box lets it be, because sum of min(q, row) <= sum of min(q, box).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows

Level = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]
"""Rows, or boxes of rows: indptr, columns and masses in CSR, and half of each one's sum of masses,
for a box the least. Whole numbers and halves below 2^23, which single precision holds exactly."""
Index = tuple[NDArray[np.int64], Level, Level, Level]
"""All rows: the order in which near ones stand together, the rows in that order, and the small and
the large boxes around them. Plain tuples, as compiled code takes them apart without cost."""

SMALL, LARGE = 16, 128
"""Rows in a small and in a large box."""
GROUP = 64
"""Rows whose neighbours are sought together."""
_ROWS_AT_ONCE = LARGE * 1024


def build_index(rows: Rows, order: NDArray[np.int64]) -> Index:
    """Index of `rows`, already arranged in `order`."""
    halves = (rows.sums() / 2).astype(np.float32)
    level = (rows.indptr, rows.indices, rows.data.astype(np.float32), halves)
    return order, level, _boxes(level, SMALL, rows.width), _boxes(level, LARGE, rows.width)


def _boxes(level: Level, size: int, width: int) -> Level:
    """Boxes around every `size` consecutive rows."""
    n = len(level[0]) - 1
    parts = [
        _boxes_between(level, start, min(start + _ROWS_AT_ONCE, n), size, width)
        for start in range(0, n, _ROWS_AT_ONCE)
    ]
    lengths, columns, masses = (np.concatenate(part) for part in zip(*parts, strict=True))
    indptr = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=indptr[1:])
    halves = np.minimum.reduceat(level[3], np.arange(0, n, size))
    return indptr, columns, masses, halves


def _boxes_between(
    level: Level, start: int, stop: int, size: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Lengths, columns and largest masses of the boxes around the rows from start to stop."""
    indptr, columns, masses, _ = level
    entries = slice(indptr[start], indptr[stop])
    lengths = np.diff(indptr[start : stop + 1])
    box = np.repeat(np.arange(stop - start) // size, lengths)
    place = box * width + columns[entries]
    order = np.argsort(place, kind="stable")
    place = place[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    sorted_masses = masses[entries][order]
    largest = np.maximum.reduceat(sorted_masses, first) if len(first) else sorted_masses
    count = np.bincount(place[first] // width, minlength=-(-(stop - start) // size))
    return count, (place[first] % width).astype(np.int32), largest
