"""The ingredients that a catalogue has, by the names that they go by."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cocktailspace.catalogue.forest import lineage
from cocktailspace.importing.languages import in_english, is_quality
from cocktailspace.importing.vocabulary import (
    key_of,
    same_in_any_order,
    same_names,
    usual_name,
    word_set,
    words_of,
)

Certain = Literal["name", "alias", "synonym"]
"""How an ingredient is known to be meant."""


@dataclass(frozen=True, slots=True)
class Named:
    """An ingredient of the catalogue."""

    id: int
    name: str
    parent_id: int | None = None
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class KnownIngredients:
    """Finds ingredients by what they are called."""

    by_id: dict[int, Named] = field(default_factory=dict)
    by_key: dict[str, int] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    _bags: dict[tuple[str, ...], int | None] = field(default_factory=dict)
    _families: set[int | None] = field(default_factory=set)

    @classmethod
    def of(cls, ingredients: Iterable[Named]) -> "KnownIngredients":
        """An index of these ingredients."""
        found = cls({each.id: each for each in ingredients})
        found._families = {each.parent_id for each in found.by_id.values()}
        for each in found.by_id.values():
            words = words_of(each.name)
            found.by_key.setdefault(key_of(words), each.id)
            bag = tuple(sorted(words))
            found._bags[bag] = None if bag in found._bags else each.id
            for alias in each.aliases:
                found.aliases.setdefault(key_of(words_of(alias)), each.id)
        return found

    def ancestors(self, ingredient_id: int) -> list[int]:
        """The ingredient and all above it, up to its root."""
        return list(lineage(ingredient_id, self._parent_of))

    def _parent_of(self, ingredient_id: int) -> int | None:
        found = self.by_id.get(ingredient_id)
        return None if found is None else found.parent_id

    def related(self, one: int, other: int) -> bool:
        """Whether two ingredients have a family below a root in common, or one is the other's."""
        above, above_other = self.ancestors(one), self.ancestors(other)
        shared = set(above[:-1]) & set(above_other[:-1])
        return bool(shared) or one in above_other or other in above

    def has_kinds(self, ingredient_id: int) -> bool:
        """Whether something hangs under the ingredient."""
        return ingredient_id in self._families

    def called(self, name: str) -> int | None:
        """The ingredient that has exactly this name, case, accents and plural aside."""
        return self._keyed(key_of(words_of(name)))

    def first(self, names: Iterable[str]) -> int | None:
        """The first of these names that the catalogue has."""
        return next((met for name in names if (met := self.called(name)) is not None), None)

    def find(self, words: tuple[str, ...]) -> tuple[int, Certain] | None:
        """The ingredient that is certainly meant by these words, and how that is known."""
        if (met := self._find(words)) is not None:
            return met
        translated = list(in_english(words))
        for said in translated:
            if (met := self._find(said)) is not None:
                return met[0], "synonym"
        for said in translated[:1]:  # languages put words in orders of their own
            for group in same_in_any_order().get(tuple(sorted(said)), ()):
                if (there := self.first(group)) is not None:
                    return there, "synonym"
        return None

    def _find(self, words: tuple[str, ...]) -> tuple[int, Certain] | None:
        key = key_of(words)
        if key in self.by_key:
            return self._precisely(self.by_key[key], key), "name"
        if key in self.aliases:
            return self.aliases[key], "alias"
        if (met := self._usual(key)) is not None:
            return met, "synonym"
        if (
            len(words) > 1
            and is_quality(words[-1])
            and (met := self._usual(key_of(words[-1:] + words[:-1])))
        ):
            return met, "synonym"
        return self._reordered(words) or self._family_said_again(words) or self._in_kind(words)

    def _in_kind(self, words: tuple[str, ...]) -> tuple[int, Certain] | None:
        """`Crema di cacao scura`: a word of colour or sweetness beside another name of a family."""
        for place, word in enumerate(words):
            if len(words) < 2 or not is_quality(word):
                continue
            family = self._usual(key_of(words[:place] + words[place + 1 :]))
            if family is None:
                continue
            own = words_of(self.by_id[family].name)
            found = self._bags.get(tuple(sorted((word, *own))))
            found = found or self._usual(key_of((word, *own)))
            if found is not None and family in self.ancestors(found):
                return found, "synonym"
        return None

    def _precisely(self, ingredient_id: int, key: str) -> int:
        """Of a family whose name usually means one of its kinds, that kind: `egg`, a whole egg."""
        usual = usual_name(key)
        met = self.called(usual) if usual else None
        return met if met is not None and ingredient_id in self.ancestors(met) else ingredient_id

    def _reordered(self, words: tuple[str, ...]) -> tuple[int, Certain] | None:
        """`Tequila blanco` is `Blanco Tequila`: words of colour, sweetness, age change places."""
        found = self._bags.get(tuple(sorted(words)))
        if found is None or not any(map(is_quality, words)):
            return None
        return found, "name"

    def _family_said_again(self, words: tuple[str, ...]) -> tuple[int, Certain] | None:
        """`Bourbon whiskey`: without the word that says its family, the name is there."""
        for place, word in enumerate(words):
            if word not in word_set("families") or len(words) < 2:
                continue
            key = key_of(words[:place] + words[place + 1 :])
            found = self._keyed(key) or self._usual(key)
            if found is not None and word in self._family_words(found):
                return found, "name"
        return None

    def _keyed(self, key: str) -> int | None:
        return self.by_key.get(key, self.aliases.get(key))

    def _usual(self, key: str) -> int | None:
        """The ingredient that goes by another of the names that say the same."""
        return self.first(name for group in same_names().get(key, ()) for name in group)

    def _family_words(self, ingredient_id: int) -> set[str]:
        """Of families that are one thing: under `Coffee and Tea` a cold brew is no tea."""
        above = [words_of(self.by_id[each].name) for each in self.ancestors(ingredient_id)[1:]]
        return {word for words in above if "and" not in words for word in words}
