"""The ingredients as search needs them: their words, their kinds, what is in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cocktailspace.catalogue.measures import Volume
from cocktailspace.catalogue.names import words_of
from cocktailspace.catalogue.reference import Reference
from cocktailspace.catalogue.search.segment import Postings

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class IndexedIngredients:
    """All ingredients.

    ids: sorted; rows of `words`, of names and aliases, and of `percents` (NaN where unknown) are
    positions in it. allergens: ids of what contains each. volumes: what one of a unit that counts
    pieces is, by ingredient and unit.
    """

    ids: Ids
    words: Postings[str]
    percents: NDArray[np.float64]
    allergens: Mapping[str, Ids]
    reference: Reference
    volumes: Mapping[tuple[int, int | None], Volume]
    _children: Mapping[int | None, list[int]] = field(repr=False)

    @classmethod
    def of(cls, names: Mapping[int, tuple[str, ...]], reference: Reference) -> "IndexedIngredients":
        """names: the name and the aliases of each."""
        ids, measures = sorted(names), reference.measures
        words = [
            (word, row)
            for row, each in enumerate(ids)
            for word in {word for name in names[each] for word in words_of(name)}
        ]
        children: dict[int | None, list[int]] = {}
        allergens: dict[str, list[int]] = {}
        percents = np.full(len(ids), np.nan)
        for row, each in enumerate(ids):
            properties = measures.ingredients[each]
            children.setdefault(properties.parent_id, []).append(each)
            if properties.strength is not None:
                percents[row] = properties.strength.percent
            for allergen in properties.contains:
                allergens.setdefault(allergen, []).append(each)
        pieces = [None, *(unit_id for unit_id, ml in measures.units.items() if ml is None)]
        return cls(
            ids=np.array(ids, np.int64),
            words=Postings.of([word for word, _ in words], [row for _, row in words]),
            percents=percents,
            allergens={key: np.array(found, np.int64) for key, found in allergens.items()},
            reference=reference,
            volumes={(i, u): measures.volume(i, 1.0, None, u) for i in ids for u in pieces},
            _children=children,
        )

    def with_kinds(self, ids: Iterable[int]) -> Ids:
        """Ids of ingredients and of all below them, sorted."""
        found: set[int] = set()
        waiting = list(ids)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self._children.get(each, ())
        return np.array(sorted(found), np.int64)

    def parent_of(self, ingredient_id: int) -> int | None:
        """The ingredient above it."""
        return self.reference.measures.ingredients[ingredient_id].parent_id

    def naming(self, ranges: Iterable[tuple[str, str, int]]) -> dict[int, int]:
        """Ingredients with a word within a range, and the most that such a range counts."""
        found: dict[int, int] = {}
        for low, high, factor in ranges:
            for each in self.ids[self.words.rows[self.words.between(low, high)]].tolist():
                found[each] = max(found.get(each, 0), factor)
        return found

    def named(self, low: str, high: str) -> Ids:
        """Ingredients with a word from `low` up to, but without, `high`, and their kinds."""
        return self.with_kinds(self.ids[self.words.rows[self.words.between(low, high)]].tolist())

    def percents_of(self, ids: Ids) -> NDArray[np.float64]:
        """Strengths of ingredients, in % vol."""
        return self.percents[np.searchsorted(self.ids, ids)]

    def otherwise_measured(self, new: "IndexedIngredients") -> Ids | None:
        """Sorted ids of those a line of which is another volume with the new ones; None for all."""
        old, now = self.reference, new.reference
        for unit, name in old.unit_names.items():
            before, after = (name, old.measures.units[unit]), now.unit_names.get(unit)
            if after is not None and before != (after, now.measures.units[unit]):
                return None
        changed = {
            key[0] for key, volume in self.volumes.items() if new.volumes.get(key, volume) != volume
        }
        return np.array(sorted(changed), np.int64)
