"""A cache of bounded size."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class RecentlyUsed(Generic[K, V]):
    """A cache of what was used last: of values that come to no more than `most` in size."""

    def __init__(self, most: int, size: Callable[[V], int] = lambda _value: 1) -> None:
        self._most, self._size = most, size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """The value, which counts as used now; None when there is none."""
        with self._lock:
            if (found := self._values.get(key)) is not None:
                self._values.move_to_end(key)
            return found

    def add(self, key: K, value: V) -> None:
        """Add a value; those go that were not used for longest."""
        with self._lock:
            self._remove(key)
            self._values[key] = value
            self._total += self._size(value)
            while self._total > self._most:
                self._remove(next(iter(self._values)))

    def discard(self, keys: Iterable[K]) -> None:
        """Forget the values of these keys."""
        with self._lock:
            for key in keys:
                self._remove(key)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
            self._total = 0

    def _remove(self, key: K) -> None:
        if (gone := self._values.pop(key, None)) is not None:
            self._total -= self._size(gone)
