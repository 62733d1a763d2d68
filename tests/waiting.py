"""Waiting for what another thread or process brings about, and looking at processes."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 240.0
"""A bound for what never comes, never a measure: a starved machine is a hundred times slower."""


def eventually(
    done: Callable[[], object], complaint: Callable[[], str] = lambda: "it did not come true"
) -> None:
    """Wait until it is true; AssertionError, with what is to say then, when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(complaint())
        time.sleep(0.02)


def children_of(pid: int | str) -> list[int]:
    """Processes that a process has started and that are not gone; threads may end as we look."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found
