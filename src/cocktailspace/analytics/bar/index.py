"""The index: what the published artifact says of ingredients and recipes, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocktailspace.analytics.space import masses_of
from cocktailspace.analytics.transport.rows import Rows, stretches

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE = -1


@dataclass(frozen=True)
class Lists:
    """Some lists of whole numbers, one after the other.

    starts: (n + 1,) where each begins and ends in `values`.
    """

    starts: Numbers
    values: Numbers

    def __len__(self) -> int:
        """How many lists there are."""
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> Numbers:
        """One of them."""
        return self.values[self.starts[number] : self.starts[number + 1]]

    def owners(self) -> Numbers:
        """(values,) the list that each value is in."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def places_of(self, chosen: Numbers) -> tuple[Numbers, Numbers]:
        """Where the values of the chosen lists are, list by list, and whose each is, counted within
        `chosen`.
        """
        begins = self.starts[chosen]
        return stretches(begins, self.starts[chosen + 1] - begins)

    def take(self, chosen: Numbers) -> Lists:
        """The chosen lists, in that order."""
        places, _ = self.places_of(chosen)
        starts = np.zeros(len(chosen) + 1, dtype=np.int64)
        np.cumsum(self.starts[chosen + 1] - self.starts[chosen], out=starts[1:])
        return Lists(starts, self.values[places])

    def and_these(self, more: Sequence[Numbers]) -> Lists:
        """These, and some more after them."""
        ends = self.starts[-1] + np.cumsum([len(each) for each in more])
        return Lists(np.concatenate([self.starts, ends]), np.concatenate([self.values, *more]))

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Lists:
        """From Python's own."""
        return cls.of_lengths([len(each) for each in lists], list(chain.from_iterable(lists)))

    @classmethod
    def of_lengths(cls, lengths: Sequence[int], values: Sequence[int]) -> Lists:
        """From all values in a row, and how many each list has of them."""
        starts = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        return cls(starts, np.array(values, dtype=np.int64))

    @classmethod
    def of_pairs(cls, owners: Numbers, values: Numbers, count: int) -> Lists:
        """Lists in ascending order from (owner, value) in any order; equal pairs count once."""
        width = int(values.max(initial=0)) + 1
        keys = np.unique(owners * width + values)
        starts = np.searchsorted(keys, np.arange(count + 1) * width)
        return cls(starts, keys % width)


