"""An inverted index: which rows have which key."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True)
class Postings(Generic[K]):
    """keys: sorted, each once. Key k is in the rows rows[starts[k]:starts[k + 1]], and counts
    there as weights says.
    """

    keys: list[K]
    starts: NDArray[np.int64]
    rows: Rows
    weights: Rows

    @classmethod
    def of(
        cls, keys: Sequence[K], rows: Sequence[int], weights: Sequence[int] | None = None
    ) -> "Postings[K]":
        """Of entries in any order: a key, its row, its weight there."""
        unique = sorted(set(keys))
        position = {key: index for index, key in enumerate(unique)}
        codes = np.fromiter(map(position.__getitem__, keys), np.int32, len(keys))
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(unique) + 1))
        found = np.asarray(rows, np.int32)[order]
        weighed = np.ones(len(keys), np.int32) if weights is None else np.asarray(weights, np.int32)
        return cls(unique, starts, found, weighed[order] if weights is not None else weighed)

    def between(self, low: K, high: K) -> slice:
        """The entries of the keys from `low` up to, but without, `high`."""
        first, last = bisect_left(self.keys, low), bisect_left(self.keys, high)
        return slice(self.starts[first], self.starts[last])

    def rows_of(self, key: K) -> Rows:
        """The rows that have a key."""
        position = bisect_left(self.keys, key)
        if position == len(self.keys) or self.keys[position] != key:
            return self.rows[:0]
        return self.rows[self.starts[position] : self.starts[position + 1]]

    def rows_of_all(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows of all chosen keys; a row with several of them comes as often."""
        return self.rows[np.repeat(chosen, np.diff(self.starts))]
