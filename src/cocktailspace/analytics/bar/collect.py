"""The index of bars as it is published: what of a catalogue decides what a bar can make."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cocktailspace.analytics.bar.by_name import folded, is_alcoholic, is_staple, source_of, whole_of
from cocktailspace.analytics.bar.drinks import SHARE_TOTAL
from cocktailspace.analytics.parameters import EVIDENCE_PAIRS
from cocktailspace.analytics.space import Space, order_of_recipe
from cocktailspace.analytics.substitutes import StandIns
from cocktailspace.catalogue.snapshot import Ingredient, Recipe, Snapshot

LEAST_SHARE, LEAST_SHARE_OF_FEW = 0.05, 0.15
"""How likely a stand-in has to be: where EVIDENCE_PAIRS of recipes say so, and where fewer do."""
LEAST_EVIDENCE = 1.3
"""A stand-in's share, times how much larger it is than its share of all lines: what is in every
other drink takes any place now and then. What is always there stands in for nothing: there would
be no need to ask for more.
"""
MOST_SIBLINGS = 100
"""A larger family is a list of things, of which no guest would take any."""


def bar_index(snapshot: Snapshot, space: Space, stand_ins: StandIns) -> dict[str, Any]:
    """Ingredients and recipes in order of name; places count from 0 in that order."""
    families = Families(space.ingredients)
    recipes = _recipes(snapshot, families.place)
    firsts = [recipes["demands"][each][0] for each in recipes["lines"]["demand"]]
    usual = np.bincount(firsts, minlength=len(space.ingredients)) / max(len(firsts), 1)
    rows = [families.row(place) for place in range(len(space.ingredients))]
    found = (stand_ins.used, stand_ins.columns, stand_ins.shares, stand_ins.pairs)
    for one, *columns in zip(*found, strict=True):
        rows[one]["stand_ins"] = [
            [other, round(share * SHARE_TOTAL), pairs, families.additions(int(one), other)]
            for other, share, pairs in zip(*(each.tolist() for each in columns), strict=True)
            if _is_convincing(share, pairs, usual[other]) and not rows[other]["staple"]
        ]
    return {"ingredients": rows, **recipes}


def _is_convincing(share: float, pairs: int, usual: float) -> bool:
    """Whether a stand-in is worth its name. usual: its share of all lines."""
    least = LEAST_SHARE if pairs >= EVIDENCE_PAIRS else LEAST_SHARE_OF_FEW
    return share >= least and share * share >= LEAST_EVIDENCE * usual


def _recipes(snapshot: Snapshot, place: Mapping[int, int]) -> dict[str, Any]:
    """Recipes that have lines which need to be met, and these lines."""
    recipes = sorted(snapshot.recipes, key=lambda each: order_of_recipe(each, place))
    lines = [_lines(recipe, place) for recipe in recipes]
    kept = [number for number, each in enumerate(lines) if each]
    all_lines = [line for number in kept for line in lines[number]]
    demands = sorted({demand for demand, _ in all_lines})
    number_of = {demand: number for number, demand in enumerate(demands)}
    return {
        "demands": [list(demand) for demand in demands],
        "recipes": {
            "recipe_id": [recipes[number].id for number in kept],
            "name": [recipes[number].name for number in kept],
            "lines": [len(lines[number]) for number in kept],
        },
        "lines": {
            "demand": [number_of[demand] for demand, _ in all_lines],
            "volume_ml": [round(volume, 3) for _, volume in all_lines],
        },
    }


def _lines(recipe: Recipe, place: Mapping[int, int]) -> list[tuple[tuple[int, ...], float]]:
    """What each line asks for, the first first, and its volume: the largest first, then by name.
    Optional lines ask for nothing.
    """
    others = dict(recipe.alternatives)
    lines = [
        (tuple(dict.fromkeys(place[each] for each in (one, *others.get(line, ())))), volume)
        for line, (one, volume) in enumerate(recipe.volumes_ml)
        if line not in recipe.optional
    ]
    return sorted(lines, key=lambda line: (-line[1], line[0]))


class Families:
    """Ingredients in order of name, with what they have from the families above them."""

    def __init__(self, ingredients: Sequence[Ingredient]) -> None:
        self._all = ingredients
        self.place = {each.id: place for place, each in enumerate(ingredients)}
        self._known = {folded(each.name): place for place, each in enumerate(ingredients)}
        self._children: dict[int | None, int] = {}
        for each in ingredients:
            count = self._children.get(each.parent_id, 0)
            self._children[each.parent_id] = count + each.allow_substitution
        self._mixed = {
            self.place[each.parent_id]
            for each in ingredients
            if each.parent_id is not None
            and whole_of(each.name) != folded(ingredients[self.place[each.parent_id]].name)
            and not is_staple([ingredients[self.place[each.parent_id]].name])
        }
        self._sources = [self._source(place) for place in range(len(ingredients))]

    def row(self, place: int) -> dict[str, Any]:
        """What the index says of an ingredient, its stand-ins aside."""
        one = self._all[place]
        return {
            "ingredient_id": one.id,
            "name": one.name,
            "aliases": list(one.aliases),
            "parent": self._above(place),
            "shelf": one.shelf,
            "substitution": self._takes_siblings(place),
            "made_from": self._sources[place],
            "staple": is_staple((one.name, *one.aliases)),
            "stand_ins": [],
        }

    def _above(self, place: int) -> int | None:
        parent = self._all[place].parent_id
        return None if parent is None else self.place[parent]

    def _lineage(self, place: int) -> list[int]:
        """It and all above it, the nearest first."""
        path, here = [place], self._above(place)
        while here is not None:
            path.append(here)
            here = self._above(here)
        return path

    def _source(self, place: int) -> int | None:
        one = self._all[place]
        if one.made_from_id is not None:
            return self.place[one.made_from_id]
        source = source_of(one.name, self._known)
        return None if source == place or source in self._mixed else source

    def _takes_siblings(self, place: int) -> bool:
        """Whether a guest would take another of its family: not of fruit, or of a fruit's parts."""
        one = self._all[place]
        in_pieces = any(self._all[each].in_pieces for each in self._lineage(place))
        part = self._sources[place] is not None and self._sources[place] == self._above(place)
        few = self._children[one.parent_id] <= MOST_SIBLINGS
        return one.allow_substitution and few and not in_pieces and not part

    def additions(self, one: int, other: int) -> list[str]:
        """What a drink has with the other that it did not have with the one, for those who must
        avoid it.
        """
        had, has = (
            {word for each in self._lineage(place) for word in self._all[each].contains}
            for place in (one, other)
        )
        alcohol = self._alcohol_added(one, other)
        return sorted((has - had) | ({alcohol} if alcohol else set()))

    def _alcohol_added(self, one: int, other: int) -> str | None:
        """`alcohol`, or that there may be some, where nobody has said how strong they are."""
        before, after = self._alcoholic(one), self._alcoholic(other)
        kin = self._lineage(one)[-1] == self._lineage(other)[-1]
        if before or after is False or (before is None and kin):
            return None
        return "alcohol" if after else "perhaps alcohol"

    def _alcoholic(self, place: int) -> bool | None:
        """By its strength or that of its family; where nobody has said it, by their names."""
        lineage = [self._all[each] for each in self._lineage(place)]
        known = (each.strength for each in lineage if each.strength is not None)
        strength = next(known, None)
        if strength is not None:
            return strength > 0
        return True if is_alcoholic(each.name for each in lineage) else None
