"""The index at one version of the catalogue, and how it is searched."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cocktailspace.catalogue.search.filters import Filter, Mask, filters_of
from cocktailspace.catalogue.search.ingredients import SearchedIngredients
from cocktailspace.catalogue.search.postings import Rows
from cocktailspace.catalogue.search.query import Cursor, Found, RecipeQuery, words_asked
from cocktailspace.catalogue.search.segment import Segment
from cocktailspace.catalogue.search.terms import Term, name_term, term_of


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as segments are asked it. bonuses: terms that nobody must have."""

    filters: Sequence[Filter]
    terms: Sequence[Term]
    bonuses: Sequence[Term]

    def of(self, segment: Segment) -> tuple[Rows, Mask]:
        """What each recipe scores, and which have all that is asked for."""
        scores, chosen = np.zeros(len(segment), np.int32), np.ones(len(segment), np.bool_)
        for term in self.terms:
            found = term.scores(segment)
            chosen &= found > 0
            scores += found
            if not chosen.any():
                return scores, chosen
        for each in self.filters:
            chosen &= each(segment)
        for term in self.bonuses:
            scores += term.scores(segment)
        return scores, chosen


@dataclass(frozen=True)
class Snapshot:
    """Segments by number, and the ingredients; never changed."""

    segments: Mapping[int, Segment]
    ingredients: SearchedIngredients

    def search(self, query: RecipeQuery, *, after: Cursor | None = None, limit: int = 50) -> Found:
        """The first recipes after a place: the best match first, equal ones by name and source.

        Raises InvalidError for what cannot be searched by.
        """
        asked = self._asked(query)
        total, best = 0, []
        for segment in self.segments.values():
            scores, chosen = asked.of(segment)
            total += int(np.count_nonzero(chosen))
            best += _first(segment, scores, chosen, after, limit + 1)
        best.sort()
        shown, following = best[:limit], None
        if len(best) > limit:
            score, order_key, _ = shown[-1]
            following = Cursor(-score, order_key)
        return Found([recipe_id for _, _, recipe_id in shown], total, following)

    @cached_property
    def _vocabulary(self) -> list[str]:
        """All words of recipes and ingredients; whole names, which begin with a space, are none."""
        found = set(self.ingredients.words.keys)
        for segment in self.segments.values():
            found.update(segment.words.keys)
        return sorted(word for word in found if word[0] != " ")

    def _asked(self, query: RecipeQuery) -> _Asked:
        terms, bonuses = [], []
        for place, text in (("q", query.text), ("name", query.name)):
            some = [self._term(word, in_name=place == "name") for word in words_asked(text, place)]
            terms += some
            bonuses += [name_term([term.word for term in some])] if some else []
        return _Asked(list(filters_of(query, self.ingredients)), terms, bonuses)

    def _term(self, word: str, *, in_name: bool) -> Term:
        segments, vocabulary = self.segments.values(), lambda: self._vocabulary
        return term_of(word, self.ingredients, segments, vocabulary, in_name=in_name)


def _first(
    segment: Segment, scores: Rows, chosen: Mask, after: Cursor | None, limit: int
) -> list[tuple[int, str, int]]:
    """Of a segment the first chosen ones after a place: (-score, order key, id), in any order."""
    rows = np.flatnonzero(chosen)
    reached = scores[rows]
    if after is not None:
        first = bisect_right(segment.order_keys, after.order_key)
        rest = (reached < after.score) | ((reached == after.score) & (rows >= first))
        rows, reached = rows[rest], reached[rest]
    if len(rows) > limit:
        places = rows - reached.astype(np.int64) * len(segment)
        rows = rows[np.argpartition(places, limit)[:limit]]
    return [
        (-int(scores[row]), segment.order_keys[row], int(segment.ids[row])) for row in rows.tolist()
    ]
