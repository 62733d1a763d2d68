"""The whole answer to somebody who says what is in their bar, in words and ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic_core import from_json

from cocktailspace.analytics.bar.bottles import Bottle, Shop
from cocktailspace.analytics.bar.drinks import (
    SHARE_TOTAL,
    Drinks,
    best_with_stand_ins,
    drinks_of,
    too_much,
)
from cocktailspace.analytics.bar.index import BarIndex, Flags, Numbers
from cocktailspace.analytics.bar.ways import Demands, Met, Way, met_demands, met_ingredients
from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.store import ArtifactStore

NEXT_BOTTLES = 5
DRINKS_OF_BOTTLE = 12

Row = dict[str, Any]


def read_bars(store: ArtifactStore, run_id: str) -> Bars:
    """The index of one run; raises what the store does, and what `Bars` does."""
    body = store.read(artifact_key(run_id, ArtifactName.BAR_INDEX)).body
    return Bars(from_json(body)["data"])


class Bars:
    """Answers bars from the index of one run."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """data: of the artifact. Raises KeyError, TypeError or ValueError for another's."""
        self.index = BarIndex(data)
        self.shop = Shop(self.index)

    def of(self, ingredient_ids: Iterable[int], *, staples: bool = True) -> Bar:
        """The bar of these ingredients, and of what is always there; unknown ids are set aside."""
        index = self.index
        given = list(dict.fromkeys(ingredient_ids))
        places = [index.place_of[each] for each in given if each in index.place_of]
        there = index.staples.tolist() if staples else []
        owned = np.array(sorted({*places, *there}), dtype=np.int64)
        met = met_ingredients(index, owned)
        demands = met_demands(index, met)
        refused = too_much(index, demands)
        return Bar(
            bars=self,
            typed=frozenset(places),
            unknown=[each for each in given if each not in index.place_of],
            met=met,
            demands=demands,
            drinks=drinks_of(index, demands.way, refused=refused),
            refused=refused,
        )


@dataclass(frozen=True)
class Bar:
    """A bar, and what it makes of everything.

    typed: places of what somebody says they have. unknown: ids that the run does not know. refused:
    of each line, whether it has more than anybody pours of its stand-in.
    """

    bars: Bars
    typed: frozenset[int]
    unknown: list[int]
    met: Met
    demands: Demands
    drinks: Drinks
    refused: Flags
    _lines: dict[tuple[int, bool], Row] = field(default_factory=dict)

    def lists(self) -> dict[str, Numbers]:
        """What can be made, with stand-ins, and what one or two bottles are missing for, best
        first: places of recipes.
        """
        return {
            "can_make": self.drinks.can_be_made(),
            "with_stand_ins": best_with_stand_ins(self.bars.index, self.demands, self.drinks),
            "one_short": self.drinks.short_of(1),
            "two_short": self.drinks.short_of(2),
        }

    def answer(self, most: int, weights: Numbers | None = None) -> dict[str, Any]:
        """How many recipes each list has, up to `most` of each, and what to buy next.

        weights: of recipes, how much each is liked.
        """
        lists = self.lists()
        return {
            "counts": {name: len(recipes) for name, recipes in lists.items()},
            **{name: self.described(recipes[:most]) for name, recipes in lists.items()},
            "next_bottles": self.next_bottles(weights),
        }

    def described(self, recipes: Numbers) -> list[Row]:
        """Each with its lines, how each is met, and which bottles are missing."""
        index = self.bars.index
        return [
            {
                "recipe_id": int(index.recipe_ids[recipe]),
                "name": index.recipe_names[recipe],
                "lines": self._lines_of(recipe),
                "missing": self._named(self._missing(recipe)),
            }
            for recipe in recipes.tolist()
        ]

    def _missing(self, recipe: int) -> Sequence[int]:
        """Places of the bottles that it lacks, in its own words, line by line."""
        index = self.bars.index
        demands = index.lines[recipe]
        unmet = index.first[demands[self.demands.way[demands] > Way.ALTERNATIVE]]
        _, firsts = np.unique(index.bottle[unmet], return_index=True)
        bottles: list[int] = index.bottle_as_named[unmet[np.sort(firsts)]].tolist()
        return bottles

    def _named(self, places: Iterable[int]) -> list[Row]:
        index = self.bars.index
        return [{"ingredient_id": int(index.ids[e]), "name": index.names[e]} for e in places]

    def _lines_of(self, recipe: int) -> list[Row]:
        """How each line of a recipe is met; described once for all that ask for the same."""
        lines = self.bars.index.lines
        refused = self.refused[lines.starts[recipe] : lines.starts[recipe + 1]]
        found = []
        for line in zip(lines[recipe].tolist(), refused.tolist(), strict=True):
            if line not in self._lines:
                self._lines[line] = self._described_line(*line)
            found.append(self._lines[line])
        return found

    def _described_line(self, demand: int, refused: bool) -> Row:
        index, demands = self.bars.index, self.demands
        first = int(index.first[demand])
        way = Way.MISSING if refused else Way(int(demands.way[demand]))
        line: Row = {
            "ingredient_id": int(index.ids[first]),
            "ingredient": index.names[first],
            "how": way.name.lower(),
        }
        if way == Way.MISSING:
            return line
        by = int(demands.by[demand])
        if way == Way.OWNED and by not in self.typed:
            line["how"] = "staple"
        if way == Way.ALTERNATIVE:
            line["alternative"] = index.names[int(demands.ingredient[demand])]
        if way == Way.STAND_IN:
            place = int(demands.stand_in[demand])
            line["stand_in"] = index.names[by]
            line["share"] = int(index.shares[place]) / SHARE_TOTAL
            line["pairs"] = int(index.pairs[place])
            line["adds"] = index.additions[place]
            by = int(self.met.by[by])
        return {**line, "by_id": int(index.ids[by]), "by": index.names[by]}

    def next_bottles(self, weights: Numbers | None = None) -> list[Row]:
        """What to buy, with the drinks that each opens. weights: of recipes, how much each is
        liked.
        """
        index = self.bars.index
        liked = np.ones(len(index.recipe_ids), dtype=np.int64) if weights is None else weights
        found = self.bars.shop.next_bottles(self.demands, self.drinks, liked, NEXT_BOTTLES)
        return [self._bottle(each) for each in found]

    def _bottle(self, bottle: Bottle) -> Row:
        index = self.bars.index
        (named,) = self._named([bottle.ingredient])
        drinks = [
            {"recipe_id": int(index.recipe_ids[each]), "name": index.recipe_names[each]}
            for each in bottle.opened[:DRINKS_OF_BOTTLE].tolist()
        ]
        family = index.any_of(bottle.ingredient)
        if family >= 0:
            named["any_of"] = index.names[family]
        return {**named, "opens": len(bottle.opened), "nearer": bottle.nearer, "drinks": drinks}
