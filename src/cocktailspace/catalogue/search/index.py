"""The index of this process: it follows the change log, and keeps its last few snapshots."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import Connection

from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    continues,
    deleted_after,
    touched_after,
)
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.search.bases import bases_of, most_built_on
from cocktailspace.catalogue.search.ingredients import Ids, IndexedIngredients
from cocktailspace.catalogue.search.joining import with_changes
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
from cocktailspace.catalogue.search.reading import (
    SEGMENT,
    among,
    read_ingredients,
    read_segment,
    segment_numbers,
    within,
)
from cocktailspace.catalogue.search.segment import Segment

_KEPT = 4
"""Snapshots for those who read a little older state than others; they share their segments."""

_AT_ONCE = 5_000
"""So many changes are taken in while whoever asks waits; more than that in the background."""

_JOINED = 200
"""So many changed recipes of a segment are joined with the others; for more it is read anew."""


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
        for segment, scores, chosen in self._found(query, order):
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
        found = [
            each
            for segment, scores, chosen in self._found(query, order)
            for each in _first(segment, scores, chosen, None, len(segment))
        ]
        return [recipe_id for _, _, recipe_id in sorted(found)]

    def count(self, query: RecipeQuery) -> int:
        """How many recipes have all that is asked for."""
        found = self._found(query, Order.NAME)
        return sum(int(np.count_nonzero(chosen)) for _, _, chosen in found)

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

    def _found(self, query: RecipeQuery, order: Order) -> Iterator[tuple[Segment, Scores, Mask]]:
        """Each segment's scores, by which recipes are ordered, and which recipes are found."""
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
            yield segment, scores, chosen

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


@dataclass(frozen=True, slots=True)
class _Changed:
    """What the log has after a version: changed recipes by segment, and whether anything that the
    ingredients depend on changed.
    """

    recipes: Mapping[int, set[int]]
    ingredients: bool


def in_thread(work: Callable[[], None]) -> None:
    """Do some work in a thread that does not keep the process."""
    threading.Thread(target=work, name="search-index", daemon=True).start()


class SearchIndex:
    """Snapshots of the catalogue by the state that they show. Threads may share it.

    After a large import nobody waits: the former snapshot is searched, with the last edits and
    without what was deleted, until the new one is built.
    """

    def __init__(
        self,
        database: Database | None = None,
        in_background: Callable[[Callable[[], None]], None] = in_thread,
    ) -> None:
        """database: where the background reads; without one everybody waits."""
        self._database = database
        self._in_background = in_background
        self._snapshots: dict[CatalogueState, Snapshot] = {}
        self._interim: dict[CatalogueState, Snapshot] = {}
        self._is_building = False
        self._lock, self._interim_lock = threading.Lock(), threading.Lock()

    def snapshot(self, connection: Connection) -> Snapshot:
        """The index as of what this connection reads, or an interim one that is near to it."""
        state = catalogue_state(connection)
        if (found := self._snapshots.get(state)) is not None:
            return found
        base = self._newest_before(connection, state) if self._database else None
        if base is not None and state.version - base[0] > _AT_ONCE:
            return self._interim_snapshot(connection, state, *base)
        return self.complete_snapshot(connection)

    def _interim_snapshot(
        self, connection: Connection, state: CatalogueState, version: int, base: Snapshot
    ) -> Snapshot:
        with self._interim_lock:
            if (found := self._interim.get(state)) is None:
                found = _with_last_changes(connection, version, state.version, base)
                self._interim = {state: found}
            starts, self._is_building = not self._is_building, True
        if starts:
            self._in_background(self._build)
        return found

    def _build(self) -> None:
        assert self._database is not None  # noqa: S101 - or nothing is built in the background
        try:
            with self._database.reading() as connection:
                self.complete_snapshot(connection)
        finally:
            with self._interim_lock:
                self._is_building, self._interim = False, {}

    def complete_snapshot(self, connection: Connection) -> Snapshot:
        """The index as of what this connection reads, however long that takes."""
        state = catalogue_state(connection)
        with self._lock:
            if (found := self._snapshots.get(state)) is None:
                base = self._newest_before(connection, state)
                found = _built(connection) if base is None else _advanced(connection, *base)
                kept = list(self._snapshots.items())[1 - _KEPT :]
                self._snapshots = dict(kept) | {state: found}
            return found

    def _newest_before(
        self, connection: Connection, state: CatalogueState
    ) -> tuple[int, Snapshot] | None:
        """The last snapshot that the connection's log goes on from, and its version."""
        for known, snapshot in reversed(self._snapshots.items()):
            if continues(connection, state, known):
                return known.version, snapshot
        return None


def _built(connection: Connection) -> Snapshot:
    known = read_ingredients(connection)
    numbers = segment_numbers(connection)
    return Snapshot(
        {each: read_segment(connection, within(each), known) for each in numbers}, known
    )


def _with_last_changes(connection: Connection, version: int, last: int, base: Snapshot) -> Snapshot:
    """A snapshot with the last of very many changes, so that an editor sees their own, and without
    the recipes that are there no more.
    """
    known = read_ingredients(connection)
    changed = _changes_after(connection, last - _JOINED).recipes
    found = {number: set(ids) for number, ids in changed.items()}
    for each in deleted_after(connection, version, "recipe"):
        found.setdefault(each // SEGMENT, set()).add(each)
    segments = dict(base.segments)
    for number, ids in found.items():
        fresh = read_segment(connection, among(ids), known)
        old = segments.pop(number, None)
        segment = fresh if old is None else with_changes(old, ids, fresh)
        if len(segment):
            segments[number] = segment
    return Snapshot(segments, known)


def _advanced(connection: Connection, version: int, base: Snapshot) -> Snapshot:
    """The snapshot after the changes since that version."""
    changed = _changes_after(connection, version)
    segments, known = dict(base.segments), base.ingredients
    stale = {each for each, ids in changed.recipes.items() if len(ids) > _JOINED}
    if changed.ingredients:
        known = read_ingredients(connection)
        stale.update(_measured_anew(base, known))
    for number in sorted(stale | changed.recipes.keys()):
        old = segments.pop(number, None)
        if old is None or number in stale:
            segment = read_segment(connection, within(number), known)
        else:
            ids = changed.recipes[number]
            segment = with_changes(old, ids, read_segment(connection, among(ids), known))
        if len(segment):
            segments[number] = segment
    return Snapshot(segments, known)


def _changes_after(connection: Connection, version: int) -> _Changed:
    found: dict[int, set[int]] = {}
    touched = touched_after(connection, version)
    for entity, each in touched:
        if entity == "recipe":
            found.setdefault(each // SEGMENT, set()).add(each)
    return _Changed(found, any(entity != "recipe" for entity, _ in touched))


def _measured_anew(base: Snapshot, known: IndexedIngredients) -> Iterable[int]:
    """Segments with an ingredient of which a piece, or a unit, is as much no more."""
    changed: Ids | None = base.ingredients.otherwise_measured(known)
    for number, segment in base.segments.items():
        if changed is None or len(segment.holding(changed)):
            yield number
