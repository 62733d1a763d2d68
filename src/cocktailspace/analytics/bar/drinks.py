"""What a bar makes of each recipe: it can be made, with stand-ins, or some bottles are missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cocktailspace.analytics.bar.index import NONE, BarIndex, Flags, Lists, Numbers
from cocktailspace.analytics.bar.ways import Demands, Way

MANY = 3
"""Bottles missing: three or more, which are not told apart."""
SHARE_TOTAL = 10_000
MOST_OF_STAND_IN = 2
"""How many times what any recipe pours of a stand-in a line may have at most: lemon juice takes the
place of 30 ml of orange juice in a sour, but nobody drinks 100 ml of it.
"""


@dataclass(frozen=True)
class Drinks:
    """The n recipes, in the index's order.

    worst: (n,) the worst way in which a line of each is met. short: (n,) how many bottles would
    let it be made as it is written: 0, 1, 2 or MANY. missing: (n, 2) these, NONE where there are
    fewer or many.
    """

    worst: Numbers
    short: Numbers
    missing: Numbers

    def can_be_made(self) -> Numbers:
        """Recipes that can be made, those met by what is owned, a kind or made of it first, then by
        their worst way, then by name.
        """
        found = np.flatnonzero(self.short == 0)
        return found[np.argsort(np.maximum(self.worst[found], Way.MADE), kind="stable")]

    def by_stand_ins(self) -> Flags:
        """(n,) whether it can be made if stand-ins are taken."""
        needed: Flags = self.worst == Way.STAND_IN
        return needed

    def short_of(self, bottles: int) -> Numbers:
        """Recipes that so many bottles are missing for, 1 or 2, and no stand-ins do, by name."""
        return np.flatnonzero((self.short == bottles) & (self.worst == Way.MISSING))


def too_much(index: BarIndex, demands: Demands) -> Flags:
    """(lines,) whether a line has more than anybody pours of its stand-in: then it is missing."""
    stands = demands.stand_in >= 0
    limit = np.full(len(stands), np.inf)
    most = index.most_poured[demands.by[stands]]
    limit[stands] = np.where(most > 0, MOST_OF_STAND_IN * most, np.inf)
    refused: Flags = index.volumes > limit[index.lines.values]
    return refused


def drinks_of(
    index: BarIndex, way: Numbers, lines: Lists | None = None, refused: Flags | None = None
) -> Drinks:
    """Look at every line of every recipe. way: (demands,) how each is met. lines: of some recipes
    only, which are the n then. refused: of each line, whether it is missing after all.
    """
    lines = index.lines if lines is None else lines
    missing = np.full((len(lines), 2), NONE)
    if len(lines) == 0:
        return Drinks(missing[:, 0], missing[:, 0], missing)
    starts = lines.starts[:-1]
    ways = way.astype(np.int8)[lines.values]
    if refused is not None:
        ways[refused] = Way.MISSING
    worst = np.maximum.reduceat(ways, starts).astype(np.int64)
    unmet = way > Way.ALTERNATIVE
    bottle = index.bottle[index.first].astype(np.int32)
    last_number = np.int32(len(index.ids))
    wanted = np.where(unmet, bottle, NONE)[lines.values]
    first = np.minimum.reduceat(np.where(unmet, bottle, last_number)[lines.values], starts)
    last = np.maximum.reduceat(wanted, starts)
    lengths = np.diff(lines.starts)
    neither = (wanted != np.repeat(first, lengths)) & (wanted != np.repeat(last, lengths))
    others = np.logical_or.reduceat(neither & (wanted != NONE), starts)
    short = np.where(last == NONE, 0, np.where(others, MANY, np.where(first == last, 1, 2)))
    few = (short > 0) & (short < MANY)
    missing[few, 0] = first[few]
    missing[short == 2, 1] = last[short == 2]
    return Drinks(worst, short, missing)


def best_with_stand_ins(index: BarIndex, demands: Demands, drinks: Drinks) -> Numbers:
    """Recipes that can be made with stand-ins, the least changed first, then by name.

    What a stand-in changes is the mass of its line, times how unlikely it is to take its place.
    """
    recipes = np.flatnonzero(drinks.by_stand_ins())
    places, owner = index.lines.places_of(recipes)
    stand_in = demands.stand_in[index.lines.values[places]]
    used = np.flatnonzero(stand_in >= 0)
    unlikely = SHARE_TOTAL - index.shares[stand_in[used]]
    changed = np.zeros(len(recipes), dtype=np.int64)
    np.add.at(changed, owner[used], index.masses[places[used]] * unlikely)
    return recipes[np.argsort(changed, kind="stable")]
