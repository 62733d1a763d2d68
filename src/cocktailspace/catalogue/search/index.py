"""The index of this process: it follows the change log, and keeps its last few snapshots."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cocktailspace.catalogue.changes import (
    CatalogueState,
    catalogue_state,
    continues,
    deleted_after,
    touched_after,
)
from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.search.ingredients import Ids, IndexedIngredients
from cocktailspace.catalogue.search.joining import with_changes
from cocktailspace.catalogue.search.reading import (
    SEGMENT,
    among,
    read_ingredients,
    read_segment,
    segment_numbers,
    within,
)
from cocktailspace.catalogue.search.snapshot import Snapshot

_KEPT = 4
"""Snapshots for those who read a little older state than others; they share their segments."""

_AT_ONCE = 5_000
"""So many changes are taken in while whoever asks waits; more than that in the background."""

_JOINED = 200
"""So many changed recipes of a segment are joined with the others; for more it is read anew."""


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
