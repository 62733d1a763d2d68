"""Waiting for what another thread or process brings about."""

import time
from collections.abc import Callable

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
