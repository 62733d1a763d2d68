"""What is found in the catalogue at one state: a function of the catalogue alone."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cocktailspace.catalogue.search.bases import bases_of, most_built_on
from cocktailspace.catalogue.search.ingredients import Ids, IndexedIngredients
from cocktailspace.catalogue.search.matching import (
    Filter,
    Mask,
    Scores,
    Term,
    filters_of,
    name_term,
    order_scores,
    term_of,
    words_asked,
)
from cocktailspace.catalogue.search.query import (
    Cursor,
    Found,
    NamedIngredient,
    Order,
    RecipeQuery,
)
from cocktailspace.catalogue.search.segment import Segment


@dataclass(frozen=True, slots=True)
class _CompiledQuery:
    """A query as segments are asked it. bonuses: terms that nobody must have."""

    filters: Sequence[Filter]
    terms: Sequence[Term]
    bonuses: Sequence[Term]

    def of(self, segment: Segment) -> tuple[Scores, Mask]:
        """How well each recipe matches, and which have all that is asked for."""
        scores, chosen = np.zeros(len(segment), np.int64), np.ones(len(segment), np.bool_)
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
    ingredients: IndexedIngredients

    def search(
        self,
        query: RecipeQuery,
        *,
        order: Order = Order.MATCH,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Found:
        """The first recipes after a place, equal ones by name and source.

        Raises InvalidError for what cannot be searched by.
        """
        total, best = 0, []
        for _, segment, scores, chosen in self._found(query, order):
            total += int(np.count_nonzero(chosen))
            best += _first(segment, scores, chosen, after, limit + 1)
        best.sort()
        shown, following = best[:limit], None
        if len(best) > limit:
            score, order_key, _ = shown[-1]
            following = Cursor(-score, order_key)
        return Found([recipe_id for _, _, recipe_id in shown], total, following)

    def all_ids(self, query: RecipeQuery, order: Order = Order.MATCH) -> list[int]:
        """Every recipe that has all that is asked for, as pages have them."""
        ids, scores, ranks = [], [], []
        for number, segment, reached, chosen in self._found(query, order):
            rows = np.flatnonzero(chosen)
            ids.append(segment.ids[rows])
            scores.append(reached[rows])
            ranks.append(self._ranks[number][rows])
        if not ids:
            return []
        best_first = np.lexsort((np.concatenate(ranks), -np.concatenate(scores)))
        found: list[int] = np.concatenate(ids)[best_first].tolist()
        return found

    def count(self, query: RecipeQuery) -> int:
        """How many recipes have all that is asked for."""
        found = self._found(query, Order.NAME)
        return sum(int(np.count_nonzero(chosen)) for _, _, _, chosen in found)

    def ingredients_named(self, text: str, limit: int) -> list[NamedIngredient]:
        """Ingredients with all words of a text in their names, of those that recipes have: whole
        words first, then what most recipes have.
        """
        terms = self._terms("q", text)
        matched = [self.ingredients.naming(term.ranges) for term in terms]
        ids = set(matched[0]).intersection(*matched[1:]) if matched else set()
        uses, names = self.uses, self.ingredient_names
        best = sorted(
            (each for each in ids if uses[each]),
            key=lambda each: (-sum(m[each] for m in matched), -uses[each], names[each]),
        )
        return [
            NamedIngredient(each, names[each], self.count(RecipeQuery(ingredient=[each])))
            for each in best[:limit]
        ]

    @cached_property
    def ingredient_names(self) -> Mapping[int, str]:
        """The name of each ingredient."""
        known = self.ingredients.reference.measures.ingredients
        return {each: known[each].name for each in self.ingredients.ids.tolist()}

    @cached_property
    def _vocabulary(self) -> list[str]:
        """All words of recipes and ingredients; whole names, which begin with a space, are none."""
        found = set(self.ingredients.words.keys)
        for segment in self.segments.values():
            found.update(segment.words.keys)
        return sorted(word for word in found if word[0] != " ")

    @cached_property
    def _bases(self) -> Mapping[int, Ids]:
        """What the recipes of each segment are built on."""
        return bases_of(self.segments, self.ingredients)

    @cached_property
    def offered_bases(self) -> list[NamedIngredient]:
        """Ingredients that most recipes are built on, or on a kind of them."""
        return most_built_on(self._bases.values(), self.ingredients, self.ingredient_names)

    @cached_property
    def uses(self) -> Mapping[int, int]:
        """How often recipes have each ingredient or a kind of it; twice in one counts as two."""
        named: dict[int, int] = {}
        for segment in self.segments.values():
            often = np.diff(segment.ingredients.starts).tolist()
            for each, count in zip(segment.ingredients.keys, often, strict=True):
                named[each] = named.get(each, 0) + count
        with_kinds = self.ingredients.with_kinds
        return {
            each: sum(named.get(kind, 0) for kind in with_kinds([each]).tolist())
            for each in self.ingredients.ids.tolist()
        }

    @cached_property
    def _ranks(self) -> Mapping[int, Ids]:
        """The places of each segment's recipes among all, by name."""
        keys = [key for segment in self.segments.values() for key in segment.order_keys]
        ranks = np.empty(len(keys), np.int64)
        ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
        ends = np.cumsum([len(segment) for segment in self.segments.values()])
        return dict(zip(self.segments, np.split(ranks, ends[:-1]), strict=True))

    def _found(
        self, query: RecipeQuery, order: Order
    ) -> Iterator[tuple[int, Segment, Scores, Mask]]:
        """Of each segment the number, the scores, by which recipes are ordered, and which recipes
        are found.
        """
        terms, bonuses = [], []
        for place, text in (("q", query.q), ("name", query.name)):
            some = self._terms(place, text)
            terms += some
            bonuses += [name_term([term.word for term in some])] if some else []
        wanted = bonuses if order is Order.MATCH else []
        asked = _CompiledQuery(list(filters_of(query, self.ingredients)), terms, wanted)
        bases = self.ingredients.with_kinds(query.base)
        for number, segment in self.segments.items():
            scores, chosen = asked.of(segment)
            if query.base:
                chosen &= np.isin(self._bases[number], bases)
            if order is not Order.MATCH:
                scores = order_scores(order, segment, self.ingredients)
            yield number, segment, scores, chosen

    def _terms(self, place: str, text: str) -> list[Term]:
        segments, vocabulary = self.segments.values(), lambda: self._vocabulary
        return [
            term_of(word, self.ingredients, segments, vocabulary, in_name=place == "name")
            for word in words_asked(text, place)
        ]


def _first(
    segment: Segment, scores: Scores, chosen: Mask, after: Cursor | None, limit: int
) -> list[tuple[int, str, int]]:
    """Of a segment the first chosen ones after a place: (-score, order key, id), in any order."""
    rows = np.flatnonzero(chosen)
    reached = scores[rows]
    if after is not None:
        first = bisect_right(segment.order_keys, after.order_key)
        rest = (reached < after.score) | ((reached == after.score) & (rows >= first))
        rows, reached = rows[rest], reached[rest]
    if len(rows) > limit:
        places = rows - reached * len(segment)
        rows = rows[np.argpartition(places, limit)[:limit]]
    return [
        (-int(scores[row]), segment.order_keys[row], int(segment.ids[row])) for row in rows.tolist()
    ]
