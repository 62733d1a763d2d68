"""A word that is searched by: what it matches, and what that counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cocktailspace.catalogue.search.ingredients import Ids, SearchedIngredients
from cocktailspace.catalogue.search.postings import Rows
from cocktailspace.catalogue.search.segment import INGREDIENT, NAME, Segment, whole_name

EXACT, PREFIX, FUZZY = 4, 2, 1
"""What a word counts by how it matches; its place in the recipe multiplies it."""
_LAST = chr(0x10FFFF)
_LETTERS_A_MISTAKE, _MOST_MISTAKES = 3, 2

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


def term_of(
    word: str,
    ingredients: SearchedIngredients,
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
