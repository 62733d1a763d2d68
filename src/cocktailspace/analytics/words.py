"""Why two recipes are near, in words of the bar: what to swap, leave out, add, or pour more of.

The transport plan says what becomes what; how much of it, the recipes' own amounts say.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.transport.plans import Flows
from cocktailspace.analytics.transport.rows import Rows

Changes = dict[str, list[dict[str, Any]]]
"""By kind (swap, without, with, more, less), the largest amounts first; no empty lists."""

_SAME = 1.1
"""Amounts of which the larger is at most so many times the smaller are the same."""

_POURED_ML = 4
"""What is less is counted in dashes, and named without its millilitres."""

_Numbers = NDArray[np.int64]


def likeness(
    distances: NDArray[Any], to_root: NDArray[Any], other_to_root: NDArray[Any]
) -> NDArray[np.int64]:
    """How alike two recipes are, from 0 (no kinship at all) to 100 (the same).

    distances: any shape; whole numbers. to_root: each recipe's sum of subtree masses, which is the
    work of moving all its mass up to the common root. Two recipes without a common family are as
    far apart as both are from the root; so the scale depends on the two recipes alone.
    """
    farthest = np.maximum(to_root + other_to_root, 1).astype(np.int64)
    alike: NDArray[np.int64] = 100 * (farthest - distances.astype(np.int64)) // farthest
    return alike


def changes_of_pairs(
    before: Rows,
    after: Rows,
    flows: Flows,
    swappable: NDArray[np.bool_],
    names: Sequence[str],
) -> list[Changes]:
    """What turns each recipe of `before` into the one of `after` that stands in the same row.

    before, after: n rows of volumes in ml. flows: of their transport plans, the largest first.
    swappable: (flows,) whether the one can be said to be swapped for the other; where not, the one
    is left out and the other added. names: of the columns. Each ingredient is named once.
    """
    cells, volumes = _side_by_side(before, after)
    had, has = volumes > 0
    gone, new = had & ~has, has & ~had
    sources, targets = (
        np.searchsorted(cells, flows.pair.astype(np.int64) * before.width + column)
        for column in (flows.source, flows.target)
    )
    swaps = _swaps(sources, targets, swappable & gone[sources] & new[targets])
    swapped, taken = sources[swaps], targets[swaps]
    gone[swapped] = new[taken] = False
    more = had & has & (volumes[1] > _SAME * volumes[0])
    less = had & has & (volumes[0] > _SAME * volumes[1])

    owner, column = np.divmod(cells, max(before.width, 1))
    named, (ml, to_ml) = np.array(names, dtype=object)[column], np.round(volumes, 2)
    found: list[Changes] = [{} for _ in range(len(before))]
    swap = {"from": named[swapped], "ml": ml[swapped], "to": named[taken], "to_ml": to_ml[taken]}
    _add(found, "swap", owner[swapped], volumes[0][swapped], swap)
    for kind, flags, side in (("without", gone, 0), ("with", new, 1)):
        which = np.flatnonzero(flags)
        change = {"ingredient": named[which], "ml": (ml, to_ml)[side][which]}
        _add(found, kind, owner[which], volumes[side][which], change)
    for kind, flags in (("more", more), ("less", less)):
        which = np.flatnonzero(flags)
        change = {"ingredient": named[which], "ml": ml[which], "to_ml": to_ml[which]}
        _add(found, kind, owner[which], volumes[0][which], change)
    return found


def _add(
    found: list[Changes],
    kind: str,
    pairs: _Numbers,
    sizes: NDArray[np.float64],
    columns: Mapping[str, NDArray[Any]],
) -> None:
    """Add changes of a kind to what was found of their pairs, the largest first, ties by place."""
    order = np.lexsort((-sizes, pairs))
    values = zip(*(each[order].tolist() for each in columns.values()), strict=True)
    changes = [dict(zip(columns, row, strict=True)) for row in values]
    changed, begins = np.unique(pairs[order], return_index=True)
    ends = [*begins[1:].tolist(), len(changes)]
    for pair, begin, end in zip(changed.tolist(), begins.tolist(), ends, strict=False):
        found[pair][kind] = changes[begin:end]


def _side_by_side(before: Rows, after: Rows) -> tuple[_Numbers, NDArray[np.float64]]:
    """(entries,) the cells that either has something in, ascending, and (2, entries) volumes."""
    sides = [each.cells() for each in (before, after)]
    cells = np.sort(np.concatenate(sides))
    cells = cells[np.diff(cells, prepend=-1) > 0]
    volumes = np.zeros((2, len(cells)))
    for volume, side, rows in zip(volumes, sides, (before, after), strict=True):
        volume[np.searchsorted(cells, side)] = rows.data
    return cells, volumes


def _swaps(sources: _Numbers, targets: _Numbers, possible: NDArray[np.bool_]) -> _Numbers:
    """Which flows are swaps: the largest first, so that no ingredient is in two of them.

    sources, targets: (flows,) what flows where, over all pairs, the largest of a pair first.
    """
    chosen = []
    left = np.flatnonzero(possible)
    while len(left):
        first = np.zeros((2, len(left)), dtype=np.bool_)
        for side, ends in zip(first, (sources, targets), strict=True):
            side[np.unique(ends[left], return_index=True)[1]] = True
        now = left[first.all(axis=0)]
        chosen.append(now)
        free = ~(np.isin(sources[left], sources[now]) | np.isin(targets[left], targets[now]))
        left = left[free]
    return np.concatenate(chosen) if chosen else left


def in_words(
    changes: Changes, counted: Collection[str] = (), *, amounts: bool = True
) -> Iterator[str]:
    """Each change as one bartender tells another, and as the page does (`panels/differences.js`):
    "swap 30 ml Gin for 45 ml Bourbon", "no Campari", "more Lime Juice (15 ml → 25 ml)".

    counted: names of what recipes count in pieces, which is told without millilitres.
    amounts: whether anything is told with them.
    """

    def measured(ml: float, ingredient: str) -> bool:
        return amounts and ml >= _POURED_ML and ingredient not in counted

    def poured(ml: float, ingredient: str) -> str:
        return f"{_ml(ml)} {ingredient}" if measured(ml, ingredient) else ingredient

    for each in changes.get("swap", []):
        one, other = each["from"], each["to"]
        if _ml(each["ml"]) != _ml(each["to_ml"]):
            one, other = poured(each["ml"], one), poured(each["to_ml"], other)
        yield f"swap {one} for {other}"
    for each in changes.get("without", []):
        yield f"no {each['ingredient']}"
    for each in changes.get("with", []):
        yield f"add {poured(each['ml'], each['ingredient'])}"
    for kind in ("more", "less"):
        for each in changes.get(kind, []):
            name, ml, to_ml = each["ingredient"], each["ml"], each["to_ml"]
            differs = measured(max(ml, to_ml), name) and _ml(ml) != _ml(to_ml)
            yield f"{kind} {name}" + (f" ({_ml(ml)} → {_ml(to_ml)})" if differs else "")


def _ml(volume: float) -> str:
    return f"{volume:.0f} ml" if volume >= 10 else f"{volume:.2g} ml"
