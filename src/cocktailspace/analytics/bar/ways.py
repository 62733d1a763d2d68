"""How a bar meets each ingredient, and each demand of recipes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from cocktailspace.analytics.bar.index import NONE, BarIndex, Flags, Numbers

_FAR = np.iinfo(np.int64).max


class Way(IntEnum):
    """How something is met, best first."""

    OWNED = 0
    KIND = 1
    MADE = 2
    GENERIC = 3
    SIBLING = 4
    ALTERNATIVE = 5
    STAND_IN = 6
    MISSING = 7


@dataclass(frozen=True)
class Met:
    """How each of the m ingredients is met by itself, up to SIBLING.

    way: (m,) or MISSING. by: (m,) what is owned that does it, or NONE.
    """

    way: Numbers
    by: Numbers


@dataclass(frozen=True)
class Demands:
    """How each demand of recipes is met.

    way, by: as above. ingredient: (demands,) which of its ingredients is met: the first, but for an
    alternative. stand_in: (demands,) place of the stand-in in the index's table, or NONE.
    """

    way: Numbers
    by: Numbers
    ingredient: Numbers
    stand_in: Numbers


@dataclass(frozen=True)
class _Reached:
    """What can be had of what is owned: in how many steps (_FAR where it cannot), and of what."""

    steps: Numbers
    by: Numbers


def met_ingredients(index: BarIndex, owned: Numbers) -> Met:
    """How what is owned meets each ingredient. owned: (k,) ingredients, ascending."""
    kinds = _reached(index, owned, making=False)
    had = _reached(index, owned, making=True)
    way = np.full(len(index.ids), Way.MISSING, dtype=np.int64)
    by = np.full(len(index.ids), NONE)

    def put(which: Flags, how: Way, what: Numbers) -> None:
        new = which & (way == Way.MISSING)
        way[new], by[new] = how, what[new]

    put(kinds.steps == 0, Way.OWNED, kinds.by)
    put(kinds.steps < _FAR, Way.KIND, kinds.by)
    put(had.steps < _FAR, Way.MADE, had.by)
    generic = _of_families_above(index, _owned_or_made(index, owned, had))
    put(generic >= 0, Way.GENERIC, generic)
    sibling = _of_siblings(index, had)
    put(sibling >= 0, Way.SIBLING, sibling)
    return Met(way, by)


def _reached(index: BarIndex, owned: Numbers, *, making: bool) -> _Reached:
    """From a kind to what it is a kind of, and, with `making`, from a source to what is made from
    it: fewest steps first, then the first name.
    """
    steps, by = np.full(len(index.ids), _FAR), np.full(len(index.ids), NONE)
    steps[owned], by[owned] = 0, owned
    here, taken = owned, 0
    while len(here):
        taken += 1
        further = [index.kind_of[here]]
        origin = [by[here]]
        if making:
            places, owner = index.products.places_of(here)
            further.append(index.products.values[places])
            origin.append(by[here][owner])
        target, source = np.concatenate(further), np.concatenate(origin)
        new = target >= 0
        new[new] = steps[target[new]] == _FAR
        here, source = _first_of_each(target[new], source[new])
        steps[here], by[here] = taken, source
    return _Reached(steps, by)


def _first_of_each(key: Numbers, value: Numbers, *before: Numbers) -> tuple[Numbers, Numbers]:
    """Each key once, ascending, with the least value; `before`: what decides before the value."""
    order = np.lexsort((value, *before, key))
    key, value = key[order], value[order]
    first = np.diff(key, prepend=NONE) != 0
    return key[first], value[first]


def _owned_or_made(index: BarIndex, owned: Numbers, had: _Reached) -> Numbers:
    """(m,) of what each is there by itself, not through a kind; NONE where it is not."""
    there = np.full(len(index.ids), NONE)
    made = np.flatnonzero(index.made_from >= 0)
    there[made] = had.by[index.made_from[made]]
    there[owned] = owned
    return there


def _of_families_above(index: BarIndex, there: Numbers) -> Numbers:
    """(m,) of what the nearest family above is there that will do, NONE where none is."""
    found = np.full(len(there), NONE)
    for level in index.levels:
        family = index.kind_of[level]
        found[level] = np.where(there[family] >= 0, there[family], found[family])
    return found


def _of_siblings(index: BarIndex, had: _Reached) -> Numbers:
    """(m,) what is had of each one's family, the fewest steps first; NONE where nothing is."""
    there = np.flatnonzero((had.steps < _FAR) & (index.family >= 0))
    family, by = _first_of_each(index.family[there], had.by[there], had.steps[there])
    best = np.full(len(index.ids) + 1, NONE)  # the last is that of NONE
    best[family] = by
    return best[index.family]


def met_demands(index: BarIndex, met: Met) -> Demands:
    """How each demand is met: by what it names first, an alternative, or a stand-in."""
    ingredient = index.first.copy()
    way, by = met.way[ingredient], met.by[ingredient]
    _use_alternatives(index, met, way, by, ingredient)
    stand_in = _stand_ins(index, met, way == Way.MISSING)
    stands = np.flatnonzero(stand_in >= 0)
    way[stands] = Way.STAND_IN
    by[stands] = index.stand_ins.values[stand_in[stands]]
    ingredient[stands] = index.stand_in_owners[stand_in[stands]]
    return Demands(way, by, ingredient, stand_in)


def _use_alternatives(
    index: BarIndex, met: Met, way: Numbers, by: Numbers, ingredient: Numbers
) -> None:
    """Meet what is missing by the alternative that is met best, the first of several; in place."""
    missing = np.flatnonzero((way == Way.MISSING) & (np.diff(index.demands.starts) > 1))
    places, owner = index.demands.places_of(missing)
    ways = met.way[index.demands.values[places]]
    usable = ways < Way.MISSING
    owner, place = _first_of_each(owner[usable], places[usable], ways[usable])
    found = index.demands.values[place]
    way[missing[owner]] = Way.ALTERNATIVE
    by[missing[owner]], ingredient[missing[owner]] = met.by[found], found


def _stand_ins(index: BarIndex, met: Met, missing: Flags) -> Numbers:
    """(demands,) the best stand-in that is there, by its place in the table, for what is missing.

    One that adds nothing comes before one that does, then the larger share, then the first name.
    """
    found = np.full(len(missing), NONE)
    there = met.way[index.stand_ins.values] <= Way.GENERIC
    rank, place = np.full((2, len(index.ids)), _FAR)
    usable = np.flatnonzero(there)
    owner, best = _first_of_each(
        index.stand_in_owners[usable], usable, index.stand_in_ranks[usable]
    )
    rank[owner], place[owner] = index.stand_in_ranks[best], best
    demands = np.flatnonzero(missing)
    places, owner = index.demands.places_of(demands)
    ingredients = index.demands.values[places]
    usable = np.flatnonzero(rank[ingredients] < _FAR)
    ingredients = ingredients[usable]
    owner, which = _first_of_each(owner[usable], usable, rank[ingredients])
    found[demands[owner]] = place[index.demands.values[places[which]]]
    return found
