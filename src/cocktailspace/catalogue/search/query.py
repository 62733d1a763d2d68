"""What one searches for, and what is found."""

from dataclasses import dataclass
from enum import StrEnum

from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.names import words_of

MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class RecipeQuery:
    """Recipes have all of it.

    ids: it is one of these, where any are given. text: words, each in the name, an ingredient, a
    kind of one that it names, the tags, glass, method, garnish or instructions. name: words of the
    name. ingredient_ids: each is in it, itself or a kind of it; none of without_ids is. glass,
    method, tags: without regard to case.
    free_of: what none of its ingredients contains. *_ingredients: how many it names.
    *_strength: % vol before ice, where known.
    """

    ids: tuple[int, ...] = ()
    text: str = ""
    name: str = ""
    ingredient_ids: tuple[int, ...] = ()
    without_ids: tuple[int, ...] = ()
    glass: str | None = None
    method: str | None = None
    tags: tuple[str, ...] = ()
    alcohol_free: bool | None = None
    free_of: tuple[str, ...] = ()
    min_ingredients: int | None = None
    max_ingredients: int | None = None
    min_strength: float | None = None
    max_strength: float | None = None


class Order(StrEnum):
    """What comes first; equal ones come by name. Recipes of unknown strength come last."""

    MATCH = "match"
    NAME = "name"
    STRONGEST = "strongest"
    WEAKEST = "weakest"
    FEWEST = "fewest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a recipe in the order of results: the highest score first, then by name."""

    score: int
    order_key: str


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of a page of recipes, how many there are in all, and where the next page begins."""

    ids: list[int]
    total: int
    next_after: Cursor | None


@dataclass(frozen=True, slots=True)
class NamedIngredient:
    """An ingredient that a text names, and how many recipes have it or a kind of it."""

    id: int
    name: str
    recipes: int


def words_asked(text: str, place: str) -> list[str]:
    """The words of a text that is searched by, each once; InvalidError where they are too many."""
    words = list(dict.fromkeys(words_of(text)))
    if len(words) > MOST_WORDS:
        message = f"{len(words)} words are too many to search by; at most {MOST_WORDS}"
        raise InvalidError([Problem(place, message)])
    return words
