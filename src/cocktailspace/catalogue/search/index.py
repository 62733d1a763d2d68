"""The index of this process: it follows the change log, and keeps its last few snapshots."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cocktailspace.catalogue.changes import CatalogueState, catalogue_state, continues
from cocktailspace.catalogue.schema import changes
from cocktailspace.catalogue.search.ingredients import Ids, SearchedIngredients
from cocktailspace.catalogue.search.reading import (
    SEGMENT,
    read_ingredients,
    read_segment,
    segment_numbers,
)
from cocktailspace.catalogue.search.segment import Segment
from cocktailspace.catalogue.search.snapshot import Snapshot

_KEPT = 4
"""Snapshots for those who read a little older state than others; they share their segments."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What the log has after a version: segments with changed recipes, and whether anything that
    the ingredients depend on did.
    """

    segments: set[int]
    ingredients: bool


class SearchIndex:
    """Snapshots of the catalogue by the state that they show. Threads may share it."""

    def __init__(self) -> None:
        self._snapshots: dict[CatalogueState, Snapshot] = {}
        self._lock = threading.Lock()

    def snapshot(self, connection: Connection) -> Snapshot:
        """The index as of what this connection reads."""
        state = catalogue_state(connection)
        if (found := self._snapshots.get(state)) is not None:
            return found
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
    return _with_segments(connection, {}, known, segment_numbers(connection))


def _advanced(connection: Connection, version: int, base: Snapshot) -> Snapshot:
    """The snapshot after the changes since that version."""
    changed = _changes_after(connection, version)
    known, stale = base.ingredients, changed.segments
    if changed.ingredients:
        known = read_ingredients(connection)
        stale = stale | set(_measured_anew(base, known))
    return _with_segments(connection, dict(base.segments), known, stale)


def _with_segments(
    connection: Connection,
    segments: dict[int, Segment],
    known: SearchedIngredients,
    stale: Iterable[int],
) -> Snapshot:
    for number in sorted(stale):
        segment = read_segment(connection, number, known)
        segments.pop(number, None)
        if segment is not None:
            segments[number] = segment
    return Snapshot(segments, known)


def _changes_after(connection: Connection, version: int) -> _Changed:
    table = changes.c
    is_recipe = table.entity == "recipe"
    later = select(is_recipe, table.entity_id // SEGMENT).where(table.version > version).distinct()
    rows = connection.execute(later).all()
    return _Changed({number for recipe, number in rows if recipe}, any(not r for r, _ in rows))


def _measured_anew(base: Snapshot, known: SearchedIngredients) -> Iterable[int]:
    """Segments with an ingredient of which a piece, or a unit, is as much no more."""
    changed: Ids | None = base.ingredients.otherwise_measured(known)
    for number, segment in base.segments.items():
        if changed is None or len(segment.holding(changed)):
            yield number
