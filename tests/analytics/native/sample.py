"""Functions to compile: one for each kind of argument and result."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.native import compiled, compiled_entry

Floats = Annotated[NDArray[np.float64], 1]
Table = Annotated[NDArray[np.float32], 2]
Pair = tuple[Floats, Table]


@compiled
def scaled(values: Floats, factor: float) -> float:
    total = 0.0
    for value in values:
        total += factor * value
    return total


@compiled_entry
def weigh(pair: Pair, factor: float, start: int) -> float:
    """Something of each argument: the sum of all values, those of the table from a row on."""
    values, table = pair
    total = scaled(values, factor)
    for row in range(start, table.shape[0]):
        for column in range(table.shape[1]):
            total += table[row, column]
    return total


@compiled_entry
def count_above(values: Floats, limit: float) -> int:
    found = 0
    for value in values:
        found += value > limit
    return found


@compiled_entry
def first_two(numbers: Annotated[NDArray[np.uint32], 1]) -> tuple[int, int]:
    return np.int64(numbers[0]), np.int64(numbers[1])


@compiled_entry
def double(values: Floats) -> None:
    for place in range(len(values)):
        values[place] *= 2.0
