"""Shared mass of 64 queries with one row or box at a time (compiled).

The inner loop of the searches: a table holds 64 queries side by side, so that one pass over the
columns of a row compares it with all of them, in single precision.
"""

from __future__ import annotations

import numpy as np

from cocktailspace.analytics.native import compiled
from cocktailspace.analytics.transport.arrays import (
    Columns,
    ColumnTable,
    FloatTable,
    Ints,
    Lanes,
    Level,
    Singles,
    SingleTable,
)
from cocktailspace.analytics.transport.parallel import GROUP

LANES = GROUP
NEVER = np.float32(1e30)
"""What a lane without a query needs."""


@compiled
def fill_table(
    indptr: Ints,
    columns: Columns,
    masses: Singles,
    start: int,
    stop: int,
    slots: Columns,
    table: SingleTable,
) -> None:
    """Lay the rows from start to stop side by side: table[slots[column], lane] is a mass.

    slots: (width,) 0 for a column that none of the queries has.
    """
    for column in range(len(slots)):
        slots[column] = 0
    used = 0
    for row in range(start, stop):
        for entry in range(indptr[row], indptr[row + 1]):
            column = columns[entry]
            if slots[column] == 0:
                used += 1
                slots[column] = used
                for lane in range(LANES):
                    table[used, lane] = 0.0
            table[slots[column], row - start] = masses[entry]


@compiled
def next_reached(level: Level, item: int, stop: int, lanes: Lanes) -> int:
    """The first item, from `item` on, that some query may use; `stop` if there is none.

    A query may use an item if surplus[lane] = shared mass - need[lane] reaches the item's offset.
    level: indptr, columns, masses and offsets of the items. Most columns of an item are often
    those of no query, so its shared ones are listed first, without a branch to mispredict.
    """
    indptr, columns, masses, offsets = level
    slots, table, need, surplus, shared_slots, shared_masses = lanes
    while item < stop:
        shared = 0
        for entry in range(indptr[item], indptr[item + 1]):
            slot = slots[columns[entry]]
            shared_slots[shared] = slot
            shared_masses[shared] = masses[entry]
            shared += slot != 0
        for lane in range(LANES):
            surplus[lane] = -need[lane]
        for place in range(shared):
            slot, mass = shared_slots[place], shared_masses[place]
            for lane in range(LANES):
                other = table[slot, lane]
                surplus[lane] += other if other < mass else mass
        offset = offsets[item]
        reached = 0
        for lane in range(LANES):
            reached += surplus[lane] >= offset
        if reached > 0:
            return item
        item += 1
    return stop


@compiled
def insert_neighbour(
    distances: FloatTable, indices: ColumnTable, lane: int, distance: float, index: int
) -> bool:
    """Put a neighbour in its place of one lane's list, sorted by (distance, index).

    The last of the list drops out. False if the new one comes after all of them.
    """
    place = distances.shape[1]
    while place > 0 and (
        distance < distances[lane, place - 1]
        or (distance == distances[lane, place - 1] and index < indices[lane, place - 1])
    ):
        place -= 1
        if place + 1 < distances.shape[1]:
            distances[lane, place + 1] = distances[lane, place]
            indices[lane, place + 1] = indices[lane, place]
    if place == distances.shape[1]:
        return False
    distances[lane, place] = distance
    indices[lane, place] = index
    return True


@compiled
def sort_descending(scores: Singles, items: Ints, count: int) -> None:
    """Sort the first `count` items by falling score (insertion sort: the lists are short)."""
    for place in range(1, count):
        score, item = scores[place], items[place]
        before = place
        while before > 0 and scores[before - 1] < score:
            scores[before] = scores[before - 1]
            items[before] = items[before - 1]
            before -= 1
        scores[before] = score
        items[before] = item
