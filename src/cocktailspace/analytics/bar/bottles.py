"""What to buy next: the bottle that opens most, given what is there, then the next one.

A bottle is worth COMPLETED for each drink that it lets be made as written, and NEARER for each that
it leaves one bottle short of that; among drinks that are at most two short. It counts for what it
is: nobody buys "your gin will do", nor lemon vodka for vodka. So a kind counts as its family only
where lines name it as often, or where a guest would take any of that family. The greedy choice is
looked up, not tried out: of what a drink lacks, only which bottles meet it matters, and that does
not depend on the bar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.bar.drinks import MANY, Drinks, drinks_of
from cocktailspace.analytics.bar.index import NONE, BarIndex, Flags, Lists, Numbers
from cocktailspace.analytics.bar.ways import Demands, Way

COMPLETED, NEARER = 4, 1


@dataclass(frozen=True)
class Bottle:
    """A bottle to buy.

    ingredient: its place in the index. opened: recipes that it completes, together with the bottles
    before it, the most liked first, then by name. nearer: how many it leaves one bottle short.
    """

    ingredient: int
    opened: Numbers
    nearer: int


class Shop:
    """The bottles that the recipes of an index need, and what each of them meets.

    meeting: (demands) the bottles that meet each, without the help of any other.
    """

    def __init__(self, index: BarIndex) -> None:
        self.index = index
        self.meeting = _bottles_of_demands(index)
        self._kin = _kin(index)
        _ = index.recipes_of  # made now rather than while somebody waits

    def next_bottles(
        self, demands: Demands, drinks: Drinks, weights: Numbers, most: int
    ) -> Iterator[Bottle]:
        """Up to so many bottles, the best first; ties by the drinks that are completed, then name.

        demands, drinks: what the bar makes of them. weights: (n,) whole, how much each recipe is
        liked.
        """
        way = demands.way
        lacks = _Lacks(self.index, self.meeting, self._kin)
        lacks.look(np.arange(len(drinks.short)), drinks, way)
        for _ in range(most):
            completed, nearer = lacks.gains(weights)
            score = COMPLETED * completed + NEARER * nearer
            best = np.flatnonzero(score == score.max(initial=0))
            if len(best) == 0 or score[best[0]] <= 0:
                return
            chosen = int(best[np.argmax(completed[best])])
            yield lacks.bottle(chosen, weights)
            met = self._met_by(chosen) & (way > Way.ALTERNATIVE)
            way = np.where(met, Way.KIND, way)
            changed = np.unique(self.index.recipes_of.take(np.flatnonzero(met)).values)
            lines = self.index.lines.take(changed)
            lacks.look(changed, drinks_of(self.index, way, lines), way)

    def _met_by(self, bottle: int) -> Flags:
        met = np.zeros(len(self.meeting), dtype=np.bool_)
        met[self.meeting.owners()[self.meeting.values == bottle]] = True
        return met


def _bottles_of_demands(index: BarIndex) -> Lists:
    """(demands) the bottles that meet each: it, a kind, what it is made from, a sibling, or the
    family of which any member will do.
    """
    m = len(index.ids)
    bottles = np.unique(index.bottle[index.first])
    usual = (index.family >= 0) | (index.named >= index.named[index.kind_of])
    kind_of = np.where(usual, index.kind_of, NONE)
    had = new = bottles * m + bottles
    while len(new):
        bottle, node = np.divmod(new, m)
        above = kind_of[node]
        places, owner = index.products.places_of(node)
        further = [bottle[above >= 0] * m + above[above >= 0]]
        further.append(bottle[owner] * m + index.products.values[places])
        new = np.setdiff1d(np.concatenate(further), had)
        had = np.union1d(had, new)
    bottle, node = np.divmod(had, m)
    related = np.flatnonzero(index.family >= 0)
    members = Lists.of_pairs(index.family[related], related, m)
    # Of a family any member will do if one is had, or if the family itself is there.
    itself = (node == bottle) | np.isin(bottle * m + index.made_from[node], had)
    itself &= ~index.shelf[node]
    family = np.concatenate([index.family[node], node[itself]])
    whose = np.concatenate([bottle, bottle[itself]])
    places, owner = members.places_of(family[family >= 0])
    node = np.concatenate([node, members.values[places]])
    bottle = np.concatenate([bottle, whose[family >= 0][owner]])
    by_ingredient = Lists.of_pairs(node, bottle, m)
    places, owner = by_ingredient.places_of(index.demands.values)
    demand = index.demands.owners()[owner]
    return Lists.of_pairs(demand, by_ingredient.values[places], len(index.demands))


def _kin(index: BarIndex) -> Numbers:
    """(demands,) a number that two share if one bottle could meet both; NONE: it could be any."""
    group = np.arange(len(index.ids))
    linked = [
        (np.flatnonzero(other >= 0), other[other >= 0])
        for other in (index.kind_of, index.family, index.made_from)
    ]
    one, other = (np.concatenate(part) for part in zip(*linked, strict=True))
    while (group[one] != group[other]).any():
        least = np.minimum(group[one], group[other])
        np.minimum.at(group, one, least)
        np.minimum.at(group, other, least)
        group = group[group]
    return np.where(np.diff(index.demands.starts) > 1, NONE, group[index.first])


class _Lacks:
    """What recipes lack that are one or two bottles short.

    A *lack* is what one recipe needs of one bottle: nearly always a demand, whose number it has.
    Several demands, as lime juice and lime peel, are one lack with a number of its own.
    """

    def __init__(self, index: BarIndex, meeting: Lists, kin: Numbers) -> None:
        """meeting: (demands) the bottles that meet each. kin: (demands,) as `_kin` has it."""
        self._index = index
        self._of_recipe = np.full((len(index.lines), 2), NONE)
        self._of_demands = self._meeting = meeting
        self._kin = kin
        self._joint: dict[tuple[int, ...], int] = {}

    def look(self, recipes: Numbers, drinks: Drinks, way: Numbers) -> None:
        """Note what these recipes lack now. drinks: of these recipes."""
        self._of_recipe[recipes] = NONE
        few = np.flatnonzero((drinks.short > 0) & (drinks.short < MANY))
        lines = self._index.lines.take(recipes[few])
        unmet = way[lines.values] > Way.ALTERNATIVE
        demand, owner = lines.values[unmet], lines.owners()[unmet]
        second = self._index.bottle[self._index.first[demand]] != drinks.missing[few[owner], 0]
        side = 2 * owner + second
        order = np.argsort(side, kind="stable")
        side, demand = side[order], demand[order]
        starts = np.flatnonzero(np.diff(side, prepend=NONE) != 0)
        if len(starts) == 0:
            return
        lacks = np.full(2 * len(few), NONE)
        lacks[side[starts]] = demand[starts]
        several = np.minimum.reduceat(demand, starts) != np.maximum.reduceat(demand, starts)
        ends = np.append(starts[1:], len(side))
        for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
            key = tuple(sorted(set(demand[start:end].tolist())))
            lacks[side[start]] = self._joint.setdefault(
                key, len(self._of_demands) + len(self._joint)
            )
        self._of_recipe[recipes[few]] = lacks.reshape(-1, 2)
        self._note_bottles_of_joint_lacks()

    def _note_bottles_of_joint_lacks(self) -> None:
        """One bottle has to meet all demands of a lack."""
        known = len(self._meeting) - len(self._of_demands)
        new = list(self._joint)[known:]
        if new:
            shared = [
                reduce(np.intersect1d, [self._of_demands[each] for each in key]) for key in new
            ]
            self._meeting = self._meeting.and_these(shared)
            kin = np.array([self._kin[key[0]] for key in new], dtype=np.int64)
            self._kin = np.concatenate([self._kin, kin])

    def gains(self, weights: Numbers) -> tuple[Numbers, Numbers]:
        """(m, m) for each bottle, the weight of the recipes that it completes, and of those that it
        leaves one bottle short.
        """
        one = self._of_recipe[:, 1] == NONE
        alone = np.flatnonzero(one & (self._of_recipe[:, 0] != NONE))
        twice = np.flatnonzero(~one)
        completed = self._summed(self._of_recipe[alone, 0], weights[alone])
        lacks, weight = self._of_recipe[twice], weights[twice]
        nearer = self._summed(lacks.ravel(), np.repeat(weight, 2))
        both = self._meeting_both(lacks, weight)
        return completed + both, nearer - 2 * both

    def _summed(self, lacks: Numbers, weight: Numbers) -> Numbers:
        """(m,) for each bottle, the weight of the lacks that it meets."""
        of_lack = np.bincount(lacks, weights=weight, minlength=len(self._meeting))
        present = np.flatnonzero(of_lack)
        places, owner = self._meeting.places_of(present)
        return self._by_bottle(self._meeting.values[places], of_lack[present[owner]])

    def _meeting_both(self, lacks: Numbers, weight: Numbers) -> Numbers:
        """(m,) for each bottle, the weight of the pairs of which it meets both."""
        kin = self._kin[lacks]
        maybe = (kin[:, 0] == kin[:, 1]) | (kin == NONE).any(axis=1)
        width = len(self._meeting)
        pair = np.sort(lacks[maybe], axis=1) @ np.array([width, 1])
        pairs, which = np.unique(pair, return_inverse=True)
        of_pair = np.bincount(which, weights=weight[maybe], minlength=len(pairs))
        places, owner = self._meeting.places_of(pairs // width)
        bottle = self._meeting.values[places]
        m = len(self._index.ids)
        keys = self._meeting.owners() * m + self._meeting.values
        met = np.isin((pairs % width)[owner] * m + bottle, keys)
        return self._by_bottle(bottle[met], of_pair[owner[met]])

    def _by_bottle(self, bottle: Numbers, weight: NDArray[Any]) -> Numbers:
        """(m,) sums; whole, as long as they are below 2^53."""
        found = np.bincount(bottle, weights=weight, minlength=len(self._index.ids))
        return found.astype(np.int64)

    def bottle(self, chosen: int, weights: Numbers) -> Bottle:
        """What it does for these recipes."""
        meets = np.zeros(len(self._meeting) + 1, dtype=np.bool_)  # the last: no second one
        meets[self._meeting.owners()[self._meeting.values == chosen]] = True
        lacked = self._of_recipe != NONE
        left = (lacked & ~meets[self._of_recipe]).sum(axis=1)
        was = lacked.sum(axis=1)
        opened = np.flatnonzero((was > 0) & (left == 0))
        opened = opened[np.argsort(-weights[opened], kind="stable")]
        return Bottle(chosen, opened, int(((was == 2) & (left == 1)).sum()))
