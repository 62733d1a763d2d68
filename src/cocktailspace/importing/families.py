"""Where something new would hang: by what its file says, by its last words, by its first."""

from dataclasses import dataclass, field

from cocktailspace.importing.known_ingredients import KnownIngredients
from cocktailspace.importing.languages import in_english
from cocktailspace.importing.vocabulary import flavours, key_of, kind_said, places, words_of


@dataclass(slots=True)
class Families:
    """Finds the family of a new ingredient."""

    known: KnownIngredients
    parents: dict[str, str] = field(default_factory=dict)
    """By the key of a name, the parent that the file gives it."""
    categories: dict[str, str] = field(default_factory=dict)

    def place(self, words: tuple[str, ...], usual: str | None = None) -> int | None:
        """The family that something new would hang under."""
        key = key_of(words)
        parent, category = self.parents.get(key), self.categories.get(key)
        named = self.known.find(words_of(parent)) if parent else None
        if named is not None:
            return named[0]
        for said in (words_of(usual or ""), words, *in_english(words)):
            if said and (met := self._by_words(said)) is not None:
                return met
        return self._by_category(words_of(category)) if category else None

    def _by_category(self, words: tuple[str, ...]) -> int | None:
        met = self.known.find(words)
        return met[0] if met else self.known.first(places("categories").get(words, ()))

    def _by_words(self, words: tuple[str, ...]) -> int | None:
        first = kind_said("first_word").get(words[0]) if len(words) > 1 else None
        if first and words not in places():
            return self.known.first(places()[(first,)])
        for start in range(len(words)):
            ending = words[start:]
            if ending in places():
                met = self.known.first(places()[ending])
                if met is not None:
                    return met
            met_ending = self.known.find(ending) if start else None
            if met_ending is not None and (len(ending) > 1 or ending[0] not in flavours()):
                return met_ending[0]
        return self._by_kind(words)

    def _by_kind(self, words: tuple[str, ...]) -> int | None:
        kind = kind_said("first_word_at_last").get(words[0]) if len(words) > 1 else None
        return self.known.first(places()[(kind,)]) if kind else None