class BarIndex:
    """Ingredients and recipes of one run, in order of name.

    ids, names, aliases: of the m ingredients. above: (m,) the family above it, NONE for a root.
    kind_of: (m,) the same, but NONE below a shelf: it meets lines that name that family, and that
    family, owned, will do for it. family: (m,) that of which a guest would take another member,
    be it on a shelf or not, NONE for no such. made_from: (m,) what each is made from, or NONE.
    staples: what is always there. stand_ins: (m) what may take its place; shares (of 10,000), pairs
    and additions: of each of these, how likely it is, how many pairs of recipes say so, and what it
    adds that some must avoid.

    demands: the different things that lines ask for: an ingredient, then its alternatives. lines:
    the demand of each line that has to be met, recipe by recipe; volumes: in ml, of each line.
    recipe_ids, recipe_names: of the recipes.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """data: as `collect.py` makes it. Raises KeyError, TypeError or ValueError for another."""
        rows = data["ingredients"]
        self.ids = np.array([row["ingredient_id"] for row in rows], dtype=np.int64)
        self.names: list[str] = [row["name"] for row in rows]
        self.aliases: list[list[str]] = [row["aliases"] for row in rows]
        self.above = _places([row["parent"] for row in rows])
        self.shelf = np.array([row["shelf"] for row in rows], dtype=np.bool_)
        free = (self.above >= 0) & ~self.shelf[self.above]
        swappable = np.array([row["substitution"] for row in rows], dtype=np.bool_)
        self.kind_of = np.where(free, self.above, NONE)
        self.family = np.where(swappable, self.above, NONE)
        self.made_from = _places([row["made_from"] for row in rows])
        self.staples = np.flatnonzero([row["staple"] for row in rows])
        stand_ins = [row["stand_ins"] for row in rows]
        self.stand_ins = Lists.of([[each[0] for each in own] for own in stand_ins])
        self.shares, self.pairs = (
            np.array([each[part] for own in stand_ins for each in own], dtype=np.int64)
            for part in (1, 2)
        )
        self.additions: list[list[str]] = [each[3] for own in stand_ins for each in own]
        self.demands = Lists.of(data["demands"])
        recipes = data["recipes"]
        self.recipe_ids = np.array(recipes["recipe_id"], dtype=np.int64)
        self.recipe_names: list[str] = recipes["name"]
        self.lines = Lists.of_lengths(recipes["lines"], data["lines"]["demand"])
        self.volumes = np.array(data["lines"]["volume_ml"], dtype=np.float64)
        self._check()

    def _check(self) -> None:
        """What is looked up later is there; each recipe has a line, each demand an ingredient."""
        m = len(self.ids)
        for values, limit in (
            (self.stand_ins.values, m),
            (self.demands.values, m),
            (self.lines.values, len(self.demands)),
        ):
            if len(values) and not 0 <= values.min() <= values.max() < limit:
                raise ValueError("the index of bars names what is not there")
        counts = (np.diff(self.lines.starts), np.diff(self.demands.starts))
        if any(count.min(initial=1) < 1 for count in counts):
            raise ValueError("the index of bars has a recipe without lines, or an empty demand")
        if len(self.recipe_names) != len(self.lines) or len(self.volumes) != len(self.lines.values):
            raise ValueError("the index of bars has lists of unequal lengths")

    @cached_property
    def place_of(self) -> dict[int, int]:
        """By the id of an ingredient."""
        return {each: place for place, each in enumerate(self.ids.tolist())}

    @cached_property
    def first(self) -> Numbers:
        """(demands,) the ingredient that each names first."""
        return self.demands.values[self.demands.starts[:-1]]

    @cached_property
    def stand_in_owners(self) -> Numbers:
        """(entries of stand_ins,) whose place each may take."""
        return self.stand_ins.owners()

    @cached_property
    def stand_in_ranks(self) -> Numbers:
        """(entries of stand_ins,) the least is best: adds nothing, larger share, first name."""
        adds = np.array([bool(each) for each in self.additions], dtype=np.bool_)
        keys = (self.stand_ins.values, -self.shares, adds)
        order = np.lexsort(keys)
        changes = [np.diff(key[order], prepend=0) != 0 for key in keys]
        ranks = np.zeros(len(order), dtype=np.int64)
        ranks[order] = np.cumsum(np.logical_or.reduce(changes))
        return ranks

    @cached_property
    def masses(self) -> Numbers:
        """(lines,) how much of its recipe each line is, of MASS_TOTAL; 0 where nothing is known."""
        place = np.arange(len(self.volumes)) - np.repeat(
            self.lines.starts[:-1], np.diff(self.lines.starts)
        )
        counted = np.flatnonzero(self.volumes > 0)
        width = int(place.max(initial=0)) + 1
        rows = Rows.from_triplets(
            self.lines.owners()[counted],
            place[counted],
            self.volumes[counted],
            (len(self.lines), width),
        )
        masses = np.zeros(len(self.volumes), dtype=np.int64)
        masses[counted] = masses_of(rows).data
        return masses

    @cached_property
    def recipes_of(self) -> Lists:
        """(demands) the recipes that have a line with each."""
        return Lists.of_pairs(self.lines.values, self.lines.owners(), len(self.demands))

    @cached_property
    def most_poured(self) -> NDArray[np.float64]:
        """(m,) the most that any line has of each that it names first, in ml; 0 where none is."""
        most = np.zeros(len(self.ids))
        np.maximum.at(most, self.first[self.lines.values], self.volumes)
        return most

    @cached_property
    def products(self) -> Lists:
        """(m) what is made from each."""
        made = np.flatnonzero(self.made_from >= 0)
        return Lists.of_pairs(self.made_from[made], made, len(self.ids))

    @cached_property
    def bottle(self) -> Numbers:
        """(m,) what to buy for each: what it is made from in the end; where any of a family will
        do, the one that most lines name, ties by name; else itself. What is made in a circle is
        bought as it is.
        """
        return np.where(self._source >= 0, self._source, self._usual)

    @cached_property
    def bottle_as_named(self) -> Numbers:
        """(m,) the same in the recipe's own word, where any of a family will do."""
        return np.where(self._source >= 0, self._source, np.arange(len(self.ids)))

    @cached_property
    def _source(self) -> Numbers:
        """(m,) what each is made from in the end, NONE where it is not made, or in a circle."""
        itself = np.arange(len(self.ids))
        step = np.where(self.made_from >= 0, self.made_from, itself)
        end = step
        for _ in range(len(step).bit_length()):
            end = end[end]
        return np.where((step[end] == end) & (end != itself), end, NONE)

    @cached_property
    def named(self) -> Numbers:
        """(m,) how many lines name each first."""
        return np.bincount(self.first[self.lines.values], minlength=len(self.ids))

    @cached_property
    def _usual(self) -> Numbers:
        """(m,) of those of which any will do, the one that most lines name: of its own family where
        it is one, else of the family that it belongs to.
        """
        itself = np.arange(len(self.ids))
        members = np.flatnonzero(self.family >= 0)
        is_family = np.zeros(len(itself), dtype=np.bool_)
        is_family[self.kind_of[members][self.kind_of[members] >= 0]] = True
        family = np.concatenate([self.family[members], itself[is_family]])
        member = np.concatenate([members, itself[is_family]])
        order = np.lexsort((member, -self.named[member], family))
        first = np.diff(family[order], prepend=NONE) != 0
        usual = itself.copy()
        usual[family[order][first]] = member[order][first]
        return np.where(is_family, usual, np.where(self.family >= 0, usual[self.family], itself))

    def any_of(self, bottle: int) -> int:
        """The family of which any will do as well as this bottle; NONE where nothing else does."""
        if (self.family == bottle).any() and not self.shelf[bottle]:
            return bottle
        return int(self.family[bottle])

    @cached_property
    def levels(self) -> list[Numbers]:
        """Ingredients below a family that will do for them, by their depth below the topmost."""
        levels = 0
        depth = np.zeros(len(self.ids), dtype=np.int64)
        above = self.kind_of
        while (below := above >= 0).any():
            if levels > len(above):
                raise ValueError("the index of bars has families in a circle")
            depth[below] += 1
            levels += 1
            above = np.where(below, self.kind_of[above], NONE)
        return [np.flatnonzero(depth == level) for level in range(1, levels + 1)]


def _places(parents: Sequence[int | None]) -> Numbers:
    places = np.array([NONE if each is None else each for each in parents], dtype=np.int64)
    if len(places) and not -1 <= places.min() <= places.max() < len(places):
        raise ValueError("the index of bars names what is not there")
    return places
