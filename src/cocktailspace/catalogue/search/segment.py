"""Some thousand recipes as they are searched: arrays, in the order of their names."""

import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cocktailspace.catalogue.names import words_of

Rows = NDArray[np.int32]
K = TypeVar("K", str, int)

NAME, INGREDIENT, LABEL, TEXT = 12, 8, 6, 2
"""What a word counts by where it stands."""


@dataclass(frozen=True, slots=True)
class Postings(Generic[K]):
    """keys: sorted, each once. Key k is in the rows rows[starts[k]:starts[k + 1]], and counts
    there as weights says.
    """

    keys: list[K]
    starts: NDArray[np.int64]
    rows: Rows
    weights: Rows

    @classmethod
    def of(
        cls, keys: Sequence[K], rows: Sequence[int], weights: Sequence[int] | None = None
    ) -> "Postings[K]":
        """Of entries in any order: a key, its row, its weight there."""
        unique = sorted(set(keys))
        position = {key: index for index, key in enumerate(unique)}
        codes = np.fromiter(map(position.__getitem__, keys), np.int32, len(keys))
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(unique) + 1))
        found = np.asarray(rows, np.int32)[order]
        weighed = np.ones(len(keys), np.int32) if weights is None else np.asarray(weights, np.int32)
        return cls(unique, starts, found, weighed[order] if weights is not None else weighed)

    def between(self, low: K, high: K) -> slice:
        """The entries of the keys from `low` up to, but without, `high`."""
        first, last = bisect_left(self.keys, low), bisect_left(self.keys, high)
        return slice(self.starts[first], self.starts[last])

    def rows_of(self, key: K) -> Rows:
        """The rows that have a key."""
        position = bisect_left(self.keys, key)
        if position == len(self.keys) or self.keys[position] != key:
            return self.rows[:0]
        return self.rows[self.starts[position] : self.starts[position + 1]]

    def rows_of_all(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows of all chosen keys; a row with several of them comes as often."""
        return self.rows[np.repeat(chosen, np.diff(self.starts))]


@dataclass(frozen=True, slots=True)
class IndexedPart:
    """So much of an ingredient. drunk: whether it counts for the strength; a rinse does not."""

    ingredient_id: int
    ml: float
    drunk: bool


@dataclass(frozen=True, slots=True)
class IndexedRecipe:
    """What of a recipe is searched.

    texts: (weight, text), the least weight first. labels: what filters compare, as `label` writes
    it. ingredient_ids: of lines and of their alternatives. lines: how many ingredients they name.
    house_made: whether it makes an ingredient, and is no drink.
    """

    id: int
    order_key: str
    texts: Sequence[tuple[int, str]]
    labels: Sequence[str]
    ingredient_ids: Sequence[int]
    lines: int
    parts: Sequence[IndexedPart]
    house_made: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Recipes by row, in the order of their order keys.

    words: also each whole name, with a space before it. ingredient_ids: the keys of ingredients.
    part_*: one entry for each part of a row; its ingredient is a position in ingredient_ids.
    house_made: the rows of recipes that make an ingredient.
    """

    ids: NDArray[np.int64]
    order_keys: list[str]
    words: Postings[str]
    labels: Postings[str]
    ingredients: Postings[int]
    ingredient_ids: NDArray[np.int64]
    lines: Rows
    part_rows: Rows
    part_ingredients: Rows
    part_ml: NDArray[np.float64]
    part_drunk: NDArray[np.bool_]
    house_made: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def holding(self, ids: NDArray[np.int64]) -> Rows:
        """The rows with one of these ingredients, which are sorted."""
        if not len(ids):
            return self.ingredients.rows[:0]
        at = np.minimum(np.searchsorted(ids, self.ingredient_ids), len(ids) - 1)
        return self.ingredients.rows_of_all(ids[at] == self.ingredient_ids)


def label(field: str, key: str) -> str:
    """How a segment's labels say that a recipe's field has a value."""
    return f"{field} {key}"


def whole_name(words: Sequence[str]) -> str:
    """The name as a key among the words, which none of them is: it begins with a space."""
    return " " + " ".join(words)


def build_segment(recipes: Sequence[IndexedRecipe]) -> Segment:
    """The segment of these recipes."""
    ordered = sorted(recipes, key=lambda recipe: recipe.order_key)
    parts = [(row, part) for row, recipe in enumerate(ordered) for part in recipe.parts]
    ingredients = _postings([sorted(set(recipe.ingredient_ids)) for recipe in ordered])
    ingredient_ids = np.array(ingredients.keys, np.int64)
    part_ids = np.array([part.ingredient_id for _, part in parts], np.int64)
    return Segment(
        ids=np.array([recipe.id for recipe in ordered], np.int64),
        order_keys=[recipe.order_key for recipe in ordered],
        words=_words(ordered),
        labels=_postings([recipe.labels for recipe in ordered]),
        ingredients=ingredients,
        ingredient_ids=ingredient_ids,
        lines=np.array([recipe.lines for recipe in ordered], np.int32),
        part_rows=np.array([row for row, _ in parts], np.int32),
        part_ingredients=np.searchsorted(ingredient_ids, part_ids).astype(np.int32),
        part_ml=np.array([part.ml for _, part in parts], np.float64),
        part_drunk=np.array([part.drunk for _, part in parts], np.bool_),
        house_made=np.array([recipe.house_made for recipe in ordered], np.bool_),
    )


def _words(recipes: Sequence[IndexedRecipe]) -> Postings[str]:
    """A word counts once in a recipe: where it weighs most."""
    keys: list[str] = []
    rows: list[int] = []
    weights: list[int] = []
    for row, recipe in enumerate(recipes):
        found: dict[str, int] = {}
        for weight, text in recipe.texts:
            words = words_of(text)
            found.update(dict.fromkeys(words, weight))
            if weight == NAME:
                found[whole_name(words)] = NAME
        keys += map(sys.intern, found)
        rows += [row] * len(found)
        weights += found.values()
    return Postings.of(keys, rows, weights)


def _postings(keys: Sequence[Sequence[K]]) -> Postings[K]:
    rows = [row for row, some in enumerate(keys) for _ in some]
    return Postings.of([key for some in keys for key in some], rows)
