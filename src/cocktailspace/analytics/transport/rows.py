"""Sparse rows of masses: the one shape in which recipes enter the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Rows:
    """A sparse matrix of finite, non-negative masses, row by row (CSR).

    indptr: (n + 1,) where each row starts and ends in the two other arrays.
    indices: (entries,) columns, ascending within a row, each at most once.
    data: (entries,) masses, finite and >= 0.
    width: the number of columns.
    Raises ValueError, naming the first offence, for arrays that break these rules.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.float64]
    width: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "indptr", np.ascontiguousarray(self.indptr, dtype=np.int64))
        object.__setattr__(self, "indices", np.ascontiguousarray(self.indices, dtype=np.int32))
        object.__setattr__(self, "data", np.ascontiguousarray(self.data, dtype=np.float64))
        _check_layout(self)
        _check_entries(self)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.indptr) - 1

    def row(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Columns and masses of one row."""
        entries = slice(self.indptr[number], self.indptr[number + 1])
        return self.indices[entries], self.data[entries]

    def row_of_entry(self) -> NDArray[np.int64]:
        """(entries,) the row that each entry belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.indptr))

    def cells(self) -> NDArray[np.int64]:
        """(entries,) the cell of each entry in a table of rows: row * width + column, ascending."""
        return self.row_of_entry() * self.width + self.indices

    def sums(self) -> NDArray[np.float64]:
        """(n,) the mass of each row."""
        masses = np.bincount(self.row_of_entry(), weights=self.data, minlength=len(self))
        return masses.astype(np.float64)

    def entries_of(
        self, chosen: NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the entries of the chosen rows are, row by row, and whose each one is.

        The second array counts within `chosen`.
        """
        begins = self.indptr[chosen]
        return stretches(begins, self.indptr[chosen + 1] - begins)

    def take(self, order: ArrayLike) -> Rows:
        """The rows numbered by `order`, in that order."""
        chosen = np.asarray(order, dtype=np.int64)
        entries, owner = self.entries_of(chosen)
        indptr = np.zeros(len(chosen) + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=len(chosen)), out=indptr[1:])
        return Rows(indptr, self.indices[entries], self.data[entries], self.width)

    def transposed(self) -> Rows:
        """The columns as rows."""
        shape = (self.width, len(self))
        return Rows.from_triplets(self.indices, self.row_of_entry(), self.data, shape)

    @classmethod
    def from_triplets(
        cls, row: ArrayLike, column: ArrayLike, value: ArrayLike, shape: tuple[int, int]
    ) -> Rows:
        """Rows from (row, column, value) in any order; equal places are added up.

        Values of one place are added in ascending order, so that the result depends on the set of
        triplets alone, to the last bit. Places whose sum is 0 are left out.
        """
        rows = np.asarray(row, dtype=np.int64)
        columns = np.asarray(column, dtype=np.int64)
        values = np.asarray(value, dtype=np.float64)
        _check_triplets(rows, columns, values, shape)
        order = _order_of_places(rows * shape[1] + columns, values)
        return _summed(rows[order], columns[order], values[order], shape)


def stretches(
    begins: NDArray[np.integer], lengths: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """So many numbers from each begin on, stretch after stretch, and which stretch each is of."""
    owner = np.repeat(np.arange(len(begins)), lengths)
    before = np.cumsum(lengths) - lengths
    return (begins - before)[owner] + np.arange(len(owner)), owner


def _order_of_places(places: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sorts by place, then by value: which matters, and takes time, only where one comes twice."""
    order = np.argsort(places, kind="stable")
    found = places[order]
    return np.lexsort((values, places)) if np.any(found[1:] == found[:-1]) else order


def _summed(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: NDArray[np.float64],
    shape: tuple[int, int],
) -> Rows:
    """Rows from triplets that are sorted by (row, column), adding up in the order given."""
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    starts = np.flatnonzero(first)
    sums = np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
    kept = sums != 0
    starts = starts[kept]
    indptr = np.zeros(shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows[starts], minlength=shape[0]), out=indptr[1:])
    return Rows(indptr, columns[starts].astype(np.int32), sums[kept], shape[1])


def _check_layout(rows: Rows) -> None:
    """Refuse row boundaries that do not partition the entries."""
    if rows.indptr.ndim != 1 or len(rows.indptr) == 0 or rows.indptr[0] != 0:
        raise ValueError("indptr must be one-dimensional and begin with 0")
    if np.any(np.diff(rows.indptr) < 0):
        raise ValueError("indptr must not descend")
    if rows.indices.shape != rows.data.shape or rows.indices.shape != (rows.indptr[-1],):
        raise ValueError(
            f"indptr ends at {rows.indptr[-1]}, but there are {rows.indices.shape} indices "
            f"and {rows.data.shape} masses"
        )


def _check_entries(rows: Rows) -> None:
    """Refuse columns out of range or out of order, and masses that are not finite and >= 0."""
    if len(rows.indices) == 0:
        return
    if rows.indices.min() < 0 or rows.indices.max() >= rows.width:
        raise ValueError(f"columns must be from 0 to {rows.width - 1}")
    descends = np.diff(rows.indices) <= 0
    starts = rows.indptr[1:-1]
    descends[starts[(starts > 0) & (starts < len(rows.indices))] - 1] = False
    if descends.any():
        raise ValueError(
            f"columns must ascend within a row, without repeats (entry {np.argmax(descends) + 1})"
        )
    _check_masses(rows.data)


def _check_masses(masses: NDArray[np.float64], name: str = "masses") -> None:
    """Raise ValueError unless every mass is finite and >= 0, with the first that is not."""
    wrong = ~(np.isfinite(masses) & (masses >= 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(f"{name} must be finite and >= 0, got {masses[place]} at {place}")


def _check_triplets(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: NDArray[np.float64],
    shape: tuple[int, int],
) -> None:
    """Refuse triplets of unequal lengths or outside `shape`, and bad masses."""
    if not rows.shape == columns.shape == values.shape or rows.ndim != 1:
        raise ValueError(
            f"row, column and value must be equally long, got shapes "
            f"{rows.shape}, {columns.shape}, {values.shape}"
        )
    for name, numbers, limit in (("row", rows, shape[0]), ("column", columns, shape[1])):
        if len(numbers) and (numbers.min() < 0 or numbers.max() >= limit):
            raise ValueError(f"{name} numbers must be from 0 to {limit - 1}")
    _check_masses(values, "value")
