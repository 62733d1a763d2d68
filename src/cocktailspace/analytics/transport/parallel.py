"""Work in threads, in pieces that never depend on how many threads there are."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

Progress = Callable[[float], None]


def default_threads() -> int:
    """As many threads as this process may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_in_pieces(
    count: int,
    work: Callable[[int, int], None],
    *,
    piece: int,
    threads: int | None,
    progress: Progress | None,
) -> None:
    """Call work(start, stop) for consecutive pieces of range(count), some at a time.

    `work` must write to places of its own and let go of the interpreter lock. `progress` is called
    from the calling thread with the fraction done. When anything raises (a signal, too), what has
    not begun is dropped.
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be >= 1, got {threads}")
    starts = range(0, count, max(piece, 1))
    pool = ThreadPoolExecutor(threads or default_threads())
    try:
        futures = [pool.submit(work, start, min(start + piece, count)) for start in starts]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            if progress is not None:
                progress(done / len(futures))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if progress is not None and count == 0:
        progress(1.0)


GROUP = 64
"""Queries that a search answers together."""
_LONGEST = 32
"""Groups in a piece at most: a piece takes well under a second, so that a signal is heard."""


def run_in_groups(
    n: int,
    work: Callable[[int, int], None],
    *,
    threads: int | None,
    progress: Progress | None,
) -> None:
    """Call work(first, last) for ranges of the groups of 64 that n queries make."""
    groups = -(-n // GROUP)
    piece = min(_LONGEST, max(1, groups // 32))
    run_in_pieces(groups, work, piece=piece, threads=threads, progress=progress)
