"""An order of rows in which near rows stand together (compiled).

Recursive bisection: of a stretch of rows, two rows that are far apart are found, and the half that
is nearer to the one goes before the half that is nearer to the other. Only the speed of a search
depends on this order, never its result.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.transport.compiled import (
    Columns,
    Floats,
    Ints,
    compiled,
    compiled_entry,
)

_DEEPEST = 256
"""More than the stretches that ever wait: one for each halving, of which there are under 64."""
_SAMPLE = 200
"""A far row is sought among about this many rows of a stretch."""

Masses = tuple[Ints, Columns, Floats, Floats]
"""Rows in CSR, and their sums."""


@compiled
def _spread(rows: Masses, row: int, dense: Floats) -> None:
    """Write one row into a dense array."""
    indptr, columns, masses, _ = rows
    for entry in range(indptr[row], indptr[row + 1]):
        dense[columns[entry]] = masses[entry]


@compiled
def _clear(rows: Masses, row: int, dense: Floats) -> None:
    """Take one row out of a dense array again."""
    indptr, columns, _, _ = rows
    for entry in range(indptr[row], indptr[row + 1]):
        dense[columns[entry]] = 0.0


@compiled
def _shared(rows: Masses, row: int, dense: Floats) -> float:
    """Mass that a row shares with a dense one: the sum of minima."""
    indptr, columns, masses, _ = rows
    shared = 0.0
    for entry in range(indptr[row], indptr[row + 1]):
        shared += min(masses[entry], dense[columns[entry]])
    return shared


@compiled
def _farthest(rows: Masses, row: int, order: Ints, start: int, stop: int, dense: Floats) -> int:
    """The row of a sample of the stretch that is farthest (L1) from `row`."""
    sums = rows[3]
    _spread(rows, row, dense)
    farthest, largest = row, -1.0
    for place in range(start, stop, 1 + (stop - start) // _SAMPLE):
        distance = sums[order[place]] - 2.0 * _shared(rows, order[place], dense)
        if distance > largest:
            farthest, largest = order[place], distance
    _clear(rows, row, dense)
    return farthest


@compiled
def _select(key: Floats, order: Ints, start: int, stop: int, middle: int) -> None:
    """Rearrange key[start:stop], and order with it, so that the least stand before `middle`.

    Hoare's quickselect; equal keys by row number.
    """
    low, high = start, stop - 1
    while low < high:
        centre = (low + high) // 2
        pivot, pivot_row = key[centre], order[centre]
        i, j = low, high
        while i <= j:
            while key[i] < pivot or (key[i] == pivot and order[i] < pivot_row):
                i += 1
            while key[j] > pivot or (key[j] == pivot and order[j] > pivot_row):
                j -= 1
            if i <= j:
                key[i], key[j] = key[j], key[i]
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@compiled_entry
def bisect(rows: Masses, width: int, leaf: int) -> Ints:
    """(n,) row numbers such that near rows stand together, in stretches of `leaf` rows.

    rows: (indptr, columns, masses, row sums) with columns below `width`.
    """
    n = len(rows[0]) - 1
    order = np.arange(n)
    key = np.empty(n)
    near, far = np.zeros(width), np.zeros(width)
    waiting = np.empty((_DEEPEST, 2), dtype=np.int64)
    waiting[0, 0], waiting[0, 1] = 0, n
    depth = 1
    while depth > 0:
        depth -= 1
        start, stop = waiting[depth, 0], waiting[depth, 1]
        if stop - start <= leaf:
            continue
        first = _farthest(rows, order[(start + stop) // 2], order, start, stop, near)
        second = _farthest(rows, first, order, start, stop, near)
        _spread(rows, first, near)
        _spread(rows, second, far)
        for place in range(start, stop):
            row = order[place]
            key[place] = _shared(rows, row, far) - _shared(rows, row, near)
        _clear(rows, first, near)
        _clear(rows, second, far)
        middle = start + leaf * max(1, ((stop - start) // leaf + 1) // 2)
        _select(key, order, start, stop, middle)
        waiting[depth, 0], waiting[depth, 1] = start, middle
        waiting[depth + 1, 0], waiting[depth + 1, 1] = middle, stop
        depth += 2
    return order
