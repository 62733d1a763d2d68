"""An order of rows in which near rows stand together.

Bisection: of a stretch of rows, two rows that are far apart are found, and the half that is nearer
to the one goes before the half that is nearer to the other; then the halves likewise, many
stretches at once. Only the speed of a search depends on this order, never its result.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows, stretches

_SAMPLE = 200
"""A far row is sought among about this many rows of a stretch."""
_ROWS_AT_ONCE = 1 << 13
_TABLE = 1 << 21
"""How many rows of several stretches, and places of a table for them, are worked on at once."""

_Numbers = NDArray[np.int64]


def near_order(rows: Rows, leaf: int) -> _Numbers:
    """(n,) row numbers such that near rows stand together, in stretches of `leaf` rows."""
    order, sums = np.arange(len(rows)), rows.sums()
    starts, stops = np.array([0]), np.array([len(rows)])
    while (long := stops - starts > leaf).any():
        starts, stops = starts[long], stops[long]
        for part in _parts(stops - starts, rows.width):
            _bisect(rows, sums, order, starts[part], stops[part])
        middles = starts + leaf * np.maximum(1, ((stops - starts) // leaf + 1) // 2)
        starts, stops = np.concatenate([starts, middles]), np.concatenate([middles, stops])
    return order


def _parts(lengths: _Numbers, width: int) -> list[slice]:
    """Stretches that are worked on at once: one, or several short ones."""
    most = max(1, _TABLE // max(width, 1))
    parts, begin, total = [], 0, 0
    for number, length in enumerate(lengths.tolist()):
        if number > begin and (total + length > _ROWS_AT_ONCE or number - begin == most):
            parts.append(slice(begin, number))
            begin, total = number, 0
        total += length
    return [*parts, slice(begin, len(lengths))]


def _bisect(
    rows: Rows, sums: NDArray[np.float64], order: _Numbers, starts: _Numbers, stops: _Numbers
) -> None:
    """Put the rows of each stretch of the order between two of them that are far apart."""
    lengths = stops - starts
    places, stretch = stretches(starts, lengths)
    members = order[places]
    sampled = (places - starts[stretch]) % (1 + lengths // _SAMPLE)[stretch] == 0
    sample = _Members(rows, members[sampled], stretch[sampled])
    first = sample.farthest(sums, order[starts + lengths // 2])
    second = sample.farthest(sums, first)
    everyone = sample if sampled.all() else _Members(rows, members, stretch)
    leaning = everyone.shared(second) - everyone.shared(first)
    order[places] = members[np.lexsort((leaning, stretch))]


class _Members:
    """Rows of some stretches, stretch after stretch, with their entries at hand."""

    def __init__(self, rows: Rows, members: _Numbers, stretch: _Numbers) -> None:
        self._rows, self._members, self._stretch = rows, members, stretch
        entries, self._whose = rows.entries_of(members)
        self._masses = rows.data[entries]
        self._cells = stretch[self._whose] * rows.width + rows.indices[entries]

    def shared(self, others: _Numbers) -> NDArray[np.float64]:
        """The mass that each member shares with its stretch's one of the other rows."""
        width = self._rows.width
        table = np.zeros(len(others) * width)
        entries, whose = self._rows.entries_of(others)
        table[whose * width + self._rows.indices[entries]] = self._rows.data[entries]
        least = np.minimum(self._masses, table[self._cells])
        shared = np.bincount(self._whose, weights=least, minlength=len(self._members))
        return shared.astype(np.float64, copy=False)

    def farthest(self, sums: NDArray[np.float64], others: _Numbers) -> _Numbers:
        """The first member of each stretch that is farthest (L1) from its one of the others."""
        distances = sums[self._members] - 2.0 * self.shared(others)
        stretches = np.arange(len(others))
        begins = np.searchsorted(self._stretch, stretches)
        largest = np.maximum.reduceat(distances, begins)[self._stretch]
        farthest = np.flatnonzero(distances == largest)
        return self._members[farthest[np.searchsorted(self._stretch[farthest], stretches)]]
