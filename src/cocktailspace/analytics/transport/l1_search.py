"""Exact nearest rows under L1, 64 queries at a time (compiled by numba).

For non-negative vectors |a - b| = a + b - 2 min(a, b) in every column, so
L1(q, b) = sum(q) + sum(b) - 2 shared(q, b): only shared columns cost anything, and b is at most t
away from q exactly if shared(q, b) - (sum(q) - t) / 2, the *surplus*, reaches sum(b) / 2. A box
stands for its rows with the largest masses and the least sum, so what it fails none of its rows can
pass. A table holds 64 queries side by side, so that one pass over the columns of a row compares it
with all of them; whole numbers and halves below 2^23 are exact in single precision.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from cocktailspace.analytics.transport.boxes import GROUP, LARGE, SMALL

logger = logging.getLogger(__name__)

_BOXES = LARGE // SMALL
_FARTHEST = np.int32(1 << 23)
"""No two rows are farther apart."""
_NEVER = np.float32(1e30)
"""What a lane without a query needs."""

_options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile when first called, and keep the code; where no folder may be written, in memory."""
    try:
        return njit(**_options)(function)
    except RuntimeError as error:  # numba found no folder for its cache
        logger.warning(
            "compiled code cannot be kept (%s), so that every run compiles for some seconds: "
            "set NUMBA_CACHE_DIR to a folder that may be written",
            error,
        )
        _options["cache"] = False
        return njit(**_options)(function)


@_compiled
def search(index, first, last, indices, distances):  # type: ignore[no-untyped-def]
    """Write the exact neighbours of the rows from `first`, a multiple of 64, to `last`.

    index: `boxes.Index`. indices: (last - first, k) original row numbers of the neighbours;
    distances: likewise.
    """
    _, rows, _, large = index
    k = indices.shape[1]
    width = 1 + (rows[1].max() if len(rows[1]) else 0)
    slots = np.zeros(width, np.int32)
    table = np.zeros((width + 1, GROUP), np.float32)
    need, surplus = np.zeros(GROUP, np.float32), np.zeros(GROUP, np.float32)
    shared = (np.zeros(width + 1, np.int32), np.zeros(width + 1, np.float32))
    lanes = (slots, table, need, surplus, shared)
    near = (np.zeros((GROUP, k), np.int32), np.zeros((GROUP, k), np.int32))
    scores, boxes = np.zeros(len(large[3]), np.float32), np.zeros(len(large[3]), np.int64)
    for start in range(first, last, GROUP):
        count = min(GROUP, last - start)
        _begin(rows, start, count, lanes, near)
        own = start // LARGE
        _visit(index, own, start, count, lanes, near)
        for place in range(_promising(large, own, lanes, scores, boxes)):
            box = boxes[place]
            if _next_reached(large, box, box + 1, lanes) == box:
                _visit(index, box, start, count, lanes, near)
        for lane in range(count):
            indices[start - first + lane] = near[0][lane]
            distances[start - first + lane] = near[1][lane]


@_compiled
def _begin(rows, start, count, lanes, near):  # type: ignore[no-untyped-def]
    """Lay the rows from `start` on side by side, with no neighbours yet.

    table[slots[column], lane] is a mass; slots are 0 for a column that none of the queries has.
    """
    indptr, columns, masses, halves = rows
    slots, table, need, _, _ = lanes
    near[0][:] = len(halves)
    near[1][:] = _FARTHEST
    slots[:] = 0
    used = 0
    for lane in range(GROUP):
        need[lane] = _NEVER
    for lane in range(count):
        need[lane] = halves[start + lane] - _FARTHEST / 2
        for entry in range(indptr[start + lane], indptr[start + lane + 1]):
            column = columns[entry]
            if slots[column] == 0:
                used += 1
                slots[column] = used
                table[used, :] = 0.0
            table[slots[column], lane] = masses[entry]


@_compiled
def _next_reached(level, item, stop, lanes):  # type: ignore[no-untyped-def]
    """The first item, from `item` on, that some query may use; `stop` if there is none.

    Most columns of an item are often those of no query, so its shared ones are listed first,
    without a branch to mispredict.
    """
    indptr, columns, masses, halves = level
    slots, table, need, surplus, (shared_slots, shared_masses) = lanes
    while item < stop:
        shared = 0
        for entry in range(indptr[item], indptr[item + 1]):
            slot = slots[columns[entry]]
            shared_slots[shared] = slot
            shared_masses[shared] = masses[entry]
            shared += slot != 0
        for lane in range(GROUP):
            surplus[lane] = -need[lane]
        for place in range(shared):
            slot, mass = shared_slots[place], shared_masses[place]
            for lane in range(GROUP):
                other = table[slot, lane]
                surplus[lane] += other if other < mass else mass
        half = halves[item]
        reached = 0
        for lane in range(GROUP):
            reached += surplus[lane] >= half
        if reached > 0:
            return item
        item += 1
    return stop


@_compiled
def _visit(index, box, start, count, lanes, near):  # type: ignore[no-untyped-def]
    """Offer the rows of a large box to the queries, small box by small box."""
    _, rows, small, _ = index
    last = min((box + 1) * _BOXES, len(small[3]))
    item = _next_reached(small, box * _BOXES, last, lanes)
    while item < last:
        stop = min((item + 1) * SMALL, len(rows[3]))
        row = _next_reached(rows, item * SMALL, stop, lanes)
        while row < stop:
            _offer(index, row, start, count, lanes, near)
            row = _next_reached(rows, row + 1, stop, lanes)
        item = _next_reached(small, item + 1, last, lanes)


@_compiled
def _offer(index, row, start, count, lanes, near):  # type: ignore[no-untyped-def]
    """Put one row into the lists of those of the `count` queries that it is near to.

    A list is sorted by distance, then row number; its last drops out. With t the distance of the
    last, the row's distance is t - 2 (surplus - half of the row's sum).
    """
    order, (_, _, _, halves), _, _ = index
    _, _, need, surplus, _ = lanes
    indices, distances = near
    k = indices.shape[1]
    number = order[row]
    for lane in range(count):
        over = surplus[lane] - halves[row]
        if over < 0 or start + lane == row:
            continue
        distance = np.int32(distances[lane, k - 1] - np.int32(2.0 * over))
        place = k
        while place > 0 and (
            distance < distances[lane, place - 1]
            or (distance == distances[lane, place - 1] and number < indices[lane, place - 1])
        ):
            place -= 1
            if place + 1 < k:
                distances[lane, place + 1] = distances[lane, place]
                indices[lane, place + 1] = indices[lane, place]
        if place < k:
            distances[lane, place] = distance
            indices[lane, place] = number
            need[lane] = halves[start + lane] - np.float32(distances[lane, k - 1]) / 2


@_compiled
def _promising(large, own, lanes, scores, boxes):  # type: ignore[no-untyped-def]
    """Large boxes other than `own` that some query may use, most promising first; their number."""
    surplus = lanes[3]
    total = len(large[3])
    found = 0
    box = _next_reached(large, np.int64(0), total, lanes)
    while box < total:
        if box != own:
            best = surplus[0]
            for lane in range(1, GROUP):
                best = max(best, surplus[lane])
            score = best - large[3][box]
            place = found
            while place > 0 and scores[place - 1] < score:  # insertion: the lists are short
                scores[place], boxes[place] = scores[place - 1], boxes[place - 1]
                place -= 1
            scores[place], boxes[place] = score, box
            found += 1
        box = _next_reached(large, box + 1, total, lanes)
    return found
