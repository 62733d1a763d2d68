"""One recipe's row of `recipe-similar`, looked up in the artifact as in a dictionary.

The rows stand on lines of their own, in order of id, so that it is enough to open the artifact
here and there: at 100,000 recipes it is hundreds of megabytes, of which a lookup reads a few
hundred kilobytes and keeps nothing but where it has been.
"""

import math
import re
import threading
from bisect import bisect_right, insort
from collections.abc import Mapping
from dataclasses import dataclass

from cocktailspace.artifacts.manifest import ArtifactName, artifact_key
from cocktailspace.artifacts.store import ArtifactStore

BLOCK_BYTES = 64 * 1024
MARKS_KEPT = 4_096
_GUESSES = 4  # by rule of three; then by halves, which always ends
_MOST_GUESSES = 40

_ROW = re.compile(rb'(?<=\n)\{"recipe_id":(\d+),.*\}(?=,?\n)')


@dataclass(frozen=True, slots=True, order=True)
class _Mark:
    """Where a row was seen: `begin` is the line break before it."""

    recipe_id: float
    begin: int


def _id_of(mark: _Mark) -> float:
    return mark.recipe_id


class _Places:
    """What is known of one artifact: its length, and where some of its rows are."""

    def __init__(self, run_id: str, total: int) -> None:
        self.run_id = run_id
        self._ends = [_Mark(0, 0), _Mark(math.inf, total)]
        self._marks = list(self._ends)
        self._lock = threading.Lock()

    def around(self, recipe_id: int) -> tuple[_Mark, _Mark]:
        """The nearest rows seen: at or below a recipe, and above it."""
        with self._lock:
            place = bisect_right(self._marks, float(recipe_id), key=_id_of)
            return self._marks[place - 1], self._marks[place]

    def add(self, rows: Mapping[int, "_Row"]) -> bool:
        """Remember the first and the last of these; whether that is any news."""
        marks = [_Mark(each, rows[each].begin) for each in (min(rows), max(rows))] if rows else []
        with self._lock:
            news = [mark for mark in marks if mark not in self._marks]
            if len(self._marks) > MARKS_KEPT:
                self._marks = list(self._ends)
            for mark in news:
                insort(self._marks, mark)
        return bool(news)


@dataclass(frozen=True, slots=True)
class _Row:
    """A whole row, and where the line break before it is."""

    begin: int
    body: bytes


class SimilarRows:
    """Rows of the run that was asked for last."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._places = _Places("", 0)

    def find(self, run_id: str, recipe_id: int) -> bytes | None:
        """The row as JSON; None when the run has none. MissingError when the run is gone."""
        key = artifact_key(run_id, ArtifactName.RECIPE_SIMILAR)
        if (places := self._places).run_id != run_id:
            places = self._places = _Places(run_id, self._store.read_part(key, 0, 1).total)
        block, guesses = BLOCK_BYTES, 0
        while True:
            below, above = places.around(recipe_id)
            start, length = _where(recipe_id, below, above, block, guesses)
            rows = _rows(self._store.read_part(key, start, length).body, start)
            if recipe_id in rows:
                return rows[recipe_id].body
            if start == below.begin and start + length > above.begin:
                return None  # nothing is left to look at
            if not places.add(rows) or guesses > _MOST_GUESSES:
                block *= 2  # a row is longer than the block, or others make us forget too soon
            guesses += 1


def _where(recipe_id: int, below: _Mark, above: _Mark, block: int, guesses: int) -> tuple[int, int]:
    """Where to look next, and how much to read: all that is left if that is not much."""
    width = above.begin - below.begin
    if width <= block:
        return below.begin, width + 1
    if above.recipe_id == math.inf:
        share = 1.0  # how far the ids go is not known yet
    elif guesses <= _GUESSES:
        share = (recipe_id - below.recipe_id) / (above.recipe_id - below.recipe_id)
    else:
        share = 0.5
    start = below.begin + int(share * width) - block // 2
    return min(max(start, below.begin), above.begin - block), block


def _rows(body: bytes, start: int) -> dict[int, _Row]:
    """The whole rows of a stretch, by recipe id."""
    found = _ROW.finditer(body)
    return {int(row[1]): _Row(start + row.start() - 1, row[0]) for row in found}
