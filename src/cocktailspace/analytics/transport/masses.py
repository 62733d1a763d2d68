"""Masses: what of a recipe is compared. Whole numbers with a fixed total, so that distances, ties
and plans are exact, unique, and the same on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.rows import Rows

_FINE = float(1 << 30)
"""Powered fractions are cut to this many steps, and all after that is whole-number arithmetic."""
_STEPS = 512


def whole_masses(volumes: Rows, *, power: float, total: int) -> Rows:
    """Each row's fractions of volume, raised to a power, as whole numbers that add up to `total`.

    volumes: n rows; a row without volume stays empty.
    power: above 0 and at most 1, in steps of 1/512. A power below 1 makes a dash of bitters count
    for more than its millilitres. In such steps it is a product of square roots, which every
    processor rounds alike.
    total: the mass of each row, at most 2^30.
    What is left after rounding down goes to the largest remainders, ties to the first column.
    Raises ValueError for a power or a total out of range.
    """
    steps = round(power * _STEPS)
    if steps != power * _STEPS or not 1 <= steps <= _STEPS:
        raise ValueError(f"power must be 1/{_STEPS} to 1 in steps of 1/{_STEPS}, got {power}")
    if not 1 <= total <= 1 << 30:
        raise ValueError(f"total must be from 1 to 2^30, got {total}")
    row = volumes.row_of_entry()
    fractions = volumes.data / volumes.sums()[row]
    weights = np.rint(_powered(fractions, steps) * _FINE).astype(np.int64)
    sums = np.zeros(len(volumes), dtype=np.int64)
    np.add.at(sums, row, weights)
    shares, remainders = np.divmod(weights * total, sums[row])
    missing = np.full(len(volumes), total)
    np.subtract.at(missing, row, shares)
    order = np.lexsort((-remainders, row))  # columns ascend within a row
    rank = np.arange(len(row)) - volumes.indptr[row]
    shares[order] += rank < missing[row]
    return Rows.from_triplets(row, volumes.indices, shares, (len(volumes), volumes.width))


def _powered(fractions: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """fractions^(steps / 512), bit by bit: x^1, x^1/2, x^1/4 and so on."""
    powered, root, bit = np.ones_like(fractions), fractions, _STEPS
    while bit:
        if steps & bit:
            powered = powered * root
        root, bit = np.sqrt(root), bit // 2
    return powered
