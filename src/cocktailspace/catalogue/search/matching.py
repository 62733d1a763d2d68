"""What of a segment a query matches, its words and the filters besides, and what comes first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cocktailspace.catalogue.calculated import ALCOHOL_FREE, LITTLE
from cocktailspace.catalogue.errors import InvalidError, Problem
from cocktailspace.catalogue.names import did_you_mean, name_key, words_of
from cocktailspace.catalogue.search.ingredients import Ids, IndexedIngredients
from cocktailspace.catalogue.search.query import Order, RecipeQuery
from cocktailspace.catalogue.search.segment import (
    INGREDIENT,
    NAME,
    Rows,
    Segment,
    label,
    whole_name,
)

EXACT, PREFIX, FUZZY = 4, 2, 1
"""What a word counts by how it matches; its place in the recipe multiplies it."""
_LAST = chr(0x10FFFF)
MOST_WORDS = 20
_LETTERS_A_MISTAKE, _MOST_MISTAKES = 3, 2

_HIGHEST = 2_000
"""More than tenths of a per cent that a drink may have, and than lines of a recipe."""

Mask = NDArray[np.bool_]
Scores = NDArray[np.int64]
Filter = Callable[[Segment], Mask]
Range = tuple[str, str, int]
"""Keys from the first up to, but without, the second; and what they count."""


@dataclass(frozen=True, slots=True)
class Term:
    """ranges: of words. kinds: ingredients that the word names, with their kinds, and what that
    counts. least: of the weight of the place where it stands.
    """

    word: str
    ranges: Sequence[Range]
    kinds: Sequence[tuple[Ids, int]] = ()
    least: int = 0

    def scores(self, segment: Segment) -> Rows:
        """What it counts in each recipe; 0 where it is not."""
        scores = np.zeros(len(segment), np.int32)
        for low, high, factor in self.ranges:
            entries = segment.words.between(low, high)
            rows, weights = segment.words.rows[entries], segment.words.weights[entries]
            if self.least:
                rows, weights = rows[weights >= self.least], weights[weights >= self.least]
            np.maximum.at(scores, rows, weights * factor)
        for ids, factor in self.kinds:
            rows = segment.holding(ids)
            scores[rows] = np.maximum(scores[rows], INGREDIENT * factor)
        return scores


def words_asked(text: str, place: str) -> list[str]:
    """The words of a text that is searched by, each once; InvalidError where they are too many."""
    words = list(dict.fromkeys(words_of(text)))
    if len(words) > MOST_WORDS:
        message = f"{len(words)} words are too many to search by; at most {MOST_WORDS}"
        raise InvalidError([Problem(place, message)])
    return words


def term_of(
    word: str,
    ingredients: IndexedIngredients,
    segments: Iterable[Segment],
    vocabulary: Callable[[], Sequence[str]],
    *,
    in_name: bool = False,
) -> Term:
    """A word, or what begins with it; where no recipe has that, the words most like it.

    vocabulary: all words that recipes and ingredients have.
    """

    def term(ranges: Sequence[Range], spelled: str) -> Term:
        if in_name:
            return Term(spelled, ranges, least=NAME)
        found = [(ingredients.named(low, high), factor) for low, high, factor in ranges]
        return Term(spelled, ranges, [(ids, factor) for ids, factor in found if len(ids)])

    known = term([(word, word + _LAST, PREFIX), _exactly(word, EXACT)], word)
    if any(known.scores(segment).any() for segment in segments):
        return known
    near = _most_like(word, vocabulary())
    return term([_exactly(each, FUZZY) for each in near], near[0]) if near else known


def name_term(words: Sequence[str]) -> Term:
    """The whole name, or its beginning: more than all that one of its words counts."""
    key = whole_name(words)
    return Term(key, [(key, key + _LAST, EXACT), _exactly(key, 2 * EXACT)])


def _exactly(word: str, factor: int) -> Range:
    return word, word + chr(0), factor


def _most_like(word: str, vocabulary: Sequence[str]) -> list[str]:
    """Those with the fewest letters wrong, missing, too many or swapped with the next."""
    allowed = min(_MOST_MISTAKES, len(word) // _LETTERS_A_MISTAKE)
    if not allowed:
        return []
    found = process.extract(word, vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    fewest = min((mistakes for _, mistakes, _ in found), default=0)
    return sorted(each for each, mistakes, _ in found if mistakes == fewest)


def filters_of(query: RecipeQuery, ingredients: IndexedIngredients) -> Iterator[Filter]:
    """What a query asks for, its words aside; InvalidError for what nobody can have meant."""
    if query.id:
        wanted = np.array(query.id, np.int64)
        yield lambda segment: np.isin(segment.ids, wanted)
    for each in query.ingredient:
        yield _having(ingredients.with_kinds([each]), wanted=True)
    for each in query.without:
        yield _having(ingredients.with_kinds([each]), wanted=False)
    for allergen in query.free_of:
        yield _having(_containing(allergen, ingredients), wanted=False)
    labels = [("glass", query.glass), ("method", query.method), *(("tag", t) for t in query.tag)]
    for field, value in labels:
        if value is not None:
            yield _labelled(label(field, name_key(value)))
    yield from _of_strength(query, ingredients)
    if (least := query.min_ingredients) is not None:
        yield lambda segment: segment.lines >= least
    if (most := query.max_ingredients) is not None:
        yield lambda segment: segment.lines <= most


def _having(ids: Ids, *, wanted: bool) -> Filter:
    def mask(segment: Segment) -> Mask:
        found = np.full(len(segment), not wanted)
        found[segment.holding(ids)] = wanted
        return found

    return mask


def _containing(allergen: str, ingredients: IndexedIngredients) -> Ids:
    """A word that no ingredient says must not pass for one that no drink has."""
    known = ingredients.allergens
    if (ids := known.get(allergen.lower())) is None:
        hint = did_you_mean(allergen, known) or f"; they contain {', '.join(sorted(known))}"
        message = f"no ingredient is said to contain {allergen!r}{hint if known else ''}"
        raise InvalidError([Problem("free_of", message)])
    return ids


def _labelled(key: str) -> Filter:
    def mask(segment: Segment) -> Mask:
        found = np.zeros(len(segment), np.bool_)
        found[segment.labels.rows_of(key)] = True
        return found

    return mask


def _of_strength(query: RecipeQuery, ingredients: IndexedIngredients) -> Iterator[Filter]:
    least, most, wanted = query.min_strength, query.max_strength, query.alcohol_free

    def mask(segment: Segment) -> Mask:
        strengths, alcohol_free = _strengths(segment, ingredients)
        chosen = np.ones(len(segment), np.bool_)
        if least is not None:
            chosen &= strengths >= least
        if most is not None:
            chosen &= strengths <= most
        if wanted is not None:
            chosen &= alcohol_free == wanted
        return chosen

    if (least, most, wanted) != (None, None, None):
        yield mask


def _strengths(
    segment: Segment, ingredients: IndexedIngredients
) -> tuple[NDArray[np.float64], Mask]:
    """Each recipe's % vol, NaN where unknown, and whether it is free of alcohol: to the last digit
    what `calculated.calculate` has, whose `total` adds as bincount does.
    """

    def per_recipe(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        return np.bincount(segment.part_rows, values, len(segment)).astype(np.float64)

    percents = ingredients.percents_of(segment.ingredient_ids)[segment.part_ingredients]
    drunk = np.where(segment.part_drunk, segment.part_ml, 0.0)
    unknown = np.isnan(percents) & segment.part_drunk
    volumes = per_recipe(drunk)
    alcohol = per_recipe(drunk * np.where(np.isnan(percents), 0.0, percents) / 100)
    known = (volumes > 0) & (per_recipe(drunk * unknown) <= LITTLE * volumes)
    strengths = np.full(len(segment), np.nan)
    np.divide(100 * alcohol, volumes, out=strengths, where=known)
    return strengths, (strengths <= ALCOHOL_FREE) & (per_recipe(unknown * 1.0) == 0)


def order_scores(order: Order, segment: Segment, ingredients: IndexedIngredients) -> Scores:
    """Those of a segment's recipes in an order that does not depend on the words."""
    if order is Order.NEWEST:
        return segment.ids
    if order is Order.FEWEST:
        return _HIGHEST - np.minimum(segment.lines, _HIGHEST).astype(np.int64)
    if order in (Order.STRONGEST, Order.WEAKEST):
        strengths, _ = _strengths(segment, ingredients)
        tenths = np.where(np.isnan(strengths), 0.0, strengths * 10).round().astype(np.int64)
        known = 1 + (tenths if order is Order.STRONGEST else _HIGHEST - tenths)
        return np.where(np.isnan(strengths), 0, known)
    return np.zeros(len(segment), np.int64)
