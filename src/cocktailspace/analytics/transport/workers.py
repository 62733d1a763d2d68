"""Where work runs: blocks of it are mapped over workers, here threads of this machine.

What is computed never depends on how many workers there are, nor on which of them does what.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

Progress = Callable[[float], None]
Block = tuple[int, int]
"""The first of a stretch of numbers, and the one after the last."""

Shared = TypeVar("Shared")
Result = TypeVar("Result")


class LostWorkersError(Exception):
    """The workers cannot be used, or not any more; the message says why."""


class Workers(Protocol):
    """Whoever computes blocks: threads of this machine, or other machines."""

    def map_blocks(
        self, work: Callable[[Shared, int, int], Result], shared: Shared, blocks: Sequence[Block]
    ) -> Iterator[tuple[Block, Result]]:
        """Yield each block and work(shared, *block), in any order.

        work: a function of a module, so that other machines find it by its name. It changes nothing
        that is shared, lets go of the interpreter lock, and takes well under a second, so that a
        signal is heard. When anything raises (a signal, too), what has not begun is dropped.
        Raises LostWorkersError when nobody is left to compute.
        """
        ...


def consecutive(count: int, size: int) -> list[Block]:
    """The blocks of so many numbers that part range(count)."""
    return [(first, min(first + size, count)) for first in range(0, count, size)]


def default_threads() -> int:
    """As many threads as this process may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Threads:
    """So many threads of this process; where no number is given, one for each processor."""

    def __init__(self, number: int | None = None) -> None:
        if number is not None and number < 1:
            raise ValueError(f"threads must be >= 1, got {number}")
        self._number = number

    def map_blocks(
        self, work: Callable[[Shared, int, int], Result], shared: Shared, blocks: Sequence[Block]
    ) -> Iterator[tuple[Block, Result]]:
        """Yield each block and its result; few results wait to be taken."""
        if len(blocks) > 1:
            work(shared, 0, 0)  # what it compiles is compiled here, where a signal is heard
        number = self._number or default_threads()
        pool = ThreadPoolExecutor(number)
        begun: dict[Future[Result], Block] = {}
        try:
            for block in blocks:
                if len(begun) == 2 * number:
                    yield from _finished(begun)
                begun[pool.submit(work, shared, *block)] = block
            while begun:
                yield from _finished(begun)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(begun: dict[Future[Result], Block]) -> Iterator[tuple[Block, Result]]:
    """Wait for some blocks, and take them out of those that were begun."""
    done, _ = wait(begun, return_when=FIRST_COMPLETED)
    for future in done:
        yield begun.pop(future), future.result()


THIS_MACHINE = Threads()
